/** The surfaces over TLS (`notifications 1`): REST, WebSocket and XMPP have the same certificate. */
import { connect as connectHttp2 } from 'node:http2'
import { request } from 'node:https'
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { type RunningServer, startServer } from '../../src/cli/server.ts'

const FREE = {
  restPort: 0,
  restTlsPort: 0,
  httpBindPort: 'off',
  httpBindTlsPort: 0,
  xmppPort: 'off',
  xmppTlsPort: 0,
} as const
const OPEN = '<open xmlns="urn:ietf:params:xml:ns:xmpp-framing" to="localhost" version="1.0"/>'

let server: RunningServer
beforeAll(async () => {
  server = await startServer({ ...FREE, tls: 'self-signed', data: ':memory:', domain: 'finesse.example.com' })
})
afterAll(() => server.close())

/** A TLS connection to a port. It accepts every certificate unless the options say otherwise. */
async function peer(port = 0, options: ConnectionOptions = {}): Promise<TLSSocket> {
  const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false, ...options })
  await new Promise((resolve, reject) => socket.once('secureConnect', resolve).once('error', reject))
  return socket
}

const systemInfo = (port = 0) =>
  new Promise<{ version: string; status: number | undefined; body: string }>((resolve, reject) => {
    const options = {
      host: '127.0.0.1',
      port,
      path: '/finesse/api/SystemInfo',
      rejectUnauthorized: false,
      agent: false as const,
    }
    const sent = request(options, (response) => {
      let body = ''
      response.setEncoding('utf8').on('data', (piece) => {
        body += piece
      })
      response.on('end', () => resolve({ version: response.httpVersion, status: response.statusCode, body }))
    })
    sent.once('error', reject).end()
  })

describe('REST over TLS', () => {
  it('speaks HTTP/1.1', async () => {
    const { version, status, body } = await systemInfo(server.ports.restTls)
    expect([version, status]).toEqual(['1.1', 200])
    expect(body).toContain('<xmppDomain>finesse.example.com</xmppDomain>')
  })

  it('speaks HTTP/2, with several requests at a time and the usual errors', async () => {
    const session = connectHttp2(`https://127.0.0.1:${server.ports.restTls}`, { rejectUnauthorized: false })
    const ask = (headers: Record<string, string>) =>
      new Promise<{ status: number | undefined; body: string }>((resolve, reject) => {
        let status: number | undefined
        let body = ''
        const stream = session.request(headers)
        stream.once('response', (answer) => {
          status = answer[':status']
        })
        stream.setEncoding('utf8').on('data', (piece) => {
          body += piece
        })
        stream.once('error', reject).once('end', () => resolve({ status, body }))
      })
    const authorization = `Basic ${btoa('1001:secret')}`
    const answers = await Promise.all([
      ask({ ':path': '/finesse/api/User/1001', authorization }),
      ask({ ':path': '/finesse/api/User/1001' }),
      ask({ ':path': '/health' }),
      ask({ ':path': '/finesse/api/User/%zz', authorization }),
    ])
    expect(answers.map(({ status }) => status)).toEqual([200, 401, 200, 400])
    expect(answers[0]?.body).toContain('<loginId>1001</loginId>')
    expect(answers[3]?.body).toContain('<ApiErrors>')
    session.close()
  })
})

describe('BOSH over TLS', () => {
  const open = (rid: number) =>
    `<body xmlns='http://jabber.org/protocol/httpbind' rid='${rid}' to='localhost' wait='30' hold='1' ver='1.9'/>`

  it.each(['httpBindTls', 'restTls'] as const)('works with HTTP/1.1: %s', async (surface) => {
    const url = `https://127.0.0.1:${server.ports[surface]}/http-bind`
    const body = await new Promise<string>((resolve, reject) => {
      const sent = request(url, { method: 'POST', rejectUnauthorized: false, agent: false }, (response) => {
        response.once('data', (data) => resolve(String(data)))
      })
      sent.once('error', reject).end(open(1))
    })
    expect(body).toContain('<mechanism>PLAIN</mechanism>')
  })

  it('works with HTTP/2, with several sessions on one connection', async () => {
    const session = connectHttp2(`https://127.0.0.1:${server.ports.restTls}`, { rejectUnauthorized: false })
    const post = (body: string) =>
      new Promise<string>((resolve, reject) => {
        let heard = ''
        const stream = session.request({ ':path': '/http-bind/', ':method': 'POST' })
        stream.setEncoding('utf8').on('data', (piece) => {
          heard += piece
        })
        stream.once('error', reject).once('end', () => resolve(heard))
        stream.end(body)
      })
    const sids = (await Promise.all([post(open(1)), post(open(1))])).map((body) => / sid="(\w+)"/.exec(body)?.[1])
    expect(new Set(sids).size).toBe(2)
    const [sid] = sids
    const next = (rid: number, type: string) =>
      post(`<body xmlns='http://jabber.org/protocol/httpbind' rid='${rid}' sid='${sid}' ${type}/>`)
    const answers = await Promise.all([next(2, ''), next(3, "type='terminate'")])
    for (const answer of answers) expect(answer).toContain('type="terminate"')
    session.close()
  })
})

describe('XMPP over TLS', () => {
  it('works with TLS from the first byte', async () => {
    const socket = await peer(server.ports.xmppTls)
    socket.write(
      "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' to='x' version='1.0'>",
    )
    const heard = await new Promise<string>((resolve) => socket.once('data', (data) => resolve(data.toString())))
    expect(heard).toContain('from="finesse.example.com"')
    socket.destroy()
  })

  it('header and features are two writes, for clients that count their reads (3.3)', async () => {
    const socket = await peer(server.ports.xmppTls)
    // One write is one TLS record, and one record arrives as one piece.
    const pieces: string[] = []
    const both = new Promise<void>((resolve) => {
      socket.on('data', (data) => {
        pieces.push(data.toString())
        if (pieces.join('').includes('</stream:features>')) resolve()
      })
    })
    socket.write(
      "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' to='x' version='1.0'>",
    )
    await both
    expect(pieces).toEqual([
      expect.stringMatching(/<stream:stream [^>]*>$/),
      expect.stringMatching(/^<stream:features>/),
    ])
    socket.destroy()
  })

  it.each(['httpBindTls', 'restTls'] as const)('works over WebSocket: %s', async (surface) => {
    const socket = new WebSocket(`wss://127.0.0.1:${server.ports[surface]}/ws/`, 'xmpp', { rejectUnauthorized: false })
    const heard = new Promise<string>((resolve, reject) => {
      socket.once('message', (data) => resolve(String(data)))
      socket.once('error', reject)
    })
    socket.once('open', () => socket.send(OPEN))
    expect(await heard).toContain('<open ')
    const closed = new Promise((resolve) => socket.once('close', resolve))
    socket.close()
    await closed
  })
})

describe('the certificate', () => {
  it('is the same on all surfaces, valid for the domain, localhost and loopback, and needs TLS 1.2', async () => {
    const fingerprints = new Set<string>()
    for (const port of [server.ports.restTls, server.ports.httpBindTls, server.ports.xmppTls]) {
      const socket = await peer(port)
      const certificate = socket.getPeerX509Certificate()
      fingerprints.add(certificate?.fingerprint256 ?? '')
      for (const name of ['localhost', 'finesse.example.com']) expect(certificate?.checkHost(name)).toBeTruthy()
      for (const address of ['127.0.0.1', '::1']) expect(certificate?.checkIP(address)).toBeTruthy()
      socket.destroy()
      await expect(
        peer(port, { maxVersion: 'TLSv1.1', minVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' }),
      ).rejects.toThrow()
    }
    expect(fingerprints.size).toBe(1)
  })
})

it('a server closes while HTTP/1.1, HTTP/2 and XMPP connections are open', async () => {
  const other = await startServer({ ...FREE, tls: 'self-signed', data: ':memory:' })
  const session = connectHttp2(`https://127.0.0.1:${other.ports.restTls}`, { rejectUnauthorized: false })
  await new Promise((resolve) => session.once('connect', resolve))
  const sockets = [
    await peer(other.ports.restTls),
    await peer(other.ports.httpBindTls),
    await peer(other.ports.xmppTls),
  ]
  for (const socket of sockets) socket.resume()
  const ended = [session, ...sockets].map(
    (each) => new Promise((resolve) => each.once('close', resolve).on('error', () => undefined)),
  )
  await other.close()
  await Promise.all(ended)
})
