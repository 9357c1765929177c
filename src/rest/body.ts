/** Request bodies: XML and nothing else (ruling 21), in any encoding that is known. */
import { MIMEType } from 'node:util'
import { decodeDocument, isKnownEncoding } from '../finesse/index.ts'
import { RestRefusal } from './refusal.ts'

/** A body as received. Judged in the handler, so that authorisation comes first and the connection can be kept. */
export interface ReceivedBody {
  readonly contentType: string
  readonly bytes: Buffer
}

const XML_TYPES = ['application/xml', 'text/xml']

/** The text of a body, `undefined` when there is none; throws the refusal of any other kind of body. */
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
