import { group, leaf, type Tree } from '../tree.ts'
import { expectedReason, type ReasonFacts } from './reason.ts'
import { wireTime } from './time.ts'

interface TeamFacts {
  readonly id: string
  readonly name: string
}

export interface UserFacts {
  readonly id: string
  readonly loginName: string
  readonly firstName: string
  readonly lastName: string
  readonly roles: readonly string[]
  readonly wrapUpOnIncoming: string
  readonly wrapUpOnOutgoing: string
  readonly wrapUpTimer: number
  readonly team: TeamFacts
  readonly supervises: readonly TeamFacts[]
  readonly extension: string
  readonly mobileAgent?: { readonly dialNumber: string; readonly mode: string } | undefined
  readonly state: string
  readonly pendingState: string
  readonly reason?: ReasonFacts | undefined
  readonly changedAt: number | undefined
}

const team = ({ id, name }: TeamFacts): Tree =>
  group('Team', leaf('id', id), leaf('name', name), leaf('uri', `/finesse/api/Team/${id}`))

/** Ruling 5: no element in states that cannot have a reason. */
function reasonId({ state, reason }: UserFacts): Tree | undefined {
  return state === 'NOT_READY' || state === 'LOGOUT' ? leaf('reasonCodeId', reason?.id ?? '-1') : undefined
}

/** The whole user, `user 3.2`: `User` in an answer, `user` in a notification (ruling 2). */
export function expectedUser(root: 'User' | 'user', user: UserFacts): Tree {
  const { id, mobileAgent, reason, supervises } = user
  return group(
    root,
    leaf('dialogs', `/finesse/api/User/${id}/Dialogs`),
    leaf('extension', user.extension),
    leaf('firstName', user.firstName),
    leaf('lastName', user.lastName),
    leaf('loginId', id),
    leaf('loginName', user.loginName),
    leaf('mediaType', 1),
    mobileAgent && group('mobileAgent', leaf('dialNumber', mobileAgent.dialNumber), leaf('mode', mobileAgent.mode)),
    leaf('pendingState', user.pendingState),
    reason && expectedReason('reasonCode', reason),
    reasonId(user),
    group('roles', ...user.roles.map((role) => leaf('role', role))),
    group('settings', leaf('wrapUpOnIncoming', user.wrapUpOnIncoming), leaf('wrapUpOnOutgoing', user.wrapUpOnOutgoing)),
    leaf('state', user.state),
    leaf('stateChangeTime', wireTime(user.changedAt)),
    leaf('teamId', user.team.id),
    leaf('teamName', user.team.name),
    supervises.length === 0 ? undefined : group('teams', ...supervises.map(team)),
    leaf('uri', `/finesse/api/User/${id}`),
    leaf('wrapUpTimer', user.wrapUpTimer),
  )
}
