import { itemOf } from './given.ts'
import type { Hub } from './hub.ts'
import { formatJid, localPartOf } from './jid.ts'
import { NS } from './namespaces.ts'
import type { Node } from './nodes.ts'
import { randomName } from './random.ts'
import type { BoundSession } from './session.ts'
import { type Markup, stanza, tag } from './xml/markup.ts'

/** A published item. */
export interface PublishedItem {
  readonly node: string
  /**
   * Lane of the outbox. The engine publishes the items of a lane in order, and the next only after the last was
   * accepted.
   */
  readonly lane: string
  readonly itemId: string
  /** Namespace of the `notification` element (`notifications 6`). */
  readonly namespace: string
  /** The `Update` document, not escaped. */
  readonly text: string
}

/** Sends notifications to the sessions that are subscribed (`notifications 5.4`, 6). */
export class StanzaDelivery {
  readonly #hub: Hub

  constructor(hub: Hub) {
    this.#hub = hub
  }

  /**
   * Sends an item to every subscribed session. Resolves when it was written to the available sessions, or they have
   * ended. Resolves with true if it was written to a session of the user to whom the node belongs. Later sessions do
   * not get the item, because there is no offline storage. An item that is published again goes only to sessions that
   * have had neither it nor a later one of its lane and node.
   */
  publish(item: PublishedItem): Promise<boolean> {
    const recipients = this.#recipients(item.node)
    if (recipients.size === 0) return Promise.resolve(false)
    const node = this.#hub.nodes.find(item.node)
    const isOwner = ({ account }: BoundSession) => node !== undefined && this.#hub.nodes.isOwner(account, node)
    // The event is serialised once, because only the address differs between subscribers.
    const event = eventOf(item)
    const which = itemOf(item.lane, item.node, item.itemId)
    return new Promise((resolve) => {
      // Starts with 1 for this loop, so that callbacks during the loop do not resolve the promise early.
      let outstanding = 1
      let toOwner = false
      const written = () => {
        outstanding -= 1
        if (outstanding === 0) resolve(toOwner)
      }
      for (const [session, to] of recipients) {
        const message = stanza('message', { from: this.#hub.pubsubDomain, to, id: randomName(8) }, event)
        outstanding += 1
        const reportWritten = (hasLeft: boolean) => {
          if (hasLeft && isOwner(session)) toOwner = true
          written()
        }
        const became = session.notify(which, message, reportWritten)
        if (became === 'sent') this.#hub.figures.deliveries += 1
        else if (became === 'passed over') outstanding -= 1
      }
      written()
    })
  }

  /**
   * The subscribed sessions, each with the address of its subscription, to which the message is sent. A session appears
   * once, even if several subscriptions cover it.
   */
  #recipients(name: string): Map<BoundSession, string> {
    const { sessions, subscriptions, nodes } = this.#hub
    const recipients = new Map<BoundSession, string>()
    const node = nodes.find(name)
    if (node === undefined) return recipients
    for (const session of this.#candidates(node)) {
      if (nodes.isAutomatic(session.account, node)) recipients.set(session, session.bare)
    }
    for (const { jid } of subscriptions.ofNode(name)) {
      const to = formatJid(jid)
      const named = jid.resource === '' ? sessions.ofAccount(jid.local) : [sessions.byJid(to)]
      for (const session of named) {
        // The account may have lost its rights since it subscribed.
        if (session !== undefined && !recipients.has(session) && nodes.maySubscribe(session.account, node))
          recipients.set(session, to)
      }
    }
    return recipients
  }

  /** Sessions that may be subscribed automatically. This avoids a check of all sessions for each change of a user. */
  #candidates(node: Node): readonly BoundSession[] {
    const { sessions } = this.#hub
    if (node.kind === 'user') return sessions.ofAccount(localPartOf(node.user))
    return node.kind === 'teamUsers' || node.kind === 'queue' ? [] : sessions.all()
  }
}

function eventOf(item: PublishedItem): Markup {
  const notification = tag('notification', { xmlns: item.namespace }, item.text)
  const items = tag('items', { node: item.node }, tag('item', { id: item.itemId }, notification))
  return tag('event', { xmlns: NS.pubsubEvent }, items)
}
