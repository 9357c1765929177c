/** Certificate files: which are accepted, and what happens when they change. */
import { generateKeyPairSync } from 'node:crypto'
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { connect, createServer, type Server, type TLSSocket } from 'node:tls'
import { pino } from 'pino'
import { generate } from 'selfsigned'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Certificate, certificateFiles, selfSignedCertificate, type TlsCertificate } from '../../src/tls/index.ts'

const EVERY_MS = 20

let folder: string
let cert: string
let key: string
const undo: (() => unknown)[] = []
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mrdian-tls-'))
  cert = join(folder, 'cert.pem')
  key = join(folder, 'key.pem')
})
afterEach(async () => {
  for (const each of undo.splice(0).reverse()) await each()
  await rm(folder, { recursive: true })
})

/** A logger with its lines. `heard` waits for a line with a text. */
function recorder() {
  const lines: string[] = []
  let wake: () => void = () => undefined
  const stream = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk))
      wake()
      done()
    },
  })
  const heard = async (text: string | RegExp): Promise<string> => {
    for (;;) {
      const found = lines.find((line) => line.search(text) >= 0)
      if (found !== undefined) return found
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    }
  }
  return { logger: pino(stream), lines, heard }
}

async function write(certificate: Certificate): Promise<void> {
  await writeFile(cert, certificate.cert)
  await writeFile(key, certificate.key)
}

function watch(logger = pino({ level: 'silent' })): TlsCertificate {
  const source = certificateFiles({ cert, key }, { logger, everyMs: EVERY_MS })
  undo.push(() => source.close())
  return source
}

/** An echo server over TLS with this certificate. */
async function serve(source: TlsCertificate): Promise<Server> {
  const server = createServer(source.context(), (socket) => socket.on('error', () => undefined).pipe(socket))
  source.follow(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  undo.push(() => new Promise((resolve) => server.close(resolve)))
  return server
}

async function client(server: Server): Promise<TLSSocket> {
  const address = server.address()
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0
  const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false })
  undo.push(() => socket.destroy())
  await new Promise((resolve, reject) => socket.once('secureConnect', resolve).once('error', reject))
  return socket
}

const nameOf = (socket: TLSSocket) => socket.getPeerX509Certificate()?.subject

describe('when the files change', () => {
  it('new connections get the new certificate, and open ones stay open', async () => {
    await write(await selfSignedCertificate(['old.example.com']))
    const { logger, heard } = recorder()
    const server = await serve(watch(logger))
    const before = await client(server)
    expect(nameOf(before)).toBe('CN=old.example.com')
    await write(await selfSignedCertificate(['new.example.com']))
    expect(await heard('new certificate in use')).toContain('"validUntil":"')
    expect(nameOf(await client(server))).toBe('CN=new.example.com')
    before.write('still here')
    expect(await new Promise((resolve) => before.once('data', (data) => resolve(data.toString())))).toBe('still here')
  })

  it('an invalid new certificate is logged without the key, and the old one stays until a valid one comes', async () => {
    await write(await selfSignedCertificate(['old.example.com']))
    const { logger, heard, lines } = recorder()
    const server = await serve(watch(logger))
    const other = await selfSignedCertificate(['other.example.com'])
    await writeFile(cert, other.cert)
    expect(await heard('the old one stays')).toContain('the key does not belong to the certificate')
    expect(lines.join('')).not.toContain('PRIVATE')
    expect(nameOf(await client(server))).toBe('CN=old.example.com')
    await writeFile(key, other.key)
    await heard('new certificate in use')
    expect(nameOf(await client(server))).toBe('CN=other.example.com')
  })

  it('a key file that is empty while it is written is not used', async () => {
    await write(await selfSignedCertificate(['old.example.com']))
    const { logger, heard } = recorder()
    const server = await serve(watch(logger))
    await writeFile(key, '')
    expect(await heard(/the old one stays|new certificate in use/)).toContain('the key is no PEM private key')
    expect(nameOf(await client(server))).toBe('CN=old.example.com')
    await write(await selfSignedCertificate(['next.example.com']))
    await heard('new certificate in use')
    expect(nameOf(await client(server))).toBe('CN=next.example.com')
  })

  it('files may be replaced by renaming, as renewal tools do', async () => {
    await write(await selfSignedCertificate(['old.example.com']))
    const { logger, heard } = recorder()
    const server = await serve(watch(logger))
    const next = await selfSignedCertificate(['next.example.com'])
    await writeFile(`${cert}.new`, next.cert)
    await writeFile(`${key}.new`, next.key)
    await rename(`${cert}.new`, cert)
    await rename(`${key}.new`, key)
    await heard('new certificate in use')
    expect(nameOf(await client(server))).toBe('CN=next.example.com')
  })
})

/** With the passphrase `x`. One key in 256 is like this: without a passphrase OpenSSL finds no error in the padding. */
const SEEMS_DECRYPTED = `-----BEGIN ENCRYPTED PRIVATE KEY-----
MIH0MF8GCSqGSIb3DQEFDTBSMDEGCSqGSIb3DQEFDDAkBBDnjVDsMwtL+C2MfeO2
v5zEAgIIADAMBggqhkiG9w0CCQUAMB0GCWCGSAFlAwQBKgQQxu4ORiM2JR4aPcYk
G30vmgSBkEKpg6BpUV7fnU4Np0UmmIy0E1HXK00wTunQCOvhcrkH7M5/IzN/2FMp
w5Um8vYA1OkIBpL+7K3lgwISpFwTANT7k1fD6Iww4TsElYGiqGQU8hBI0F6m2yUE
mIpTwx3k/UK9v2giSuM4+90pwcbWGZMIyjklzNGnI3JB6+xgOw2u1EH60AjRT2/L
DWhUsbf+og==
-----END ENCRYPTED PRIVATE KEY-----
`

describe('files are refused with', () => {
  const encrypted = () =>
    generateKeyPairSync('ec', {
      namedCurve: 'P-256',
      privateKeyEncoding: { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' },
      publicKeyEncoding: { type: 'spki', format: 'pem' },
    }).privateKey
  const expired = () =>
    generate([{ name: 'commonName', value: 'x' }], {
      keyType: 'ec',
      algorithm: 'sha256',
      notBeforeDate: new Date('2020-01-01'),
      notAfterDate: new Date('2020-02-01'),
    })

  it.each<[string, (good: Certificate) => Promise<Certificate> | Certificate, string]>([
    ['no certificate', (good) => ({ ...good, cert: 'hello' }), 'no PEM certificate'],
    ['no key', (good) => ({ ...good, key: 'hello' }), 'no PEM private key'],
    ['an empty key', (good) => ({ ...good, key: '' }), 'no PEM private key'],
    ['an encrypted key', (good) => ({ ...good, key: encrypted() }), 'without a passphrase'],
    [
      'an encrypted key that seems to be decrypted',
      (good) => ({ ...good, key: SEEMS_DECRYPTED }),
      'without a passphrase',
    ],
    [
      'an expired certificate',
      async () => {
        const made = await expired()
        return { cert: made.cert, key: made.private }
      },
      'has expired',
    ],
  ])('%s', async (_case, spoil, reason) => {
    await write(await spoil(await selfSignedCertificate([])))
    expect(() => watch()).toThrow(reason)
  })

  it('the name of a file that does not exist', async () => {
    expect(() => watch()).toThrow(`${cert} is not there`)
  })
})
