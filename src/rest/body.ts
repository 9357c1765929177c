/** Request bodies. The handler checks them, so that authorisation comes first and the connection stays open. */
import { isXmlType, type ReceivedBody, readXmlBody } from '../finesse/index.ts'
import { RestRefusal } from './refusal.ts'

/** Text of a body; `undefined` when the request has no body. Throws `RestRefusal` for a body that is not XML. */
export function xmlText(body: unknown): string | undefined {
  if (!isReceived(body)) return undefined
  const text = readXmlBody(body)
  if (!text.ok) throw new RestRefusal(text.refused.key, text.refused.about)
  return text.value
}

/** Does the body say that it is XML? */
export function hasXmlType({ contentType }: ReceivedBody): boolean {
  return isXmlType(contentType)
}

/** The body as it was received; `undefined` when the request has none. */
export function receivedBody(body: unknown): ReceivedBody | undefined {
  return isReceived(body) ? body : undefined
}

function isReceived(body: unknown): body is ReceivedBody {
  return typeof body === 'object' && body !== null && 'bytes' in body && 'contentType' in body
}
