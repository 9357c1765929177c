/** Requests of a node owner (XEP-0060), which work with any server. */
import { type XmppElement, xml } from '@xmpp/client'
import type { XmppConnection } from '../../xmpp-session/connection.ts'
import { RequestRefused } from '../../xmpp-session/requests.ts'

const NS_PUBSUB = 'http://jabber.org/protocol/pubsub'
const NS_OWNER = 'http://jabber.org/protocol/pubsub#owner'
const NS_ITEMS = 'http://jabber.org/protocol/disco#items'
const NS_INFO = 'http://jabber.org/protocol/disco#info'

/**
 * Node options. Items are not stored: there is no offline storage (`notifications 5.4`), and no old items are sent
 * (5.2).
 */
const OPTIONS: Readonly<Record<string, string>> = {
  'pubsub#persist_items': '0',
  'pubsub#send_last_published_item': 'never',
  'pubsub#publish_model': 'publishers',
  'pubsub#deliver_notifications': '1',
  'pubsub#deliver_payloads': '1',
  // A headline goes to every session of a bare JID. A normal message would go to those of highest priority, and be
  // stored.
  'pubsub#notification_type': 'headline',
  'pubsub#notify_config': '0',
  'pubsub#notify_delete': '0',
  'pubsub#notify_retract': '0',
}

/** A JID with its affiliation or the state of its subscription at a node. */
export type Standing = readonly [jid: string, state: string]

/** The nodes of one publish/subscribe service, for their owner. All methods reject like `XmppConnection.request`. */
export class OwnedNodes {
  readonly #connection: XmppConnection
  readonly #service: string

  constructor(connection: XmppConnection, service: string) {
    this.#connection = connection
    this.#service = service
  }

  /** Names of the nodes that the service lists. The list may be incomplete. */
  async names(): Promise<ReadonlySet<string>> {
    const answer = await this.#connection.request('get', this.#service, () => xml('query', { xmlns: NS_ITEMS }))
    const items = answer.getChild('query')?.getChildElements() ?? []
    return new Set(items.flatMap(({ attrs: { node } }) => (node === undefined ? [] : [node])))
  }

  /** Creates a node. Resolves with false when it exists already. */
  async create(node: string, access: string): Promise<boolean> {
    try {
      await this.#connection.request('set', this.#service, () =>
        xml('pubsub', { xmlns: NS_PUBSUB }, xml('create', { node }), xml('configure', {}, form(access))),
      )
      return true
    } catch (error) {
      if (error instanceof RequestRefused && error.condition === 'conflict') return false
      throw error
    }
  }

  async configure(node: string, access: string): Promise<void> {
    await this.#owner('set', xml('configure', { node }, form(access)))
  }

  async delete(node: string): Promise<void> {
    await this.#owner('set', xml('delete', { node }))
  }

  /** Affiliations of a node. */
  async affiliations(node: string): Promise<readonly Standing[]> {
    const answer = await this.#owner('get', xml('affiliations', { node }))
    return standings(answer, 'affiliations', 'affiliation')
  }

  async affiliate(node: string, wanted: readonly Standing[]): Promise<void> {
    const children = wanted.map(([jid, affiliation]) => xml('affiliation', { jid, affiliation }))
    await this.#owner('set', xml('affiliations', { node }, ...children))
  }

  /** Subscriptions of a node, with bare and full JIDs. */
  async subscriptions(node: string): Promise<readonly Standing[]> {
    const answer = await this.#owner('get', xml('subscriptions', { node }))
    return standings(answer, 'subscriptions', 'subscription')
  }

  async subscribe(node: string, jids: readonly string[]): Promise<void> {
    await this.#setSubscriptions(node, jids, 'subscribed')
  }

  /**
   * Ends one subscription. Ignores the error for a missing one: Prosody also lists subscriptions of a deleted node of
   * the same name, and refuses to end them.
   */
  async unsubscribe(node: string, jid: string): Promise<void> {
    try {
      await this.#setSubscriptions(node, [jid], 'none')
    } catch (error) {
      if (!(error instanceof RequestRefused && error.condition === 'unexpected-request')) throw error
    }
  }

  async #setSubscriptions(node: string, jids: readonly string[], subscription: string): Promise<void> {
    const children = jids.map((jid) => xml('subscription', { jid, subscription }))
    await this.#owner('set', xml('subscriptions', { node }, ...children))
  }

  #owner(type: 'get' | 'set', payload: XmppElement): Promise<XmppElement> {
    return this.#connection.request(type, this.#service, () => xml('pubsub', { xmlns: NS_OWNER }, payload))
  }
}

/** Name of the server's software by service discovery, for example `Prosody` or `ejabberd`; `''` when it gives none. */
export async function nameOfServer(connection: XmppConnection, domain: string): Promise<string> {
  const answer = await connection.request('get', domain, () => xml('query', { xmlns: NS_INFO }))
  const identities = answer.getChild('query')?.getChildElements() ?? []
  return identities.find(({ name, attrs }) => name === 'identity' && attrs.category === 'server')?.attrs.name ?? ''
}

function form(access: string): XmppElement {
  const field = (name: string, value: string, attributes = {}) =>
    xml('field', { var: name, ...attributes }, xml('value', {}, value))
  return xml(
    'x',
    { xmlns: 'jabber:x:data', type: 'submit' },
    field('FORM_TYPE', 'http://jabber.org/protocol/pubsub#node_config', { type: 'hidden' }),
    field('pubsub#access_model', access),
    ...Object.entries(OPTIONS).map(([name, value]) => field(name, value)),
  )
}

/** The entries of one list in an answer: JIDs with their affiliations or subscription states. */
function standings(answer: XmppElement, list: string, what: string): readonly Standing[] {
  const children = answer.getChild('pubsub')?.getChild(list)?.getChildElements() ?? []
  return children.flatMap(({ name, attrs }) => {
    const { jid, [what]: state } = attrs
    return name === what && jid !== undefined && state !== undefined ? [[jid, state] as const] : []
  })
}
