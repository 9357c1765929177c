/** The product in the walk: the actor tree of one user. Between the steps it is kept as text. */
import { type Effect, isEffect } from '../../machines/effects.ts'
import {
  availabilityOf,
  mediaState,
  settingsInForce,
  type UserConfig,
  type UserEvent,
  userMachine,
} from '../../machines/index.ts'
import { actorTree } from '../../src/engine/aggregate/actor-tree.ts'
import type { Json } from '../../src/engine/ports.ts'
import { OUTSIDE, type WalkInput } from './input.ts'

const USER = '1001'
/** All inputs have the same time, so that states do not differ by their times. */
const AT = 1
/** The time of a wrap-up deadline, after the end of every wrap-up. */
const AFTER_ALL_WRAP_UPS = 86_400_000

export const growTree = (config: UserConfig, state?: Json) =>
  actorTree(userMachine, 'user', { user: USER, sides: ['A'], config }, isEffect, state)
export type Tree = ReturnType<typeof growTree>

const dialogId = (mrd: string, place: number) => `${1000 + place}_${USER}_${mrd}`
const DIALOG = /(\d+)_1001_(\d+)/g
/** The name of a dialog in scripts and lines. It is valid for one step, because each step renumbers dialogs. */
export const nameOf = (dialog: string): string =>
  dialog.replace(DIALOG, (_, number: string, mrd: string) => `${mrd}#${Number(number) - 1000}`)

/** A state of the walk: the snapshot as text, and the deadlines that the engine would keep for it. */
export interface Kept {
  readonly text: string
  readonly armed: readonly string[]
}

/** The canonical names of open dialogs and of the work of another MRD, by their present names. */
function namesOf(tree: Tree): ReadonlyMap<string, string> {
  const names = new Map<string, string>()
  const { media, work } = tree.actor.getSnapshot().context
  for (const [mrd, medium] of Object.entries(media))
    Object.keys(medium.getSnapshot().context.dialogs).forEach((id, place) => {
      names.set(id, dialogId(mrd, place))
    })
  const outside = work.filter(({ mrd }) => mrd === OUTSIDE)
  outside.forEach(({ id }, place) => {
    names.set(id, `w${place + 1}`)
  })
  return names
}

/**
 * The state with new names: open dialogs are numbered from 0, oldest first, and so are transfers. The work of another
 * MRD is named by its order. Without this the counters would make the number of states infinite. `routableBefore` is
 * false outside WORK_NOT_READY, because it is written again before it is read. The id of a closed dialog becomes 9999.
 */
export function canonical(tree: Tree, armed: Iterable<string>): Kept {
  const names = namesOf(tree)
  const renamed = (text: string) =>
    text
      .replace(/"(w\d)"/g, (_, id: string) => `"${names.get(id) ?? 'w9999_'}"`)
      .replace(DIALOG, (id, _number, mrd: string) => names.get(id) ?? `9999_${USER}_${mrd}`)
  const open = (mrd: string) => [...names.keys()].filter((id) => id.endsWith(`_${mrd}`)).length
  const text = renamed(JSON.stringify(tree.persist()))
    .replace(/("mrd":"(\d+)"(?:(?!"mrd":).)*?"dialogsEver":)\d+/g, (_, head: string, mrd: string) => head + open(mrd))
    .replace(/("transfer":(null|\{[^}]*\}),"transfersEver":)\d+/g, (_, head: string, transfer: string) =>
      transfer === 'null' ? `${head}0` : `${head}1`,
    )
    .replace(/("value":(?!\{"SIGNED_IN":"WORK_NOT_READY"\})(?:(?!"value":).)*?"routableBefore":)true/g, '$1false')
  return { text, armed: [...armed].map(renamed).sort() }
}

const call = (input: Extract<WalkInput, { do: 'leg' }>) => {
  const parties = { fromAddress: '1', toAddress: '2', dnis: '2', dialedNumber: '2', callType: 'OTHER_IN' }
  const state = input.leg === 'ALERTING' ? 'ALERTING' : input.leg === 'DROPPED' ? 'DROPPED' : 'ACTIVE'
  const times = { startTime: AT, stateChangeTime: AT }
  const own = { mediaAddress: '2', user: USER, state: input.leg, stateCause: '', actions: [], ...times } as const
  return { dialog: input.call, ...parties, variables: [], state, legs: [own] } as const
}

function eventOf(tree: Tree, input: WalkInput): UserEvent {
  const at = AT
  switch (input.do) {
    case 'media.signIn': {
      const { mrd, limit, answer, atSignOut } = input
      const settings = { maxDialogLimit: limit, interruptAction: answer, dialogLogoutAction: atSignOut }
      return { type: 'MEDIA_SIGN_IN', side: 'A', mrd, ...settings, at }
    }
    case 'media.state':
      return { type: 'MEDIA_STATE', mrd: input.mrd, state: input.state, reason: null, at }
    case 'media.routable':
      return { type: 'MEDIA_ROUTABLE', mrd: input.mrd, routable: input.routable, at }
    case 'act': {
      const { mrd, action, target } = input
      const targetKnown = target === 'known'
      return { type: 'DIALOG_ACTION', mrd, dialog: dialogId(mrd, input.dialog), action, target, targetKnown, at }
    }
    case 'user.signIn':
      return { type: 'SIGN_IN', side: 'A', extension: '1001', mobileAgent: null, at }
    case 'user.state': {
      const supervisor = input.by === 'supervisor'
      if (input.state === 'READY') return { type: 'READY', supervisor, at }
      return { type: input.state === 'LOGOUT' ? 'SIGN_OUT' : 'NOT_READY', supervisor, reason: null, at }
    }
    case 'user.removed': {
      const reason = { id: '1', category: 'LOGOUT', code: 20002, label: '', forAll: true, systemCode: true } as const
      return { type: 'REMOVED', reason, at }
    }
    case 'offer': {
      const { mrd } = input
      // The task has the name of its future dialog, so that they still belong together after renaming.
      const medium = tree.actor.getSnapshot().context.media[mrd]?.getSnapshot().context
      const id = dialogId(mrd, medium?.dialogsEver ?? 0)
      const facts = { scriptSelector: 's', variables: [], queueNumber: '', queueName: '', associatedDialog: '' }
      return { type: 'OFFER', mrd, offer: `offer of ${id}`, task: { id: `task of ${id}`, ...facts }, at }
    }
    case 'cancel':
      return { type: 'CUSTOMER_CANCELS', task: `task of ${dialogId(input.mrd, input.dialog)}`, at }
    case 'answer': {
      const { mrd, confirmed, stale } = input
      const dialog = dialogId(mrd, input.dialog)
      const attempt = stale ? 0 : 1
      if (confirmed) return { type: 'RESUBMITTED', mrd, dialog, task: `task of ${dialog}`, attempt, at }
      return { type: 'RESUBMISSION_REFUSED', mrd, dialog, reason: 'no', attempt, at }
    }
    case 'leg':
      return { type: `CALL_${input.change}`, leg: input.leg, notAnswered: input.rona, call: call(input), at }
    case 'work':
      if (input.joins) return { type: 'WORK_JOINED', work: input.id, mrd: OUTSIDE, at }
      return { type: 'WORK_LEFT', work: input.id, at }
    case 'presence':
      return { type: 'PRESENCE', side: 'A', session: 's', available: input.available, at }
    case 'link':
      return { type: input.up ? 'LINK_BACK' : 'LINK_LOST', side: 'A', at }
    case 'path':
      return { type: input.up ? 'PATH_BACK' : 'PATH_LOST', at }
    case 'gateway':
      return { type: 'PERIPHERAL_LOST', both: input.both, at }
    default:
      throw new Error(`${input.do} goes to one actor`)
  }
}

/** An event for one actor of the tree. Without `owner` it is for the root. */
type Given =
  | { readonly owner: string; readonly event: { readonly type: string; readonly at: number } }
  | { readonly owner?: undefined; readonly event: UserEvent }

function given(tree: Tree, input: WalkInput): Given {
  const at = AT
  if (input.do === 'deadline') return { owner: dialogId(input.mrd, input.dialog), event: { type: input.name, at } }
  if (input.do === 'wrapUpTimeout') return { owner: 'user', event: { type: 'WRAP_UP_TIMEOUT', at: AFTER_ALL_WRAP_UPS } }
  if (input.do === 'graceOver') return { owner: 'presence:A', event: { type: 'PRESENCE_GRACE_OVER', at } }
  return { event: eventOf(tree, input) }
}

const give = (tree: Tree, { owner, event }: Given): readonly Effect[] =>
  owner === undefined ? tree.send(event) : tree.sendTo(owner, event)

/** Applies an input and returns the effects of the whole tree, in order. */
export const apply = (tree: Tree, input: WalkInput): readonly Effect[] => give(tree, given(tree, input))

/**
 * Applies an input of the tree's canonical state to the tree and to one that was restored from it twice. Returns a
 * difference in their effects or snapshots.
 */
export function divergence(tree: Tree, config: UserConfig, input: WalkInput): readonly string[] {
  const actual = new Map([...namesOf(tree)].map(([name, canonicalName]) => [canonicalName, name]))
  const own = given(tree, input)
  // The names of a new dialog and of new work are those of this tree already.
  const event: Given =
    input.do === 'offer' || (input.do === 'work' && input.joins)
      ? own
      : JSON.parse(JSON.stringify(own).replace(/\d+_1001_\d+|\bw\d\b/g, (name) => actual.get(name) ?? name))
  const once = growTree(config, tree.persist())
  const twice = growTree(config, once.persist())
  const [lived, restored] = [tree, twice].map((each) => JSON.stringify([give(each, event), each.persist()]))
  once.stop()
  twice.stop()
  return lived === restored ? [] : [`${JSON.stringify(input)}: not the same after a restore`]
}

/** A medium as clients and the ACD see it, for comparison with the model. */
export interface Seen {
  readonly mrd: string
  readonly state: string
  /** No step is half done, and every change was reported. */
  readonly isAtRest: boolean
  readonly routable: boolean
  readonly connected: boolean
  readonly limit: number
  readonly answer: string
  readonly atSignOut: string
  readonly slots: number
  readonly dialogs: readonly string[]
  readonly interrupted: boolean
}

export function seen({ actor }: Tree): readonly Seen[] {
  const snapshot = actor.getSnapshot()
  const claims = availabilityOf(snapshot)
  return Object.entries(snapshot.context.media).map(([mrd, medium]) => {
    const { context } = medium.getSnapshot()
    const state = mediaState(medium.getSnapshot())
    const { routable, connected, interrupted, left, news } = context
    const { maxDialogLimit, interruptAction, dialogLogoutAction } = settingsInForce(context)
    const dialogs = Object.values(context.dialogs).map((dialog) => dialog.getSnapshot().value)
    const settings = { limit: maxDialogLimit, answer: interruptAction, atSignOut: dialogLogoutAction }
    const slots = claims[mrd]?.freeSlots ?? 0
    return {
      mrd,
      state,
      isAtRest: left === null && !news,
      routable,
      connected,
      ...settings,
      slots,
      dialogs,
      interrupted,
    }
  })
}

/** An effect as the model writes it. `undefined` for effects that the model does not have. */
export function lineOf(effect: Effect): string | undefined {
  switch (effect.type) {
    case 'user.changed': {
      const { state, pendingState, reason } = effect.user
      const code = (state === 'NOT_READY' || state === 'LOGOUT') && reason ? ` (${reason.code})` : ''
      return `user ${state}${pendingState === '' ? '' : ` pending ${pendingState}`}${code}`
    }
    case 'media.changed':
      return `media ${effect.media.mrd} ${effect.media.state} ${effect.media.routable ? 'routable' : 'not routable'}`
    case 'task.added':
    case 'task.changed':
    case 'task.removed': {
      const { dialog, state, dispositionCode } = effect.task
      const sign = { 'task.added': '+', 'task.changed': '', 'task.removed': '-' }[effect.type]
      return `${sign}task ${nameOf(dialog)} ${state}${dispositionCode === '' ? '' : ` ${dispositionCode}`}`
    }
    case 'call.added':
      return `+call ${effect.call.dialog}`
    case 'call.changed':
      return `call ${effect.call.dialog}`
    case 'call.removed':
      return `-call ${effect.call.dialog}`
    case 'failed': {
      const { subject, failure } = effect
      const about =
        subject.kind === 'media' ? ` ${subject.mrd}` : 'dialog' in subject ? ` ${nameOf(subject.dialog)}` : ''
      return `error ${subject.kind}${about} ${failure}`
    }
    case 'rejected':
      return `rejected ${effect.rejection}`
    case 'acd': {
      const { notice } = effect
      if (notice.ask === 'refused') return 'acd refused'
      const cause = 'cause' in notice ? ` ${notice.cause}` : ''
      return `acd ${notice.ask}${cause} ${nameOf(notice.dialog)}`
    }
    case 'call.wrapUpOver':
      return `${effect.dialog} wrap-up over`
    case 'call.legRefused':
      return `${effect.dialog} refused`
    case 'call.agentSignedOut':
      return `${effect.dialog} signed out`
    case 'call.agentLeaves':
      return `${effect.dialog} ${effect.leaves ? 'leaves' : 'stays'}`
    default:
      return undefined
  }
}

/** The deadlines that are armed after these effects. */
export function armedAfter(armed: ReadonlySet<string>, effects: readonly Effect[]): ReadonlySet<string> {
  const next = new Set(armed)
  for (const effect of effects)
    if (effect.type === 'deadline.armed') next.add(`${effect.owner} ${effect.name}`)
    else if (effect.type === 'deadline.cleared') next.delete(`${effect.owner} ${effect.name}`)
  return next
}
