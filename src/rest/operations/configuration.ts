/**
 * The configuration that desktops read at their sign-in (`user 4.10`-4.12, 8.2). Each kind of object has the same paths:
 * the list of a user, of a team and of everything, and single objects.
 */
import {
  type Assignable,
  assigned,
  type Directory,
  defaultLayout,
  layouts,
  type MediaPropertiesLayout,
  type PhoneBook,
  type ReasonCode,
  type Workflow,
  type WrapUpReason,
} from '../../directory/index.ts'
import {
  renderLayout,
  renderLayouts,
  renderPhoneBook,
  renderReasonCode,
  renderReasonCodes,
  renderWrapUpReason,
  renderWrapUpReasons,
} from '../../finesse/index.ts'
import { authorise, authorisedUser } from '../authorisation.ts'
import { type Call, found, type Operation, type Reply } from '../operation.ts'
import { RestRefusal } from '../refusal.ts'
import { type Scope, scopeOfAll, scopeOfCaller, scopeOfTeam, scopeOfUser } from '../scope.ts'
import { listContacts, listPhoneBooks, oneContact } from './phone-books.ts'
import { listActions, listWorkflows, oneAction, oneWorkflow } from './workflows.ts'

interface Kind<T extends Assignable> {
  readonly singular: string
  readonly plural: string
  entries(directory: Directory): readonly T[]
  one(entry: T, call: Call, scope: Scope): string
  list(entries: readonly T[], call: Call, scope: Scope): Reply | Promise<Reply>
  /** Is there a path to one object of a user, too? */
  readonly hasPathOfUser: boolean
}

const REASON_CODE: Kind<ReasonCode> = {
  singular: 'ReasonCode',
  plural: 'ReasonCodes',
  hasPathOfUser: true,
  entries: ({ reasonCodes }) => reasonCodes,
  one: renderReasonCode,
  list: (codes, call) => {
    const category = categoryOf(call)
    const wanted = category === 'ALL' ? codes : codes.filter((code) => code.category === category)
    return found(renderReasonCodes(category, wanted))
  },
}

const WRAP_UP_REASON: Kind<WrapUpReason> = {
  singular: 'WrapUpReason',
  plural: 'WrapUpReasons',
  hasPathOfUser: true,
  entries: ({ wrapUpReasons = [] }) => wrapUpReasons,
  one: (reason, _, { user }) => renderWrapUpReason(reason, user),
  list: (reasons, _, { user }) => found(renderWrapUpReasons(reasons, user)),
}

const LAYOUT: Kind<MediaPropertiesLayout> = {
  singular: 'MediaPropertiesLayout',
  plural: 'MediaPropertiesLayouts',
  hasPathOfUser: false,
  entries: layouts,
  one: renderLayout,
  list: (all) => found(renderLayouts(all)),
}

const PHONE_BOOK: Kind<PhoneBook> = {
  singular: 'PhoneBook',
  plural: 'PhoneBooks',
  hasPathOfUser: false,
  entries: ({ phoneBooks = [] }) => phoneBooks,
  one: renderPhoneBook,
  list: listPhoneBooks,
}

const WORKFLOW: Kind<Workflow> = {
  singular: 'Workflow',
  plural: 'Workflows',
  hasPathOfUser: false,
  entries: ({ workflows = [] }) => workflows,
  one: oneWorkflow,
  list: listWorkflows,
}

function categoryOf(call: Call): 'NOT_READY' | 'LOGOUT' | 'ALL' {
  const category = call.query('category')
  if (category === '') throw new RestRefusal('PARAMETER_MISSING', 'category')
  if (category === 'NOT_READY' || category === 'LOGOUT' || category === 'ALL') return category
  throw new RestRefusal('INVALID_INPUT', 'category')
}

function operationsOf<T extends Assignable>(kind: Kind<T>): readonly Operation[] {
  const { singular, plural } = kind
  const list = (scopeOf: (call: Call) => Scope) => (call: Call) => {
    const scope = scopeOf(call)
    return kind.list(entriesOf(kind, call, scope), call, scope)
  }
  const one = (scopeOf: (call: Call) => Scope) => (call: Call) => {
    const scope = scopeOf(call)
    return found(kind.one(entryOf(kind, call, scope), call, scope))
  }
  return [
    read(`/User/:id/${plural}`, list(scopeOfUser)),
    read(`/TeamResource/:teamId/${plural}`, list(scopeOfTeam)),
    read(`/${plural}`, list(scopeOfAll)),
    read(`/${singular}/:itemId`, one(scopeOfCaller)),
    ...(kind.hasPathOfUser ? [read(`/User/:id/${singular}/:itemId`, one(scopeOfUser))] : []),
  ]
}

function entriesOf<T extends Assignable>(kind: Kind<T>, call: Call, { team }: Scope): readonly T[] {
  return assigned(kind.entries(call.engine.get.directory()), team)
}

/** The object in the path. An object of another team is as unknown as one that does not exist. */
function entryOf<T extends Assignable>(kind: Kind<T>, call: Call, scope: Scope): T {
  const id = call.param('itemId')
  const entry = entriesOf(kind, call, scope).find((each) => each.id === id)
  if (entry === undefined) throw new RestRefusal('RESOURCE_NOT_FOUND', id)
  return entry
}

function callersPhoneBook(call: Call): PhoneBook {
  return entryOf(PHONE_BOOK, call, scopeOfCaller(call))
}

/** All users have the same default layout. `check` throws if the caller may not read it. */
function theDefaultLayout(check: (call: Call) => unknown): (call: Call) => Reply {
  return (call) => {
    check(call)
    return found(renderLayout(defaultLayout(call.engine.get.directory())))
  }
}

function read(path: string, run: (call: Call) => Reply | Promise<Reply>): Operation {
  return { access: 'caller', method: 'GET', path, run }
}

export const CONFIGURATION_OPERATIONS: readonly Operation[] = [
  ...operationsOf(REASON_CODE),
  ...operationsOf(WRAP_UP_REASON),
  // The default layout has two URIs of its own (`user 4.12`).
  read('/MediaPropertiesLayout/default', theDefaultLayout(authorise)),
  read('/User/:id/MediaPropertiesLayout', theDefaultLayout(authorisedUser)),
  ...operationsOf(LAYOUT),
  ...operationsOf(WORKFLOW),
  read('/WorkflowActions', listActions),
  read('/WorkflowAction/:itemId', oneAction),
  ...operationsOf(PHONE_BOOK),
  read('/PhoneBook/:itemId/Contacts', (call) => listContacts(callersPhoneBook(call))),
  read('/PhoneBook/:itemId/Contact/:contactId', (call) => oneContact(callersPhoneBook(call), call.param('contactId'))),
]
