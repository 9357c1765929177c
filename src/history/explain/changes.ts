/** Compares the pictures before and after a step. */
import type { Output } from '../../engine/output.ts'
import type { Change, Subject } from './explanation.ts'
import { NOT_ELIGIBLE } from './failures.ts'
import type { Names } from './names.ts'
import { marksOf, type Picture } from './picture.ts'

type Values = Readonly<Record<Exclude<Change['aspect'], 'state'>, string | null>>

/**
 * Final states of a dialog and a call. The machines delete them in the same step, so these states are never in a
 * picture.
 */
const ENDS: Readonly<Record<string, string>> = { dialog: 'CLOSED', call: 'ENDED' }

/** Everything that a step changed, in the order voice, media, dialogs, calls, presence. */
export function changesOf(
  before: Picture | undefined,
  after: Picture | undefined,
  outputs: readonly Output[],
  names: Names,
): readonly Change[] {
  if (!after) return []
  const old = before && marksOf(before)
  const fresh = marksOf(after)
  const changes: Change[] = []
  for (const [key, { subject, state }] of fresh) {
    const name = names.subject(subject)
    const from = old?.get(key)?.state ?? null
    if (from !== state && (before || state !== restOf(subject)))
      changes.push({ subject, name, aspect: 'state', from, to: state })
    if (before) changes.push(...aspects(subject, name, before, after))
  }
  for (const [key, { subject, state }] of old ?? []) {
    const end = fresh.has(key) ? undefined : ENDS[subject.kind]
    if (end === undefined) continue
    const code = subject.kind === 'dialog' ? dispositionOf(outputs, subject.dialog) : ''
    const to = code === '' ? end : `${end} ${code}`
    changes.push({ subject, name: names.subject(subject), aspect: 'state', from: state, to })
  }
  return changes
}

/** The initial state of a subject. It is not reported as a change. */
const restOf = ({ kind }: Subject) => (kind === 'presence' ? 'ABSENT' : 'LOGOUT')

/** Disposition code of a dialog that a step ended; `''` if it did not. */
export function dispositionOf(outputs: readonly Output[], dialog: string): string {
  for (const output of outputs) {
    if (output.type !== 'publish' || output.notification.event !== 'DELETE') continue
    const { value } = output.notification
    if (value.kind === 'task' && value.id === dialog) return value.dispositionCode
  }
  return ''
}

const NO_VALUES: Values = {
  reason: null,
  pending: null,
  mode: null,
  settings: null,
  eligibility: null,
  sessions: null,
  extension: null,
}

/** Whether a change is an obvious part of a sign-in or sign-out. Such changes are not reported. */
function isPlain(aspect: keyof Values, from: string | null, to: string | null): boolean {
  if (aspect === 'mode' || aspect === 'eligibility') return from === null || to === null
  return to === null && (aspect === 'settings' || aspect === 'extension')
}

function aspects(subject: Subject, name: string, before: Picture, after: Picture): readonly Change[] {
  const [old, fresh] = [valuesOf(before, subject), valuesOf(after, subject)]
  const changed: readonly (keyof Values)[] = [
    'reason',
    'pending',
    'extension',
    'mode',
    'settings',
    'eligibility',
    'sessions',
  ]
  return changed
    .filter((aspect) => old[aspect] !== fresh[aspect] && !isPlain(aspect, old[aspect], fresh[aspect]))
    .map((aspect) => ({ subject, name, aspect, from: old[aspect], to: fresh[aspect] }))
}

function valuesOf(picture: Picture, subject: Subject): Values {
  switch (subject.kind) {
    case 'voice': {
      const { reason, pendingState, extension } = picture.voice
      return {
        ...NO_VALUES,
        reason: reason?.label ?? null,
        pending: pendingState || null,
        extension: extension || null,
      }
    }
    case 'media': {
      const medium = picture.media[subject.mrd]
      if (!medium || medium.view.state === 'LOGOUT') return NO_VALUES
      const { routable, reason, maxDialogLimit, interruptAction, dialogLogoutAction } = medium.view
      return {
        ...NO_VALUES,
        reason: reason?.label ?? null,
        mode: `${routable ? 'routable' : 'not routable'}${medium.modeIsDeferred ? ', not routable once started' : ''}`,
        settings: `limit ${maxDialogLimit}, ${interruptAction}, ${dialogLogoutAction}`,
        eligibility: medium.refusal === null ? 'may get tasks' : `gets no tasks: ${NOT_ELIGIBLE[medium.refusal].text}`,
      }
    }
    case 'presence':
      return { ...NO_VALUES, sessions: String(picture.presence[subject.side]?.sessions ?? 0) }
    case 'dialog':
    case 'call':
      return NO_VALUES
  }
}
