/** The keys of an issuer: where they may be, when they are read again, and what is refused. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { AccountsBusyError, InvalidArgument } from '../../src/index.ts'
import { MAX_KEYS_BYTES, parseKeys } from '../../src/sso/key-document.ts'
import { IssuerKeys, keysAt } from '../../src/sso/keys.ts'
import { documentOf, keyServer, newKey } from './issuer-site.ts'

const ONE = documentOf(await newKey('one'))
const TWO = documentOf(await newKey('one'), await newKey('two'))

function keys(read: () => Promise<string>) {
  const time = { now: 0 }
  const warned: string[] = []
  const log = { warn: (_: object, message: string) => void warned.push(message) }
  return { time, warned, keys: new IssuerKeys({ read, now: () => time.now, log }) }
}

describe('the place of the keys', () => {
  it('is an https URL, an http URL of this machine, or a file', () => {
    for (const place of ['https://idp.example/keys', 'http://localhost:1/keys', 'http://127.0.0.1:1/k', 'keys.json'])
      expect(keysAt(place)).toBeTypeOf('function')
    for (const place of ['http://idp.example/keys', 'ftp://idp.example/keys', 'https://a:b@idp.example/', 'https://'])
      expect(() => keysAt(place)).toThrow(InvalidArgument)
  })

  it('may be a file', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'mrdian-keys-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    const file = join(folder, 'keys.json')
    writeFileSync(file, ONE)
    expect(await keysAt(file)()).toBe(ONE)
    writeFileSync(file, 'x'.repeat(MAX_KEYS_BYTES + 1))
    await expect(keysAt(file)()).rejects.toThrow('bytes')
  })

  it('over HTTP: neither an error, nor a redirect, nor an endless document', async () => {
    const server = await keyServer(ONE)
    onTestFinished(() => server.close())
    const read = keysAt(server.url)
    expect(await read()).toBe(ONE)
    server.answer('no', 500)
    await expect(read()).rejects.toThrow('500')
    server.answer('', 302, { location: `${server.url}/elsewhere` })
    await expect(read()).rejects.toThrow()
    server.answer('x'.repeat(MAX_KEYS_BYTES + 1))
    await expect(read()).rejects.toThrow('bytes')
  })
})

describe('a document of keys', () => {
  it.each([
    ['no JSON', '{'],
    ['no keys', '{}'],
    ['a shared secret', JSON.stringify({ keys: [{ kty: 'oct', k: 'c2VjcmV0' }] })],
    ['too many keys', JSON.stringify({ keys: Array.from({ length: 101 }, () => ({ kty: 'RSA' })) })],
  ])('is refused: %s', (_, text) => {
    expect(() => parseKeys(text)).toThrow(TypeError)
  })
})

describe('reading', () => {
  it('is repeated for a key that is not known, but at most every half minute', async () => {
    let [document, reads] = [ONE, 0]
    const of = keys(async () => {
      reads += 1
      return document
    })
    const known = async (kid: string) => (await of.keys.for(kid)).keys.map((key) => key.kid)
    expect(await known('one')).toEqual(['one'])
    document = TWO
    expect([await known('two'), reads]).toEqual([['one'], 1])
    of.time.now = 30_000
    expect([await known('two'), reads]).toEqual([['one', 'two'], 2])
    await Promise.all(Array.from({ length: 100 }, (_, index) => of.keys.for(`unknown-${index}`)))
    expect(reads).toBe(2)
  })

  it('is repeated after ten minutes, and the token does not wait for it', async () => {
    let reads = 0
    const pending = Promise.withResolvers<string>()
    const of = keys(() => {
      reads += 1
      return reads === 1 ? Promise.resolve(ONE) : pending.promise
    })
    await of.keys.for('one')
    of.time.now = 10 * 60_000 + 1
    expect((await of.keys.for('one')).keys).toHaveLength(1)
    expect(reads).toBe(2)
    pending.resolve(TWO)
    await of.keys.read()
    expect((await of.keys.for('one')).keys).toHaveLength(2)
  })

  it('that fails keeps the keys for a day; without keys, callers should try again later', async () => {
    let fails = true
    const of = keys(() => (fails ? Promise.reject(new Error('down')) : Promise.resolve(ONE)))
    await expect(of.keys.for('one')).rejects.toBeInstanceOf(AccountsBusyError)
    expect(of.warned).toHaveLength(1)
    fails = false
    of.time.now = 30_000
    await of.keys.for('one')
    fails = true
    of.time.now += 24 * 60 * 60_000
    expect((await of.keys.for('one')).keys).toHaveLength(1)
    of.time.now += 60_000
    await expect(of.keys.for('one')).rejects.toBeInstanceOf(AccountsBusyError)
  })
})
