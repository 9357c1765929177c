/**
 * Kills a server again and again: in the middle of work, while it starts, while it recovers, while clients reconnect.
 * After each kill it checks the data file and the behaviour of the next process.
 */
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Audit } from './audit.ts'
import { readAfterKill, readDataFile } from './data-file.ts'
import { Random } from './random.ts'
import { type At, ServerProcess } from './server-process.ts'
import type { Crew } from './work.ts'

export interface CampaignOptions {
  readonly seed: number
  readonly kills: number
  /** The folder of the data file. */
  readonly folder: string
  /** A folder for Node's compile cache, which makes starts faster. */
  readonly compileCache?: string
  readonly progress?: (kills: number) => void
}

/** How often each thing happened. Shows that a run was not idle. */
export type Counts = ReadonlyMap<string, number>

/** A check has failed. `history` has the latest requests and events. */
export class CrashFailure extends Error {
  readonly file: string
  readonly history: readonly string[]

  constructor(seed: number, kills: number, file: string, wrong: readonly string[], history: readonly string[]) {
    super(
      `seed ${seed}, after kill ${kills}:\n${wrong.slice(0, 20).join('\n')}${wrong.length > 20 ? `\n… ${wrong.length} in all` : ''}`,
    )
    this.name = 'CrashFailure'
    this.file = file
    this.history = history
  }
}

/** Longest time of work between two kills, in ms. */
const BUSY_MS = 1500
/** Up to so many kills follow each other without work in between. */
const IN_A_ROW = 3

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/** Fills a compile cache, because a killed process does not write one. Returns its folder. */
export async function compiled(folder: string): Promise<string> {
  const cache = join(folder, 'compiled')
  const server = new ServerProcess(join(folder, 'first.db'), { env: { NODE_COMPILE_CACHE: cache } })
  await server.ready
  await server.kill('SIGTERM')
  return cache
}

export class Campaign {
  readonly #options: CampaignOptions
  readonly #random: Random
  readonly #file: string
  readonly #audit = new Audit()
  #kills = 0
  /** Kills since the last work. */
  #row = 0
  /** Duration of the last start, in ms. */
  #startMs = 600
  #server: ServerProcess | undefined

  constructor(options: CampaignOptions) {
    this.#options = options
    this.#random = new Random(options.seed)
    this.#file = join(options.folder, `crash-${options.seed}.db`)
  }

  get file(): string {
    return this.#file
  }

  get #crew(): Crew {
    return this.#audit.crew
  }

  /** Throws `CrashFailure`. */
  async run(): Promise<Counts> {
    await mkdir(this.#options.folder, { recursive: true })
    try {
      while (this.#kills < this.#options.kills) await this.#life()
      // The last process is not killed.
      const at = await this.#start()
      if (at && (await this.#reconnect(at))) await this.#settle(at)
      await Promise.all(this.#crew.clients.map((client) => client.leave()))
      await this.#server?.kill('SIGTERM')
      this.#count('notifications', this.#audit.ledger.committed.size)
      this.#count('inputs', this.#audit.ledger.position)
      return this.#crew.counts
    } finally {
      await this.#server?.kill()
    }
  }

  async remove(): Promise<void> {
    for (const suffix of ['', '-wal', '-shm', '.lock', '.copy', '.copy-wal', '.copy-shm'])
      await rm(this.#file + suffix, { force: true })
  }

  /** One process from its start to its end. */
  async #life(): Promise<void> {
    const random = this.#random
    const dice = random.whole(100)
    // Sometimes the pause is so long that deadlines pass while no server runs.
    if (random.chance(0.08)) await pause(1500)
    const isIdle = dice < 52 && this.#row < IN_A_ROW
    if (isIdle && dice < 22) {
      const delay = this.#startMs * (0.3 + 0.8 * random.next())
      return this.#startAndKill(delay)
    }
    const at = await this.#start()
    if (!at) return
    if (isIdle) return this.#dieIdle(at, dice)
    await this.#dieAtWork(at, dice)
  }

  /** Kills a process to which no client has sent a command. */
  async #dieIdle(at: At, dice: number): Promise<void> {
    const random = this.#random
    if (dice < 27) {
      await Promise.all(this.#crew.clients.map((client) => client.visit(at, this.#audit.generation)))
      this.#crew.note('each client has connected and left at once')
      await pause(random.whole(60))
      await this.#kill('after visits that were too short to receive anything')
    } else if (dice < 32) {
      await pause(random.whole(40))
      await this.#kill('in service, before a client has reconnected')
    } else if (dice < 44) {
      const coming = this.#reconnect(at)
      await pause(random.whole(60))
      await this.#kill('while clients reconnect')
      await coming
    } else {
      if (!(await this.#reconnect(at))) this.#fail(['a client could not reconnect'])
      await this.#kill('when clients have reconnected')
    }
    await this.#inspect()
  }

  async #dieAtWork(at: At, dice: number): Promise<void> {
    const random = this.#random
    this.#row = 0
    if (!(await this.#reconnect(at))) this.#fail(['a client could not reconnect'])
    if (dice < 85) await this.#settle(at)
    let isOver = false
    const work = this.#crew.work(at, this.#audit.generation, random, () => isOver)
    await this.#busy(5 + random.whole(120))
    if (random.chance(0.4)) {
      isOver = true
      await work
      await this.#crew.signOut(at, random)
      await this.#kill('right after sign-outs')
      return this.#inspect()
    }
    await pause(random.whole(8))
    await this.#kill('in the middle of work')
    isOver = true
    await work
    await this.#inspect()
  }

  /** Resolves when so many requests have been answered, or after `BUSY_MS`. */
  async #busy(answers: number): Promise<void> {
    const end = Date.now() + BUSY_MS
    const wanted = this.#crew.answers + answers
    while (this.#crew.answers < wanted && Date.now() < end) await pause(3)
  }

  async #startAndKill(delay: number): Promise<void> {
    const server = this.#spawn()
    await Promise.race([server.gone, pause(delay)])
    if (server.endedByItself) this.#fail(['the server ended by itself', ...server.output])
    await this.#kill(`${Math.round(delay)} ms into its start`)
    await this.#inspect()
  }

  #spawn(): ServerProcess {
    this.#audit.begins()
    const server = new ServerProcess(this.#file, {
      env: this.#options.compileCache === undefined ? {} : { NODE_COMPILE_CACHE: this.#options.compileCache },
    })
    this.#server = server
    return server
  }

  async #start(): Promise<At | undefined> {
    const began = performance.now()
    const server = this.#spawn()
    const at = await server.ready
    if (!at) this.#fail(['the server did not start', ...server.output])
    this.#startMs = performance.now() - began
    return at
  }

  #reconnect(at: At): Promise<boolean> {
    return this.#audit.reconnect(at, this.#random)
  }

  async #kill(when: string): Promise<void> {
    const server = this.#server
    if (!server) return
    if (server.endedByItself) this.#fail(['the server ended by itself', ...server.output])
    this.#crew.note(`killed ${when}`)
    this.#count(`killed ${when.replace(/^\d+ ms /, '')}`)
    await server.kill()
    this.#kills += 1
    this.#row += 1
    if (this.#row > 1) this.#count(`kills in a row, ${this.#row === 2 ? 'the second' : 'the third'}`)
    await Promise.all(this.#crew.clients.map((client) => client.lost()))
    this.#options.progress?.(this.#kills)
  }

  /** Checks the data file that the killed process left. */
  async #inspect(): Promise<void> {
    const now = Date.now()
    const { ledger } = this.#audit
    const content = readAfterKill(this.#file, ledger.position)
    if (!content && ledger.position > 0) this.#fail(['the data file is gone'])
    this.#fail([...(content ? this.#audit.inspect(content, now) : []), ...(this.#server?.errors ?? [])])
  }

  async #settle(at: At): Promise<void> {
    const wrong = await this.#audit.settle(at, (behind) => readDataFile(this.#file, behind))
    this.#fail([...wrong, ...(this.#server?.errors ?? [])])
  }

  #count(what: string, by = 1): void {
    this.#crew.count(what, by)
  }

  #fail(wrong: readonly string[]): void {
    if (wrong.length > 0) throw new CrashFailure(this.#options.seed, this.#kills, this.#file, wrong, this.#crew.history)
  }
}
