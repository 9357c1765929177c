import type { TransportClient } from './transport-client.ts'

/** The content of a PLAIN `auth`. */
export function plain(name: string, password = 'secret', authorization = ''): string {
  return Buffer.from(`${authorization}\0${name}\0${password}`).toString('base64')
}

export function auth(content: string): string {
  return `<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>${content}</auth>`
}

export interface Entering {
  /** Without it, the client asks for no resource. */
  readonly resource?: string
  /** `localhost` when left out. */
  readonly to?: string
  /** `secret` when left out. */
  readonly password?: string
  /** Authorization identity; empty when left out. */
  readonly authorization?: string
}

/** Goes from the first header to the answer to `bind` (`notifications 3.1`). */
export async function enter<T extends TransportClient>(client: T, name: string, how: Entering = {}): Promise<T> {
  const { resource, to = 'localhost', authorization, password = 'secret' } = how
  client.header(to)
  await client.until('</stream:features>')
  client.send(auth(plain(name, password, authorization)))
  await client.until('<success xmlns="urn:ietf:params:xml:ns:xmpp-sasl"/>')
  client.header(to)
  await client.until('</stream:features>')
  const inner = resource === undefined ? '' : `<resource>${resource}</resource>`
  client.send(`<iq type='set' id='bind'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'>${inner}</bind></iq>`)
  await client.until('</iq>')
  return client
}
