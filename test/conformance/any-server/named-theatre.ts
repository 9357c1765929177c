/** A server that is named, as a theatre: the same server for every row, brought back to its beginning before each. */
import { setTimeout as pause } from 'node:timers/promises'
import { FinesseClient, type Observer } from '../finesse-client.ts'
import type { Means } from '../means.ts'
import { Agent, type DirectoryChanges, type Ground, Stage, type StageOptions, type Theatre } from '../rows/stage.ts'
import type { Entries, Sources } from '../story/sources.ts'
import { Story } from '../story/story.ts'
import type { TaskOrigin } from '../story/tasks.ts'
import type { AcdAnswer, Witness } from '../story/witness.ts'
import { at, childrenOf, type Tree, valueAt } from '../tree.ts'
import { ADMINISTRATOR, type Player } from './agents-file.ts'
import type { CountedMoments } from './counted-moments.ts'
import { askHook, type Hook } from './hook.ts'
import type { Names } from './names.ts'
import { NotTestable } from './not-testable.ts'
import { signOut, stillSignedIn } from './reset.ts'
import type { Shapes } from './shapes.ts'

export interface Server {
  readonly means: Means
  readonly moments: CountedMoments
  readonly names: Names
  readonly players: readonly Player[]
  /** Passwords of the players, and of the administrator if there is one. */
  readonly passwords: ReadonlyMap<string, string>
  readonly entries: Entries
  readonly hook: Hook | undefined
  readonly shapes: Shapes
  /** How long a client waits for something that does not come, in ms. */
  readonly patience: number
  /** The longest time that a row may really wait, in seconds. */
  readonly longestWait: number
  /** Time without a notification that means that none comes, in ms; `undefined`: a refused request marks the end. */
  readonly silence: number | undefined
}

const FIRST = '1001'

export class NamedTheatre implements Theatre {
  readonly #server: Server
  /** Connections stay open from row to row. */
  readonly #clients = new Map<string, FinesseClient>()
  /** Agents who may be signed in. At first nothing is known of anybody. */
  readonly #used: Set<string>
  #witness: Witness | undefined

  constructor(server: Server) {
    this.#server = server
    this.#used = new Set(server.players.map(({ part }) => part))
  }

  async play(test: (stage: Stage) => Promise<void>, { directory }: StageOptions): Promise<void> {
    if (directory && directory.changes.length > 0) throw new NotTestable(needsDirectory(directory))
    const ground = this.#ground()
    await this.#begin()
    const story = new Story(this.#sources())
    this.#witness = story
    const stage = new Stage(ground, story, new Agent(ground, story, await ground.client(FIRST)))
    await test(stage)
    await stage.ends()
  }

  async close(): Promise<void> {
    await Promise.all([...this.#clients.values()].map((client) => client.disconnect()))
    this.#server.hook?.close()
  }

  /** Signs everybody out and disconnects, because sequences have clients of their own. */
  async leave(): Promise<void> {
    await this.#begin()
    await Promise.all([...this.#clients.values()].map((client) => client.disconnect()))
    this.#clients.clear()
  }

  /** This agent may be signed in from now on, by a client of a sequence. */
  uses(part: string): void {
    if (part !== ADMINISTRATOR) this.#used.add(part)
  }

  // ------------------------------------------------------------------------------------------------ the ground

  #ground(): Ground {
    const { silence } = this.#server
    return {
      client: (part) => this.#client(part),
      restOnly: (part, password) => this.#restOnly(part, password),
      acd: (method, path, body) => this.#ask(method, path, body),
      passes: (seconds) => this.#passes(seconds),
      ...(silence === undefined ? {} : { silence }),
    }
  }

  async #client(part: string): Promise<FinesseClient> {
    const known = this.#clients.get(part)
    if (known) {
      this.#used.add(part)
      return known
    }
    const client = this.#restOnly(part)
    await client.connect()
    this.#clients.set(part, client)
    return client
  }

  #restOnly(part: string, password = this.#passwordOf(part)): FinesseClient {
    if (part !== ADMINISTRATOR) this.#used.add(part)
    const { means, patience, silence } = this.#server
    const observer: Observer = {
      before: async () => {
        // So that each notification arrives before the next request, and its cause is known.
        if (silence === undefined) await client.settles()
        await this.#witness?.before()
      },
      accepted: (path, body) => this.#witness?.accepted('A', path, body),
    }
    const client: FinesseClient = new FinesseClient(part, means, password, observer, patience)
    return client
  }

  #passwordOf(part: string): string {
    const password = this.#server.passwords.get(part)
    if (password !== undefined) return password
    throw new NotTestable(part === ADMINISTRATOR ? 'it needs an administrator' : `it needs an agent who plays ${part}`)
  }

  async #ask(method: string, path: string, body?: object): Promise<AcdAnswer> {
    const { hook, names } = this.#server
    if (method !== 'GET') await this.#witness?.before()
    const answer = await askHook(hook, names, method, path, body)
    this.#witness?.controlled(path, body, answer)
    return answer
  }

  async #passes(seconds: number): Promise<void> {
    if (seconds > this.#server.longestWait) throw new NotTestable(`it has to wait for ${seconds} s (--wait)`)
    await pause(seconds * 1000)
  }

  // ------------------------------------------------------------------------------------------------ the beginning

  /** Ends what the last row has left. Throws an error if an agent cannot be signed out. */
  async #begin(): Promise<void> {
    const { hook, names } = this.#server
    this.#witness = undefined
    // A connection that has broken is made anew when it is needed.
    for (const [part, client] of this.#clients) if (!(await this.#isAlive(client))) this.#clients.delete(part)
    const used = [...this.#used].map((part) => this.#clients.get(part) ?? this.#restOnly(part))
    // Tasks and calls first, so that they do not go to the next agent.
    if (hook) await hook.ask('POST', '/reset')
    for (const client of used) await signOut(client)
    if (hook) await hook.ask('POST', '/reset')
    const left: string[] = []
    for (const client of used) left.push(...(await stillSignedIn(client)))
    if (left.length > 0) throw new NotTestable(`the rows before it could not be ended: ${left.join(', ')}`)
    for (const client of this.#clients.values()) await this.#forgets(client)
    this.#used.clear()
    names.forgetDialogs()
  }

  async #isAlive(client: FinesseClient): Promise<boolean> {
    const settled = this.#server.silence === undefined ? client.settles() : Promise.resolve()
    return settled.then(
      () => client.isConnected,
      () => false,
    )
  }

  /** Reads everything that the client has got. */
  async #forgets(client: FinesseClient): Promise<void> {
    const { silence } = this.#server
    if (silence !== undefined) while (await client.oneWithin(silence));
    else await client.readsUntilMark()
  }

  #sources(): Sources {
    const { entries, shapes, moments } = this.#server
    return {
      moments,
      same: shapes.compare,
      entries: () => entries,
      submitted: () => undefined,
      originOf: async (_, shown) => originIn(shown),
    }
  }
}

/** Scripts of the server may add variables, so the first document of a dialog says which it has. */
function originIn(dialog: Tree): TaskOrigin {
  const list = childrenOf(at(dialog, 'mediaProperties/callvariables') ?? dialog, 'CallVariable')
  const variables = list.map((variable) => [valueAt(variable, 'name') ?? '', valueAt(variable, 'value') ?? ''] as const)
  const from = valueAt(dialog, 'associatedDialogUri') ?? ''
  return { variables: Object.fromEntries(variables), from: from.split('/').at(-1) ?? '' }
}

/** The reason for a test that needs another directory, with what is changed in it. */
export const needsDirectory = ({ changes }: DirectoryChanges): string =>
  `it needs another directory: ${changes.map(([, fresh]) => lastWords(fresh))}`

/** The last line of a change of the directory. */
const lastWords = (fresh: string): string => fresh.trim().split('\n').at(-1)?.trim() ?? ''
