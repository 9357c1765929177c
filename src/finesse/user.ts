/** Users and teams on the wire (`user 3.2`, 8.1; `notifications 8.1`, 8.9). */

import type { TeamRef, UserValue } from '../engine/values.ts'
import { stateReason } from './reason-code.ts'
import type { AuthMode } from './system-info.ts'
import { leaf, list, parent, wireTime } from './xml.ts'

function userUri(id: string): string {
  return `/finesse/api/User/${id}`
}

function teamUri(id: string): string {
  return `/finesse/api/Team/${id}`
}

function mobileAgent(user: UserValue): string {
  if (user.mobileAgent === undefined) return ''
  return parent('mobileAgent', leaf('dialNumber', user.mobileAgent.dialNumber), leaf('mode', user.mobileAgent.mode))
}

function teamRef({ id, name }: TeamRef): string {
  return parent('Team', leaf('id', id), leaf('name', name), leaf('uri', teamUri(id)))
}

function supervisedTeams(teams: readonly TeamRef[]): string {
  if (teams.length === 0) return ''
  return list('teams', teams.map(teamRef))
}

/** The whole user. The root is `User` in an answer and `user` in a notification (ruling 2). */
export function renderUser(user: UserValue, root: 'User' | 'user' = 'User'): string {
  return parent(
    root,
    leaf('dialogs', `${userUri(user.id)}/Dialogs`),
    leaf('extension', user.extension),
    leaf('firstName', user.firstName),
    leaf('lastName', user.lastName),
    leaf('loginId', user.loginId),
    leaf('loginName', user.loginName),
    leaf('mediaType', 1),
    mobileAgent(user),
    leaf('pendingState', user.pendingState),
    user.reason === undefined ? '' : stateReason('reasonCode', user.reason),
    user.reasonCodeId === null ? '' : leaf('reasonCodeId', user.reasonCodeId),
    list(
      'roles',
      user.roles.map((role) => leaf('role', role)),
    ),
    parent(
      'settings',
      leaf('wrapUpOnIncoming', user.settings.wrapUpOnIncoming),
      leaf('wrapUpOnOutgoing', user.settings.wrapUpOnOutgoing),
    ),
    leaf('state', user.state),
    leaf('stateChangeTime', wireTime(user.stateChangeTime)),
    leaf('teamId', user.teamId),
    leaf('teamName', user.teamName),
    supervisedTeams(user.supervises),
    leaf('uri', userUri(user.id)),
    leaf('wrapUpTimer', user.wrapUpTimer),
  )
}

/** The short form that a supervisor gets of a team member, without the elements that only the user needs. */
export function renderUserSummary(user: UserValue, root: 'User' | 'user' = 'user'): string {
  return parent(
    root,
    leaf('dialogs', `${userUri(user.id)}/Dialogs`),
    leaf('extension', user.extension),
    leaf('firstName', user.firstName),
    leaf('lastName', user.lastName),
    leaf('loginId', user.loginId),
    user.mediaState === undefined ? '' : leaf('mediaState', user.mediaState),
    leaf('mediaType', 1),
    leaf('pendingState', user.pendingState),
    user.reason === undefined ? '' : stateReason('reasonCode', user.reason),
    leaf('state', user.state),
    leaf('stateChangeTime', wireTime(user.stateChangeTime)),
    leaf('uri', userUri(user.id)),
  )
}

/** `GET /Users` (`user 4.6`). */
export function renderUsers(users: readonly UserValue[]): string {
  return userList(users.map((user) => renderUser(user)))
}

/** Same as `renderUsers`, for users that are already rendered. */
export function userList(rendered: readonly string[]): string {
  return list('Users', rendered)
}

/** `GET /Team/{id}` with its members in short form (`user 8.1`). */
export function renderTeam(team: TeamRef, members: readonly UserValue[]): string {
  return parent(
    'Team',
    leaf('id', team.id),
    leaf('name', team.name),
    leaf('uri', teamUri(team.id)),
    list(
      'users',
      members.map((user) => renderUserSummary(user, 'User')),
    ),
  )
}

/** `GET /Teams`: names only. */
export function renderTeams(teams: readonly TeamRef[]): string {
  return list('Teams', teams.map(teamRef))
}

/** `GET /UserAuthMode/{name}` (`user 9.2`). `SSO` where the user may sign in with a token. */
export function renderUserAuthMode(mode: AuthMode = 'NON_SSO'): string {
  return parent('UserAuthMode', leaf('authMode', mode === 'NON_SSO' ? mode : 'SSO'))
}
