/** A server on which every caller of the table of rights has an object of every relation. */
import { parseDirectory } from '../../src/directory/index.ts'
import type { Relation, Role } from '../../src/rights/index.ts'
import { type Site, site } from '../conformance/server.ts'

const USERS = [
  { id: '1', team: 'A', more: '' },
  { id: '2', team: 'A', more: '' },
  { id: '3', team: 'B', more: '' },
  { id: '8', team: 'S', more: '' },
  { id: '9', team: 'S', more: ', roles: [Agent, Supervisor], supervises: [A]' },
] as const

const MRD = '5001'

const DIRECTORY = `
version: 1
administrators: [{ id: admin, password: secret }]
mediaRoutingDomains:
  - { id: "1", name: Voice, description: Voice, interruptible: false }
  - { id: "${MRD}", name: Email, description: Email, interruptible: true, startTimeoutSeconds: 120, scriptSelectors: [email] }
teams: [{ id: A, name: A }, { id: B, name: B }, { id: S, name: S }]
reasonCodes:
  - { id: "1", category: NOT_READY, code: 1, label: One, forAll: true }
  - { id: "2", category: NOT_READY, code: 2, label: Two, teams: [B] }
wrapUpReasons: [{ id: "1", label: One }, { id: "2", label: Two, teams: [B] }]
mediaPropertiesLayouts: [{ id: "2", name: Two, header: { displayName: Two, mediaProperty: callVariable1 }, columns: [] }]
phoneBooks:
  - { id: "1", name: One, contacts: [{ firstName: N, lastName: Q, phoneNumber: "5550150" }] }
  - { id: "2", name: Two, teams: [B], contacts: [{ firstName: N, lastName: Q, phoneNumber: "5550151" }] }
workflowActions:
  - { id: "1", name: One, type: BROWSER_POP, params: [{ name: path, value: "https://crm.example/" }] }
  - { id: "2", name: Two, type: BROWSER_POP, params: [{ name: path, value: "https://crm.example/" }] }
workflows:
  - { id: "1", name: One, triggerSet: { name: CALL_ARRIVES }, actions: ["1"] }
  - { id: "2", name: Two, triggerSet: { name: CALL_ARRIVES }, actions: ["2"], teams: [B] }
users:
${USERS.map(({ id, team, more }) => `  - { id: "${id}", loginName: u${id}, firstName: U, lastName: "${id}", password: secret, teamId: ${team}, extensions: ["${id}"], mediaRoutingDomains: ["${MRD}"]${more} }`).join('\n')}
`

/** Who calls in each role. */
export const CALLERS: Readonly<Record<Role, string>> = { agent: '1', supervisor: '9', administrator: 'admin' }

type Objects = Readonly<Record<Role, Readonly<Partial<Record<Relation, string>>>>>

/** Users of each relation. A supervisor's colleagues in the own team are foreign, if the supervisor does not supervise it. */
export const USERS_OF: Objects = {
  agent: { own: '1', team: '2', foreign: '3', unknown: '7' },
  supervisor: { own: '9', team: '1', foreign: '8', unknown: '7' },
  administrator: { foreign: '1', unknown: '7' },
}

export const TEAMS_OF: Objects = {
  agent: { own: 'A', foreign: 'B', unknown: 'X' },
  supervisor: { own: 'S', team: 'A', foreign: 'B', unknown: 'X' },
  administrator: { foreign: 'A', unknown: 'X' },
}

/** Entries of the configuration: `1` is for everybody, `2` is of team B. */
export const ENTRIES_OF: Objects = {
  agent: { own: '1', foreign: '2', unknown: '7' },
  supervisor: { own: '1', foreign: '2', unknown: '7' },
  administrator: { foreign: '2', unknown: '7' },
}

/** Team messages by their texts, which say by whom and to which team they are. */
export const MESSAGES_OF: Objects = {
  agent: { own: '1 to B', team: 'admin to A', foreign: 'admin to B', unknown: 'none' },
  supervisor: { own: '9 to A', team: 'admin to A', foreign: 'admin to B', unknown: 'none' },
  administrator: { foreign: 'admin to B', unknown: 'none' },
}

export interface Stage {
  /** The id of the message with this text. */
  messageOf(text: string): string
  readonly on: Site
  /** The id of the dialog of a user; of no dialog for a user who does not exist. */
  dialogOf(user: string): string
}

/** Every user is signed in and has a task that was offered. */
export async function stage(): Promise<Stage> {
  const on = await site({
    directory: { ...parseDirectory(DIRECTORY, 'rights.yaml') },
    clientLogs: { keep: async () => undefined },
  })
  const dialogs = new Map<string, string>()
  for (const { id } of USERS) {
    const client = on.restOnly(id)
    await client.putUser(`<state>LOGIN</state><extension>${id}</extension>`)
    await client.media(
      MRD,
      '<state>LOGIN</state><maxDialogLimit>1</maxDialogLimit><interruptAction>ACCEPT</interruptAction>',
    )
    await client.media(MRD, '<state>READY</state>')
    const { body } = await on.acd('POST', '/tasks', { scriptSelector: 'email', agentId: id })
    const task = await on.acd('GET', `/tasks/${body.id}`)
    dialogs.set(id, String(task.body.dialogId))
  }
  const messages = new Map<string, string>()
  for (const [by, team] of [
    ['1', 'B'],
    ['9', 'A'],
    ['admin', 'A'],
    ['admin', 'B'],
  ] as const) {
    const createdBy = { id: by, firstName: '', lastName: '' }
    const [text, id] = [`${by} to ${team}`, `message-${by}-${team}`]
    await on.server.engine.teamMessages.create({ id, createdBy, durationSeconds: 600, content: text, teams: [team] })
    messages.set(text, id)
  }
  return {
    on,
    messageOf: (text) => messages.get(text) ?? 'no-message',
    dialogOf: (user) => dialogs.get(user) ?? 'no-dialog',
  }
}
