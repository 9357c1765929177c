/** The desktop of a simulated agent: its session at a side, and the search for another side when the side is lost. */
import type { Side } from '../../../machines/wire.ts'
import type { Stream } from '../random.ts'
import type { Member } from '../scenario/model.ts'
import type { World } from './world.ts'

/** Milliseconds between two searches for a side in service (`notifications 12.5`). */
const POLL = 20_000

export class Desktop {
  readonly #world: World
  readonly #member: Member
  readonly #found: () => void
  readonly #failovers: Stream
  #isOpen = false
  #sessions = 0
  #cancelFailover: (() => void) | undefined
  /** Whether it has moved to another side without signing in there yet. */
  #hasMoved = false

  /** `found` is called when a search has found a side in service, so that `open` can be tried again. */
  constructor(world: World, member: Member, found: () => void) {
    this.#world = world
    this.#member = member
    this.#found = found
    this.#failovers = world.stream(`agent/${member.user}/failover`)
  }

  get isOpen(): boolean {
    return this.#isOpen
  }

  /** Whether it has a session at this side. */
  isAt(side: Side): boolean {
    return this.#isOpen && this.#side === side
  }

  /**
   * Begins a session. `undefined` if the side is lost; then it searches for another one. `moved`: the session is at
   * another side, where the user has to sign in again.
   */
  open(): { readonly moved: boolean } | undefined {
    const side = this.#side
    if (this.#world.isLost(side)) {
      this.#lookForSide(side, 0)
      return undefined
    }
    this.#isOpen = true
    this.#begin()
    const moved = this.#hasMoved
    this.#hasMoved = false
    return { moved }
  }

  /** Ends the session. */
  close(): void {
    this.#isOpen = false
    this.#sendPresence(false)
  }

  /** The notification service of a side has lost all sessions: begins a new session there. */
  reconnect(side: Side): void {
    if (this.isAt(side)) this.#begin()
  }

  /** The side of the session has failed: looks for a side in service. */
  lose(side: Side): void {
    this.#isOpen = false
    this.#lookForSide(side, this.#world.draw(this.#member.group.failover, this.#failovers))
  }

  get #side(): Side {
    return this.#world.sideOf(this.#member.user)
  }

  /** Searches for a side after `after` ms. It prefers the side where it was before (`notifications 12.5`). */
  #lookForSide(lost: Side, after: number): void {
    this.#cancelFailover?.()
    this.#cancelFailover = this.#world.after(after, () => {
      this.#cancelFailover = undefined
      if (this.#world.isInService(lost)) return this.#found()
      const other = this.#world.refugeFrom(lost)
      if (other === undefined) return this.#lookForSide(lost, POLL)
      this.#world.moveTo(this.#member.user, other)
      this.#hasMoved = true
      this.#found()
    })
  }

  #begin(): void {
    this.#sessions += 1
    this.#sendPresence(true)
  }

  #sendPresence(available: boolean): void {
    const { user } = this.#member
    const session = `${user}@simulation/desktop-${this.#sessions}`
    this.#world.clock.track(this.#world.engine.adapters.presence({ user, side: this.#side, session, available }))
  }
}
