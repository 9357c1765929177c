/**
 * The part of the directory that a user aggregate needs. It comes in an input, so that a journal can be replayed
 * without the directory.
 */
import type { UserConfig } from '../../../../machines/index.ts'
import type { Reason, Side } from '../../../../machines/wire.ts'
import type { Directory, ReasonCategory, ReasonCode, User } from '../../../directory/model.ts'
import { VOICE_MRD } from '../../../directory/model.ts'
import type { RulesNote } from '../../rules/note.ts'
import type { TeamRef, UserValue } from '../../values.ts'

/** The part of a `UserValue` that comes from the directory alone, such as names and roles. */
export type Profile = Pick<
  UserValue,
  | 'id'
  | 'loginId'
  | 'loginName'
  | 'firstName'
  | 'lastName'
  | 'roles'
  | 'settings'
  | 'wrapUpTimer'
  | 'teamId'
  | 'teamName'
  | 'supervises'
>

export interface UserSetup {
  readonly role: 'authority' | 'follower'
  /** Who offers tasks: the queues of this engine, or an external ACD (behind `AcdPort` or a followed Finesse). */
  readonly acd: 'built-in' | 'external'
  /** The external ACD owns the calls too. Absent if not. */
  readonly acdHasCalls?: true
  readonly sides: readonly Side[]
  /** The embedder's guards for this user. Absent if there are none, and in older setups. */
  readonly rules?: RulesNote | undefined
  readonly profile: Profile
  readonly config: UserConfig
  readonly mrds: readonly {
    readonly id: string
    readonly name: string
    readonly description: string
    readonly interruptible: boolean
  }[]
  /** The queues whose calls the user gets. Absent if there are none, and in older setups. */
  readonly queues?: readonly NamedQueue[]
  /**
   * MRDs and queues of calls that select by the contacts in hand, and so are told their number. Absent if there are
   * none, and in older setups.
   */
  readonly countedFor?: readonly string[]
  readonly echoMediaRequestId: boolean
}

export interface NamedQueue {
  readonly id: string
  readonly name: string
}

/** A system reason code as a reason (`user 6.3`). If the directory does not list the code, one is made up. */
export function systemReason(directory: Directory, category: ReasonCategory, code: number): Reason {
  const found = directory.reasonCodes.find(
    (each) => each.systemCode && each.category === category && each.code === code,
  )
  return found ? asReason(found) : { id: '-1', category, code, label: `System ${code}`, forAll: true, systemCode: true }
}

/** The reason of the sign-out of a user who was removed from the directory (`user 6.3`, 6.4). */
export function removalReason(directory: Directory): Reason {
  return systemReason(directory, 'LOGOUT', directory.platform === 'CCE' ? 20002 : 32748)
}

/** The reason of the state change when the administrator has changed the user's extension (`user 6.3`, 6.4). */
export function extensionChangedReason(directory: Directory): Reason {
  return directory.platform === 'CCE'
    ? systemReason(directory, 'NOT_READY', 65533)
    : systemReason(directory, 'LOGOUT', 32750)
}

/** A reason code of the directory as the reason of a state. */
export function asReason({ id, category, code, label, forAll, systemCode }: ReasonCode): Reason {
  return { id, category, code, label, forAll, systemCode }
}

/** The MRDs and queues of calls that select by the contacts in hand. */
const countedIn = ({ mediaRoutingDomains, queues = [] }: Directory): readonly string[] =>
  [...mediaRoutingDomains, ...queues].filter(({ policy }) => policy === 'least-occupied').map(({ id }) => id)

const ms = (seconds: number) => seconds * 1000

/** The setup of `user` in `directory`. */
export function userSetup(
  directory: Directory,
  user: User,
  { role, acd, acdHasCalls, sides, rules }: Pick<UserSetup, 'role' | 'acd' | 'acdHasCalls' | 'sides' | 'rules'>,
): UserSetup {
  const { settings, platform } = directory
  const queues = queuesOf(directory, user.id)
  const countedFor = acd === 'external' ? [] : countedIn(directory)
  const nonvoice = directory.mediaRoutingDomains.filter((mrd) => mrd.id !== VOICE_MRD)
  return {
    role,
    acd,
    ...(acdHasCalls ? { acdHasCalls } : {}),
    sides,
    ...(rules ? { rules } : {}),
    profile: profileOf(directory, user),
    ...(queues.length === 0 ? {} : { queues }),
    ...(countedFor.length === 0 ? {} : { countedFor }),
    echoMediaRequestId: settings.echoMediaRequestId,
    mrds: nonvoice.map(({ id, name, description, interruptible }) => ({ id, name, description, interruptible })),
    config: {
      extensions: user.extensions,
      mobileAgentAllowed: user.mobileAgent && platform === 'CCE',
      ...(user.mobileAgent && platform === 'CCE' && acd === 'built-in' ? { callsMobileAgents: true } : {}),
      logoutOnAgentDisconnect: platform === 'CCX' ? 1 : settings.logoutOnAgentDisconnect,
      userSignoutChannel: settings.userSignoutChannel,
      agentMayLeaveFromReady: platform === 'CCX',
      ...(platform === 'CCX' ? { platform } : {}),
      forgets: settings.fidelity === 'finesse',
      ...(settings.fidelity === 'finesse' && platform === 'CCX' ? { forgetsCalls: true } : {}),
      suppressesLateForcedSignOut: settings.suppressCrossSideForcedLogout,
      autoWorkModeStateChange: settings.autoWorkModeStateChange,
      presenceGraceMs: ms(settings.presenceGraceSeconds),
      ...(settings.requirePresenceAfterSignIn ? { requiresPresence: true } : {}),
      wrapUpMs: ms(user.settings.wrapUpSeconds),
      mrds: Object.fromEntries(
        nonvoice.map((mrd) => [
          mrd.id,
          {
            member: user.mediaRoutingDomains.includes(mrd.id),
            settings: {
              interruptible: mrd.interruptible,
              startTimeoutMs: ms(mrd.startTimeoutSeconds),
              maxTaskDurationMs: ms(mrd.maxTaskDurationSeconds),
              transferTimeoutMs: ms(settings.transferTimeoutSeconds),
              taskLifeMs: ms(mrd.taskLifeSeconds),
              losesTransfers: settings.fidelity === 'finesse',
            },
          },
        ]),
      ),
      reasons: {
        connectionFailure: systemReason(directory, 'NOT_READY', 50002),
        systemFailure: systemReason(directory, 'LOGOUT', platform === 'CCX' ? 255 : 50002),
        callNotAnswered: systemReason(directory, 'NOT_READY', platform === 'CCX' ? 32763 : 32767),
        ...(platform === 'CCE'
          ? {
              callAtSignIn: systemReason(directory, 'NOT_READY', 51004),
              callFromReady: systemReason(directory, 'NOT_READY', 50006),
              ...(user.mobileAgent
                ? {
                    mobileCallFailed: systemReason(directory, 'LOGOUT', 50040),
                    mobileNotReached: systemReason(directory, 'NOT_READY', 50041),
                    mobileDisconnected: systemReason(directory, 'LOGOUT', 50042),
                  }
                : {}),
            }
          : {
              offHook: systemReason(directory, 'NOT_READY', 32762),
              unroutedCall: systemReason(directory, 'NOT_READY', 32761),
              relogin: systemReason(directory, 'LOGOUT', 32740),
              callEnded: systemReason(directory, 'NOT_READY', 32755),
              workTimeOver: systemReason(directory, 'NOT_READY', 32758),
            }),
      },
    },
  }
}

const memberships = new WeakMap<Directory, ReadonlyMap<string, readonly NamedQueue[]>>()

/** The queues of calls that a user belongs to, in the order of the directory. Indexed once for each directory. */
function queuesOf(directory: Directory, user: string): readonly NamedQueue[] {
  const known = memberships.get(directory)
  const index = known ?? indexed(directory)
  if (!known) memberships.set(directory, index)
  return index.get(user) ?? []
}

function indexed({ queues = [] }: Directory): ReadonlyMap<string, readonly NamedQueue[]> {
  const index = new Map<string, NamedQueue[]>()
  for (const { id, name, agents } of queues)
    for (const user of agents) index.set(user, [...(index.get(user) ?? []), { id, name }])
  return index
}

function profileOf(directory: Directory, user: User): Profile {
  const { wrapUpOnIncoming, wrapUpOnOutgoing, wrapUpSeconds } = user.settings
  const team = (id: string): TeamRef => ({ id, name: directory.teams.find((each) => each.id === id)?.name ?? '' })
  return {
    id: user.id,
    loginId: user.id,
    loginName: user.loginName,
    firstName: user.firstName,
    lastName: user.lastName,
    roles: user.roles,
    settings: { wrapUpOnIncoming, wrapUpOnOutgoing },
    wrapUpTimer: wrapUpSeconds,
    teamId: user.teamId,
    teamName: team(user.teamId).name,
    supervises: user.supervises.map(team),
  }
}

/** Is this part of a stored snapshot a setup? It checks little, because the machine version fixes the form. */
export function isUserSetup(value: unknown): value is UserSetup {
  return typeof value === 'object' && value !== null && 'profile' in value && 'config' in value && 'mrds' in value
}
