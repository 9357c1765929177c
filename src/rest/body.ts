/** Request bodies: XML in UTF-8 and nothing else (ruling 21). */
import { Refusal } from './refusal.ts'

/** A body as received. Judged in the handler, so that authorisation comes first and the connection can be kept. */
export interface ReceivedBody {
  readonly contentType: string
  readonly bytes: Buffer
}

const XML = /^\s*(?:application|text)\/xml\s*(?:;(.*))?$/i
const UTF_8 = /^\s*charset\s*=\s*"?utf-?8"?\s*$/i
const CHARSET = /^\s*charset\s*=/i

function isXmlInUtf8(contentType: string): boolean {
  const match = XML.exec(contentType)
  if (match === null) return false
  const parameters = (match[1] ?? '').split(';')
  return parameters.every((parameter) => !CHARSET.test(parameter) || UTF_8.test(parameter))
}

/** The text of a body, `undefined` when there is none; throws the refusal of any other kind of body. */
export function xmlText(body: unknown): string | undefined {
  if (!isReceived(body) || (body.bytes.length === 0 && body.contentType === '')) return undefined
  if (!isXmlInUtf8(body.contentType)) throw new Refusal('UNSUPPORTED_MEDIA_TYPE', body.contentType)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body.bytes)
  } catch {
    throw new Refusal('BAD_REQUEST', 'encoding')
  }
}

function isReceived(body: unknown): body is ReceivedBody {
  return typeof body === 'object' && body !== null && 'bytes' in body && 'contentType' in body
}
