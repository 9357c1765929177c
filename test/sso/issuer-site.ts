/** An identity provider for tests: it signs tokens of any content and serves its public keys at a real port. */
import { createServer } from 'node:http'
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose'

interface Key {
  readonly kid: string
  readonly alg: string
  readonly sign: CryptoKey
  readonly shown: JWK
}

export const ISSUER = 'https://idp.example'
export const AUDIENCE = 'finesse'

export async function newKey(kid: string, alg = 'ES256'): Promise<Key> {
  const { publicKey, privateKey } = await generateKeyPair(alg)
  return { kid, alg, sign: privateKey, shown: { ...(await exportJWK(publicKey)), kid, alg } }
}

/** A token. Times are in seconds since 1970; `claims` replace the usual ones. */
export function signed(key: Key, now: number, claims: Readonly<Record<string, unknown>> = {}): Promise<string> {
  const usual = { iss: ISSUER, aud: AUDIENCE, sub: '1001', iat: now, exp: now + 300 }
  return new SignJWT({ ...usual, ...claims }).setProtectedHeader({ alg: key.alg, kid: key.kid }).sign(key.sign)
}

export interface KeyServer {
  readonly url: string
  /** How often the document was read. */
  readonly reads: () => number
  /** What it answers from now on. */
  answer(body: string, status?: number, headers?: Readonly<Record<string, string>>): void
  close(): Promise<void>
}

export async function keyServer(first: string): Promise<KeyServer> {
  let reads = 0
  let next = { status: 200, body: first, headers: {} }
  const server = createServer((_, response) => {
    reads += 1
    response.writeHead(next.status, next.headers).end(next.body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : 0
  return {
    url: `http://127.0.0.1:${port}/keys`,
    reads: () => reads,
    answer: (body, status = 200, headers = {}) => {
      next = { status, body, headers }
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
}

export const documentOf = (...keys: readonly Key[]): string => JSON.stringify({ keys: keys.map(({ shown }) => shown) })
