/** Tokens and key documents of any content: a valid token or none, never an exception, and in bounded time. */
import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bearerToken } from '../../src/accounts/bearer.ts'
import { parseKeys } from '../../src/sso/key-document.ts'
import { MAX_TOKEN, verifyToken } from '../../src/sso/verifier.ts'
import { AUDIENCE, documentOf, ISSUER, newKey, signed } from './issuer-site.ts'

const NOW = Date.UTC(2026, 0, 5, 8)
const [first, second] = [await newKey('k1'), await newKey('k2', 'RS256')]
const KEYS = parseKeys(documentOf(first, second))
const VALID = await signed(first, NOW / 1000)

const options = (keys = KEYS) => ({
  ...{ issuer: ISSUER, audience: AUDIENCE, userClaim: 'sub', clockSkewSeconds: 0, now: () => NOW },
  keys: { for: async () => keys },
})

const coded = (text: string) => Buffer.from(text).toString('base64url')
const json = fc.jsonValue().map((value) => JSON.stringify(value))

/** Headers that are nearly right: members that a verifier looks at, with any value. */
const header = fc.oneof(
  json,
  fc
    .dictionary(fc.constantFrom('alg', 'kid', 'typ', 'crit', 'b64', 'jwk', 'jku', 'x5c', 'zip'), fc.jsonValue())
    .map((members) => JSON.stringify({ alg: 'ES256', kid: 'k1', ...members })),
  fc.constantFrom('none', 'HS256', 'ES256', 'RS256').map((alg) => JSON.stringify({ alg, kid: 'k2' })),
)

const made = fc
  .tuple(header, fc.oneof(json, fc.string({ unit: 'binary' })), fc.oneof(fc.base64String(), fc.string()))
  .map(([head, content, signature]) => `${coded(head)}.${coded(content)}.${signature}`)

/** A valid token with a piece that is replaced. */
const changed = fc
  .tuple(fc.nat(VALID.length - 1), fc.integer({ min: 0, max: 40 }), fc.string({ maxLength: 40 }))
  .map(([from, length, piece]) => VALID.slice(0, from) + piece + VALID.slice(from + length))

const token = fc.oneof(fc.string({ unit: 'binary' }), made, changed)

describe('tokens', () => {
  it('the token that the others are made from is valid', async () => {
    expect(await verifyToken(VALID, options())).toEqual({
      ...{ name: '1001', end: NOW + 300_000 },
      id: createHash('sha256').update(VALID).digest('base64url'),
    })
  })

  it('no other one is, and none is an error', async () => {
    await fc.assert(
      fc.asyncProperty(token, async (text) => {
        fc.pre(text !== VALID)
        const verified = await verifyToken(text, options())
        // The last character of a signature has bits that nobody reads.
        expect(verified === undefined || text.slice(0, -1) === VALID.slice(0, -1)).toBe(true)
      }),
      { numRuns: 2000 },
    )
  })

  it('a token that is too long is not read', async () => {
    for (const long of [`${VALID}${'.'.repeat(MAX_TOKEN)}`, `${coded('{"alg":"ES256"}'.padEnd(MAX_TOKEN))}.e30.AA`])
      expect(await verifyToken(long, { ...options(), keys: { for: () => Promise.reject(new Error('asked')) } })).toBe(
        undefined,
      )
  })

  it('a header of any text has a token or none, in time that grows with its length', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          token.map((text) => `Bearer ${text}`),
        ),
        (text) => {
          const found = bearerToken(text)
          if (found !== undefined) expect(text.toLowerCase()).toMatch(/^bearer /)
        },
      ),
      { numRuns: 2000 },
    )
    for (const piece of [' ', '=', 'a', 'a=', 'bearer ']) bearerToken(`bearer ${piece.repeat(500_000)}!`)
  })
})

describe('key documents', () => {
  const member = fc.constantFrom('kty', 'kid', 'alg', 'use', 'key_ops', 'crv', 'x', 'y', 'n', 'e', 'd', 'k')
  const key = fc.oneof(
    fc.jsonValue(),
    fc.dictionary(member, fc.jsonValue()),
    fc.dictionary(member, fc.jsonValue()).map((members) => ({ ...first.shown, ...members })),
    fc.constantFrom('RSA', 'EC', 'OKP').map((kty) => ({ kty, kid: 'k1' })),
  )
  const document = fc.oneof(
    fc.string({ unit: 'binary' }),
    json,
    fc.array(key, { maxLength: 4 }).map((keys) => JSON.stringify({ keys })),
  )

  it('a document of any content has keys or is refused, and with its keys no token is an error', async () => {
    let read = 0
    await fc.assert(
      fc.asyncProperty(document, async (text) => {
        let keys: ReturnType<typeof parseKeys> | undefined
        try {
          keys = parseKeys(text)
        } catch (error) {
          expect(error).toBeInstanceOf(TypeError)
        }
        if (keys === undefined) return
        read += 1
        await verifyToken(VALID, options(keys))
      }),
      { numRuns: 1000 },
    )
    expect(read).toBeGreaterThan(50)
  })
})
