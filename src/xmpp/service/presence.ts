import { trimSpace } from '../../finesse/white-space.ts'
import { GATEWAY_ACCOUNT } from './account.ts'
import type { Hub } from './hub.ts'
import type { BoundSession, SessionPresence } from './session.ts'
import { childOf, type Element, textOf } from './xml/element.ts'
import { type Packet, stanza, tag } from './xml/markup.ts'

/** Reads the priority of an available presence. An invalid priority counts as 0. The rest is ignored. */
export function readPresence(element: Element): SessionPresence {
  const priority = childOf(element, 'priority')
  const text = priority === undefined ? '' : trimSpace(textOf(priority))
  return { priority: /^[+-]?\d{1,3}$/.test(text) ? Math.max(-128, Math.min(127, Number(text))) : 0 }
}

function available(from: string, to: string, presence: SessionPresence): Packet {
  return stanza('presence', { from, to }, tag('priority', {}, String(presence.priority)))
}

/**
 * Distributes presence. The account `finesse` gets the presence of every session (`notifications 4.4`, 9), and every
 * session gets that of `finesse`, the health beacon (`notifications 4`). Users do not see each other.
 */
export class PresenceBoard {
  readonly #hub: Hub
  /** Available sessions of the gateway account. */
  readonly #gateways = new Set<BoundSession>()
  readonly #beacon: string

  constructor(hub: Hub) {
    this.#hub = hub
    this.#beacon = `${GATEWAY_ACCOUNT}@${hub.domain}`
  }

  /** Is `finesse@domain` available? */
  get beaconUp(): boolean {
    return this.#gateways.size > 0
  }

  /** Handles an available presence, the first of a session or a later one. */
  appeared(session: BoundSession, presence: SessionPresence): void {
    const first = session.presence === undefined
    session.appear(presence)
    if (session.account.kind === 'gateway') {
      if (first) this.#gatewayAppeared(session)
      return
    }
    for (const gateway of this.#gateways) gateway.send(available(session.jid, gateway.bare, presence))
    if (!first) return
    this.sendBeacon(session)
    this.#hub.figures.deliveries += session.release()
  }

  /** Handles the end of a session's presence: an unavailable presence, or the end of its stream. */
  disappeared(session: BoundSession): void {
    if (session.presence === undefined) return
    session.appear(undefined)
    if (session.account.kind === 'gateway') {
      this.#gateways.delete(session)
      if (!this.beaconUp) this.#announce('unavailable')
      return
    }
    for (const gateway of this.#gateways) {
      gateway.send(stanza('presence', { type: 'unavailable', from: session.jid, to: gateway.bare }))
    }
  }

  /**
   * Sends the presence of the beacon to a session. While it is down, sends nothing: clients take any presence as "up".
   */
  sendBeacon(session: BoundSession): void {
    if (this.beaconUp) session.send(stanza('presence', { from: this.#beacon, to: session.jid }))
  }

  #gatewayAppeared(gateway: BoundSession): void {
    const wasUp = this.beaconUp
    this.#gateways.add(gateway)
    for (const session of this.#others()) {
      if (session.presence !== undefined) gateway.send(available(session.jid, gateway.bare, session.presence))
    }
    if (!wasUp) this.#announce(undefined)
  }

  #announce(type: 'unavailable' | undefined): void {
    for (const session of this.#others()) {
      if (session.presence !== undefined)
        session.send(stanza('presence', { type, from: this.#beacon, to: session.jid }))
    }
  }

  #others(): readonly BoundSession[] {
    return this.#hub.sessions.all().filter((session) => session.account.kind !== 'gateway')
  }
}
