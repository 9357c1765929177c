/**
 * Users who were connected when the last process ended. Their presence is unknown now: an input for each of them says so.
 * There may be thousands, so the service begins when the first of them have their input, and the others follow. Until then
 * such a user is awaited all the same: notifications wait, and what a new session does comes after this input.
 */
import type { Side } from '../../../machines/wire.ts'
import type { Aggregates } from '../aggregate/aggregates.ts'
import type { Addressed } from '../input/inbox.ts'
import { isAwaited, mayBeThere } from './users.ts'

/** Users whose inputs are given together, and that the start waits for. It is one commit or a few. */
export const AT_ONCE = 64

/** The inputs of a user who may have been connected: the user may come back to any side. None for all others. */
export function unknownPresence(aggregates: Aggregates, user: string, sides: readonly Side[]): readonly Addressed[] {
  const seen = seenOn(aggregates, user, sides)
  if (seen.length === 0) return []
  const to = `user/${user}`
  const isNews = !sides.every((side) => isAwaited(aggregates, user, side))
  const awaited: readonly Addressed[] = isNews ? [{ to, input: { kind: 'awaited', sides } }] : []
  return [
    ...awaited,
    ...seen.map((side): Addressed => ({ to, input: { kind: 'user', event: { type: 'SERVICE_LOST', side } } })),
  ]
}

const seenOn = (aggregates: Aggregates, user: string, sides: readonly Side[]) =>
  sides.filter((side) => mayBeThere(aggregates, user, side))

/** Of these users, those who may have been connected. */
export const formerUsers = (aggregates: Aggregates, users: readonly string[], sides: readonly Side[]) =>
  users.filter((user) => seenOn(aggregates, user, sides).length > 0)

export interface FormerSessionsParts {
  readonly aggregates: Aggregates
  readonly sides: readonly Side[]
  /** Has the side a notification service, so that the user can come back? */
  isBack(side: Side): boolean
  /** Resolves when the input is committed. Those of one user are applied in the order of the calls. */
  submit(input: Addressed): Promise<unknown>
  /** The state of these users says now whether they are awaited. */
  settled(users: readonly string[]): void
}

export class FormerSessions {
  readonly #parts: FormerSessionsParts
  /** Users without their inputs. */
  readonly #left = new Set<string>()
  /** Users whose inputs are not committed yet. */
  readonly #given = new Map<string, Promise<unknown>>()
  #isClosed = false

  constructor(parts: FormerSessionsParts) {
    this.#parts = parts
  }

  /** To be called before anything is sent. */
  note(users: readonly string[]): void {
    for (const user of users) this.#left.add(user)
  }

  /** Does the state of the user not say yet that the user is awaited? */
  has(user: string): boolean {
    return this.#left.has(user) || this.#given.has(user)
  }

  /** Is there any such user? */
  get isAnybody(): boolean {
    return this.#left.size > 0 || this.#given.size > 0
  }

  /** Users whose inputs were given and are not committed. */
  given(): Iterable<string> {
    return this.#given.keys()
  }

  /** Gives the inputs of this user at once, if they are not given. What is submitted next comes after them. */
  first(user: string): void {
    if (this.#left.has(user)) this.#give(user).catch(() => undefined)
  }

  /** Gives the inputs of all. Resolves when they are committed. Rejects if the engine ends before. */
  async giveAll(): Promise<void> {
    const users = [...this.#left]
    for (let first = 0; first < users.length && !this.#isClosed; first += AT_ONCE) {
      const next = users.slice(first, first + AT_ONCE).filter((user) => this.#left.has(user))
      await Promise.all(next.map((user) => this.#give(user)))
    }
    await Promise.all(this.#given.values())
  }

  close(): void {
    this.#isClosed = true
  }

  async #give(user: string): Promise<void> {
    const { aggregates, sides, isBack, submit, settled } = this.#parts
    const seen = seenOn(aggregates, user, sides)
    const back = seen.filter(isBack).map((side): Addressed => {
      return { to: `user/${user}`, input: { kind: 'user', event: { type: 'SERVICE_BACK', side } } }
    })
    const giving = Promise.all([...unknownPresence(aggregates, user, sides), ...back].map(submit))
    this.#left.delete(user)
    this.#given.set(user, giving)
    await giving
    this.#given.delete(user)
    settled([user])
  }
}
