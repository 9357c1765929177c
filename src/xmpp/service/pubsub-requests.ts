import { discoInfo, discoItems } from './disco.ts'
import type { Hub } from './hub.ts'
import { formatJid, type Jid, parseJid } from './jid.ts'
import { NS } from './namespaces.ts'
import { answerPublish } from './publish-request.ts'
import type { BoundSession } from './session.ts'
import { type Iq, iqError, iqResult, type StanzaCondition } from './stanzas.ts'
import { type Element, elementsOf } from './xml/element.ts'
import { all, type Markup, type Packet, tag } from './xml/markup.ts'

function pubsubError(iq: Iq, session: BoundSession, condition: StanzaCondition, detail: string): Packet {
  return iqError(iq, session.jid, condition, tag(detail, { xmlns: NS.pubsubErrors }))
}

function pubsubOf(...content: Markup[]): Markup {
  return tag('pubsub', { xmlns: NS.pubsub }, all(content))
}

function subscriptionOf(node: string, jid: string): Markup {
  return tag('subscription', { node, jid, subscription: 'subscribed' })
}

/** Answers requests to the publish/subscribe service (`notifications 3.4`, 5.2, 14). */
export function answerPubsub(hub: Hub, session: BoundSession, iq: Iq, request: Element): Packet | Promise<Packet> {
  if (request.ns === NS.discoInfo && iq.type === 'get') return answerInfo(hub, session, iq, request)
  if (request.ns === NS.discoItems && iq.type === 'get') return answerItems(hub, session, iq, request)
  if (request.ns === NS.ping && iq.type === 'get') return iqResult(iq, session.jid)
  const isGateway = session.account.kind === 'gateway'
  // Nobody can delete or configure nodes, because nodes follow the directory.
  if (request.ns === NS.pubsubOwner)
    return iqError(iq, session.jid, isGateway ? 'feature-not-implemented' : 'forbidden')
  if (request.ns !== NS.pubsub || request.name !== 'pubsub') return iqError(iq, session.jid, 'service-unavailable')
  const action = elementsOf(request)[0]
  switch (`${iq.type} ${action?.name}`) {
    case 'set subscribe':
    case 'set unsubscribe':
      return action === undefined ? iqError(iq, session.jid, 'bad-request') : answerChange(hub, session, iq, action)
    case 'get subscriptions':
      return answerSubscriptions(hub, session, iq, action?.attributes.get('node'))
    case 'set publish':
      return answerPublish(hub, session, iq, request)
    case 'set create':
      // There is nothing to create, because nodes follow the directory.
      return isGateway ? iqResult(iq, session.jid) : iqError(iq, session.jid, 'forbidden')
    case 'set retract':
      return iqError(iq, session.jid, isGateway ? 'feature-not-implemented' : 'forbidden')
    case 'get items':
      return answerRetrieval(hub, session, iq, action?.attributes.get('node') ?? '')
    default:
      return iqError(iq, session.jid, 'feature-not-implemented')
  }
}

/** Answers `disco#info`. The identity is mandatory, because Smack 3 fails without it (`notifications 3.4`). */
function answerInfo(hub: Hub, session: BoundSession, iq: Iq, request: Element): Packet {
  const node = request.attributes.get('node')
  const features = [NS.discoInfo, NS.discoItems, NS.pubsub, NS.ping]
  if (node === undefined) return iqResult(iq, session.jid, discoInfo({ category: 'pubsub', type: 'service' }, features))
  if (hub.nodes.find(node) === undefined) return iqError(iq, session.jid, 'item-not-found')
  return iqResult(iq, session.jid, discoInfo({ category: 'pubsub', type: 'leaf' }, [NS.discoInfo, NS.pubsub], node))
}

function answerItems(hub: Hub, session: BoundSession, iq: Iq, request: Element): Packet {
  const node = request.attributes.get('node')
  if (node !== undefined && hub.nodes.find(node) === undefined) return iqError(iq, session.jid, 'item-not-found')
  const names = node === undefined ? hub.nodes.visibleTo(session.account) : []
  const items = names.map((name) => ({ jid: hub.pubsubDomain, node: name }))
  return iqResult(iq, session.jid, discoItems(items, node))
}

/**
 * Answers a retrieval of items with an empty list. Items are not stored; clients read objects over REST (`notifications
 * 5.2`.4).
 */
function answerRetrieval(hub: Hub, session: BoundSession, iq: Iq, node: string): Packet {
  if (hub.nodes.find(node) === undefined) return iqError(iq, session.jid, 'item-not-found')
  return iqResult(iq, session.jid, pubsubOf(tag('items', { node })))
}

/** Lists the subscriptions of an account. Automatic ones are listed like the others. */
function answerSubscriptions(hub: Hub, session: BoundSession, iq: Iq, node: string | undefined): Packet {
  const automatic = hub.nodes.automaticOf(session.account).map((name) => ({ node: name, jid: session.bare }))
  const explicit = hub.subscriptions
    .ofAccount(session.account.local)
    .map((subscription) => ({ node: subscription.node, jid: formatJid(subscription.jid) }))
  const entries = [...automatic, ...explicit].filter((entry) => node === undefined || entry.node === node)
  const list = entries.map((entry) => subscriptionOf(entry.node, entry.jid))
  return iqResult(iq, session.jid, pubsubOf(tag('subscriptions', { node }, all(list))))
}

function answerChange(hub: Hub, session: BoundSession, iq: Iq, action: Element): Packet | Promise<Packet> {
  const node = action.attributes.get('node')
  const wanted = action.attributes.get('jid')
  if (node === undefined || node === '') return pubsubError(iq, session, 'bad-request', 'nodeid-required')
  if (wanted === undefined) return pubsubError(iq, session, 'bad-request', 'jid-required')
  const jid = ownJid(hub, session, wanted)
  if (jid === undefined) return pubsubError(iq, session, 'bad-request', 'invalid-jid')
  return action.name === 'subscribe' ? subscribe(hub, session, iq, node, jid) : unsubscribe(hub, session, iq, node, jid)
}

/** The JID under the real domain, if its bare JID is the sender's (`notifications 5.2`.2); else `undefined`. */
function ownJid(hub: Hub, session: BoundSession, text: string): Jid | undefined {
  const jid = parseJid(text)
  if (jid === undefined || jid.local !== session.account.local) return undefined
  if (jid.domain !== hub.domain && jid.domain !== session.alias) return undefined
  return { ...jid, domain: hub.domain }
}

function subscribe(hub: Hub, session: BoundSession, iq: Iq, name: string, jid: Jid): Packet | Promise<Packet> {
  const node = hub.nodes.find(name)
  if (node === undefined) return iqError(iq, session.jid, 'item-not-found')
  if (!hub.nodes.maySubscribe(session.account, node)) return iqError(iq, session.jid, 'forbidden')
  const subscription = { node: name, jid }
  const result = () => iqResult(iq, session.jid, pubsubOf(subscriptionOf(name, formatJid(jid))))
  // An automatic subscription needs no record, because it cannot be lost (`notifications 5.3`).
  const given = jid.resource === '' && hub.nodes.isAutomatic(session.account, node)
  if (!given && !hub.subscriptions.has(subscription)) {
    if (hub.subscriptions.ofAccount(jid.local).length >= hub.limits.subscriptionsPerUser)
      return pubsubError(iq, session, 'policy-violation', 'too-many-subscriptions')
    const added = hub.subscriptions.add(subscription)
    if (added instanceof Promise) return added.then(() => result())
  }
  return result()
}

function unsubscribe(hub: Hub, session: BoundSession, iq: Iq, name: string, jid: Jid): Packet | Promise<Packet> {
  const removed = hub.subscriptions.remove({ node: name, jid })
  const answer = (isRemoved: boolean) =>
    isRemoved ? iqResult(iq, session.jid) : notSubscribed(hub, session, iq, name, jid)
  return removed instanceof Promise ? removed.then(answer) : answer(removed)
}

function notSubscribed(hub: Hub, session: BoundSession, iq: Iq, name: string, jid: Jid): Packet {
  const node = hub.nodes.find(name)
  if (node === undefined) return iqError(iq, session.jid, 'item-not-found')
  // Clients unsubscribe from nodes that they subscribed to before. An automatic subscription stays.
  if (jid.resource === '' && hub.nodes.isAutomatic(session.account, node)) return iqResult(iq, session.jid)
  return pubsubError(iq, session, 'unexpected-request', 'not-subscribed')
}
