/**
 * Kills a server again and again: in the middle of work, while it starts, while it recovers, while clients reconnect.
 * After each kill it checks the data file and the behaviour of the next process.
 */
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { PATIENCE } from '../suite/patience.ts'
import type { Session } from './client.ts'
import { type FileContent, readAfterKill, readDataFile } from './data-file.ts'
import {
  acknowledgedIn,
  type Beginning,
  beginningAfter,
  endsOfWaitWrong,
  goneWhileAwaited,
  NOTHING_BEGUN,
  sessionWrong,
  subscriptionGaps,
} from './inspection.ts'
import { Ledger } from './ledger.ts'
import { Random } from './random.ts'
import { explanationsWrong, readsWrong, tasksWrong } from './reads.ts'
import { type At, ServerProcess } from './server-process.ts'
import { Crew } from './work.ts'

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
/** How late a deadline may be on a busy machine, in ms. */
const LATE = 250

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
  readonly #ledger = new Ledger()
  readonly #crew = new Crew()
  #kills = 0
  #generation = 0
  /** Kills since the last work. */
  #row = 0
  /** Duration of the last start, in ms. */
  #startMs = 600
  #server: ServerProcess | undefined
  #beginning: Beginning
  /** Nodes that were subscribed before the present process started. */
  #subscribed: readonly string[] = []
  #outbox: FileContent['outbox'] = []

  constructor(options: CampaignOptions) {
    this.#options = options
    this.#random = new Random(options.seed)
    this.#file = join(options.folder, `crash-${options.seed}.db`)
    this.#beginning = NOTHING_BEGUN
  }

  get file(): string {
    return this.#file
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
      this.#count('notifications', this.#ledger.committed.size)
      this.#count('inputs', this.#ledger.position)
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
      await Promise.all(this.#crew.clients.map((client) => client.visit(at, this.#generation)))
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
    const work = this.#crew.work(at, this.#generation, random, () => isOver)
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
    this.#generation += 1
    this.#beginning = beginningAfter(this.#beginning, this.#generation, this.#ledger, this.#outbox)
    const { subscriptions } = this.#crew.acknowledged
    this.#subscribed = [...subscriptions].flatMap(([node, subscribed]) => (subscribed ? [node] : []))
    this.#crew.restarted()
    this.#crew.note(`process ${this.#generation} starts`)
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

  /** Connects the clients that have no session. Leaves out agents at random; the supervisor always connects. */
  async #reconnect(at: At): Promise<boolean> {
    const coming = this.#crew.clients.filter(
      (client) => client.session === undefined && (client === this.#crew.supervisor || this.#random.chance(0.93)),
    )
    const all = await Promise.all(coming.map((client) => client.connect(at, this.#generation)))
    this.#crew.note(`${coming.map(({ user }) => user).join(', ')} have reconnected`)
    return all.every(Boolean)
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
    const content = readAfterKill(this.#file, this.#ledger.position)
    const wrong = [...(this.#server?.errors ?? [])]
    if (content) {
      this.#ledger.take(content)
      wrong.push(...acknowledgedIn(this.#crew, this.#ledger, content, now))
      wrong.push(...goneWhileAwaited(this.#beginning, this.#ledger, content.outbox, this.#present))
      wrong.push(...endsOfWaitWrong(this.#beginning, this.#ledger, content.outbox))
      this.#outbox = content.outbox
      if (content.outbox.length > 0) this.#count('kills with undelivered notifications')
      wrong.push(...this.#sessions(false))
    } else if (this.#ledger.position > 0) wrong.push('the data file is gone')
    this.#fail([...this.#ledger.wrong, ...this.#crew.wrong, ...wrong])
  }

  /** Sessions with the present process. */
  get #present(): readonly Session[] {
    const { generation } = this.#beginning
    return this.#crew.clients.flatMap(({ sessions }) => sessions).filter((each) => each.generation === generation)
  }

  #sessions(isSettled: boolean): string[] {
    const sessions = this.#present
    const around = { outbox: this.#outbox, sessions, isSettled }
    return sessions.flatMap((session) => sessionWrong(session, this.#ledger, this.#beginning, around))
  }

  /** Waits until everything has arrived and nothing is overdue, then compares notifications with what GET returns. */
  async #settle(at: At): Promise<void> {
    const end = Date.now() + PATIENCE
    let wrong: readonly string[] = []
    do {
      await pause(20)
      this.#read()
      this.#fail(this.#ledger.wrong)
      wrong = [...this.#sessions(true), ...this.#subscriptionGaps(), ...this.#ledger.overdue(Date.now() - LATE)]
      if (wrong.length > 0) continue
      const before = this.#ledger.position
      wrong = [
        ...(await readsWrong(at, this.#ledger, this.#beginning.position - 400)),
        ...(await tasksWrong(at)),
        ...(await explanationsWrong(at, this.#ledger, this.#crew.clients)),
      ]
      this.#read()
      // The journal has grown during the reads, so they do not show one moment.
      if (this.#ledger.position !== before) wrong = ['it does not settle', ...wrong]
    } while (wrong.length > 0 && Date.now() < end)
    this.#count('settled')
    this.#fail([...wrong, ...(this.#server?.errors ?? [])])
  }

  #read(): void {
    this.#ledger.take(readDataFile(this.#file, this.#ledger.position))
  }

  #subscriptionGaps(): string[] {
    const { session } = this.#crew.supervisor
    return session ? subscriptionGaps(session, this.#ledger, this.#subscribed, this.#beginning) : []
  }

  #count(what: string, by = 1): void {
    this.#crew.counts.set(what, (this.#crew.counts.get(what) ?? 0) + by)
  }

  #fail(wrong: readonly string[]): void {
    if (wrong.length > 0) throw new CrashFailure(this.#options.seed, this.#kills, this.#file, wrong, this.#crew.history)
  }
}
