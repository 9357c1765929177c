/**
 * The reference of the directory file in `src/directory/README.md`. Types, ranges and defaults come from the schema, the
 * meanings from the table below. `npm run directory` writes it. A test fails if it is not up to date, or if a key has no
 * meaning.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { directoryFile } from '../../src/directory/schema.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
export const PAGE = join(ROOT, 'src/directory/README.md')
const SECTION = /<!-- keys -->[\s\S]*?<!-- end of keys -->/

/** The meaning of keys that mean the same in every entry. */
const COMMON: Readonly<Record<string, string>> = {
  id: 'id, unique in the section',
  name: 'name for people',
  description: 'description for people',
  teams: 'ids of the teams that have the entry. Without it, all teams have it',
  password: 'the password. One of `password` and `passwordHash` is required',
  passwordHash: 'as `mrdian hash-password` prints it',
  displayName: 'label of the value',
  mediaProperty: 'the value of the call: `callVariable1` to `callVariable10`, an ECC variable, `queueName`, …',
  node: 'XPath of the value, for a variable of type CUSTOM',
  value: 'the value',
  comparator: 'how the values are compared, for example `IS_NOT_EMPTY`',
}

/** What each other key means, by its path. `[]`: an entry of a list. */
export const MEANINGS: Readonly<Record<string, string>> = {
  version: 'version of the format',
  platform: 'CCX has other reason codes, and other rules of sign-in and sign-out (`user 5.4`)',
  'settings.fidelity': 'what a failover forgets: as much as in Finesse, or nothing (`lossless`)',
  'settings.presenceGraceSeconds': 'time from the loss of the last XMPP session to the forced sign-out',
  'settings.requirePresenceAfterSignIn':
    'a user who signs in without an XMPP session on that side is signed out after the grace period',
  'settings.logoutOnAgentDisconnect': 'LOAD: a forced sign-out leads to NOT_READY (0) or LOGOUT (1). CCE only',
  'settings.userSignoutChannel': 'the media that a sign-out of a user ends too',
  'settings.requireReasonCode': 'NOT_READY and LOGOUT need a reason code, if the directory has some of that category',
  'settings.echoMediaRequestId': 'notifications of media and nonvoice dialogs repeat the `requestId` of the command',
  'settings.autoWorkModeStateChange': 'media leave WORK_NOT_READY when the link to the ACD is back',
  'settings.suppressCrossSideForcedLogout': 'a side that the user has left does not sign the user out by force',
  'settings.notificationNamespace': 'XML namespace of the element `notification`',
  'settings.callRingSeconds': 'a call that is not answered in this time goes back',
  'settings.transferTimeoutSeconds':
    'the ACD has to answer the transfer of a task in this time, in every MRD. Otherwise the transfer fails',
  'settings.conferencePartiesMax': 'the most parties of one call: agents and parties outside',
  'settings.enableDropParticipantFor':
    'who may drop other agents from a conference: supervisors on it, the agent who began it too, or every agent on it',
  'settings.timeZone': 'time zone whose offset SystemInfo shows; UTC without it',
  'settings.board.waitSeconds':
    'by id of the MRD (`"1"`: the calls of queues), how long a contact may wait before the board marks it',
  'settings.board.stateSeconds':
    'by agent state, such as `NOT_READY` or `HOLD`, how long an agent may be in it before the board marks that',
  'settings.lockout.attempts': 'wrong passwords in a row that lock an account',
  'settings.lockout.seconds': 'how long the lock lasts',
  'administrators[].id': 'name for the sign-in, not that of a user',
  'mediaRoutingDomains[].id': '`1` is voice. Every other id is a nonvoice MRD',
  'mediaRoutingDomains[].interruptible': 'work in other, non-interruptible MRDs, and calls, may interrupt its dialogs',
  'mediaRoutingDomains[].startTimeoutSeconds': 'an agent has to accept an offered task in this time',
  'mediaRoutingDomains[].maxTaskDurationSeconds': 'a dialog that is open for this time is closed',
  'mediaRoutingDomains[].taskLifeSeconds': 'open tasks are closed when the application path is lost for this time',
  'mediaRoutingDomains[].scriptSelectors': 'the addresses of its queue. No other MRD has the same',
  'mediaRoutingDomains[].policy': 'which agent gets the next task: [policies](#queues). Default: `most-free-slots`',
  queues: 'the queues of calls',
  'queues[].id': 'no MRD has the same. Clients see it as `queueNumber`',
  'queues[].numbers': 'the numbers by which it is dialled. No extension is one of them',
  'queues[].agents': 'ids of the users who get its calls',
  'mediaRoutingDomains[].priorities':
    'by script selector: 1 (offered first) to 10. Selectors without one have 5; equal ones are offered in the order of arrival',
  'queues[].policy': 'which agent gets the next call: [policies](#queues)',
  'queues[].priorities':
    'by number: 1 (offered first) to 10. Numbers without one have 5; equal calls are offered in the order of arrival',
  'mediaRoutingDomains[].skills':
    'by user id: skill level in this queue, 1 to 10 (the best). Other users have 5. For the policies `most-skilled` and `least-skilled`',
  'mediaRoutingDomains[].overflow':
    'stages, by rising time: agents who get only contacts that have waited this long. Agents in no stage get them at once',
  'mediaRoutingDomains[].overflow[].afterSeconds': 'how long a contact has waited in the queue for these agents',
  'mediaRoutingDomains[].overflow[].agents': 'ids of the users',
  'mediaRoutingDomains[].overflow[].teams':
    'ids of teams: all their agents who are in the queue, and in no earlier stage',
  'queues[].skills':
    'by user id: skill level in this queue, 1 to 10 (the best). Other users have 5. For the policies `most-skilled` and `least-skilled`',
  'queues[].overflow':
    'stages, by rising time: agents who get only contacts that have waited this long. Agents in no stage get them at once',
  'queues[].overflow[].afterSeconds': 'how long a contact has waited in the queue for these agents',
  'queues[].overflow[].agents': 'ids of the users',
  'queues[].overflow[].teams': 'ids of teams: all their agents who are in the queue, and in no earlier stage',
  'queues[].timeoutSeconds': 'how long a caller waits for an answer. Then the call ends',
  'queues[].ringSeconds': 'how long a call rings at an agent before it goes to another one',
  'reasonCodes[].id': 'the id that clients send as `reasonCodeId`',
  'reasonCodes[].category': 'the state that it is a reason for',
  'reasonCodes[].code': 'the number of the code in the ACD',
  'reasonCodes[].label': 'text for people',
  'reasonCodes[].forAll': 'every team has it. Default: `true` without `teams`, `false` with',
  'users[].id': 'id of the user, in paths and JIDs. It is also a name for the sign-in',
  'users[].loginName': 'a second name for the sign-in over REST, without regard to case',
  'users[].firstName': 'first name',
  'users[].lastName': 'last name',
  'users[].roles': 'a Supervisor sees and controls the users of the teams in `supervises`',
  'users[].teamId': 'id of a team',
  'users[].extensions': 'the extensions with which the user may sign in to voice. No other user has the same',
  'users[].mediaRoutingDomains': 'ids of the nonvoice MRDs in which the user may sign in',
  'users[].settings.wrapUpOnIncoming':
    'wrap-up after an incoming call. It begins by itself if it is REQUIRED or REQUIRED_WITH_WRAP_UP_DATA. With the latter the agent can end it only when the call has a wrap-up reason',
  'users[].settings.wrapUpOnOutgoing': 'wrap-up after an outgoing call. It is published only: there are no such calls',
  'users[].settings.wrapUpSeconds': 'longest wrap-up time',
  'users[].mobileAgent': 'the user may sign in as a mobile agent',
  'users[].supervises': 'ids of the teams that a supervisor supervises',
  administrators: 'accounts that may do everything',
  mediaRoutingDomains: 'the MRDs',
  teams: 'the teams',
  reasonCodes: 'the reasons for NOT_READY and LOGOUT that agents choose',
  users: 'agents and supervisors',
  eccVariables: 'variables of calls, besides `callVariable1` to `callVariable10`',
  'eccVariables[].name': 'name, beginning with `user.`',
  'eccVariables[].length': 'longest value, in bytes',
  'eccVariables[].size': 'number of elements, for an array',
  wrapUpReasons: 'outcomes of a call that agents choose at wrap-up',
  'wrapUpReasons[].label': 'text for people, which clients send',
  mediaPropertiesLayouts: 'which data of a call desktops show',
  'mediaPropertiesLayouts[].type': '`DEFAULT` replaces the built-in default layout',
  'mediaPropertiesLayouts[].columns': 'the columns, left and right',
  phoneBooks: 'phone books of desktops',
  'phoneBooks[].contacts': 'the contacts',
  'phoneBooks[].contacts[].firstName': 'first name',
  'phoneBooks[].contacts[].lastName': 'last name',
  'phoneBooks[].contacts[].phoneNumber': 'number to call',
  workflowActions: 'actions of workflows. Only desktops run them',
  'workflowActions[].params[].name': 'name of the parameter',
  'workflowActions[].variables[].name': 'name of the variable, for example `callVariable1`',
  'workflows[].triggerSet.triggers[].variable.name': 'name of the variable, for example `callVariable1`',
  'workflows[].conditionSet.conditions[].variable.name': 'name of the variable, for example `callVariable1`',
  'workflowActions[].type': 'what the desktop does',
  'workflowActions[].handledBy': 'which program runs it',
  'workflowActions[].params': 'parameters, for example `path` of a page',
  'workflowActions[].variables': 'the values of the call that the parameters use',
  'workflowActions[].variables[].type': '`CUSTOM`: the value is found by `node`',
  'workflowActions[].variables[].testValue': 'example of the value',
  workflows: 'what desktops do when something happens to a call',
  'workflows[].media': 'id of an MRD; `1` is voice',
  'workflows[].triggerSet.type': '`CUSTOM`: `triggers` say when',
  'workflows[].triggerSet.name': 'the event that begins the workflow, for example `CALL_ARRIVES`',
  'workflows[].triggerSet.allowOverlappingCallWorkflow': 'the workflow runs for several calls at once',
  'workflows[].triggerSet.triggers': 'comparisons that begin the workflow',
  'workflows[].triggerSet.triggers[].variable.type': '`CUSTOM`: the value is found by `node`',
  'workflows[].conditionSet.applyMethod': 'whether all conditions must hold, or any',
  'workflows[].conditionSet.conditions': 'comparisons that must hold',
  'workflows[].conditionSet.conditions[].variable.type': '`CUSTOM`: the value is found by `node`',
  'workflows[].actions': 'ids of its actions, in order',
}

export interface Key {
  readonly path: string
  readonly type: string
  readonly byDefault: string
}

/** The schema without default and `optional`. `byDefault`: as the table shows it. */
function bare(schema: unknown): { readonly inner: unknown; readonly byDefault: string } {
  if (schema instanceof z.ZodDefault)
    return { inner: schema.unwrap(), byDefault: `\`${JSON.stringify(schema.parse(undefined))}\`` }
  if (schema instanceof z.ZodPipe) return bare(schema.in)
  if (schema instanceof z.ZodPrefault || schema instanceof z.ZodOptional)
    return { inner: schema.unwrap(), byDefault: '' }
  return { inner: schema, byDefault: 'required' }
}

/** A text that no pattern of the schema accepts, so that its errors name the limits. */
const NEVER_RIGHT = ` <\u0000>${'x'.repeat(100_000)}`

function textType(schema: z.ZodString): string {
  const { error } = schema.safeParse(NEVER_RIGHT)
  const rules = (error?.issues ?? [])
    .map(({ message }) => message)
    .filter((message) => /^must (be|have) /.test(message))
  const said = rules.map((message) => message.replace(/^must (be|have) /, ''))
  const { minLength, maxLength } = schema
  const limits = said.length > 0 || maxLength === null ? [] : [`${minLength ?? 0} to ${maxLength} characters`]
  return ['text', ...said, ...limits].join(': ')
}

function typeOf(schema: unknown): string {
  if (schema instanceof z.ZodEnum) return schema.options.map((each) => `\`${each}\``).join(', ')
  if (schema instanceof z.ZodLiteral) return [...schema.values].map((each) => `\`${each}\``).join(', ')
  if (schema instanceof z.ZodBoolean) return '`true`, `false`'
  if (schema instanceof z.ZodNumber) return `whole number, ${schema.minValue} to ${schema.maxValue}`
  if (schema instanceof z.ZodString) return textType(schema)
  if (schema instanceof z.ZodRecord) return `by name: ${typeOf(schema.valueType)}`
  if (schema instanceof z.ZodArray) return `list, ${mostOf(schema)}, of ${typeOf(schema.element)}`
  throw new Error(
    `a kind of schema that the reference does not know: ${schema instanceof z.ZodType ? schema.type : ''}`,
  )
}

const LIMITS = z.object({ maxItems: z.number() })
/** The longest list that is accepted. */
const mostOf = (schema: z.ZodArray): string =>
  `at most ${LIMITS.parse(z.toJSONSchema(schema, { io: 'input' })).maxItems}`

/** All keys below an object, in the order of the schema. */
function keysIn(schema: z.ZodObject, prefix: string): readonly Key[] {
  return Object.entries(schema.shape).flatMap(([name, given]) => keysAt(`${prefix}${name}`, given))
}

/** The key at `path`, and the keys below it. */
function keysAt(path: string, schema: unknown): readonly Key[] {
  const { inner, byDefault } = bare(schema)
  if (inner instanceof z.ZodObject) return keysIn(inner, `${path}.`)
  const entry = inner instanceof z.ZodArray ? entryOf(inner) : undefined
  if (!(inner instanceof z.ZodArray) || !entry) return [{ path, type: typeOf(inner), byDefault }]
  return [{ path, type: `list, ${mostOf(inner)}`, byDefault }, ...keysIn(entry.object, `${path}${entry.marks}.`)]
}

/** The objects of a list, or of a list of lists; `undefined` for a list of values. */
function entryOf({ element }: z.ZodArray): { readonly object: z.ZodObject; readonly marks: string } | undefined {
  if (element instanceof z.ZodObject) return { object: element, marks: '[]' }
  const inner = element instanceof z.ZodArray ? entryOf(element) : undefined
  return inner && { object: inner.object, marks: `[]${inner.marks}` }
}

export const directoryKeys = (): readonly Key[] => keysIn(directoryFile, '')

/** `''` if nothing says what the key means. */
export const meaningOf = (path: string): string => MEANINGS[path] ?? COMMON[path.split('.').at(-1) ?? ''] ?? ''

const cell = (text: string): string => text.replaceAll('|', '\\|')

/** The table, between its marks. */
export function reference(): string {
  const rows = directoryKeys().map(
    ({ path, type, byDefault }) => `| \`${path}\` | ${cell(type)} | ${cell(byDefault)} | ${cell(meaningOf(path))} |`,
  )
  return [
    '<!-- keys -->',
    '| Key | Values | Default | Meaning |',
    '|---|---|---|---|',
    ...rows,
    '<!-- end of keys -->',
  ].join('\n')
}

export const written = (page: string): string => page.replace(SECTION, () => reference())

if (import.meta.main) await writeFile(PAGE, written(await readFile(PAGE, 'utf8')))
