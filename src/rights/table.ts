/**
 * The table of rights: what agents, supervisors and administrators may do with their own objects, those of their
 * teams, those of others, and those that do not exist (`user 2`; `dialog 4.1`; `notifications 5.1`, 5.2).
 *
 * REST and the notification service read their decisions here and nowhere else. A new operation needs a row in
 * `REST_RIGHTS`. `test/rights` tries every cell at a running server, and `src/rest/README.md` shows the table.
 */
import type { RefusalKey } from '../finesse/index.ts'
import type { Right } from './right.ts'

/** `yes`, or the refusal that the caller gets. */
export type RestVerdict = 'yes' | RefusalKey

/** The right to an operation of the REST API. */
export interface RestRight extends Right<RestVerdict> {
  /** What the relation is to. `everything`: no object of somebody is named, so each role has one verdict. */
  readonly to: 'user' | 'team' | 'dialog' | 'entry' | 'message' | 'everything'
  /** The refusal if the caller is allowed and the named object does not exist. */
  readonly missing: RefusalKey
}

// In each row: own, team, foreign, unknown.

/** Only the user. */
const OWN_USER: RestRight = {
  to: 'user',
  missing: 'USER_NOT_FOUND',
  agent: ['yes', 'OTHER_USER', 'OTHER_USER', 'OTHER_USER'],
  supervisor: ['yes', 'OTHER_USER', 'OTHER_USER', 'OTHER_USER'],
  administrator: ['-', '-', 'ROLE_NOT_ALLOWED', 'ROLE_NOT_ALLOWED'],
}

/** The user and administrators. Supervisors read the members of their teams through the team. */
const READ_USER: RestRight = { ...OWN_USER, administrator: ['-', '-', 'yes', 'USER_NOT_FOUND'] }

/** The user, and supervisors for the members of their teams (`user 4.8`, 5.7). */
const CHANGE_STATE: RestRight = {
  ...OWN_USER,
  supervisor: ['yes', 'yes', 'NOT_IN_SUPERVISED_TEAM', 'USER_NOT_FOUND'],
}

/** Supervisors, for themselves, who barge in by the same right. The agent to whom they listen has to be of their teams (`dialog 4.9`, 4.10). */
const LISTEN: RestRight = { ...OWN_USER, agent: ['ROLE_NOT_ALLOWED', 'OTHER_USER', 'OTHER_USER', 'OTHER_USER'] }

/** The user only; the refusal says that a supervisor may not set this state (`user 4.1`, 5.7). */
const SIGN_IN: RestRight = {
  ...CHANGE_STATE,
  supervisor: ['yes', 'TARGET_STATE_NOT_ALLOWED', 'NOT_IN_SUPERVISED_TEAM', 'USER_NOT_FOUND'],
}

/** The user, supervisors for the members of their teams, and administrators (`dialog 4.2`). */
const READ_DIALOGS: RestRight = { ...READ_USER, supervisor: ['yes', 'yes', 'OTHER_USER', 'OTHER_USER'] }

const READ_ANY_USER: RestRight = {
  to: 'user',
  missing: 'USER_NOT_FOUND',
  agent: ['yes', 'yes', 'yes', 'USER_NOT_FOUND'],
  supervisor: ['yes', 'yes', 'yes', 'USER_NOT_FOUND'],
  administrator: ['-', '-', 'yes', 'USER_NOT_FOUND'],
}

/**
 * Participants, supervisors of a participant's team, administrators (`dialog 4.2`). Others get the same refusal whether
 * the dialog exists or not, so that they cannot find out what others work on.
 */
const READ_DIALOG: RestRight = {
  to: 'dialog',
  missing: 'DIALOG_NOT_FOUND',
  agent: ['yes', 'NOT_A_PARTICIPANT', 'NOT_A_PARTICIPANT', 'NOT_A_PARTICIPANT'],
  supervisor: ['yes', 'yes', 'NOT_A_PARTICIPANT', 'NOT_A_PARTICIPANT'],
  administrator: ['-', '-', 'yes', 'DIALOG_NOT_FOUND'],
}

/** Participants only. */
const ACT_ON_DIALOG: RestRight = {
  ...READ_DIALOG,
  missing: 'DIALOG_TO_ACT_ON_NOT_FOUND',
  supervisor: READ_DIALOG.agent,
  administrator: ['-', '-', 'ROLE_NOT_ALLOWED', 'ROLE_NOT_ALLOWED'],
}

/** Supervisors of the team, and administrators (choice). For team messages `dialog 9` says so. */
const READ_TEAM: RestRight = {
  to: 'team',
  missing: 'RESOURCE_NOT_FOUND',
  agent: ['ROLE_NOT_ALLOWED', '-', 'ROLE_NOT_ALLOWED', 'ROLE_NOT_ALLOWED'],
  supervisor: ['ROLE_NOT_ALLOWED', 'yes', 'ROLE_NOT_ALLOWED', 'ROLE_NOT_ALLOWED'],
  administrator: ['-', '-', 'yes', 'RESOURCE_NOT_FOUND'],
}

/** Members and supervisors of the team (`user 8.2`), and administrators (choice). */
const READ_TEAM_RESOURCE: RestRight = {
  to: 'team',
  missing: 'TEAM_NOT_FOUND',
  agent: ['yes', '-', 'OTHER_TEAM', 'OTHER_TEAM'],
  supervisor: ['yes', 'yes', 'OTHER_TEAM', 'OTHER_TEAM'],
  administrator: ['-', '-', 'yes', 'TEAM_NOT_FOUND'],
}

/** Administrators read all objects, users those of their team, because lists contain the URIs (choice). */
const READ_ENTRY: RestRight = {
  to: 'entry',
  missing: 'RESOURCE_NOT_FOUND',
  agent: ['yes', '-', 'RESOURCE_NOT_FOUND', 'RESOURCE_NOT_FOUND'],
  supervisor: ['yes', '-', 'RESOURCE_NOT_FOUND', 'RESOURCE_NOT_FOUND'],
  administrator: ['-', '-', 'yes', 'RESOURCE_NOT_FOUND'],
}

/** All teams have all layouts, so none is foreign to a user. */
const READ_LAYOUT: RestRight = {
  ...READ_ENTRY,
  agent: ['yes', '-', '-', 'RESOURCE_NOT_FOUND'],
  supervisor: ['yes', '-', '-', 'RESOURCE_NOT_FOUND'],
}

/** Members and supervisors of the team, and administrators (choice). */
const READ_TEAM_MESSAGES: RestRight = {
  ...READ_TEAM,
  agent: ['yes', '-', 'ROLE_NOT_ALLOWED', 'ROLE_NOT_ALLOWED'],
  supervisor: ['yes', 'yes', 'ROLE_NOT_ALLOWED', 'ROLE_NOT_ALLOWED'],
}

/** The messages that a user wrote: that user, and administrators (choice). Unknown users wrote none. */
const LIST_MESSAGES_OF: RestRight = {
  to: 'user',
  missing: 'USER_NOT_FOUND',
  agent: ['yes', 'ROLE_NOT_ALLOWED', 'ROLE_NOT_ALLOWED', 'ROLE_NOT_ALLOWED'],
  supervisor: ['yes', 'ROLE_NOT_ALLOWED', 'ROLE_NOT_ALLOWED', 'ROLE_NOT_ALLOWED'],
  administrator: ['-', '-', 'yes', 'yes'],
}

/**
 * A message that a user may not read is as unknown as one that does not exist (choice). Agents write none, but may have
 * been supervisors before.
 */
const READ_MESSAGE: RestRight = {
  to: 'message',
  missing: 'RESOURCE_NOT_FOUND',
  agent: ['yes', 'yes', 'RESOURCE_NOT_FOUND', 'RESOURCE_NOT_FOUND'],
  supervisor: ['yes', 'yes', 'RESOURCE_NOT_FOUND', 'RESOURCE_NOT_FOUND'],
  administrator: ['-', '-', 'yes', 'RESOURCE_NOT_FOUND'],
}

/** The user who wrote it, and administrators (`dialog 9`). */
const DELETE_MESSAGE: RestRight = {
  ...READ_MESSAGE,
  agent: ['yes', 'ROLE_NOT_ALLOWED', 'RESOURCE_NOT_FOUND', 'RESOURCE_NOT_FOUND'],
  supervisor: ['yes', 'ROLE_NOT_ALLOWED', 'RESOURCE_NOT_FOUND', 'RESOURCE_NOT_FOUND'],
}

/** Everybody. */
const EVERYBODY: RestRight = {
  to: 'everything',
  missing: 'RESOURCE_NOT_FOUND',
  agent: ['-', '-', 'yes', '-'],
  supervisor: ['-', '-', 'yes', '-'],
  administrator: ['-', '-', 'yes', '-'],
}

/** Everybody, if there is such an object. */
const readObject = (missing: RefusalKey): RestRight => ({
  to: 'everything',
  missing,
  agent: ['-', '-', 'yes', missing],
  supervisor: ['-', '-', 'yes', missing],
  administrator: ['-', '-', 'yes', missing],
})

const ADMINISTRATORS: RestRight = {
  ...EVERYBODY,
  agent: ['-', '-', 'ROLE_NOT_ALLOWED', '-'],
  supervisor: ['-', '-', 'ROLE_NOT_ALLOWED', '-'],
}

/** `GET Users` has a refusal of its own (`user 4.6`). */
const LIST_USERS: RestRight = {
  ...ADMINISTRATORS,
  agent: ['-', '-', 'LIST_NOT_ALLOWED', '-'],
  supervisor: ['-', '-', 'LIST_NOT_ALLOWED', '-'],
}

/**
 * The rights to the operations, by method and path; by method, path and action for an action that has a right of its
 * own. Operations without credentials have no row.
 */
export const REST_RIGHTS: Readonly<Record<string, RestRight>> = {
  'GET /User/:id': READ_USER,
  'PUT /User/:id': CHANGE_STATE,
  'PUT /User/:id LOGIN': SIGN_IN,
  'GET /Users': LIST_USERS,

  'GET /User/:id/Dialogs': READ_DIALOGS,
  'POST /User/:id/Dialogs SILENT_MONITOR': LISTEN,
  'POST /User/:id/Dialogs': OWN_USER,
  'GET /User/:id/Dialogs/Media': READ_DIALOGS,
  'GET /User/:id/Media/:mrdId/Dialogs': READ_DIALOGS,
  'GET /Dialog/:dialogId': READ_DIALOG,
  'PUT /Dialog/:dialogId': ACT_ON_DIALOG,

  'GET /User/:id/Media': READ_USER,
  'GET /User/:id/Media/:mrdId': READ_USER,
  'PUT /User/:id/Media/:mrdId': OWN_USER,

  'GET /User/:id/ReasonCodes': READ_USER,
  'GET /User/:id/ReasonCode/:itemId': READ_USER,
  'GET /User/:id/WrapUpReasons': READ_USER,
  'GET /User/:id/WrapUpReason/:itemId': READ_USER,
  'GET /User/:id/MediaPropertiesLayout': READ_USER,
  'GET /User/:id/MediaPropertiesLayouts': READ_USER,
  'GET /User/:id/PhoneBooks': READ_USER,
  'GET /User/:id/Workflows': READ_USER,

  'GET /TeamResource/:teamId/ReasonCodes': READ_TEAM_RESOURCE,
  'GET /TeamResource/:teamId/WrapUpReasons': READ_TEAM_RESOURCE,
  'GET /TeamResource/:teamId/MediaPropertiesLayouts': READ_TEAM_RESOURCE,
  'GET /TeamResource/:teamId/PhoneBooks': READ_TEAM_RESOURCE,
  'GET /TeamResource/:teamId/Workflows': READ_TEAM_RESOURCE,

  'GET /ReasonCode/:itemId': READ_ENTRY,
  'GET /WrapUpReason/:itemId': READ_ENTRY,
  'GET /MediaPropertiesLayout/:itemId': READ_LAYOUT,
  'GET /PhoneBook/:itemId': READ_ENTRY,
  'GET /PhoneBook/:itemId/Contacts': READ_ENTRY,
  'GET /PhoneBook/:itemId/Contact/:contactId': READ_ENTRY,
  'GET /Workflow/:itemId': READ_ENTRY,
  'GET /WorkflowAction/:itemId': READ_ENTRY,
  'GET /MediaPropertiesLayout/default': EVERYBODY,

  'GET /ReasonCodes': ADMINISTRATORS,
  'GET /WrapUpReasons': ADMINISTRATORS,
  'GET /MediaPropertiesLayouts': ADMINISTRATORS,
  'GET /PhoneBooks': ADMINISTRATORS,
  'GET /Workflows': ADMINISTRATORS,
  'GET /WorkflowActions': ADMINISTRATORS,

  'GET /Team/:teamId': READ_TEAM,
  'GET /Teams': ADMINISTRATORS,

  'POST /TeamMessage': READ_TEAM,
  'POST /TeamMessages': READ_TEAM,
  'GET /TeamMessages': LIST_MESSAGES_OF,
  'GET /Team/:teamId/TeamMessages': READ_TEAM_MESSAGES,
  'GET /TeamMessage/:messageId': READ_MESSAGE,
  'DELETE /TeamMessage/:messageId': DELETE_MESSAGE,

  'POST /User/:id/ClientLog': OWN_USER,
  'POST /User/:id/CompressedClientLog': OWN_USER,

  'GET /ECCVariableConfig': EVERYBODY,
  'GET /MediaDomain': EVERYBODY,
  'GET /MediaDomain/:id': readObject('MRD_NOT_FOUND'),
  'GET /Queue/:queueId': readObject('RESOURCE_NOT_FOUND'),
  'GET /User/:id/Queues': READ_ANY_USER,
}

/** The row of an operation. `action`: the row of this action, if it has one. */
export function restRight(
  { method, path }: { readonly method: string; readonly path: string },
  action?: string,
): RestRight {
  const key = `${method} ${path}`
  const right = (action === undefined ? undefined : REST_RIGHTS[`${key} ${action}`]) ?? REST_RIGHTS[key]
  if (right === undefined) throw new RangeError(`${key} has no row in src/rights/table.ts`)
  return right
}

/** May an account subscribe to a node? `automatic`: it is subscribed without a request. */
export type NodeVerdict = 'automatic' | 'yes' | 'forbidden' | 'item-not-found'

export interface NodeRight extends Right<NodeVerdict> {
  readonly to: 'user' | 'team' | 'everything'
  /** The names of such nodes, after `/finesse/api`. */
  readonly paths: readonly string[]
}

/** The rights to subscribe to nodes (`notifications 5.1`, 5.2). */
export const NODE_RIGHTS = {
  systemInfo: {
    to: 'everything',
    paths: ['/SystemInfo'],
    agent: ['-', '-', 'automatic', '-'],
    supervisor: ['-', '-', 'automatic', '-'],
    administrator: ['-', '-', 'automatic', '-'],
  },
  user: {
    to: 'user',
    paths: ['', '/Dialogs', '/Media', '/Dialogs/Media', '/Queues', '/ClientLog'].map((part) => `/User/:id${part}`),
    agent: ['automatic', 'forbidden', 'forbidden', 'item-not-found'],
    supervisor: ['automatic', 'yes', 'forbidden', 'item-not-found'],
    administrator: ['-', '-', 'yes', 'item-not-found'],
  },
  teamUsers: {
    to: 'team',
    paths: ['/Team/:teamId/Users'],
    agent: ['forbidden', '-', 'forbidden', 'item-not-found'],
    supervisor: ['forbidden', 'yes', 'forbidden', 'item-not-found'],
    administrator: ['-', '-', 'yes', 'item-not-found'],
  },
  teamMessages: {
    to: 'team',
    paths: ['/Team/:teamId/TeamMessages'],
    agent: ['automatic', '-', 'forbidden', 'item-not-found'],
    supervisor: ['automatic', 'yes', 'forbidden', 'item-not-found'],
    administrator: ['-', '-', 'yes', 'item-not-found'],
  },
  queue: {
    to: 'everything',
    paths: ['/Queue/:queueId'],
    agent: ['-', '-', 'yes', 'item-not-found'],
    supervisor: ['-', '-', 'yes', 'item-not-found'],
    administrator: ['-', '-', 'yes', 'item-not-found'],
  },
} as const satisfies Readonly<Record<string, NodeRight>>

export type NodeKind = keyof typeof NODE_RIGHTS
