import { trimSpace } from '../../finesse/white-space.ts'
import { isResource } from './jid.ts'
import { NS } from './namespaces.ts'
import { randomName } from './random.ts'
import { askedBy, iqError, isStanza, readIq, stanzaError } from './stanzas.ts'
import { childOf, type Element, elementsOf, textOf } from './xml/element.ts'
import type { Packet } from './xml/markup.ts'
import type { StreamCondition } from './xml/violation.ts'

/** What to do with an element that arrives before a resource is bound. */
export type Binding =
  | { readonly kind: 'bind'; readonly id: string | undefined; readonly resource: string }
  /** The element is refused with this packet. `undefined` for elements that get no answer, such as errors. */
  | { readonly kind: 'answer'; readonly packet: Packet | undefined }
  | { readonly kind: 'end'; readonly condition: StreamCondition; readonly reason: string }

const answer = (packet: Packet | undefined): Binding => ({ kind: 'answer', packet })

/**
 * Reads the request to bind a resource. All other elements are refused: with a stanza error if they are addressed to
 * the server or the own account (`isOurs`), else by the end of the stream (RFC 6120 7.1).
 */
export function readBinding(element: Element, isOurs: (to: string) => boolean): Binding {
  if (!isStanza(element)) return { kind: 'end', condition: 'unsupported-stanza-type', reason: element.name }
  const to = element.attributes.get('to') ?? ''
  if (to !== '' && !isOurs(to)) return { kind: 'end', condition: 'not-authorized', reason: 'stanza before binding' }
  return element.name === 'iq' ? readRequest(element) : answer(stanzaError(element, undefined, 'not-allowed'))
}

function readRequest(element: Element): Binding {
  const iq = readIq(element)
  const asked = askedBy(element)
  if (iq?.type === 'result' || iq?.type === 'error') return answer(undefined)
  const request = iq?.payload
  if (iq === undefined || request === undefined) return answer(iqError(asked, undefined, 'bad-request'))
  if (iq.type !== 'set' || request.name !== 'bind' || request.ns !== NS.bind)
    return answer(iqError(asked, undefined, 'not-allowed'))
  const named = childOf(request, 'resource')
  const wanted = named === undefined ? '' : trimSpace(textOf(named))
  // Two of Cisco's own samples give no resource (`notifications 2.4`).
  const resource = wanted === '' ? randomName(16) : wanted
  if (!isResource(resource) || elementsOf(request).length > 1) return answer(iqError(asked, undefined, 'bad-request'))
  return { kind: 'bind', id: iq.id, resource }
}
