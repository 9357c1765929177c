import type { Hub } from './hub.ts'
import { formatJid, localPartOf } from './jid.ts'
import { NS } from './namespaces.ts'
import type { Node } from './nodes.ts'
import { randomName } from './random.ts'
import type { BoundSession } from './session.ts'
import { type Markup, stanza, tag } from './xml/markup.ts'

/** One item as it was published. */
export interface PublishedItem {
  readonly node: string
  /** Items of one lane are published in order, each until the engine knows that it was taken. */
  readonly lane: string
  readonly itemId: string
  /** Namespace of the `notification` element (`notifications 6`). */
  readonly namespace: string
  /** The `Update` document, not escaped. */
  readonly text: string
}

/** Fans notifications out to sessions (`notifications 5.4`, 6). */
export class StanzaDelivery {
  readonly #hub: Hub

  constructor(hub: Hub) {
    this.#hub = hub
  }

  /**
   * Sends an item to every session that is to get it. Resolves when it has been written to those that were available, or
   * they have ended; sessions that come later get nothing of it, because there is no offline storage. True if it was
   * written to a session of the user whose node it is. Published again, it goes to those only who have not had it.
   */
  publish(item: PublishedItem): Promise<boolean> {
    const recipients = this.#recipients(item.node)
    if (recipients.size === 0) return Promise.resolve(false)
    const node = this.#hub.nodes.find(item.node)
    const isOwner = ({ account }: BoundSession) => node !== undefined && this.#hub.nodes.isOwner(account, node)
    // Serialised once; only the address differs from subscriber to subscriber.
    const event = eventOf(item)
    const which = { order: `${item.lane} ${item.node}`, itemId: item.itemId }
    return new Promise((resolve) => {
      // One for this loop, so that a callback that comes at once does not end the count early.
      let outstanding = 1
      let toOwner = false
      const written = () => {
        outstanding -= 1
        if (outstanding === 0) resolve(toOwner)
      }
      for (const [session, to] of recipients) {
        const message = stanza('message', { from: this.#hub.pubsubDomain, to, id: randomName(8) }, event)
        outstanding += 1
        const told = (hasLeft: boolean) => {
          if (hasLeft && isOwner(session)) toOwner = true
          written()
        }
        const became = session.notify(which, message, told)
        if (became === 'sent') this.#hub.figures.deliveries += 1
        else if (became === 'passed over') outstanding -= 1
      }
      written()
    })
  }

  /**
   * The sessions and the address that each is to see: that of the subscription. A session gets an item once, however
   * many subscriptions of its user cover it.
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
        // Rights may have changed since the subscription.
        if (session !== undefined && !recipients.has(session) && nodes.maySubscribe(session.account, node))
          recipients.set(session, to)
      }
    }
    return recipients
  }

  /** Sessions that may be subscribed automatically; spares asking everybody for each change of a team member. */
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
