/** Checks a server that is named: connects, reads who its agents are, and runs the rows. */
import { FinesseClient } from '../finesse-client.ts'
import { basic } from '../means.ts'
import { playIn } from '../rows/stage.ts'
import { parseTree, valueAt } from '../tree.ts'
import { ADMINISTRATOR, type AgentsFile, playersOf } from './agents-file.ts'
import { CountedMoments } from './counted-moments.ts'
import { readEntries } from './entries.ts'
import { startHook } from './hook.ts'
import { namedSequences, sequencesOf } from './named-sequences.ts'
import { type Address, ask, namedServer } from './named-server.ts'
import { NamedTheatre } from './named-theatre.ts'
import { Names } from './names.ts'
import { type Report, reportOf } from './report.ts'
import { run } from './run.ts'
import { Shapes } from './shapes.ts'
import { PARTS, rowsOf } from './suite.ts'

export interface CheckOptions {
  readonly rest: string
  readonly xmpp: string
  readonly agents: AgentsFile
  /** The second side, if there is one. */
  readonly restB?: string | undefined
  readonly xmppB?: string | undefined
  /** Default: that of SystemInfo. */
  readonly domain?: string | undefined
  readonly hook?: string | undefined
  /** Rows, or rules of the other parts; all of them if it is empty. */
  readonly only: readonly string[]
  /** Seconds. */
  readonly longestWait: number
  /** In ms. */
  readonly patience: number
  /** In ms. Default: it is tried whether a refused request marks the end. */
  readonly silence?: number | undefined
  readonly told: (done: number, of: number) => void
  /** Something that the user should know. */
  readonly noted: (line: string) => void
}

/** The silence after which nothing more is expected, if the server does not mark the end. */
const DEFAULT_SILENCE = 1000

/** Runs the rows. Throws an error if the server cannot be reached, or does not let the agents in. */
export async function check(options: CheckOptions): Promise<Report> {
  const { rest, xmpp, agents, only, patience, longestWait } = options
  const players = playersOf(agents)
  const names = new Names(agents, players)
  if (agents.administrator) names.administratorIs(agents.administrator.user)
  const domain = options.domain ?? (await domainOf(options))
  const address: Address = { rest, xmpp, domain, patience }
  const second = await secondOf(options)
  const moments = new CountedMoments()
  const means = namedServer(address, names, (news) => moments.arrived(news))
  const passwords = new Map(players.map(({ part, password }) => [part, password]))
  if (agents.administrator) passwords.set(ADMINISTRATOR, agents.administrator.password)
  const passwordOf = (part: string) => passwords.get(part) ?? ''
  const reader = (part: string) => new FinesseClient(part, means, passwordOf(part), undefined, patience)
  const parts = players.map(({ part }) => part)
  const entries = await readEntries(parts, (part, path) => reader(part).get(path), names)
  const silence = options.silence ?? (await silenceOf(reader(parts[0] ?? ''), options))
  const hook = options.hook === undefined ? undefined : startHook(options.hook, rest, patience)
  const shapes = new Shapes()
  const server = { means, moments, names, players, passwords, entries, hook, shapes, patience, longestWait, silence }
  const theatre = new NamedTheatre(server)
  const before = playIn(theatre)
  try {
    const rows = rowsOf(only)
    const parts = PARTS.map((part) => ({ title: part.title, definitions: part.definitionsOf(only) }))
    const sequences = namedSequences(
      { ...server, address, second, leave: () => theatre.leave(), uses: (part) => theatre.uses(part) },
      only,
    )
    const others = [...parts, { title: 'Sequences', definitions: sequences }]
    const count = [rows, ...others.map(({ definitions }) => definitions)].flat().length
    const results = await run(rows, (done) => options.told(done, count))
    const played = []
    let before = rows.length
    for (const { title, definitions } of others) {
      const tests = await run(definitions, (done) => options.told(before + done, count))
      before += definitions.length
      if (tests.length > 0) played.push({ title, tests })
    }
    return reportOf(results, played, shapes.all, only)
  } finally {
    playIn(before)
    await theatre.close()
  }
}

/** Is there a test of this row, rule or sequence? */
export const isKnown = (row: string): boolean =>
  [rowsOf([row]), ...PARTS.map((part) => part.definitionsOf([row])), sequencesOf(row)].some(({ length }) => length > 0)

/** The address of the second side. */
async function secondOf({ restB, xmppB, agents, patience }: CheckOptions): Promise<Address | undefined> {
  if (restB === undefined || xmppB === undefined) return undefined
  return { rest: restB, xmpp: xmppB, domain: await domainOf({ rest: restB, agents, patience }), patience }
}

/** The XMPP domain of the server. */
async function domainOf({
  rest,
  agents,
  patience,
}: Pick<CheckOptions, 'rest' | 'agents' | 'patience'>): Promise<string> {
  const [first] = agents.agents
  const headers: Record<string, string> = first ? { authorization: basic(first) } : {}
  const response = await ask(rest, '/finesse/api/SystemInfo', { headers }, patience)
  const body = await response.text()
  const domain = body.includes('<SystemInfo>') ? valueAt(parseTree(body), 'xmppDomain') : undefined
  if (domain === undefined) throw new Error(`${rest} is no Finesse: SystemInfo was answered with ${response.status}`)
  return domain
}

/** Tries whether a refused request marks the end of what was sent. */
async function silenceOf(client: FinesseClient, { noted }: CheckOptions): Promise<number | undefined> {
  await client.connect()
  try {
    await client.readsUntilMark()
    return undefined
  } catch {
    noted(
      `a refused request does not mark the end of notifications here: each row waits for ${DEFAULT_SILENCE} ms instead`,
    )
    return DEFAULT_SILENCE
  } finally {
    await client.disconnect()
  }
}
