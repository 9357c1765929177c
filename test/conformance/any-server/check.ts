/** Checks a server that is named: connects, reads who its agents are, and runs the rows. */
import { FinesseClient } from '../finesse-client.ts'
import { basic } from '../means.ts'
import { playIn } from '../rows/stage.ts'
import { parseTree, valueAt } from '../tree.ts'
import { type AgentsFile, playersOf } from './agents-file.ts'
import { CountedMoments } from './counted-moments.ts'
import { readEntries } from './entries.ts'
import { startHook } from './hook.ts'
import { type Address, ask, namedServer } from './named-server.ts'
import { NamedTheatre } from './named-theatre.ts'
import { Names } from './names.ts'
import { type Report, reportOf } from './report.ts'
import { run } from './run.ts'
import { Shapes } from './shapes.ts'
import { definitionsOf } from './suite.ts'

export interface CheckOptions {
  readonly rest: string
  readonly xmpp: string
  readonly agents: AgentsFile
  /** Default: that of SystemInfo. */
  readonly domain?: string | undefined
  readonly hook?: string | undefined
  /** Rows; all of them if it is empty. */
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
  const domain = options.domain ?? (await domainOf(options))
  const address: Address = { rest, xmpp, domain, patience }
  const moments = new CountedMoments()
  const means = namedServer(address, names, (news) => moments.arrived(news))
  const passwordOf = (part: string) => players.find((player) => player.part === part)?.password ?? ''
  const reader = (part: string) => new FinesseClient(part, means, passwordOf(part), undefined, patience)
  const parts = players.map(({ part }) => part)
  const entries = await readEntries(parts, (part, path) => reader(part).get(path), names)
  const silence = options.silence ?? (await silenceOf(reader(parts[0] ?? ''), options))
  const hook = options.hook === undefined ? undefined : startHook(options.hook, rest, patience)
  const shapes = new Shapes()
  const server = { means, moments, names, players, entries, hook, shapes, patience, longestWait, silence }
  const theatre = new NamedTheatre(server)
  const before = playIn(theatre)
  try {
    const definitions = definitionsOf(only)
    const results = await run(definitions, (done) => options.told(done, definitions.length))
    return reportOf(results, shapes.all, only)
  } finally {
    playIn(before)
    await theatre.close()
  }
}

/** The XMPP domain of the server. */
async function domainOf({ rest, agents, patience }: CheckOptions): Promise<string> {
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
