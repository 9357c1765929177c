/** The key by which a client may send a changing request again, because its answer was lost. */
import type { IncomingHttpHeaders } from 'node:http'
import { PRINTABLE, REQUEST_ID_MAX } from './request-id.ts'

export interface RequestKey {
  readonly key: string
  /** The header that it came in, as documents write it. */
  readonly header: 'requestId' | 'Idempotency-Key'
  /** Has it at most 256 characters, and only those that a header may have? */
  readonly isValid: boolean
}

interface KeyedRequest {
  readonly method: string
  readonly headers: IncomingHttpHeaders
}

/** The header `requestId`, else `Idempotency-Key`. `undefined` without both, and for a request that changes nothing. */
export function requestKeyOf({ method, headers }: KeyedRequest): RequestKey | undefined {
  if (method === 'GET' || method === 'HEAD' || method === 'OPTIONS') return undefined
  const { requestid, 'idempotency-key': other } = headers
  return keyIn(requestid, 'requestId') ?? keyIn(other, 'Idempotency-Key')
}

function keyIn(value: string | readonly string[] | undefined, header: RequestKey['header']): RequestKey | undefined {
  if (typeof value !== 'string' || value === '') return undefined
  return { key: value, header, isValid: value.length <= REQUEST_ID_MAX && PRINTABLE.test(value) }
}
