import { GATEWAY_ACCOUNT } from './account.ts'
import { discoInfo } from './disco.ts'
import type { Hub } from './hub.ts'
import { NS } from './namespaces.ts'
import type { BoundSession } from './session.ts'
import { type Iq, iqError, iqResult } from './stanzas.ts'
import type { Element } from './xml/element.ts'
import { type Packet, tag } from './xml/markup.ts'

/** The roster of every account. Its only contact is the server's own account (`notifications 3.4`). */
function roster(hub: Hub) {
  const item = tag('item', { jid: `${GATEWAY_ACCOUNT}@${hub.domain}`, subscription: 'both' })
  return tag('query', { xmlns: NS.roster }, item)
}

/** Answers requests to the client's own account, with or without `to`. */
export function answerAccount(hub: Hub, session: BoundSession, iq: Iq, request: Element): Packet {
  switch (`${iq.type} ${request.ns}`) {
    case `get ${NS.roster}`:
      return iqResult(iq, session.jid, roster(hub))
    case `set ${NS.session}`:
    case `get ${NS.ping}`:
      return iqResult(iq, session.jid)
    case `set ${NS.bind}`:
      return iqError(iq, session.jid, 'not-allowed')
    case `get ${NS.discoInfo}`:
      return iqResult(iq, session.jid, discoInfo({ category: 'account', type: 'registered' }, [NS.discoInfo, NS.ping]))
    case `get ${NS.discoItems}`:
      return iqResult(iq, session.jid, tag('query', { xmlns: NS.discoItems }))
    case `get ${NS.vcard}`:
      return iqResult(iq, session.jid, tag('vCard', { xmlns: NS.vcard }))
    case `get ${NS.privateStorage}`:
      return iqResult(iq, session.jid, tag('query', { xmlns: NS.privateStorage }))
    default:
      // Roster changes, stored data and PEP are not supported (`notifications 3.2`, 3.3).
      return iqError(iq, session.jid, 'service-unavailable')
  }
}
