import { GATEWAY_ACCOUNT } from './account.ts'
import { answerAccount } from './account-requests.ts'
import { answerDomain } from './domain-requests.ts'
import type { Hub } from './hub.ts'
import { parseJid } from './jid.ts'
import { readPresence } from './presence.ts'
import { answerPubsub } from './pubsub-requests.ts'
import type { BoundSession } from './session.ts'
import { askedBy, type Iq, iqError, readIq, type StanzaCondition, stanzaError } from './stanzas.ts'
import type { Element } from './xml/element.ts'
import { type Packet, stanza } from './xml/markup.ts'

/** Addressee of a stanza. */
type Destination = 'account' | 'domain' | 'pubsub' | 'beacon' | 'other user' | 'nobody' | 'elsewhere'

function destinationOf(hub: Hub, session: BoundSession, to: string | undefined): Destination {
  if (to === undefined || to === '') return 'account'
  const jid = parseJid(to)
  if (jid === undefined) return 'elsewhere'
  // A client that opened its stream to another domain name uses that name in its stanzas too (`notifications 3.3`).
  const own = [hub.domain, session.alias]
  if (jid.local === '' && (jid.domain === hub.pubsubDomain || jid.domain === `pubsub.${session.alias}`)) return 'pubsub'
  if (!own.includes(jid.domain)) return 'elsewhere'
  if (jid.local === '') return 'domain'
  if (jid.local === session.account.local) return 'account'
  if (jid.local === GATEWAY_ACCOUNT) return 'beacon'
  return hub.nodes.knowsLocal(jid.local) ? 'other user' : 'nobody'
}

/** The answer to an `iq` of type get or set. Each one gets an answer (`notifications 3.3`). */
function answer(hub: Hub, session: BoundSession, iq: Iq): Packet | Promise<Packet> {
  if (iq.payload === undefined) return iqError(iq, session.jid, 'bad-request')
  switch (destinationOf(hub, session, iq.to)) {
    case 'account':
      return answerAccount(hub, session, iq, iq.payload)
    case 'domain':
      return answerDomain(hub, session, iq, iq.payload)
    case 'pubsub':
      return answerPubsub(hub, session, iq, iq.payload)
    case 'elsewhere':
      return iqError(iq, session.jid, 'remote-server-not-found')
    case 'beacon':
    case 'other user':
    case 'nobody':
      return iqError(iq, session.jid, 'service-unavailable')
  }
}

function routeIq(hub: Hub, session: BoundSession, element: Element): void {
  const iq = readIq(element)
  if (iq === undefined) {
    session.send(iqError(askedBy(element), session.jid, 'bad-request'))
    return
  }
  // Results and errors answer our pings. Their arrival has already counted as a sign of life.
  if (iq.type === 'result' || iq.type === 'error') return
  const failed = (error: unknown) => {
    hub.logger.error({ err: error, jid: session.jid }, 'a request could not be answered')
    session.send(iqError(iq, session.jid, 'internal-server-error'))
  }
  try {
    const reply = answer(hub, session, iq)
    if (reply instanceof Promise) reply.then((packet) => session.send(packet), failed)
    else session.send(reply)
  } catch (error) {
    failed(error)
  }
}

function refuse(session: BoundSession, element: Element, condition: StanzaCondition): void {
  const error = stanzaError(element, session.jid, condition)
  if (error !== undefined) session.send(error)
}

/** Types of presence besides available, which has no type (RFC 6121 4.7.1). */
const PRESENCE_TYPES = ['error', 'probe', 'subscribe', 'subscribed', 'unavailable', 'unsubscribe', 'unsubscribed']

function routePresence(hub: Hub, session: BoundSession, element: Element): void {
  const type = element.attributes.get('type')
  const to = element.attributes.get('to')
  if (type !== undefined && !PRESENCE_TYPES.includes(type)) {
    refuse(session, element, 'bad-request')
  } else if (to !== undefined && to !== '') {
    routeDirectedPresence(hub, session, { to, type, id: element.attributes.get('id') })
  } else if (type === undefined) {
    hub.presence.appeared(session, readPresence(element))
  } else if (type === 'unavailable') {
    hub.presence.disappeared(session)
  }
}

/**
 * Answers subscriptions to and probes of `finesse`. Other presence with an address is dropped: nobody else shares
 * presence.
 */
function routeDirectedPresence(
  hub: Hub,
  session: BoundSession,
  presence: { readonly to: string; readonly type: string | undefined; readonly id: string | undefined },
): void {
  if (destinationOf(hub, session, presence.to) !== 'beacon') return
  if (presence.type === 'subscribe') {
    const from = `${GATEWAY_ACCOUNT}@${hub.domain}`
    session.send(stanza('presence', { type: 'subscribed', id: presence.id, from, to: session.bare }))
  }
  if (presence.type === 'subscribe' || presence.type === 'probe') hub.presence.sendBeacon(session)
}

/** Drops messages between users. A message to an unknown address is answered with an error (`notifications 14`). */
function routeMessage(hub: Hub, session: BoundSession, element: Element): void {
  const destination = destinationOf(hub, session, element.attributes.get('to'))
  if (destination === 'nobody') refuse(session, element, 'service-unavailable')
  if (destination === 'elsewhere') refuse(session, element, 'remote-server-not-found')
}

/** Handles one stanza of a bound session. */
export function route(hub: Hub, session: BoundSession, element: Element): void {
  if (element.name === 'iq') routeIq(hub, session, element)
  else if (element.name === 'presence') routePresence(hub, session, element)
  else routeMessage(hub, session, element)
}
