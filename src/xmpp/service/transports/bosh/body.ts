import { isBlank } from '../../../../finesse/white-space.ts'
import { NS } from '../../namespaces.ts'
import { type Element, elementsOf, renamed } from '../../xml/element.ts'
import { type Attributes, Markup, type Packet, tag } from '../../xml/markup.ts'
import { parseFrame } from '../../xml/parser.ts'
import { XmlViolation } from '../../xml/violation.ts'
import type { StreamHeader } from '../wire.ts'
import type { Terms } from './terms.ts'

/** One request of a BOSH client (XEP-0124): a `body` with any number of stanzas. */
export interface BodyRequest {
  /** Number of the request. It is one more than that of the request before. */
  readonly rid: number
  /** Id of the session; `undefined` asks for a new session. */
  readonly sid: string | undefined
  readonly attributes: ReadonlyMap<string, string>
  /** The request restarts the stream (XEP-0206). */
  readonly restarts: boolean
  /** The session ends after these stanzas. */
  readonly ends: boolean
  readonly stanzas: readonly Element[]
  readonly bytes: number
}

/** Reason for the end of a session (XEP-0124 17.2). */
export type BindingCondition =
  | 'bad-request'
  | 'item-not-found'
  | 'policy-violation'
  | 'remote-stream-error'
  | 'system-shutdown'

/** Largest first number: all numbers of a long session stay exact integers. */
const MAX_RID = Number.MAX_SAFE_INTEGER - 1_000_000

/** Limits of a request. */
export interface BodyLimits {
  readonly boshRequestBytes: number
  readonly depth: number
  readonly nodes: number
}

/** Reads a request. Throws `XmlViolation` when it is not XML, not a `body`, or has no number. */
export function parseBody(text: string, { boshRequestBytes, depth, nodes }: BodyLimits): BodyRequest {
  const body = parseFrame(text, { stanzaBytes: boshRequestBytes, depth: depth + 1, nodes })
  if (body?.name !== 'body' || body.ns !== NS.httpBind) throw new XmlViolation('bad-format', 'no body element')
  if (body.children.some((child) => typeof child === 'string' && !isBlank(child)))
    throw new XmlViolation('bad-format', 'text between stanzas')
  const { attributes } = body
  return {
    rid: ridOf(attributes.get('rid')),
    sid: attributes.get('sid'),
    attributes,
    // The client chooses the prefix.
    restarts: [...attributes].some(([name, value]) => /^(?:[^:]+:)?restart$/.test(name) && /^(?:true|1)$/.test(value)),
    ends: attributes.get('type') === 'terminate',
    // Stanzas that inherit the namespace of `body` count as stanzas in `jabber:client`.
    stanzas: elementsOf(body).map((element) => renamed(element, NS.httpBind, NS.client)),
    bytes: Buffer.byteLength(text),
  }
}

function ridOf(text = ''): number {
  const rid = /^\d{1,16}$/.test(text) ? Number(text) : 0
  if (rid < 1 || rid > MAX_RID) throw new XmlViolation('bad-format', 'no request number')
  return rid
}

/** A `body` for the client. */
export function bodyXml(attributes: Attributes, packets: readonly Packet[] = []): string {
  const content = new Markup(packets.map((packet) => packet.framed).join(''))
  return tag('body', { xmlns: NS.httpBind, ...attributes }, content).xml
}

/** A `body` that ends the session. */
export function terminateXml(condition?: BindingCondition, packets: readonly Packet[] = []): string {
  return bodyXml({ type: 'terminate', condition }, packets)
}

/** Attributes of the first answer, which describe the session. */
export function greetingOf(
  sid: string,
  header: StreamHeader,
  { version, wait, hold, requests, acknowledges, rid }: Terms,
  limits: { readonly boshInactivityMs: number; readonly boshPollingMs: number },
): Attributes {
  const seconds = (milliseconds: number) => String(Math.ceil(milliseconds / 1000))
  return {
    'xmlns:xmpp': NS.xbosh,
    'xmlns:stream': NS.stream,
    sid,
    from: header.from,
    authid: header.id,
    ver: version,
    wait: String(wait),
    hold: String(hold),
    requests: String(requests),
    inactivity: seconds(limits.boshInactivityMs),
    polling: hold === 0 ? seconds(limits.boshPollingMs) : undefined,
    ack: acknowledges ? String(rid) : undefined,
    charsets: 'UTF-8',
    'xmpp:version': '1.0',
    'xmpp:restartlogic': 'true',
  }
}
