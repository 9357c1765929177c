/** The text of a request body. Only XML is accepted (ruling 21), in any known encoding. */
import { MIMEType } from 'node:util'
import { decodeDocument, isKnownEncoding } from './encoding.ts'
import { accept, type Read, refuse } from './request.ts'

/** A body as received. */
export interface ReceivedBody {
  readonly contentType: string
  readonly bytes: Buffer
}

const XML_TYPES = ['application/xml', 'text/xml']

/** Text of a body; `undefined` for an empty one without a type. Refused if it is not XML. */
export function readXmlBody({ contentType, bytes }: ReceivedBody): Read<string | undefined> {
  if (bytes.length === 0 && contentType === '') return accept(undefined)
  const type = mediaType(contentType)
  const charset = type?.params.get('charset') ?? undefined
  if (type === undefined || !XML_TYPES.includes(type.essence) || (charset !== undefined && !isKnownEncoding(charset)))
    return refuse('UNSUPPORTED_MEDIA_TYPE', contentType)
  const text = decodeDocument(bytes, charset)
  return text === undefined ? refuse('BAD_REQUEST', 'encoding') : accept(text)
}

/** Does a content type say that the body is XML? */
export function isXmlType(contentType: string): boolean {
  return XML_TYPES.includes(mediaType(contentType)?.essence ?? '')
}

function mediaType(contentType: string): MIMEType | undefined {
  try {
    return new MIMEType(contentType)
  } catch {
    return undefined
  }
}
