/** Scripts that together use every guard and every action of the machines, through the engine. */

import type { LegAction, Side } from '../../machines/wire.ts'
import type { Directory, User } from '../../src/directory/model.ts'
import type { FaultInput, UserEventInput } from '../../src/engine/api.ts'
import type { Command } from '../../src/engine/commands.ts'
import type { AcdTask } from '../../src/engine/ports.ts'
import type { CallDialogValue, CallParticipantValue } from '../../src/engine/values.ts'
import { scriptedAcd } from '../../src/testing/index.ts'
import { CALL_SCRIPTS } from './scripts-of-calls.ts'
import { CAMPAIGN_SCRIPTS } from './scripts-of-campaigns.ts'
import type { Stage, StageOptions } from './stage.ts'

/**
 * One step of a script. `command`, `event` and `acd` are one input of one aggregate and may be repeated after a
 * failure; for `acd` the caller gets the error. `fault` and `submit` are inputs of several aggregates. `time` and
 * `start` have no caller.
 */
export interface Step {
  readonly kind: 'command' | 'event' | 'acd' | 'fault' | 'submit' | 'time' | 'start'
  run(on: Stage): Promise<unknown>
}

export interface Script {
  readonly name: string
  options(): StageOptions
  readonly steps: readonly Step[]
}

export const EMAIL = '5001'
export const CHAT = '5002'
const AGENT = '1001'
const CALLS = ['16777217', '16777218', '16777219', '16777220', '16777221'] as const
const SECOND = 1000

// ---------------------------------------------------------------------------------------------- steps

const command = (given: Command): Step => ({ kind: 'command', run: (on) => on.engine.command(given) })

const signIn = (more: Partial<Extract<Command, { type: 'user.signIn' }>> = {}) =>
  command({ type: 'user.signIn', user: AGENT, extension: AGENT, ...more })
const is = (
  state: Extract<Command, { type: 'user.setState' }>['state'],
  more: Partial<Extract<Command, { type: 'user.setState' }>> = {},
) => command({ type: 'user.setState', user: AGENT, state, ...more })
const mediaSignIn = (mrd: string, more: Partial<Extract<Command, { type: 'media.signIn' }>> = {}) =>
  command({ type: 'media.signIn', user: AGENT, mrd, maxDialogLimit: 5, interruptAction: 'ACCEPT', ...more })
const mediaIs = (mrd: string, state: 'READY' | 'NOT_READY' | 'LOGOUT' | 'ACTIVE') =>
  command({ type: 'media.setState', user: AGENT, mrd, state })
const ready = (mrd: string, more: Partial<Extract<Command, { type: 'media.signIn' }>> = {}) => [
  mediaSignIn(mrd, more),
  mediaIs(mrd, 'READY'),
]
const routable = (mrd: string, yes: boolean) => command({ type: 'media.setRoutable', user: AGENT, mrd, routable: yes })
const dialogOf = (mrd: string, number: number) => `${1000 + number}_${AGENT}_${mrd}`
const act = (
  mrd: string,
  number: number,
  action: Extract<Command, { type: 'dialog.act' }>['action'],
  target?: string,
) =>
  command({
    type: 'dialog.act',
    user: AGENT,
    dialog: dialogOf(mrd, number),
    action,
    ...(target === undefined ? {} : { target }),
  })
/** A supervisor, at this extension, wants to listen to the agent. */
const SUPERVISOR = { user: '1234', extension: '1001001' }
const listens = command({
  type: 'call.monitor',
  ...{ user: SUPERVISOR.user, fromAddress: SUPERVISOR.extension, toAddress: AGENT },
})
const onCall = (number: number, action: LegAction) =>
  command({
    type: 'call.act',
    user: AGENT,
    dialog: CALLS[number] ?? '',
    action,
    targetMediaAddress: AGENT,
    requestId: 'c',
  })

const data = (number: number, value: string, wrapUpReason?: string) =>
  command({
    type: 'call.setData',
    user: AGENT,
    dialog: CALLS[number] ?? '',
    variables: [{ name: 'callVariable1', value }],
    wrapUpReason,
  })
const tones = (number: number, given: string) =>
  command({ type: 'call.sendDtmf', user: AGENT, dialog: CALLS[number] ?? '', targetMediaAddress: AGENT, tones: given })

const records = (number: number) =>
  command({ type: 'call.record', user: AGENT, dialog: CALLS[number] ?? '', targetMediaAddress: AGENT })

const submit = (mrd: string): Step => ({
  kind: 'submit',
  run: (on) =>
    on.engine.acd?.submitTask({ mrd, scriptSelector: mrd === EMAIL ? 'email_support' : 'chat_sales' }) ??
    Promise.resolve(),
})
const abandon = (task: string): Step => ({
  kind: 'submit',
  run: (on) => on.engine.acd?.abandonTask(task) ?? Promise.resolve(),
})
const calls = (to: string = AGENT): Step => ({
  kind: 'submit',
  run: (on) => on.engine.acd?.submitCall({ from: '5550100', to }) ?? Promise.resolve(),
})
const callsWithData = (): Step => ({
  kind: 'submit',
  run: (on) =>
    on.engine.acd?.submitCall({ from: '5550100', to: AGENT, variables: [{ name: 'callVariable1', value: 'a' }] }) ??
    Promise.resolve(),
})
const callsQueue: Step = {
  kind: 'submit',
  run: (on) => on.engine.acd?.submitCall({ from: '5550100', queue: '701' }) ?? Promise.resolve(),
}
const hangsUp = (number: number): Step => ({
  kind: 'submit',
  run: (on) => on.engine.acd?.hangUp(CALLS[number] ?? '') ?? Promise.resolve(),
})
const presence = (session: string, available: boolean, side: Side = 'A'): Step => ({
  kind: 'event',
  run: (on) => on.engine.adapters.presence({ user: AGENT, side, session, available }),
})
const fault = (given: FaultInput): Step => ({ kind: 'fault', run: (on) => on.engine.fault(given) })
const link = (up: boolean) => fault({ type: 'acd-link', side: 'A', up })
const path = (up: boolean) => fault({ type: 'app-path', side: 'A', up })
const gateway = (both: boolean, up: boolean) => fault({ type: 'peripheral-gateway', side: 'A', both, up })
const resubmission = (mode: 'refuse' | 'timeout' | 'late', up: boolean) =>
  fault({ type: 'resubmission', side: 'A', mode, up })
const service = (available: boolean): Step => ({
  kind: 'fault',
  run: (on) => on.engine.adapters.notificationService('A', available),
})
const wait = (seconds: number): Step => ({ kind: 'time', run: (on) => on.clock.advance(seconds * SECOND) })
const restart = (change: (directory: Directory) => Directory): Step => ({
  kind: 'start',
  run: (on) => on.restart(change),
})
const hears = (event: UserEventInput): Step => ({ kind: 'event', run: (on) => on.engine.userEvent(event) })
/** A call between the agent, whose party has this state, and a customer. */
const toldCall = (state: CallDialogValue['state'], own: CallParticipantValue['state']): CallDialogValue => ({
  ...{ kind: 'call', id: '7', fromAddress: '5550100', toAddress: AGENT, dnis: AGENT, dialedNumber: AGENT },
  ...{ callType: 'OTHER_IN', variables: [], state },
  participants: [party(AGENT, own, AGENT), ...(own === 'DROPPED' ? [] : [party('5550100', 'ACTIVE')])],
})
const party = (mediaAddress: string, state: CallParticipantValue['state'], user?: string): CallParticipantValue => ({
  ...{ mediaAddress, state, stateCause: '', actions: [], startTime: 0, stateChangeTime: 0 },
  ...(user === undefined ? {} : { user }),
})
const offers = (offer: string, task: Pick<AcdTask, 'id' | 'mrd'>): Step => ({
  kind: 'acd',
  run: (on) => on.engine.acdEvents.offer(AGENT, offer, { scriptSelector: 's', variables: [], ...task }),
})

const started = (mrd: string, number: number) => [submit(mrd), act(mrd, number, 'ACCEPT'), act(mrd, number, 'START')]

// ---------------------------------------------------------------------------------------------- scripts

const asItIs = (): StageOptions => ({})
const withAgent = (change: (user: User) => User) => (): StageOptions => ({
  directory: (sample) => ({
    ...sample,
    users: sample.users.map((user) => (user.id === AGENT ? change(user) : user)),
  }),
})
const withSettings = (settings: Partial<Directory['settings']>) => (): StageOptions => ({
  directory: (sample) => ({ ...sample, settings: { ...sample.settings, ...settings } }),
})
const onTwoSides =
  (settings: Partial<Directory['settings']> = {}): Script['options'] =>
  () => ({ ...withSettings(settings)(), sides: ['A', 'B'] })
const onCcx = (): StageOptions => ({ directory: (sample) => ({ ...sample, platform: 'CCX' }) })
const wrapsUp = withAgent((user) => ({ ...user, settings: { ...user.settings, wrapUpOnIncoming: 'REQUIRED' } }))

/** The agent gets only what has waited for 20 seconds. */
function withOverflow(directory: Directory): Directory {
  const overflow = [{ afterSeconds: 20, agents: [AGENT] }]
  return {
    ...directory,
    mediaRoutingDomains: directory.mediaRoutingDomains.map((mrd) => (mrd.id === CHAT ? { ...mrd, overflow } : mrd)),
    queues: (directory.queues ?? []).map((queue) => (queue.id === '701' ? { ...queue, overflow } : queue)),
  }
}

export const SCRIPTS: readonly Script[] = [
  {
    name: 'an agent signs in and out',
    options: asItIs,
    steps: [
      signIn({ extension: '9999' }),
      signIn({ mobileAgent: { mode: 'CALL_BY_CALL', dialNumber: '1' } }),
      is('NOT_READY'),
      signIn(),
      signIn(),
      is('WORK'),
      is('READY'),
      is('LOGOUT'),
      is('NOT_READY', { reasonCodeId: '17' }),
      is('NOT_READY', { by: 'supervisor' }),
      is('LOGOUT', { reasonCodeId: '18' }),
      is('LOGOUT'),
      mediaSignIn('1'),
    ],
  },
  {
    name: 'tasks are offered, accepted, started, paused, wrapped up, closed',
    options: asItIs,
    steps: [
      mediaIs(EMAIL, 'READY'),
      mediaSignIn(EMAIL),
      mediaSignIn(EMAIL),
      mediaIs(EMAIL, 'READY'),
      command({ type: 'media.signIn', user: '1006', mrd: '5003', maxDialogLimit: 1, interruptAction: 'ACCEPT' }),
      submit(EMAIL),
      routable(EMAIL, false),
      routable(EMAIL, false),
      routable(EMAIL, true),
      routable(EMAIL, false),
      act(EMAIL, 0, 'ACCEPT'),
      act(EMAIL, 0, 'START'),
      routable(EMAIL, true),
      routable(EMAIL, true),
      act(EMAIL, 0, 'PAUSE'),
      act(EMAIL, 0, 'RESUME'),
      act(EMAIL, 0, 'WRAP_UP'),
      act(EMAIL, 0, 'CLOSE'),
      submit(EMAIL),
      act(EMAIL, 1, 'START'),
      mediaIs(EMAIL, 'NOT_READY'),
      abandon('5001-2'),
      mediaIs(EMAIL, 'ACTIVE'),
      mediaIs(EMAIL, 'NOT_READY'),
      mediaIs(EMAIL, 'READY'),
      routable(EMAIL, false),
      mediaIs(EMAIL, 'LOGOUT'),
    ],
  },
  {
    name: 'tasks are transferred',
    options: asItIs,
    steps: [
      ...ready(EMAIL, { dialogLogoutAction: 'TRANSFER' }),
      submit(EMAIL),
      act(EMAIL, 0, 'ACCEPT'),
      act(EMAIL, 0, 'TRANSFER', 'nowhere'),
      resubmission('timeout', false),
      act(EMAIL, 0, 'TRANSFER', 'chat_sales'),
      act(EMAIL, 0, 'TRANSFER', 'chat_sales'),
      wait(10),
      resubmission('timeout', true),
      resubmission('refuse', false),
      act(EMAIL, 0, 'TRANSFER', 'chat_sales'),
      resubmission('refuse', true),
      resubmission('late', false),
      act(EMAIL, 0, 'TRANSFER', 'chat_sales'),
      wait(60),
      resubmission('late', true),
      act(EMAIL, 0, 'TRANSFER', 'chat_sales'),
      ...started(EMAIL, 1),
      mediaIs(EMAIL, 'LOGOUT'),
      ...ready(EMAIL, { dialogLogoutAction: 'CLOSE' }),
      submit(EMAIL),
      mediaIs(EMAIL, 'LOGOUT'),
    ],
  },
  {
    name: 'tasks end by time',
    options: asItIs,
    steps: [
      ...ready(CHAT),
      submit(CHAT),
      wait(30),
      routable(CHAT, true),
      act(CHAT, 1, 'ACCEPT'),
      act(CHAT, 1, 'START'),
      wait(24 * 3600),
    ],
  },
  {
    name: 'work interrupts work',
    options: asItIs,
    steps: [
      signIn(),
      ...ready(EMAIL),
      ...ready(CHAT),
      ...started(EMAIL, 0),
      ...started(CHAT, 0),
      act(EMAIL, 0, 'PAUSE'),
      calls(),
      onCall(0, 'ANSWER'),
      gateway(false, false),
      onCall(0, 'DROP'),
      act(CHAT, 0, 'CLOSE'),
      act(EMAIL, 0, 'CLOSE'),
      is('LOGOUT'),
    ],
  },
  {
    name: 'an interrupt is ignored',
    options: asItIs,
    steps: [
      ...ready(EMAIL, { interruptAction: 'IGNORE' }),
      ...ready(CHAT),
      ...started(EMAIL, 0),
      ...started(CHAT, 0),
      act(CHAT, 0, 'CLOSE'),
      act(EMAIL, 0, 'CLOSE'),
    ],
  },
  {
    name: 'calls with wrap-up',
    options: wrapsUp,
    steps: [
      signIn(),
      is('READY'),
      calls(),
      is('NOT_READY', { by: 'supervisor' }),
      onCall(0, 'DROP'),
      onCall(0, 'ANSWER'),
      onCall(0, 'ANSWER'),
      is('NOT_READY', { reasonCodeId: '17' }),
      onCall(0, 'DROP'),
      wait(300),
      is('READY'),
      calls(),
      onCall(1, 'ANSWER'),
      hangsUp(1),
      is('NOT_READY'),
    ],
  },
  {
    name: 'calls without wrap-up',
    options: asItIs,
    steps: [
      calls(),
      signIn(),
      is('READY'),
      calls(),
      wait(300),
      is('READY'),
      calls(),
      hangsUp(2),
      calls(),
      onCall(3, 'ANSWER'),
      is('LOGOUT', { by: 'supervisor' }),
      onCall(3, 'DROP'),
    ],
  },
  {
    name: 'calls are held, and have data and tones (CCX)',
    options: onCcx,
    steps: [
      signIn(),
      is('READY'),
      calls(),
      onCall(0, 'ANSWER'),
      data(0, 'x'),
      onCall(0, 'HOLD'),
      tones(0, '1'),
      callsWithData(),
      data(1, 'y'),
      onCall(1, 'ANSWER'),
      data(1, 'z', 'sold'),
      data(1, 'z', 'sold'),
      data(1, 'z'.repeat(41)),
      tones(1, '1#'),
      tones(1, '1A'),
      tones(1, 'E'),
      records(1),
      onCall(0, 'RETRIEVE'),
      onCall(1, 'DROP'),
      onCall(0, 'HOLD'),
      records(0),
      onCall(0, 'DROP'),
      callsQueue,
      onCall(2, 'ANSWER'),
      is('READY'),
      is('NOT_READY'),
      is('NOT_READY'),
      hangsUp(2),
      calls(),
      onCall(3, 'ANSWER'),
      is('READY'),
      hangsUp(3),
    ],
  },
  {
    name: 'calls through a queue',
    options: asItIs,
    steps: [
      callsQueue,
      signIn(),
      is('READY'),
      wait(15),
      is('READY'),
      onCall(0, 'ANSWER'),
      hangsUp(0),
      callsQueue,
      hangsUp(1),
      is('NOT_READY'),
      callsQueue,
      wait(600),
    ],
  },
  {
    name: 'an agent on a call disconnects',
    options: asItIs,
    steps: [
      signIn(),
      calls(),
      onCall(0, 'ANSWER'),
      presence('a', true),
      presence('a', false),
      wait(60),
      onCall(0, 'DROP'),
    ],
  },
  {
    name: 'a disconnected agent is signed out of voice (LOAD 1)',
    options: withSettings({ logoutOnAgentDisconnect: 1 }),
    steps: [signIn(), presence('a', true), presence('a', false), wait(60)],
  },
  {
    name: 'an agent on a call disconnects and reconnects (LOAD 1, ruling 47)',
    options: () => ({
      directory: (sample) => ({
        ...(wrapsUp().directory?.(sample) ?? sample),
        settings: { ...sample.settings, logoutOnAgentDisconnect: 1 },
      }),
    }),
    steps: [
      signIn(),
      is('READY'),
      calls(),
      onCall(0, 'ANSWER'),
      calls(),
      presence('a', true),
      presence('a', false),
      wait(60),
      signIn(),
      calls(),
      onCall(2, 'ANSWER'),
      hangsUp(2),
      is('LOGOUT', { by: 'supervisor' }),
      calls(),
      is('READY'),
      hangsUp(0),
      presence('a', true),
      presence('a', false),
      wait(60),
      signIn(),
      calls(),
      onCall(4, 'ANSWER'),
      presence('a', true),
      presence('a', false),
      wait(60),
      hangsUp(4),
    ],
  },
  {
    name: 'the link, the path and the gateways fail',
    options: asItIs,
    steps: [
      signIn(),
      ...ready(EMAIL, { dialogLogoutAction: 'TRANSFER' }),
      ...started(EMAIL, 0),
      calls(),
      submit(EMAIL),
      presence('a', true),
      presence('a', false),
      link(false),
      wait(120),
      link(true),
      path(false),
      wait(3600),
      path(true),
      submit(EMAIL),
      gateway(true, false),
      gateway(true, true),
    ],
  },
  {
    name: 'presence comes and goes',
    options: asItIs,
    steps: [
      presence('a', true),
      presence('b', true),
      presence('a', false),
      presence('b', false),
      signIn(),
      presence('a', true),
      presence('a', false),
      presence('a', true),
      service(false),
      service(true),
      presence('a', true),
      presence('a', false),
      is('LOGOUT'),
      signIn(),
      ...ready(EMAIL),
      presence('a', true),
      presence('a', false),
      wait(60),
    ],
  },
  {
    name: 'an agent connects while presence is unknown',
    options: asItIs,
    steps: [signIn(), presence('a', true), service(false), presence('a', true), service(true)],
  },
  {
    name: 'agents leave WORK_NOT_READY themselves',
    options: withSettings({ autoWorkModeStateChange: false }),
    steps: [...ready(EMAIL), ...started(EMAIL, 0), link(false), link(true), mediaIs(EMAIL, 'ACTIVE')],
  },
  {
    name: 'a Finesse is followed',
    options: () => ({ role: 'follower' }),
    steps: [
      hears({ kind: 'user', user: AGENT, state: 'NOT_READY', extension: AGENT }),
      hears({ kind: 'user', user: AGENT, state: 'WORK_READY' }),
      hears({ kind: 'user', user: AGENT, state: 'READY' }),
      hears({ kind: 'media', user: AGENT, mrd: EMAIL, state: 'NOT_READY' }),
      hears({ kind: 'media', user: AGENT, mrd: EMAIL, state: 'READY', routable: true }),
      hears({ kind: 'task', user: AGENT, mrd: EMAIL, dialog: '7_1_1', state: 'ACTIVE' }),
      hears({ kind: 'task', user: AGENT, mrd: EMAIL, dialog: '7_1_1', state: 'CLOSED' }),
      hears({ kind: 'call', user: AGENT, change: 'added', call: toldCall('ALERTING', 'ALERTING') }),
      hears({ kind: 'call', user: AGENT, change: 'changed', call: toldCall('ACTIVE', 'ACTIVE') }),
      hears({ kind: 'call', user: AGENT, change: 'changed', call: toldCall('ACTIVE', 'DROPPED') }),
      hears({ kind: 'call', user: AGENT, change: 'changed', call: toldCall('ACTIVE', 'ACTIVE') }),
      hears({ kind: 'call', user: AGENT, change: 'removed', call: toldCall('DROPPED', 'DROPPED') }),
      hears({ kind: 'call', user: AGENT, change: 'added', call: { ...toldCall('DROPPED', 'DROPPED'), id: '8' } }),
      link(false),
      link(true),
    ],
  },
  {
    name: 'a followed user with a call is removed',
    options: () => ({ role: 'follower' }),
    steps: [
      hears({ kind: 'call', user: AGENT, change: 'added', call: toldCall('ACTIVE', 'ACTIVE') }),
      restart((directory) => ({ ...directory, users: directory.users.filter(({ id }) => id !== AGENT) })),
    ],
  },
  {
    name: 'an external ACD offers',
    options: () => ({ acd: scriptedAcd({ transfers: 'silence' }) }),
    steps: [offers('o1', { id: 't1', mrd: EMAIL }), ...ready(EMAIL), offers('o2', { id: 't2', mrd: EMAIL })],
  },
  {
    name: 'the directory changes',
    options: () => ({
      directory: (sample) => ({
        ...sample,
        mediaRoutingDomains: sample.mediaRoutingDomains.filter(({ id }) => id !== CHAT),
        users: sample.users.map((user) => ({ ...user, mediaRoutingDomains: [EMAIL] })),
      }),
    }),
    steps: [
      signIn(),
      ...ready(EMAIL),
      restart((directory) => ({
        ...directory,
        settings: { ...directory.settings, presenceGraceSeconds: 90 },
        mediaRoutingDomains: [
          ...directory.mediaRoutingDomains,
          { ...(directory.mediaRoutingDomains.at(-1) ?? missing()), id: CHAT, scriptSelectors: ['chat_sales'] },
        ],
      })),
      mediaIs(EMAIL, 'NOT_READY'),
    ],
  },
  {
    name: 'an agent moves to the other side, which does not have the settings, and back',
    options: onTwoSides(),
    steps: [
      presence('a', true),
      signIn(),
      ...ready(CHAT),
      presence('b', true, 'B'),
      mediaSignIn(CHAT, { side: 'B' }),
      is('READY'),
      ...started(EMAIL, 0),
      presence('a2', true),
      is('NOT_READY'),
      presence('b', false, 'B'),
      wait(61),
    ],
  },
  {
    name: 'a side is lost, and nothing is forgotten',
    options: onTwoSides({ fidelity: 'lossless' }),
    steps: [
      presence('a', true),
      signIn(),
      ...ready(CHAT),
      presence('b', true, 'B'),
      presence('a2', true),
      presence('b', false, 'B'),
      fault({ type: 'side', side: 'A', up: false }),
      presence('b', true, 'B'),
      fault({ type: 'side', side: 'A', up: true }),
      presence('b', false, 'B'),
      wait(61),
    ],
  },
  {
    name: 'fidelity becomes lossless, and an agent moves to a side that knows of no sign-in',
    options: onTwoSides(),
    steps: [
      presence('a', true),
      signIn(),
      ...ready(CHAT),
      restart((directory) => ({ ...directory, settings: { ...directory.settings, fidelity: 'lossless' } })),
      presence('b', true, 'B'),
    ],
  },
  {
    name: 'the user leaves the directory',
    options: () => ({}),
    steps: [
      signIn(),
      ...ready(EMAIL),
      restart((directory) => ({ ...directory, users: directory.users.filter(({ id }) => id !== AGENT) })),
    ],
  },
  {
    name: 'tasks and calls wait until they overflow to the agent, and a missed task goes on with its wait',
    options: () => ({ directory: withOverflow }),
    steps: [
      signIn(),
      ...ready(CHAT),
      submit(CHAT),
      wait(11),
      wait(10),
      wait(31),
      mediaIs(CHAT, 'READY'),
      act(CHAT, 1, 'ACCEPT'),
      act(CHAT, 1, 'START'),
      act(CHAT, 1, 'CLOSE'),
      is('READY'),
      callsQueue,
      wait(11),
      wait(10),
      onCall(0, 'ANSWER'),
      onCall(0, 'DROP'),
      // At the end one waits for its stage.
      submit(CHAT),
      presence('a', true),
    ],
  },
  ...CALL_SCRIPTS,
  ...CAMPAIGN_SCRIPTS,
  {
    name: 'a supervisor listens to an agent on a call, when all of it allows that',
    options: asItIs,
    steps: [
      signIn(),
      signIn(SUPERVISOR),
      listens,
      is('READY'),
      listens,
      calls(),
      onCall(0, 'ANSWER'),
      command({ type: 'user.setState', user: SUPERVISOR.user, state: 'READY' }),
      listens,
      command({ type: 'user.setState', user: SUPERVISOR.user, state: 'NOT_READY' }),
      listens,
      onCall(0, 'DROP'),
    ],
  },
]

function missing(): never {
  throw new Error('the sample has no MRD')
}
