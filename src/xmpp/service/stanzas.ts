/** Reads requests and builds their answers. */
import { NS } from './namespaces.ts'
import { type Element, elementsOf } from './xml/element.ts'
import { all, type Content, type Markup, type Packet, stanza, tag } from './xml/markup.ts'

/** Conditions of the stanza errors that the service sends, with their error types (RFC 6120 8.3.3). */
const ERROR_TYPES = {
  'bad-request': 'modify',
  'feature-not-implemented': 'cancel',
  forbidden: 'auth',
  'internal-server-error': 'cancel',
  'item-not-found': 'cancel',
  'not-allowed': 'cancel',
  'policy-violation': 'cancel',
  'remote-server-not-found': 'cancel',
  'resource-constraint': 'wait',
  'service-unavailable': 'cancel',
  'unexpected-request': 'cancel',
} as const

export type StanzaCondition = keyof typeof ERROR_TYPES

/** An `iq` as received. */
export interface Iq {
  readonly type: 'get' | 'set' | 'result' | 'error'
  /** Echoed byte for byte (`notifications 3.3`). */
  readonly id: string | undefined
  readonly to: string | undefined
  /** Its only child element. */
  readonly payload: Element | undefined
}

/** The part of a request that its answer needs. */
export type Asked = Pick<Iq, 'id'> & { readonly to?: string | undefined }

/** Reads this part from any stanza, even a malformed one. */
export const askedBy = ({ attributes }: Element): Asked => ({ id: attributes.get('id'), to: attributes.get('to') })

/** Reads an `iq`; `undefined` when its type is not one of the four. */
export function readIq(element: Element): Iq | undefined {
  const type = element.attributes.get('type')
  if (type !== 'get' && type !== 'set' && type !== 'result' && type !== 'error') return undefined
  const children = elementsOf(element)
  const payload = children.length === 1 ? children[0] : undefined
  return { type, id: element.attributes.get('id'), to: element.attributes.get('to'), payload }
}

function errorOf(condition: StanzaCondition, detail: Markup | undefined): Markup {
  const parts = [tag(condition, { xmlns: NS.stanzas })]
  if (detail !== undefined) parts.push(detail)
  return tag('error', { type: ERROR_TYPES[condition] }, all(parts))
}

/** The `result` of an `iq`. */
export function iqResult(iq: Asked, to: string, ...content: Content[]): Packet {
  return stanza('iq', { type: 'result', id: iq.id, from: iq.to, to }, ...content)
}

/** The `error` of an `iq`; `detail` is the application's own condition. */
export function iqError(iq: Asked, to: string | undefined, condition: StanzaCondition, detail?: Markup): Packet {
  return stanza('iq', { type: 'error', id: iq.id, from: iq.to, to }, errorOf(condition, detail))
}

/** The error that answers a stanza; `undefined` for an error, which must not be answered (RFC 6120 8.3.1). */
export function stanzaError(
  { name, attributes }: Element,
  to: string | undefined,
  condition: StanzaCondition,
): Packet | undefined {
  if (attributes.get('type') === 'error') return undefined
  const addresses = { id: attributes.get('id'), from: attributes.get('to'), to }
  return stanza(name, { type: 'error', ...addresses }, errorOf(condition, undefined))
}

/** Is it an `iq`, `message` or `presence` in the namespace `jabber:client`? */
export const isStanza = ({ ns, name }: Element): boolean =>
  ns === NS.client && (name === 'iq' || name === 'message' || name === 'presence')
