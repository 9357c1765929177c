/** Two sides of an engine, the notifications of each, and the complete expected documents. */
import type { Command } from '../../src/engine/commands.ts'
import type { EngineOptions } from '../../src/engine/options.ts'
import type {
  CallDialogValue,
  CallParticipantValue,
  MediaStatus,
  Notification,
  PublishedValue,
  SystemInfoValue,
  TaskDialogValue,
  UserValue,
} from '../../src/engine/values.ts'
import { bench } from './harness.ts'

const SIDES = ['A', 'B'] as const
type OnSide = (typeof SIDES)[number]

export const USER = '1006'
export const CHAT = '5002'

/** An engine with two sides, each with a notification service. `said`: the notifications since the last call. */
export async function twoSides(options: Partial<EngineOptions> = {}) {
  const on = await bench({ sides: SIDES, serves: SIDES, ...options })
  const published: Record<OnSide, Notification[]> = { A: [], B: [] }
  for (const side of SIDES) {
    await on.engine.adapters.notificationService(side, true)
    on.engine.adapters.attach(side, { publish: async ({ notification }) => void published[side].push(notification) })
  }
  const began = on.clock.now()
  return {
    ...on,
    began,
    command: (command: Command) => on.command(command),
    async said() {
      await on.clock.settle()
      const { A, B } = published
      published.A = []
      published.B = []
      return { A, B }
    },
  }
}

/** The user is signed in to voice and chat on side B, and READY in chat. The notifications of that are read. */
export async function onB(options: Partial<EngineOptions> = {}) {
  const on = await twoSides(options)
  const chat = { user: USER, mrd: CHAT, side: 'B' } as const
  await on.command({ type: 'user.signIn', user: USER, extension: USER, side: 'B' })
  await on.command({ type: 'media.signIn', ...chat, ...SETTINGS_ON_B })
  await on.command({ type: 'media.setState', ...chat, state: 'READY' })
  await on.said()
  return on
}

export const SETTINGS_ON_B = { maxDialogLimit: 2, interruptAction: 'IGNORE', dialogLogoutAction: 'TRANSFER' } as const
/** The settings that a side shows for a sign-in on the other side (`media 3.3`). */
export const SETTINGS_ON_A = { maxDialogLimit: 1, interruptAction: 'ACCEPT', dialogLogoutAction: 'CLOSE' } as const

export const api = (path: string) => `/finesse/api/${path}`

export const item = (node: string, source: string, value: PublishedValue, requestId = ''): Notification => ({
  ...{ node: api(node), event: 'PUT', source: api(source), shape: 'item' },
  ...{ requestId, value },
})

export const collection = (
  node: string,
  event: 'POST' | 'DELETE',
  source: string,
  value: PublishedValue,
): Notification => ({
  ...{ node: api(node), event, source: api(source), shape: 'collection' },
  ...{ requestId: '', value },
})

/** The user, and the team's summary, which never echoes a request. */
export const userAndTeam = (value: UserValue, requestId = ''): readonly Notification[] => [
  item('User/1006', 'User/1006', value, requestId),
  { ...item('Team/2003/Users', 'User/1006', value), shape: 'summary' },
]

export const user = (at: number, changes: Partial<UserValue> = {}): UserValue => ({
  ...{ kind: 'user', id: USER, loginId: USER, loginName: 'fsato', firstName: 'Fumiko', lastName: 'Sato' },
  ...{ roles: ['Agent'], settings: { wrapUpOnIncoming: 'OPTIONAL', wrapUpOnOutgoing: 'NOT_ALLOWED' } },
  ...{ wrapUpTimer: 30, teamId: '2003', teamName: 'Third Line Support', supervises: [] },
  ...{ state: 'NOT_READY', stateChangeTime: at, pendingState: '', reasonCodeId: '-1', extension: USER },
  ...changes,
})

export const media = (at: number, changes: Partial<MediaStatus>): Notification =>
  item('User/1006/Media', 'User/1006/Media/5002', {
    ...{ kind: 'media', user: USER, id: CHAT, name: 'Chat', description: 'Chat', interruptible: false },
    status: {
      ...{ state: 'READY', stateChangeTime: at, routable: true, reasonCodeId: '', mediaConnected: true },
      ...SETTINGS_ON_B,
      ...changes,
    },
  })

export const task = (at: number, changes: Partial<TaskDialogValue> = {}): TaskDialogValue => ({
  ...{ kind: 'task', id: '1000_1006_5002', user: USER, mrd: CHAT, mediaType: 'Chat', associatedDialog: '' },
  ...{ queueNumber: CHAT, queueName: 'Chat' },
  callKey: { prefix: String(Math.floor(at / 86_400_000)), callId: '1000', sequence: '1' },
  ...{ variables: [{ name: 'callVariable1', value: 'gold' }], state: 'OFFERED', dispositionCode: '' },
  ...{ actions: ['ACCEPT'], startTime: at, stateChangeTime: at },
  ...changes,
})

/** `dialog 3`. */
const ACTIONS: Partial<Record<CallParticipantValue['state'], CallParticipantValue['actions']>> = {
  INITIATED: ['UPDATE_CALL_DATA', 'DROP'],
  ACTIVE: ['TRANSFER_SST', 'CONSULT_CALL', 'HOLD', 'UPDATE_CALL_DATA', 'SEND_DTMF', 'DROP'],
}

export const leg = (
  mediaAddress: string,
  at: number,
  changes: Partial<CallParticipantValue>,
): CallParticipantValue => ({
  ...(mediaAddress === USER ? { mediaAddress, user: USER } : { mediaAddress }),
  ...{
    state: 'ACTIVE',
    stateCause: '',
    actions: ACTIONS[changes.state ?? 'ACTIVE'] ?? [],
    startTime: at,
    stateChangeTime: at,
  },
  ...changes,
})

export const call = (state: CallDialogValue['state'], ...participants: CallParticipantValue[]): CallDialogValue => ({
  ...{ kind: 'call', id: '16777217', fromAddress: '5550177', toAddress: USER, dnis: USER, dialedNumber: USER },
  ...{ callType: 'OTHER_IN', variables: [{ name: 'callVariable2', value: 'blue' }], state, participants },
})

export const system = (side: OnSide, at: number, changes: Partial<SystemInfoValue> = {}): Notification =>
  item('SystemInfo', 'SystemInfo', {
    ...{ kind: 'systemInfo', side, status: 'IN_SERVICE', statusReason: '', platform: 'CCE', currentTime: at },
    ...{ lastCtiHeartbeatStatus: 'success', lastCtiHeartbeatTime: at },
    ...changes,
  })

export const MEETING = {
  id: '16',
  category: 'NOT_READY',
  code: 10,
  label: 'Team Meeting',
  forAll: true,
  systemCode: false,
} as const

export const both = (...said: readonly Notification[]) => ({ A: said, B: said })
