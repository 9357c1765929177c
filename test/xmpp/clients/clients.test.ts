/**
 * XMPP libraries that programs for Finesse use or could use: each on every transport that it has.
 *
 * Slow, 15 s: a real browser and foreign programs are started.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { rootCertificates, setDefaultCACertificates } from 'node:tls'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type RunningServer, startServer } from '../../../src/cli/server.ts'
import { selfSignedCertificate } from '../../../src/tls/index.ts'
import { describeInBrowser, launchBrowser, type TestBrowser } from '../../browser.ts'
import type { Adapter, Place } from './foreign-client.ts'
import { directory, play } from './scenario.ts'
import { hasSlixmpp, slixmppOverTcp } from './slixmpp.ts'
import { stanzaOverBosh, stanzaOverWebSocket } from './stanza.ts'
import { strophe } from './strophe.ts'
import { xmppJsOverTcp, xmppJsOverTls, xmppJsOverWebSocket } from './xmpp-js.ts'

let server: RunningServer
let place: Place
let rest: string
let folder: string
beforeAll(async () => {
  const free = {
    restPort: 0,
    restTlsPort: 'off',
    httpBindPort: 0,
    httpBindTlsPort: 'off',
    xmppPort: 0,
    xmppTlsPort: 0,
  } as const
  const { cert, key } = await selfSignedCertificate([])
  // Some libraries only use the certificates that the process trusts.
  setDefaultCACertificates([...rootCertificates, cert])
  folder = await mkdtemp(join(tmpdir(), 'mrdian-clients-'))
  const tls = { cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem') }
  await writeFile(tls.cert, cert)
  await writeFile(tls.key, key)
  server = await startServer({ ...free, tls, data: ':memory:', directory: await directory() })
  const { xmpp = 0, xmppTls = 0, httpBind = 0, rest: port = 0 } = server.ports
  place = { domain: 'localhost', xmpp, xmppTls, httpBind, rest: port }
  rest = `http://127.0.0.1:${port}`
})
afterAll(async () => {
  await server.close()
  await rm(folder, { recursive: true })
})

/** Each client leaves no session behind. */
afterEach(async () => {
  for (let count = 0; server.notifications.figures.sessions > 0 && count < 1000; count += 1)
    await server.notifications.settled()
  expect(server.notifications.figures.sessions).toBe(0)
})

const scenario = 'sign-in, state, call, asynchronous error, team, sign-out'

test.each<[string, Adapter]>([
  ['stanza over BOSH', stanzaOverBosh],
  ['stanza over WebSocket', stanzaOverWebSocket],
  ['@xmpp/client over TCP', xmppJsOverTcp],
  ['@xmpp/client over TLS', xmppJsOverTls],
  ['@xmpp/client over WebSocket', xmppJsOverWebSocket],
])(`%s: ${scenario}`, async (_name, adapter) => {
  await play(adapter(place, '1234'), rest)
})

const isMissing = !hasSlixmpp && !process.env.CI
describe.skipIf(isMissing)(`slixmpp${isMissing ? ' (needs it: apt-get install python3-slixmpp)' : ''}`, () => {
  test(`over TCP: ${scenario}`, async () => {
    await play(slixmppOverTcp(place, '1234'), rest)
  })
})

describeInBrowser('strophe.js in Chromium', () => {
  let browser: TestBrowser
  beforeAll(async () => {
    browser = await launchBrowser()
  })
  afterAll(() => browser.close())

  test(`over BOSH, from another origin: ${scenario}`, async () => {
    await play(strophe(browser, place, '1234', `http://127.0.0.1:${place.httpBind}/http-bind/`), rest)
  })

  test(`over WebSocket, from another origin: ${scenario}`, async () => {
    await play(strophe(browser, place, '1234', `ws://127.0.0.1:${place.httpBind}/ws/`), rest)
  })
})
