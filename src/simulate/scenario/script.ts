/** Entries of `script`: actions of agents, customers and systems. `mrdian record` writes them. */
import { z } from 'zod'
import type { Finding } from '../../directory/findings.ts'
import { type Directory, VOICE_MRD } from '../../directory/model.ts'
import type { Group } from './schema.ts'

/** Maximum number of entries, so that the file can still be opened in an editor. */
export const SCRIPT_MAX = 50_000

/** Length of the longest name of a call variable (`dialog 1.4`): `user.`, 64 characters, and an index. */
export const VARIABLE_NAME_MAX = 74

const id = z.string().min(1, 'must not be empty').max(64)
export const variables = z.record(z.string().min(1).max(VARIABLE_NAME_MAX), z.string().max(1000)).default({})

/** How an agent signs in to a medium. */
export const signedIn = {
  maxDialogLimit: z.number().int().min(1).max(10).default(1),
  interruptAction: z.enum(['ACCEPT', 'IGNORE']).default('ACCEPT'),
  dialogLogoutAction: z.enum(['CLOSE', 'TRANSFER']).default('CLOSE'),
}

/** Type and parameters of a failure. */
export const failure = {
  type: z.enum(['acd-link', 'app-path', 'peripheral-gateway', 'resubmission', 'notification-service', 'side']),
  both: z.boolean().default(false),
  mode: z.enum(['refuse', 'timeout', 'late']).default('refuse'),
}

/** The extension of the agent, and the number that the agent dials (`dialog 4.3`). */
const dials = { extension: id, to: z.string().regex(/^[\x20-\x7e]{1,64}$/, 'must be a number to dial') }

/** `moment`: a time of the scenario, in ms. Entries of one moment happen in the order of the file. */
export function scriptEntry<M extends z.ZodType<number>>(moment: M) {
  const at = moment
  const agent = { at, user: id }
  return z.discriminatedUnion('do', [
    /** A customer arrives: a task, or a call to an extension or to a queue. */
    z.strictObject({
      do: z.literal('task'),
      at,
      contact: id,
      selector: id,
      agent: id.optional(),
      keepAgent: z.boolean().optional(),
      variables,
    }),
    z.strictObject({
      do: z.literal('call'),
      at,
      contact: id,
      extension: id.optional(),
      queue: id.optional(),
      caller: z.string().min(1).max(32).default('5550100'),
      variables,
    }),
    /** The customer gives up, or hangs up. */
    z.strictObject({ do: z.literal('giveUp'), at, contact: id }),
    z.strictObject({ do: z.literal('presence'), ...agent, available: z.boolean(), session: id.default('1') }),
    z.strictObject({
      do: z.literal('user.signIn'),
      ...agent,
      extension: id,
      mobile: z.enum(['CALL_BY_CALL', 'NAILED_CONNECTION']).optional(),
    }),
    z.strictObject({
      do: z.literal('user.setState'),
      ...agent,
      state: z.enum(['READY', 'NOT_READY', 'LOGOUT', 'WORK']),
      reason: id.optional(),
      bySupervisor: z.boolean().default(false),
    }),
    z.strictObject({
      do: z.literal('media.signIn'),
      ...agent,
      mrd: id,
      ...signedIn,
    }),
    z.strictObject({
      do: z.literal('media.setState'),
      ...agent,
      mrd: id,
      state: z.enum(['READY', 'NOT_READY', 'LOGOUT', 'ACTIVE']),
      reason: id.optional(),
    }),
    z.strictObject({ do: z.literal('media.setRoutable'), ...agent, mrd: id, routable: z.boolean() }),
    z.strictObject({
      do: z.literal('dialog.act'),
      ...agent,
      contact: id,
      action: z.enum(['ACCEPT', 'START', 'PAUSE', 'RESUME', 'WRAP_UP', 'CLOSE', 'TRANSFER']),
      target: id.optional(),
    }),
    z.strictObject({
      do: z.literal('call.act'),
      ...agent,
      contact: id,
      action: z.enum(['ANSWER', 'HOLD', 'RETRIEVE', 'DROP']),
      extension: id,
    }),
    /** The agent makes a call, which has the name `contact` from now on. */
    z.strictObject({ do: z.literal('call.make'), ...agent, contact: id, ...dials }),
    /** The agent holds the call `during`, and makes another one. */
    z.strictObject({ do: z.literal('call.consult'), ...agent, contact: id, during: id, ...dials }),
    z.strictObject({ do: z.literal('call.transferTo'), ...agent, contact: id, ...dials }),
    /** The agent joins the call, which is on hold, with the active one. */
    z.strictObject({
      do: z.literal('call.join'),
      ...agent,
      contact: id,
      action: z.enum(['TRANSFER', 'CONFERENCE']),
      extension: id,
    }),
    /** A failure begins (`up: false`) or ends (`up: true`). */
    z.strictObject({
      do: z.literal('fault'),
      at,
      ...failure,
      up: z.boolean(),
    }),
  ])
}

export type ScriptEntry = z.output<ReturnType<typeof scriptEntry>>

/**
 * Checks a script: its agents must be in groups with `scripted: true`, its contacts must arrive before they are used,
 * and all ids must exist.
 */
export function checkScript(
  script: readonly ScriptEntry[],
  members: readonly { readonly user: string; readonly group: Group }[],
  directory: Directory,
): readonly Finding[] {
  const findings: Finding[] = []
  const known = namesOf(directory)
  const scripted = new Set(members.filter(({ group }) => group.scripted).map(({ user }) => user))
  const contacts = new Set<string>()
  for (const [index, entry] of script.entries()) {
    const report = (key: string, message: string) => findings.push({ path: ['script', index, key], message })
    if ('user' in entry && !scripted.has(entry.user))
      report('user', `${entry.user} is not in a group with scripted: true`)
    if ('mrd' in entry && !known.mrds.has(entry.mrd)) report('mrd', `no MRD ${entry.mrd}`)
    if ('during' in entry && !contacts.has(entry.during))
      report('during', `contact ${entry.during} has not arrived before`)
    if (BEGINS.has(entry.do) && 'contact' in entry) {
      if (contacts.has(entry.contact)) report('contact', `contact ${entry.contact} exists already`)
      contacts.add(entry.contact)
    } else if ('contact' in entry && !contacts.has(entry.contact))
      report('contact', `contact ${entry.contact} has not arrived before`)
    if (entry.do === 'task' && !known.selectors.has(entry.selector))
      report('selector', `no script selector ${entry.selector}`)
    if (entry.do === 'task' && entry.agent !== undefined && !known.users.has(entry.agent))
      report('agent', `no user ${entry.agent}`)
    if (entry.do === 'task' && entry.keepAgent && entry.agent === undefined) report('keepAgent', 'needs an agent')
    if (entry.do === 'call') {
      if ((entry.extension === undefined) === (entry.queue === undefined))
        report('extension', 'a call has one of extension and queue')
      if (entry.extension !== undefined && !known.extensions.has(entry.extension))
        report('extension', `no user has the extension ${entry.extension}`)
      if (entry.queue !== undefined && !known.queues.has(entry.queue))
        report('queue', `no queue of calls ${entry.queue}`)
    }
  }
  return findings
}

/** Entries that give a contact its name. */
const BEGINS: ReadonlySet<ScriptEntry['do']> = new Set(['task', 'call', 'call.make', 'call.consult'])

const namesOf = ({ users, mediaRoutingDomains, queues = [] }: Directory) => ({
  queues: new Set(queues.map((queue) => queue.id)),
  users: new Set(users.map((user) => user.id)),
  extensions: new Set(users.flatMap(({ extensions }) => extensions)),
  mrds: new Set([VOICE_MRD, ...mediaRoutingDomains.map((mrd) => mrd.id)]),
  selectors: new Set(mediaRoutingDomains.flatMap(({ scriptSelectors }) => scriptSelectors)),
})
