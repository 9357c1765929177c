import type { Clock } from '../../engine/ports.ts'
import type { Account } from './account.ts'
import { GivenItems, type ItemOf, isBefore } from './given.ts'
import type { Limits } from './limits.ts'
import type { XmppStream } from './stream.ts'
import type { Written } from './writes.ts'
import type { Packet } from './xml/markup.ts'
import type { StreamCondition } from './xml/violation.ts'

/** The last available presence of a session. */
export interface SessionPresence {
  /** -128 to 127. A session with a negative priority gets no notifications (`notifications 5.4`). */
  readonly priority: number
}

interface HeldNotification {
  readonly item: ItemOf
  readonly packet: Packet
  readonly characters: number
  readonly at: number
}

/** A session: one bound resource of an account. */
export class BoundSession {
  readonly account: Account
  readonly bare: string
  readonly jid: string
  readonly #stream: XmppStream
  readonly #clock: Clock
  readonly #limits: Pick<Limits, 'heldNotifications' | 'heldCharacters' | 'heldMs'>
  readonly #given = new GivenItems()
  #presence: SessionPresence | undefined
  /** Notifications since the resource was bound; `undefined` after the first presence. */
  #held: HeldNotification[] | undefined = []

  constructor(
    stream: XmppStream,
    account: Account,
    address: { readonly bare: string; readonly jid: string },
    bounds: { readonly clock: Clock; readonly limits: Limits },
  ) {
    this.#stream = stream
    this.account = account
    this.bare = address.bare
    this.jid = address.jid
    this.#clock = bounds.clock
    this.#limits = bounds.limits
  }

  /** `undefined` while the session is not available. */
  get presence(): SessionPresence | undefined {
    return this.#presence
  }

  /** The domain as the client named it when it opened the stream; `''` when it gave none. */
  get alias(): string {
    return this.#stream.alias
  }

  /** Sets the presence; `undefined` means unavailable. */
  appear(presence: SessionPresence | undefined): void {
    this.#presence = presence
  }

  send(packet: Packet, written?: Written): void {
    this.#stream.send(packet, written)
  }

  fail(condition: StreamCondition, reason?: string): void {
    this.#stream.fail(condition, reason)
  }

  /**
   * Delivers a notification by the rules of `notifications 5.4`: at once to an available session, later to a session
   * that has not sent its first presence, never to other sessions, never twice, and never after a later one. `written` is
   * called, unless the result is `passed over`. If the session has had the item or a later one before, `written` gets
   * the result of that time.
   */
  notify(item: ItemOf, packet: Packet, written: Written): 'sent' | 'had' | 'passed over' {
    if (this.#held !== undefined) {
      this.#hold(this.#held, item, packet)
      return 'passed over'
    }
    if (this.#given.tellOf(item, written)) return 'had'
    if (this.#presence === undefined || this.#presence.priority < 0) return 'passed over'
    this.send(packet, this.#given.add(item, written))
    return 'sent'
  }

  /** Keeps a notification, and drops the oldest ones above the limits of number and size. */
  #hold(held: HeldNotification[], item: ItemOf, packet: Packet): void {
    const kept = { item, packet, characters: packet.streamed.length, at: this.#clock.now() }
    const ofOrder = held.filter((each) => each.item.order === item.order)
    const same = ofOrder.find((each) => each.item.itemId === item.itemId)
    // It keeps its place, because later ones of its order may be behind it.
    if (same) held[held.indexOf(same)] = kept
    else if (!ofOrder.some((each) => isBefore(item, each.item))) held.push(kept)
    let characters = held.reduce((sum, notification) => sum + notification.characters, 0)
    while (held.length > this.#limits.heldNotifications || characters > this.#limits.heldCharacters) {
      characters -= held.shift()?.characters ?? characters
    }
  }

  /** Sends the notifications that were held until the first presence. Later nothing is held. Returns their number. */
  release(): number {
    const held = this.#held ?? []
    this.#held = undefined
    if (this.#presence === undefined || this.#presence.priority < 0) return 0
    const oldest = this.#clock.now() - this.#limits.heldMs
    const due = held.filter((notification) => notification.at >= oldest)
    for (const { item, packet } of due) this.send(packet, this.#given.add(item))
    return due.length
  }
}
