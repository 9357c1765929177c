/** The sequences of `notifications 15` against a named server. */
import { setTimeout as pause } from 'node:timers/promises'
import type { Received } from '../finesse-client.ts'
import type { Definition } from '../rows/registry.ts'
import { Client, type ClientPlace } from '../sequences/client.ts'
import { type Stage, sequences } from '../sequences/sequences.ts'
import type { Ability, Deployment, DeploymentOptions } from '../sequences/service.ts'
import { askHook } from './hook.ts'
import { type Address, inNamesOfRows } from './named-server.ts'
import { needsDirectory, type Server } from './named-theatre.ts'
import type { Names } from './names.ts'
import { NotTestable } from './not-testable.ts'
import { among } from './suite.ts'

export interface SequenceServer
  extends Pick<Server, 'names' | 'passwords' | 'entries' | 'hook' | 'longestWait' | 'silence'> {
  readonly address: Address
  readonly second: Address | undefined
  /** Signs everybody out, and closes all connections of the rows. */
  leave(): Promise<void>
  /** This agent has to be signed out later. */
  uses(part: string): void
}

/** Why a server is not tested for what it may lack. */
const LACKING: Readonly<Record<Ability, string>> = {
  'holds-before-presence': '',
  'two-sides': 'it needs a second side (--rest-b, --xmpp-b)',
  'virtual-sockets': 'it has to wait for minutes without any traffic, so it runs only with a clock of its own',
  'plain-sockets': 'it writes to a port of 127.0.0.1 with the domain localhost',
}

/** Sequences that name a team, and queues of calls, by the ids of the sample. */
const OF_TEAM = ['15.5', '15.9', '15.11', '15.12', '8.10', '8.13']
const TEAM = '2001'

/** The numbers at the beginning of a title: `15.4`, `8.13, 8.10`. */
const numbersOf = (title: string): readonly string[] => /^[\d.]+(?:, [\d.]+)*/.exec(title)?.[0].split(', ') ?? []

/** Collects the sequences. `starts` begins each test. */
function collect(
  starts: Stage['start'],
  wanting: (numbers: readonly string[], ability?: Ability) => string | undefined,
) {
  const all: Definition[] = []
  sequences({
    start: starts,
    holds: (title, test, ability) => {
      const rows = numbersOf(title)
      const missing = wanting(rows, ability)
      all.push({ rows, title, test: missing === undefined ? test : () => Promise.reject(new NotTestable(missing)) })
    },
  })
  return all
}

const NOWHERE: Stage['start'] = () => Promise.reject(new NotTestable('no server'))

/** The tests of one sequence. */
export const sequencesOf = (number: string): readonly Definition[] =>
  among(
    collect(NOWHERE, () => undefined),
    [number],
  )

/** The tests of the sequences, each with its own clients; all of them if `only` is empty. */
export function namedSequences(server: SequenceServer, only: readonly string[]): readonly Definition[] {
  const running: Deployment[] = []
  const abilities = abilitiesOf(server)
  const isInTeam = server.entries.users.some(({ id, teamId }) => id === '1001' && teamId === TEAM)
  const definitions = collect(
    async (options = {}) => {
      const started = await deployment(server, options)
      running.push(started)
      return started
    },
    (numbers, ability) => {
      if (ability !== undefined && !abilities.has(ability)) return LACKING[ability]
      if (numbers.includes('8.13')) return 'it needs a server on which nobody was signed in before'
      if (!isInTeam && numbers.some((number) => OF_TEAM.includes(number)))
        return `it needs agent 1001 in a team ${TEAM}, which 1234 supervises`
      return undefined
    },
  )
  return among(definitions, only).map((definition) => ({
    ...definition,
    test: async () => {
      try {
        await definition.test()
      } finally {
        for (const each of running.splice(0)) await each.close()
      }
    },
  }))
}

function abilitiesOf({ address: { xmpp, domain }, second }: SequenceServer): ReadonlySet<Ability> {
  const { protocol, hostname } = new URL(xmpp.replace(/^xmpp(s?):/, 'http$1:'))
  const isPlain = xmpp.startsWith('xmpp:') && protocol === 'http:' && ['127.0.0.1', 'localhost'].includes(hostname)
  return new Set<Ability>([
    'holds-before-presence',
    ...(isPlain && domain === 'localhost' ? (['plain-sockets'] as const) : []),
    ...(second ? (['two-sides'] as const) : []),
  ])
}

const portOf = (xmpp: string): number => Number(new URL(xmpp.replace(/^xmpp(s?):/, 'http$1:')).port)

function placeOf({ rest, xmpp, domain }: Address, names: Names): ClientPlace {
  if (/^https?:/.test(xmpp)) throw new NotTestable('sequences need XMPP over TCP or a WebSocket')
  return {
    ...{ restUrl: rest, domain, xmppPort: portOf(xmpp), xmppUrl: xmpp },
    translation: {
      user: (user) => names.userOnServer(user),
      path: (path) => names.pathToServer(path),
      body: (xml) => names.bodyToServer(xml),
      document: (xml) => names.documentToRows(xml),
      notification: (news) => toRow(news, names),
    },
  }
}

/** The addressee gets the name of the sequences, too. */
function toRow(news: Received, names: Names): Received {
  const translated = inNamesOfRows(news, names)
  const [user = '', ...rest] = news.to.split('@')
  const [, part = user] = names.pathToRows(`User/${user}`).split('/')
  return { ...translated, to: [part, ...rest].join('@') }
}

async function deployment(server: SequenceServer, options: DeploymentOptions): Promise<Deployment> {
  const { address, second, names, passwords, hook, longestWait, silence } = server
  if (options.directory) throw new NotTestable(needsDirectory(options.directory))
  if (options.virtualSockets) throw new NotTestable(LACKING['virtual-sockets'])
  if (options.twoSides && !second) throw new NotTestable(LACKING['two-sides'])
  await server.leave()
  const place = placeOf(address, names)
  const placeB = second && placeOf(second, names)
  const clients: Client[] = []
  const passwordOf = (user: string): string => {
    const password = passwords.get(user)
    if (password === undefined) throw new NotTestable(`it needs an agent who plays ${user}`)
    server.uses(user)
    return password
  }
  return {
    ...place,
    async connect(user, given = {}) {
      const at = given.side === 'B' ? placeB : place
      if (!at) throw new NotTestable(LACKING['two-sides'])
      const through = given.through === undefined ? {} : { xmppUrl: `xmpp://127.0.0.1:${given.through}` }
      const client = new Client(user, { ...at, ...through }, { password: passwordOf(user), ...given })
      clients.push(client)
      await client.open()
      if (given.presence !== false) await client.appear()
      return client
    },
    restOnly: (user) => new Client(user, place, { password: passwordOf(user) }),
    async advance(ms) {
      if (ms > longestWait * 1000) throw new NotTestable(`it has to wait for ${ms / 1000} s (--wait)`)
      await pause(ms)
    },
    // A beacon has come, or a connection has ended. What the server knows of it cannot be seen.
    heard: async () => undefined,
    isPresent: () => {
      throw new NotTestable('what the server knows of a session cannot be seen')
    },
    async delivered() {
      if (silence !== undefined) return void (await pause(silence))
      for (const client of clients) if (client.isPresent) await client.settles()
    },
    async acd(method, path, body) {
      const answer = await askHook(hook, names, method, path, body)
      if (answer.status >= 300) throw new Error(`the hook answered ${method} ${path} with ${answer.status}`)
      return { ...answer.body }
    },
    restartNotificationService: () => Promise.reject(new NotTestable('it needs a restart of the notification service')),
    async close() {
      await Promise.all(clients.map((client) => client.close()))
    },
  }
}
