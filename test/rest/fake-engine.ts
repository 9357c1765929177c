/** An engine and accounts whose answers a test sets. The engine keeps the commands that it got. */

import type { Accounts, Principal } from '../../src/accounts/api.ts'
import type { Directory, Platform } from '../../src/directory/model.ts'
import { DONE } from '../../src/engine/answers/answer.ts'
import type { Engine } from '../../src/engine/api.ts'
import type { Answer, Command } from '../../src/engine/commands.ts'
import type { DialogValue, MediaValue, SystemInfoValue, UserValue } from '../../src/engine/values.ts'
import { callValue, mediaValue, systemInfoValue, TEAM_MEETING, taskValue, userValue } from '../finesse/values.ts'

export const SUPERVISOR: UserValue = userValue({
  id: '1234',
  loginId: '1234',
  loginName: 'csmith',
  roles: ['Agent', 'Supervisor'],
  teamId: '500',
  teamName: 'Sales',
  supervises: [{ id: '2001', name: 'First Line Support' }],
})

export const USERS: readonly UserValue[] = [
  userValue(),
  userValue({ id: '1002', loginId: '1002', loginName: 'bnovák', state: 'LOGOUT', extension: '' }),
  userValue({ id: '1004', loginId: '1004', loginName: 'dokafor', teamId: '2002' }),
  SUPERVISOR,
]

export interface FakeEngine extends Engine {
  readonly commands: Command[]
  /** The answer to the next commands. */
  answer: Answer | Error
  status: SystemInfoValue['status']
  platform: Platform
  users: readonly UserValue[]
  dialogs: readonly DialogValue[]
}

function directory(platform: Platform, users: readonly UserValue[]): Directory {
  return {
    platform,
    settings: {
      fidelity: 'finesse',
      presenceGraceSeconds: 60,
      requirePresenceAfterSignIn: false,
      logoutOnAgentDisconnect: 0,
      userSignoutChannel: 'all',
      requireReasonCode: false,
      echoMediaRequestId: false,
      autoWorkModeStateChange: true,
      suppressCrossSideForcedLogout: false,
      notificationNamespace: 'http://jabber.org/protocol/pubsub',
      callRingSeconds: 20,
      conferencePartiesMax: 4,
      enableDropParticipantFor: 'supervisor_only',
      transferTimeoutSeconds: 10,
      lockout: { attempts: 5, seconds: 300 },
    },
    mediaRoutingDomains: [],
    teams: [
      { id: '2001', name: 'First Line Support' },
      { id: '2002', name: 'Second Line Support' },
    ],
    reasonCodes: [TEAM_MEETING, { ...TEAM_MEETING, id: '18', category: 'LOGOUT', label: 'End of Shift' }],
    users: users.map((user) => ({
      ...{ id: user.id, loginName: user.loginName, firstName: user.firstName, lastName: user.lastName },
      ...{ roles: user.roles, teamId: user.teamId, extensions: [], mediaRoutingDomains: [], mobileAgent: false },
      settings: { ...user.settings, wrapUpSeconds: user.wrapUpTimer },
      supervises: user.supervises.map((team) => team.id),
    })),
  }
}

const MEDIA: readonly Pick<MediaValue, 'id' | 'name'>[] = [
  { id: '5001', name: 'Email' },
  { id: '5002', name: 'Chat' },
]

const nothing = (): Promise<void> => Promise.resolve()

export function fakeEngine(): FakeEngine {
  const commands: Command[] = []
  const mediaOf = (user: string, mrd: string): MediaValue | undefined => {
    const known = MEDIA.find((media) => media.id === mrd)
    return known !== undefined && engine.users.some(({ id }) => id === user)
      ? mediaValue({ user, ...known })
      : undefined
  }
  const engine: FakeEngine = {
    commands,
    answer: DONE,
    status: 'IN_SERVICE',
    platform: 'CCE',
    users: USERS,
    dialogs: [taskValue(), callValue(), taskValue({ id: '1004_1_1', user: '1004' })],
    get: {
      user: (id) => engine.users.find((user) => user.id === id),
      users: () => engine.users,
      media: (user, mrd) => {
        const media = mediaOf(user, mrd)
        if (media === undefined) throw new RangeError('unknown')
        return media
      },
      mediaOrUndefined: mediaOf,
      mediaList: (user) => MEDIA.flatMap((media) => mediaOf(user, media.id) ?? []),
      dialog: (id) => engine.dialogs.find((dialog) => dialog.id === id),
      dialogs: (user, kind, mrd) =>
        engine.dialogs.filter((dialog) =>
          dialog.kind === 'task'
            ? kind !== 'voice' && dialog.user === user && (mrd === undefined || dialog.mrd === mrd)
            : kind !== 'nonvoice' && dialog.participants.some((participant) => participant.user === user),
        ),
      system: (side) => systemInfoValue({ status: engine.status, side: side ?? 'A', platform: engine.platform }),
      faults: () => [],
      drain: () => ({ draining: false, since: null, tasks: 0, calls: 0, waiting: 0, signedIn: 0 }),
      isDraining: () => false,
      availability: () => undefined,
      callAvailability: () => undefined,
      eligibility: () => undefined,
      staffing: () => undefined,
      mobile: () => undefined,
      presence: () => undefined,
      queues: () => [],
      voiceQueues: () => [],
      queue: () => undefined,
      directory: () => directory(engine.platform, engine.users),
    },
    command: (command) => {
      commands.push(command)
      return engine.answer instanceof Error ? Promise.reject(engine.answer) : Promise.resolve(engine.answer)
    },
    adapters: {
      sides: ['A', 'B'],
      presence: nothing,
      notificationService: nothing,
      sessionsLost: nothing,
      attach: () => undefined,
      detach: () => undefined,
      records: { list: () => [], put: () => undefined, delete: () => undefined },
      once: async ({ origin }, { first }) => first(origin),
    },
    userEvent: nothing,
    fault: nothing,
    drain: nothing,
    resume: nothing,
    reload: () => Promise.reject(new Error('not here')),
    acd: undefined,
    acdEvents: {
      offer: nothing,
      cancel: nothing,
      resubmitted: async () => 'CONFIRMED',
      offerCall: nothing,
      farEnd: nothing,
    },
    acdAnswered: nothing,
    on: () => () => undefined,
    history: undefined,
    erasures: {
      find: async () => [],
      erase: async () => ({ found: [], erasure: undefined }),
      list: () => [],
    },
    teamMessages: {
      create: async () => undefined,
      get: () => undefined,
      ofTeam: () => [],
      createdBy: () => [],
      delete: async () => false,
    },
    inspection: { subscribe: () => () => undefined, aggregates: () => [], present: () => [] },
    storeProblem: undefined,
    storeEnd: undefined,
    acdProblem: undefined,
    storeSize: undefined,
    figures: {
      inputs: 0,
      failedInputs: 0,
      commits: 0,
      failedCommits: 0,
      repeatedCommands: 0,
      snapshots: 0,
      notifications: 0,
      outboxPending: 0,
      aggregates: 0,
      acdRequestsFailed: 0,
      acdRequestsUnanswered: 0,
    },
    now: () => 0,
    delivered: nothing,
    reset: nothing,
    close: nothing,
  }
  return engine
}

/** Every password is `secret`. Users sign in with id or login name. */
export function fakeAccounts(): Accounts {
  return {
    verify: (name, password): Promise<Principal | undefined> => {
      if (password !== 'secret') return Promise.resolve(undefined)
      if (name === 'admin') return Promise.resolve({ id: 'admin', kind: 'administrator' })
      const user = USERS.find(({ id, loginName }) => id === name || loginName === name)
      return Promise.resolve(user === undefined ? undefined : { id: user.id, kind: 'user' })
    },
  }
}
