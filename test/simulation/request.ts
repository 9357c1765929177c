/** A request as a client sends it. */
import { ADMINISTRATOR } from './directory.ts'
import type { Asked } from './life.ts'

const authorization = (who: string, password: string) => `Basic ${Buffer.from(`${who}:${password}`).toString('base64')}`

/** `who` is a user, or `customer` for requests to `/acd`. */
export function request(
  method: Asked['method'],
  url: string,
  body: string,
  who: string,
  password: string,
  requestId: string,
): Asked {
  const type = url.startsWith('/acd') ? 'application/json' : 'application/xml'
  return {
    method,
    url,
    headers: {
      authorization: authorization(who === 'customer' ? ADMINISTRATOR : who, password),
      requestId,
      ...(body === '' ? {} : { 'content-type': type }),
    },
    ...(body === '' ? {} : { payload: body }),
  }
}
