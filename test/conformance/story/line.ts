/**
 * A notification in one line, as the tests write it. It has the main values only.
 *
 * `MN 5001 READY routable`, `DN POST 1000_1001_5001 OFFERED`, `DN DELETE … CLOSED CD_NORMAL_END_TASK`, `UN NOT_READY`,
 * `VN PUT ACTIVE`, `SN OUT_OF_SERVICE` (SystemInfo, for all clients), `EN 5001 14 E_ARM_STAT_… #requestId`. Unusual
 * values are added: a pending state (`-> READY`) and a reason of the system (`(50002)`) of a user, and the legs of a
 * call if their states differ from that of the call, or have a cause, or allow more than usual.
 */
import type { Received } from '../finesse-client.ts'
import { at, childrenOf, objectOf, parseTree, type Tree, valueAt } from '../tree.ts'

interface Told {
  readonly requestId: string
}

export interface MediaLine extends Told {
  readonly kind: 'MN'
  readonly mrd: string
  readonly state: string
  readonly routable: string
}

export interface TaskLine extends Told {
  readonly kind: 'DN'
  readonly event: string
  readonly dialog: string
  readonly state: string
  readonly disposition: string
}

export interface UserLine extends Told {
  readonly kind: 'UN'
  readonly state: string
  readonly pending: string
  /** Code of a reason that the system set, or `''`. */
  readonly systemReason: string
}

export interface Leg {
  readonly address: string
  readonly state: string
  readonly cause: string
  /** The actions that its state alone does not allow. */
  readonly more: readonly string[]
}

export interface CallLine extends Told {
  readonly kind: 'VN'
  readonly event: string
  readonly dialog: string
  readonly state: string
  readonly legs: readonly Leg[]
}

export interface FailureLine extends Told {
  readonly kind: 'EN'
  /** The subject of the request. */
  readonly about: 'user' | 'call' | 'media' | 'task'
  readonly mrd: string
  readonly dialog: string
  readonly code: string
  readonly message: string
}

export interface SystemLine extends Told {
  readonly kind: 'SN'
  readonly status: string
}

export type Line = MediaLine | TaskLine | UserLine | CallLine | FailureLine | SystemLine

const read = (tree: Tree | undefined, path: string): string => valueAt(tree, path) ?? ''

export const mediaOf = (media: Tree): Omit<MediaLine, keyof Told> => ({
  kind: 'MN',
  mrd: read(media, 'id'),
  state: read(media, 'state'),
  routable: read(media, 'routable'),
})

export const taskOf = (dialog: Tree) => ({
  dialog: read(dialog, 'id'),
  state: read(dialog, 'state'),
  disposition: read(dialog, 'mediaProperties/dispositionCode'),
})

export const userOf = (user: Tree): Omit<UserLine, keyof Told> => ({
  kind: 'UN',
  state: read(user, 'state'),
  pending: read(user, 'pendingState'),
  systemReason: at(user, 'reasonCode/systemCode') ? read(user, 'reasonCode/code') : '',
})

export const callOf = (dialog: Tree) => ({
  dialog: read(dialog, 'id'),
  state: read(dialog, 'state'),
  legs: childrenOf(at(dialog, 'participants') ?? dialog, 'Participant').map((leg) => ({
    address: read(leg, 'mediaAddress'),
    state: read(leg, 'state'),
    cause: read(leg, 'stateCause'),
    more: childrenOf(at(leg, 'actions') ?? leg, 'action')
      .map(({ text }) => text)
      .filter((action) => SPECIAL.includes(action)),
  })),
})

/** Actions that depend on more than the state of the leg (`dialog 3`). */
const SPECIAL = [
  ...['TRANSFER', 'CONFERENCE', 'PARTICIPANT_DROP', 'START_RECORDING', 'ACCEPT', 'CLOSE', 'REJECT'],
  ...['RECLASSIFY', 'UPDATE_SCHEDULED_CALLBACK', 'CANCEL_SCHEDULED_CALLBACK'],
]

function failureOf(error: Tree, about: FailureLine['about'], source: string): Omit<FailureLine, keyof Told> {
  return {
    kind: 'EN',
    about,
    mrd: read(error, 'errorMedia'),
    dialog: about === 'task' || about === 'call' ? (source.split('/').at(-1) ?? '') : '',
    code: read(error, 'errorData'),
    message: read(error, 'errorMessage'),
  }
}

/** Reads only the values that decide which document is expected. `undefined` for an unknown kind of notification. */
export function lineOf(user: string, { node, source, event, kind, requestId, text }: Received): Line | undefined {
  const [data] = at(parseTree(text), 'data')?.children ?? []
  if (!data) return undefined
  const object = objectOf(data)
  const own = node.slice(`/finesse/api/User/${user}`.length)
  if (kind === 'Media') return { ...mediaOf(object), requestId }
  if (kind === 'user') return { ...userOf(object), requestId }
  if (kind === 'systemInfo') return { kind: 'SN', status: read(object, 'status'), requestId }
  if (kind === 'apiErrors') {
    const abouts = { '': 'user', '/Dialogs': 'call', '/Media': 'media', '/Dialogs/Media': 'task' } as const
    const about = Object.entries(abouts).find(([end]) => end === own)?.[1]
    return about && { ...failureOf(object, about, source), requestId }
  }
  if (kind !== 'dialog' && kind !== 'dialogs') return undefined
  if (own === '/Dialogs/Media') return { kind: 'DN', event, ...taskOf(object), requestId }
  return { kind: 'VN', event, ...callOf(object), requestId }
}

const routableWord = (routable: string) => (routable === 'true' ? 'routable' : 'not-routable')

export const mediaWords = ({ state, routable }: Pick<MediaLine, 'state' | 'routable'>): string =>
  `${state} ${routableWord(routable)}`

/** The states of the legs until one is dropped. The leg of the caller waits for the answer. */
export const usualLegs = (state: string): readonly string[] =>
  state === 'ALERTING' ? ['ALERTING', 'INITIATED'] : [state, state]

const legWords = ({ state, cause, more }: Leg): string =>
  [state, cause, ...more].filter((word) => word !== '').join(' ')

function callWords({ event, state, legs }: CallLine): string {
  const isUsual = legs.map(legWords).join() === usualLegs(state).join()
  const words = `VN ${event} ${state}`
  return isUsual ? words : `${words} (${legs.map((leg) => `${leg.address} ${legWords(leg)}`).join(', ')})`
}

function words(line: Line): string {
  switch (line.kind) {
    case 'MN':
      return `MN ${line.mrd} ${mediaWords(line)}`
    case 'DN':
      return `DN ${line.event} ${line.dialog} ${line.state}${line.disposition ? ` ${line.disposition}` : ''}`
    case 'UN': {
      const pending = line.pending === '' ? '' : ` -> ${line.pending}`
      return `UN ${line.state}${pending}${line.systemReason === '' ? '' : ` (${line.systemReason})`}`
    }
    case 'VN':
      return callWords(line)
    case 'SN':
      return `SN ${line.status}`
    case 'EN': {
      const about = [line.mrd, line.about === 'task' ? line.dialog : ''].filter((part) => part !== '')
      return ['EN', ...(about.length === 0 ? [line.about] : about), line.code, line.message].join(' ')
    }
  }
}

export const said = (line: Line): string => `${words(line)}${line.requestId === '' ? '' : ` #${line.requestId}`}`
