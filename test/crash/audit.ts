/**
 * What a run of failures checks: the stored content against what clients have been told, and the behaviour of the next
 * process. The journal of the ledger grows with each content that is read.
 */
import { PATIENCE } from '../suite/patience.ts'
import type { Session } from './client.ts'
import type { FileContent } from './data-file.ts'
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
import type { Random } from './random.ts'
import { explanationsWrong, readsWrong, tasksWrong } from './reads.ts'
import type { At } from './server-process.ts'
import { Crew } from './work.ts'

/** Reads what is stored; of the journal only the rows after a position. */
export type Reading = (behind: number) => FileContent | Promise<FileContent>

/** How late a deadline may be on a busy machine, in ms. */
const LATE = 250

/** Longest time for which a server is out, in ms. */
const OUT_MS = 20_000

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

export class Audit {
  readonly ledger = new Ledger()
  readonly crew: Crew
  readonly #going: number | undefined
  #generation = 0
  #beginning: Beginning = NOTHING_BEGUN
  /** Nodes that were subscribed before the present process began. */
  #subscribed: readonly string[] = []
  #outbox: FileContent['outbox'] = []

  /** `mayBeOut`: see `Crew`. Who leaves while the server is out is gone for the journal when it is back. */
  constructor(mayBeOut = false) {
    this.#going = mayBeOut ? OUT_MS : undefined
    this.crew = new Crew(mayBeOut)
  }

  /** Number of the present process. */
  get generation(): number {
    return this.#generation
  }

  /** Another process begins with what was inspected last. `position`: that of the last row before it. */
  begins(position = this.ledger.position): void {
    this.#generation += 1
    this.#beginning = { ...beginningAfter(this.#beginning, this.#generation, this.ledger, this.#outbox), position }
    const { subscriptions } = this.crew.acknowledged
    this.#subscribed = [...subscriptions].flatMap(([node, subscribed]) => (subscribed ? [node] : []))
    this.crew.restarted()
    this.crew.note(`process ${this.#generation} begins`)
  }

  /** Connects the clients that have no session. Leaves out agents at random; the supervisor always connects. */
  async reconnect(at: At, random: Random): Promise<boolean> {
    const { clients, supervisor } = this.crew
    const coming = clients.filter(
      (client) => client.session === undefined && (client === supervisor || random.chance(0.93)),
    )
    const all = await Promise.all(coming.map((client) => client.connect(at, this.#generation)))
    this.crew.note(`${coming.map(({ user }) => user).join(', ')} have reconnected`)
    return all.every(Boolean)
  }

  /** Compares the content that a failure has left with what clients know. Returns what is wrong. */
  inspect(content: FileContent, now: number): readonly string[] {
    const { crew, ledger } = this
    ledger.take(content)
    const wrong = [
      ...acknowledgedIn(crew, ledger, content, now),
      ...goneWhileAwaited(this.#beginning, ledger, content.outbox, this.#present),
      ...endsOfWaitWrong(this.#beginning, ledger, content.outbox),
    ]
    this.#outbox = content.outbox
    if (content.outbox.length > 0) crew.count('failures with undelivered notifications')
    return [...ledger.wrong, ...crew.wrong, ...wrong, ...this.#sessions(false)]
  }

  /**
   * Waits until everything has arrived and nothing is overdue, then compares notifications with what GET returns.
   * Returns what is wrong.
   */
  async settle(at: At, read: Reading): Promise<readonly string[]> {
    const { ledger, crew } = this
    const end = Date.now() + PATIENCE
    let wrong: readonly string[] = []
    do {
      await pause(20)
      ledger.take(await read(ledger.position))
      if (ledger.wrong.length > 0) return ledger.wrong
      wrong = [...this.#sessions(true), ...this.#subscriptionGaps(), ...ledger.overdue(Date.now() - LATE)]
      if (wrong.length > 0) continue
      const before = ledger.position
      wrong = [
        ...(await readsWrong(at, ledger, this.#beginning.position - 400)),
        ...(await tasksWrong(at)),
        ...(await explanationsWrong(at, ledger, crew.clients, this.#going)),
      ]
      ledger.take(await read(before))
      // The journal has grown during the reads, so they do not show one moment.
      if (ledger.position !== before) wrong = ['it does not settle', ...wrong]
    } while (wrong.length > 0 && Date.now() < end)
    crew.count('settled')
    return wrong
  }

  /** Sessions with the present process. */
  get #present(): readonly Session[] {
    const { generation } = this.#beginning
    return this.crew.clients.flatMap(({ sessions }) => sessions).filter((each) => each.generation === generation)
  }

  #sessions(isSettled: boolean): readonly string[] {
    const sessions = this.#present
    const around = { outbox: this.#outbox, sessions, isSettled }
    return sessions.flatMap((session) => sessionWrong(session, this.ledger, this.#beginning, around))
  }

  #subscriptionGaps(): readonly string[] {
    const { supervisor, changed } = this.crew
    const lasting = this.#subscribed.filter((node) => !changed.has(node))
    return supervisor.session ? subscriptionGaps(supervisor.session, this.ledger, lasting, this.#beginning) : []
  }
}
