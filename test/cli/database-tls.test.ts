/**
 * Connections to PostgreSQL over TLS, and over Unix sockets.
 *
 * Slow, 15 s: it starts PostgreSQL, and the program several times. More in `npm run test:whole`.
 */
import { chmodSync, chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { generate } from 'selfsigned'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { ownerOfServers } from '../cluster/server.ts'
import { clusterOfFile, describeWithPostgres } from '../store/postgres.ts'
import { isWhole } from '../suite/extent.ts'
import { run, serve } from './process.ts'

const KEYS = { keyType: 'ec', curve: 'P-256', algorithm: 'sha256' } as const

/** Certificate and key of an authority. */
const authority = () =>
  generate([{ name: 'commonName', value: 'An authority' }], {
    ...KEYS,
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, critical: true },
    ],
  })

const folder = mkdtempSync(join(tmpdir(), 'mrdian-tls-'))
const file = (name: string) => join(folder, name)
const SETTINGS = `
ssl = on
ssl_cert_file = '${file('server.crt')}'
ssl_key_file = '${file('server.key')}'
unix_socket_directories = '${folder}'
`

/** A server whose certificate is for 127.0.0.1. */
beforeAll(async () => {
  const [own, other] = [await authority(), await authority()]
  const server = await generate([{ name: 'commonName', value: 'db' }], {
    ...KEYS,
    ca: { key: own.private, cert: own.cert },
    extensions: [
      { name: 'basicConstraints', cA: false },
      { name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] },
    ],
  })
  const files = {
    'server.crt': server.cert,
    'server.key': server.private,
    'own.crt': own.cert,
    'other.crt': other.cert,
  }
  for (const [name, text] of Object.entries(files)) writeFileSync(file(name), text, { mode: 0o600 })
  const owner = await ownerOfServers()
  if (owner === undefined) return
  chmodSync(folder, 0o755)
  for (const name of ['', 'server.crt', 'server.key']) chownSync(file(name), owner.uid, owner.gid)
})
afterAll(() => rmSync(folder, { recursive: true }))

describeWithPostgres('connections to PostgreSQL', () => {
  const cluster = clusterOfFile(0, { settings: SETTINGS })
  const port = () => cluster().primary.port
  const status = (url: string, ca?: string) =>
    run(['status', url, '--accept-unreplicated'], { env: ca === undefined ? {} : { NODE_EXTRA_CA_CERTS: file(ca) } })

  it('with sslmode=verify-full are made to a server whose authority and address are right', async () => {
    const url = `${cluster().url()}?sslmode=verify-full`
    const server = await serve(['--data', url, '--accept-unreplicated'], { NODE_EXTRA_CA_CERTS: file('own.crt') })
    const SSL = `SELECT DISTINCT ssl FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE usename = 'mrdian'`
    expect(await cluster().primary.sql(SSL)).toBe('t')
    expect(await status(url, 'own.crt')).toMatchObject({ code: 0, err: '' })
    const untrusted =
      'the certificate of the server is not trusted: name the file of its authority in NODE_EXTRA_CA_CERTS'
    const shown = `mrdian: postgres://127.0.0.1:${port()}/mrdian`
    expect(await status(url)).toMatchObject({ code: 2, out: '', err: `${shown}: ${untrusted}\n` })
    expect(await status(url, 'other.crt')).toMatchObject({ code: 2, out: '', err: `${shown}: ${untrusted}\n` })
    expect(await status(url.replace('127.0.0.1', 'localhost'), 'own.crt')).toMatchObject({
      code: 2,
      out: '',
      err: `mrdian: postgres://localhost:${port()}/mrdian: the certificate of the server is for another name; correct the url\n`,
    })
    // A start ends at once, because time does not mend that.
    const refused = await run(['serve', '--data', url, '--accept-unreplicated'])
    expect(refused).toMatchObject({
      code: 1,
      err: `mrdian: database: postgres://127.0.0.1:${port()}/mrdian: ${untrusted}\n`,
    })
    await server.end()
  })

  it.runIf(isWhole)('are made over a Unix socket', async () => {
    const url = `${cluster()
      .url()
      .replace(/@[^/]+/, '@')}?host=${folder}&port=${port()}`
    const server = await serve(['--data', url, '--accept-unreplicated'])
    const ADDRESS = `SELECT DISTINCT client_addr IS NULL FROM pg_stat_activity WHERE application_name LIKE 'mrdian server%'`
    expect(await cluster().primary.sql(ADDRESS)).toBe('t')
    expect(server.banner.surfaces.data).toBe(`postgres://${folder}:${port()}/mrdian`)
    expect((await status(url)).code).toBe(0)
    await server.end()
  })
})

describeWithPostgres('connections to a PostgreSQL server without TLS', () => {
  const cluster = clusterOfFile(0)

  it('are refused when TLS is required', async () => {
    for (const mode of ['require', 'verify-full']) {
      const { code, out, err } = await run(['status', `${cluster().url()}?sslmode=${mode}`])
      expect({ code, out }).toEqual({ code: 2, out: '' })
      expect(err).toContain('the server offers no TLS; set it up there, or see sslmode')
    }
  })
})
