/** One agent's actor tree without an engine, with short functions that send it events. */
import { type CallView, type Effect, isEffect } from '../../machines/effects.ts'
import {
  availabilityOf,
  mediaView,
  taskView,
  type UserConfig,
  type UserEvent,
  userMachine,
  userView,
} from '../../machines/index.ts'
import type { DialogLogoutAction, LegState, Reason, Side, TaskAction } from '../../machines/wire.ts'
import { loadDirectory } from '../../src/directory/index.ts'
import { actorTree } from '../../src/engine/aggregate/actor-tree.ts'
import { userSetup } from '../../src/engine/aggregate/user/setup.ts'

const { directory } = await loadDirectory()
const user = directory.users.find((each) => each.id === '1001')
if (!user) throw new Error('the sample has no user 1001')
const { config } = userSetup(directory, user, { role: 'authority', acd: 'external', sides: ['A'] })

/** An interruptible MRD of the sample. */
export const MRD = '5001'
/** An MRD of the sample that is not interruptible. */
export const CHAT = '5002'

type Untimed<E> = E extends { readonly at: number } ? Omit<E, 'at'> : never
export type Told = Untimed<UserEvent>

const code = (reason: Reason | null) => (reason ? ` (${reason.code})` : '')

/** An effect that clients are notified of, as one line. `undefined` for other effects. */
function line(effect: Effect): string | undefined {
  switch (effect.type) {
    case 'user.changed': {
      const { state, pendingState, reason } = effect.user
      return `user ${state}${pendingState && ` -> ${pendingState}`}${code(reason)}`
    }
    case 'call.added':
    case 'call.changed':
    case 'call.removed':
      return effect.type
    case 'media.changed':
      return `media ${effect.media.state}${effect.media.routable ? '' : ' not routable'}${code(effect.media.reason)}`
    case 'task.added':
    case 'task.changed':
    case 'task.removed':
      return `${effect.type} ${effect.task.dialog.split('_')[0]} ${effect.task.state}`
    case 'failed':
      return `failed ${effect.failure}`
    default:
      return undefined
  }
}

/** The notices to the ACD, each with its cause if it has one. */
export const asked = (effects: readonly Effect[]): readonly string[] =>
  effects.flatMap((effect) => {
    if (effect.type !== 'acd') return []
    const { notice } = effect
    return 'cause' in notice ? `${notice.ask} ${notice.cause}` : notice.ask
  })

export const heard = (effects: readonly Effect[]): readonly string[] => effects.flatMap((effect) => line(effect) ?? [])

export const CALL = {
  dialog: '77',
  fromAddress: '1',
  toAddress: '2',
  dnis: '2',
  dialedNumber: '2',
  callType: 'OTHER_IN',
  variables: [],
  state: 'ALERTING',
  legs: [],
} satisfies CallView

/** `CALL` with the agent's leg, which is in this state since `at`. */
const callWith = (state: LegState, dialog: string, at: number): CallView => ({
  ...CALL,
  dialog,
  legs: [{ mediaAddress: '2', user: '1001', state, stateCause: '', startTime: at, stateChangeTime: at }],
})

/** The effects that are for calls: the id of each call and what happens. */
export const toldToCalls = (effects: readonly Effect[]): readonly string[] =>
  effects.flatMap((effect) => {
    if (effect.type === 'call.agentLeaves') return [`${effect.dialog} ${effect.leaves ? 'leaves' : 'stays'}`]
    if (effect.type === 'call.agentSignedOut') return [`${effect.dialog} signed out`]
    return effect.type === 'call.wrapUpOver' ? [`${effect.dialog} wrap-up over`] : []
  })

/** An agent who is signed out. `more` changes the configuration. Events without a side are for side A. */
export function agent(more: Partial<UserConfig> = {}, sides: readonly Side[] = ['A']) {
  const input = { user: '1001', sides, config: { ...config, ...more } } as const
  const tree = actorTree(userMachine, 'user', input, isEffect)
  let at = 0
  const next = () => {
    at += 1000
    return at
  }
  // With its time the event is complete.
  const tell = (event: Told) => tree.send({ ...event, at: next() } as UserEvent)
  /** The functions for one MRD. */
  const inMrd = (mrd: string) => {
    let offers = 0
    const dialog = (number: number) => `${1000 + number}_1001_${mrd}`
    return {
      dialog,
      toDialog: (number: number, type: string) => tree.sendTo(dialog(number), { type, at: next() }),
      signInToMedium: (dialogLogoutAction: DialogLogoutAction = 'CLOSE', side: Side = 'A') =>
        tell({ type: 'MEDIA_SIGN_IN', side, mrd, maxDialogLimit: 2, interruptAction: 'ACCEPT', dialogLogoutAction }),
      medium: (state: 'READY' | 'NOT_READY' | 'LOGOUT' | 'ACTIVE', reason: Reason | null = null) =>
        tell({ type: 'MEDIA_STATE', mrd, state, reason }),
      /** The medium as a read shows it. */
      view: () => {
        const medium = tree.actor.getSnapshot().context.media[mrd]
        if (!medium) throw new Error(`there is no MRD ${mrd}`)
        return mediaView(medium.getSnapshot())
      },
      /** The dialog of that number as a read shows it. `undefined` if it is closed. */
      task: (number: number) => {
        const task = tree.actor.getSnapshot().context.media[mrd]?.getSnapshot().context.dialogs[dialog(number)]
        return task && taskView(task.getSnapshot())
      },
      mode: (routable: boolean) => tell({ type: 'MEDIA_ROUTABLE', mrd, routable }),
      offer: (task = `t${offers}`) => {
        const offer = `o${offers}`
        offers += 1
        const facts = { scriptSelector: 's', variables: [], queueNumber: '', queueName: '', associatedDialog: '' }
        return tell({ type: 'OFFER', mrd, offer, task: { id: task, ...facts } })
      },
      /** Several actions on the dialog of that number, counted from 0. Returns the effects of the last one. */
      act: (number: number, ...actions: readonly TaskAction[]) =>
        actions
          .map((action) =>
            tell({ type: 'DIALOG_ACTION', mrd, dialog: dialog(number), action, target: 's', targetKnown: true }),
          )
          .at(-1) ?? [],
    }
  }
  return {
    config: input.config,
    tell,
    /** The user as a read shows it, and the side of the mobile data. */
    user: () => {
      const snapshot = tree.actor.getSnapshot()
      return { ...userView(snapshot), mobileSide: snapshot.context.mobileSide }
    },
    /** The availability of the agent for the ACD. */
    availability: () => availabilityOf(tree.actor.getSnapshot()),
    /** Time of the last event. */
    now: () => at,
    /** The present context of the root actor. */
    state: () => tree.actor.getSnapshot().context,
    presence: (session: string, available: boolean, side: Side = 'A') =>
      tell({ type: 'PRESENCE', side, session, available }),
    graceOver: (side: Side = 'A') => tree.sendTo(`presence:${side}`, { type: 'PRESENCE_GRACE_OVER', at: next() }),
    signIn: (side: Side = 'A') => tell({ type: 'SIGN_IN', side, extension: '1001', mobileAgent: null }),
    ready: (supervisor = false) => tell({ type: 'READY', supervisor }),
    notReady: (reason: Reason | null = null, supervisor = false) => tell({ type: 'NOT_READY', reason, supervisor }),
    signOut: (supervisor = false) => tell({ type: 'SIGN_OUT', reason: null, supervisor }),
    /** The agent's leg of a call is in this state. `ALERTING` adds the call. */
    leg: (leg: 'ALERTING' | 'ACTIVE' | 'HELD' | 'WRAP_UP' | 'DROPPED', dialog = CALL.dialog) =>
      tell({
        type: leg === 'ALERTING' ? 'CALL_ADDED' : 'CALL_CHANGED',
        leg,
        notAnswered: false,
        call: callWith(leg, dialog, at + 1000),
      }),
    callRemoved: (notAnswered = false, dialog = CALL.dialog) =>
      tell({ type: 'CALL_REMOVED', leg: 'DROPPED', notAnswered, call: callWith('DROPPED', dialog, at + 1000) }),
    /** A wrap-up deadline expires, so many ms after now. */
    wrapUpIsOver: (after: number) => {
      at += after
      return tree.sendTo('user', { type: 'WRAP_UP_TIMEOUT', at })
    },
    in: inMrd,
    ...inMrd(MRD),
  }
}
