/** Request bodies. Only XML is accepted (ruling 21), in any known encoding. */
import { MIMEType } from 'node:util'
import { decodeDocument, isKnownEncoding } from '../finesse/index.ts'
import { RestRefusal } from './refusal.ts'

/** A body as received. The handler checks it, so that authorisation comes first and the connection stays open. */
export interface ReceivedBody {
  readonly contentType: string
  readonly bytes: Buffer
}

const XML_TYPES = ['application/xml', 'text/xml']

/** Text of a body; `undefined` when the request has no body. Throws `RestRefusal` for a body that is not XML. */
export function xmlText(body: unknown): string | undefined {
  if (!isReceived(body) || (body.bytes.length === 0 && body.contentType === '')) return undefined
  const type = mediaType(body.contentType)
  const charset = type?.params.get('charset') ?? undefined
  if (type === undefined || !XML_TYPES.includes(type.essence) || (charset !== undefined && !isKnownEncoding(charset)))
    throw new RestRefusal('UNSUPPORTED_MEDIA_TYPE', body.contentType)
  const text = decodeDocument(body.bytes, charset)
  if (text === undefined) throw new RestRefusal('BAD_REQUEST', 'encoding')
  return text
}

/** Does the body say that it is XML? */
export function hasXmlType({ contentType }: ReceivedBody): boolean {
  return XML_TYPES.includes(mediaType(contentType)?.essence ?? '')
}

/** The body as it was received; `undefined` when the request has none. */
export function receivedBody(body: unknown): ReceivedBody | undefined {
  return isReceived(body) ? body : undefined
}

function mediaType(contentType: string): MIMEType | undefined {
  try {
    return new MIMEType(contentType)
  } catch {
    return undefined
  }
}

function isReceived(body: unknown): body is ReceivedBody {
  return typeof body === 'object' && body !== null && 'bytes' in body && 'contentType' in body
}
