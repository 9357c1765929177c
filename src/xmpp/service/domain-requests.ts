import { discoInfo, discoItems } from './disco.ts'
import type { Hub } from './hub.ts'
import { NS } from './namespaces.ts'
import type { BoundSession } from './session.ts'
import { type Iq, iqError, iqResult } from './stanzas.ts'
import type { Element } from './xml/element.ts'
import { type Packet, tag } from './xml/markup.ts'

const FEATURES = [NS.discoInfo, NS.discoItems, NS.ping, NS.roster, NS.version]

/** Answers requests to the domain (`notifications 3.4`). */
export function answerDomain(hub: Hub, session: BoundSession, iq: Iq, request: Element): Packet {
  const node = request.attributes.get('node')
  switch (`${iq.type} ${request.ns}`) {
    case `get ${NS.discoInfo}`:
      if (node !== undefined) return iqError(iq, session.jid, 'item-not-found')
      return iqResult(iq, session.jid, discoInfo({ category: 'server', type: 'im', name: 'mrdian' }, FEATURES))
    case `get ${NS.discoItems}`:
      return iqResult(iq, session.jid, discoItems(node === undefined ? [{ jid: hub.pubsubDomain }] : [], node))
    case `get ${NS.ping}`:
    // Some clients send the session request to the domain.
    case `set ${NS.session}`:
      return iqResult(iq, session.jid)
    case `set ${NS.tokens}`:
      // The engine says it for a service in another process, which does not know the tokens.
      if (session.account.kind !== 'gateway') return iqError(iq, session.jid, 'service-unavailable')
      hub.endTokenSessions(request.attributes.get('user') ?? '')
      return iqResult(iq, session.jid)
    case `get ${NS.version}`:
      return iqResult(iq, session.jid, tag('query', { xmlns: NS.version }, tag('name', {}, 'mrdian')))
    default:
      return iqError(iq, session.jid, 'service-unavailable')
  }
}
