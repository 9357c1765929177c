/** Reads users and teams (`user 3.1`, 8.1; `notifications 8.1`, 8.9). */
import { type Reason, USER_STATES, type UserState } from '../../../machines/wire.ts'
import type { Role, WrapUpMode } from '../../directory/model.ts'
import type { TeamRef, UserValue } from '../../engine/values.ts'
import { lastPart } from './paths.ts'
import { numberAt, oneOf, type Reading, timeAt } from './reading.ts'
import { at, childrenOf, type Tree, textAt } from './tree.ts'

const PENDING = ['', 'READY', 'NOT_READY', 'LOGOUT'] as const
const ROLES = ['Agent', 'Supervisor'] as const satisfies readonly Role[]
const WRAP_UP = ['REQUIRED', 'OPTIONAL', 'NOT_ALLOWED', 'REQUIRED_WITH_WRAP_UP_DATA'] as const
const MODES = ['CALL_BY_CALL', 'NAILED_CONNECTION'] as const
const CATEGORIES = ['NOT_READY', 'LOGOUT'] as const
/** States that have a reason code on the wire (ruling 5). */
const WITH_REASON: readonly UserState[] = ['NOT_READY', 'LOGOUT']

/** The short form of a user that teams get, without what only the user needs. */
export type UserSummary = Pick<
  UserValue,
  | 'id'
  | 'loginId'
  | 'firstName'
  | 'lastName'
  | 'state'
  | 'stateChangeTime'
  | 'pendingState'
  | 'reason'
  | 'reasonCodeId'
  | 'extension'
>

/** A reason code inside a User or a Media (ruling 4); `undefined` if there is none. */
export function readReason(tree: Tree | undefined, reading: Reading): Reason | undefined {
  const reason = at(tree, 'reasonCode')
  if (!reason || reason.children.length === 0) return undefined
  return {
    id: textAt(reason, 'id') || lastPart(textAt(reason, 'uri')),
    category: oneOf(CATEGORIES, textAt(reason, 'category'), 'NOT_READY', 'reasonCode/category', reading),
    code: numberAt(reason, 'code', 0),
    label: textAt(reason, 'label'),
    forAll: textAt(reason, 'forAll') === 'true',
    systemCode: textAt(reason, 'systemCode') === 'true',
  }
}

/** A user whose document names no id cannot be assigned to anybody: `undefined`. */
export function readSummary(tree: Tree, reading: Reading): UserSummary | undefined {
  const id = textAt(tree, 'loginId') || lastPart(textAt(tree, 'uri'))
  if (id === '') return undefined
  const state = oneOf(USER_STATES, textAt(tree, 'state'), 'UNKNOWN', 'user/state', reading)
  const reason = readReason(tree, reading)
  return {
    id,
    loginId: textAt(tree, 'loginId') || id,
    firstName: textAt(tree, 'firstName'),
    lastName: textAt(tree, 'lastName'),
    state,
    stateChangeTime: timeAt(tree, 'stateChangeTime'),
    pendingState: oneOf(PENDING, textAt(tree, 'pendingState'), '', 'user/pendingState', reading),
    ...(reason ? { reason } : {}),
    reasonCodeId: textAt(tree, 'reasonCodeId') || reason?.id || (WITH_REASON.includes(state) ? '-1' : null),
    extension: textAt(tree, 'extension'),
  }
}

/** The whole user; `undefined` without an id. */
export function readUser(tree: Tree, reading: Reading): UserValue | undefined {
  const summary = readSummary(tree, reading)
  if (!summary) return undefined
  const wrapUp = (name: string): WrapUpMode =>
    oneOf(WRAP_UP, textAt(tree, 'settings', name), 'NOT_ALLOWED', `user/settings/${name}`, reading)
  const mobile = at(tree, 'mobileAgent')
  const mode = textAt(mobile, 'mode')
  return {
    kind: 'user',
    ...summary,
    loginName: textAt(tree, 'loginName'),
    roles: childrenOf(at(tree, 'roles'), 'role').flatMap(({ text }) => ROLES.find((role) => role === text) ?? []),
    settings: { wrapUpOnIncoming: wrapUp('wrapUpOnIncoming'), wrapUpOnOutgoing: wrapUp('wrapUpOnOutgoing') },
    wrapUpTimer: numberAt(tree, 'wrapUpTimer', 0),
    teamId: textAt(tree, 'teamId'),
    teamName: textAt(tree, 'teamName'),
    supervises: childrenOf(at(tree, 'teams'), 'Team').map(readTeamRef),
    ...(mode === ''
      ? {}
      : {
          mobileAgent: {
            mode: oneOf(MODES, mode, 'CALL_BY_CALL', 'user/mobileAgent/mode', reading),
            dialNumber: textAt(mobile, 'dialNumber'),
          },
        }),
  }
}

export const readTeamRef = (tree: Tree): TeamRef => ({
  id: textAt(tree, 'id') || lastPart(textAt(tree, 'uri')),
  name: textAt(tree, 'name'),
})

/** A summary tells nothing of what only the user needs, so that stays as it was. */
export const withSummary = (
  { reason: _, ...before }: UserValue,
  { firstName, lastName, ...summary }: UserSummary,
): UserValue => ({
  ...before,
  ...summary,
  // Recorded summaries have both names, but a document without them must not delete them.
  firstName: firstName || before.firstName,
  lastName: lastName || before.lastName,
})
