/** All states of a user at a moment, with their reasons and causes. */

import type { LegView, NamedValue } from '../../../machines/effects.ts'
import type { Reason as Code } from '../../../machines/wire.ts'
import type { Deadline } from '../../engine/aggregate/deadlines.ts'
import type { Chains } from './chain.ts'
import { dispositionOf } from './changes.ts'
import { upcoming } from './deadlines.ts'
import type { Details, ExplainedState, Link, Party, Reason, ReasonCode, Subject, Value } from './explanation.ts'
import { ASKED } from './last-changes.ts'
import type { Names } from './names.ts'
import { keyOf, marksOf, type Picture } from './picture.ts'
import { callReasons } from './reasons/calls.ts'
import { dialogReasons, presenceReasons } from './reasons/dialogs.ts'
import { mediaReasons } from './reasons/media.ts'
import { type Scene, stated } from './reasons/scene.ts'
import { pendingUntil, voiceReasons } from './reasons/voice.ts'
import type { Rows } from './rows.ts'
import type { Move } from './trace.ts'

export interface Telling {
  readonly scene: Scene
  readonly chains: Chains
  /** The armed deadlines of a call. */
  readonly deadlinesOfCall: (dialog: string) => Promise<readonly Deadline[]>
  /** The rows that the machines took for the input at a journal position. */
  readonly rowsAt: (position: number) => Promise<Rows>
}

/** The matching states, plus the ended dialog or call if the question names one. */
export async function statesOf(
  telling: Telling,
  matches: (subject: Subject) => boolean,
  ended: Subject | undefined,
): Promise<readonly ExplainedState[]> {
  const states: ExplainedState[] = []
  for (const { subject, state, time } of marksOf(telling.scene.picture).values())
    if (matches(subject)) states.push(await explained(telling, subject, state, time))
  const end = ended && (await endedState(telling, ended))
  return end ? [...states, end] : states
}

async function explained(
  telling: Telling,
  subject: Subject,
  state: string,
  time: number | null,
): Promise<ExplainedState> {
  const { scene } = telling
  const move = scene.changes.get(keyOf(subject))
  const isFirst = subject.kind === 'presence' ? state === 'ABSENT' && !move : time === null
  return {
    subject,
    name: scene.names.subject(subject),
    state,
    since: time ?? move?.row.at ?? null,
    before: move?.before ? (marksOf(move.before).get(keyOf(subject))?.state ?? null) : null,
    details: detailsOf(scene, subject),
    reasons: await reasonsOf(telling, subject),
    because: move ? await causes(telling, move) : [],
    forgotten: !move && !isFirst,
    next: (await deadlinesOf(telling, subject)).map(upcoming),
  }
}

/** The state of an ended dialog or call: how it ended. */
async function endedState(telling: Telling, subject: Subject): Promise<ExplainedState | undefined> {
  const { scene } = telling
  const move = scene.changes.get(keyOf(subject))
  if (!move?.before || (subject.kind !== 'dialog' && subject.kind !== 'call')) return undefined
  const code = subject.kind === 'dialog' ? dispositionOf(move.outputs, subject.dialog) : ''
  const details = detailsOf({ ...scene, picture: move.before }, subject)
  return {
    subject,
    name: scene.names.subject(subject),
    state: subject.kind === 'dialog' ? 'CLOSED' : 'ENDED',
    since: move.row.at,
    before: marksOf(move.before).get(keyOf(subject))?.state ?? null,
    details: details.kind === 'dialog' ? { ...details, dispositionCode: code, actions: [] } : details,
    reasons: subject.kind === 'dialog' ? stated(scene, subject, 'CLOSED') : await reasonsOf(telling, subject),
    because: await causes(telling, move),
    forgotten: false,
    next: [],
  }
}

/** Removes repeated reasons: the row that made the medium not routable may also have led to its state. */
async function reasonsOf(telling: Telling, subject: Subject): Promise<readonly Reason[]> {
  const reasons = await allReasons(telling, subject)
  return reasons.filter(({ text }, at) => reasons.findIndex((other) => other.text === text) === at)
}

async function allReasons({ scene, rowsAt }: Telling, subject: Subject): Promise<readonly Reason[]> {
  switch (subject.kind) {
    case 'voice':
      return voiceReasons(scene)
    case 'media':
      return mediaReasons(scene, subject.mrd)
    case 'dialog':
      return dialogReasons(scene, subject)
    case 'call': {
      const { row, rows } = scene.changes.get(keyOf(subject)) ?? {}
      // A followed Finesse reports a call to the user itself. In an authority the call sends its news.
      const own = scene.picture.setup.role === 'follower' ? rows : undefined
      const { cause = null } = row ?? {}
      return callReasons(scene, subject.dialog, own ?? (cause === null ? new Map() : await rowsAt(cause)))
    }
    case 'presence':
      return presenceReasons(scene, subject.side)
  }
}

async function deadlinesOf({ scene, deadlinesOfCall }: Telling, subject: Subject): Promise<readonly Deadline[]> {
  const own = (owner: string) => scene.deadlines.filter((each) => each.owner === owner)
  switch (subject.kind) {
    case 'voice':
      return own('user')
    case 'media':
      return scene.deadlines.filter(
        ({ owner, name }) => name !== 'MAX_TASK_DURATION' && owner.endsWith(`_${subject.mrd}`),
      )
    case 'dialog':
      return own(subject.dialog)
    case 'call':
      return deadlinesOfCall(subject.dialog)
    case 'presence':
      return own(`presence:${subject.side}`)
  }
}

// ---------------------------------------------------------------------------------------------------- causes

/** The chain of causes of an input, and how its dialog came to the agent. */
async function causes({ chains, scene }: Telling, { row, input, before, after }: Move): Promise<readonly Link[]> {
  const chain = await chains.from(row, 'change')
  const about = dialogOf(input)
  const task = about === undefined ? undefined : before?.tasks[about]
  const isOfCall = isCall(about) && scene.picture.setup.role !== 'follower'
  const origin = task ? await chains.ofTask(scene.names.user, task) : isOfCall ? await chains.ofCall(about) : []
  const asked = wasPending(after, before) ? scene.changes.get(ASKED) : undefined
  const waited = asked ? await chains.from(asked.row, 'asked') : []
  const known = new Set(chain.map(({ position }) => position))
  return [...chain, ...waited, ...origin.filter(({ position }) => position === null || !known.has(position))]
}

/** Whether the move entered a state that was pending before. */
const wasPending = (after: Picture | undefined, before: Picture | undefined) =>
  before !== undefined && before.voice.pendingState !== '' && after?.voice.pendingState === ''

function dialogOf(input: Move['input']): string | undefined {
  if (input.kind === 'deadline') return input.owner
  const said =
    input.kind === 'user' || input.kind === 'acd' ? input.event : input.kind === 'message' ? input.body : input
  if ('dialog' in said) return said.dialog
  return 'call' in said && typeof said.call === 'object' ? said.call.dialog : undefined
}

const isCall = (dialog: string | undefined): dialog is string => dialog !== undefined && /^\d+$/.test(dialog)

// ---------------------------------------------------------------------------------------------------- details

const codeOf = (code: Code | null): ReasonCode | null => code && { code: code.code, label: code.label }

function detailsOf({ picture, names }: Pick<Scene, 'picture' | 'names'>, subject: Subject): Details {
  const values = (variables: readonly NamedValue[]): readonly Value[] =>
    variables.map(({ name, value }) => ({ name, value: names.personal(value) }))
  switch (subject.kind) {
    case 'voice':
      return voiceDetails(picture)
    case 'media':
      return mediaDetails(picture, subject.mrd)
    case 'dialog': {
      const view = picture.tasks[subject.dialog]?.view
      const { id: task = '', scriptSelector = '', associatedDialog = '', variables = [] } = view?.task ?? {}
      const { actions = [], dispositionCode = '' } = view ?? {}
      return {
        kind: 'dialog',
        task,
        scriptSelector,
        actions,
        dispositionCode,
        associatedDialog,
        variables: values(variables),
      }
    }
    case 'call': {
      const {
        state: callState = 'DROPPED',
        callType = '',
        fromAddress = '',
        toAddress = '',
        queue,
        legs = [],
        variables = [],
      } = picture.calls[subject.dialog]?.view ?? {}
      const from = names.personal(fromAddress)
      // The number of a queue or an extension is nobody's.
      const isOurs = queue !== undefined || legs.some((leg) => leg.user !== undefined && leg.mediaAddress === toAddress)
      const to = isOurs ? toAddress : names.personal(toAddress)
      const parties = legs.map((leg) => partyOf(leg, names))
      return { kind: 'call', callState, callType, from, to, parties, variables: values(variables) }
    }
    case 'presence':
      return { kind: 'presence', sessions: picture.presence[subject.side]?.sessions ?? 0 }
  }
}

const partyOf = ({ user, mediaAddress, state, stateCause }: LegView, names: Names): Party => ({
  who: user === undefined ? names.personal(mediaAddress) : `agent ${user}`,
  state,
  stateCause,
})

function voiceDetails(picture: Picture): Details {
  const { pendingState, reason, extension } = picture.voice
  const waitsFor = pendingUntil(picture)
  return { kind: 'voice', pending: pendingState || null, pendingUntil: waitsFor, reason: codeOf(reason), extension }
}

function mediaDetails(picture: Picture, mrd: string): Details {
  const medium = picture.media[mrd]
  const view = medium?.view
  return {
    kind: 'media',
    routable: view?.routable ?? false,
    reason: codeOf(view?.reason ?? null),
    openDialogs: medium?.openDialogs ?? 0,
    maxDialogLimit: view?.maxDialogLimit ?? 0,
    interruptible: view?.interruptible ?? false,
    interruptAction: view?.interruptAction ?? 'ACCEPT',
    dialogLogoutAction: view?.dialogLogoutAction ?? 'CLOSE',
    eligible: medium?.refusal === null,
    notEligible: medium?.refusal ?? null,
  }
}
