/** Plain connections to the ports of a side. They show how they end: by a reset, or with a message. */
import { connect as connectHttp2 } from 'node:http2'
import { connect, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'

/** How a connection ended. */
export interface End {
  /** `ECONNRESET` for a reset; `undefined` for a normal end. */
  readonly code: string | undefined
  /** All text that came after the last text that was waited for. */
  readonly told: string
}

const codeOf = (error: unknown) => (error instanceof Error && 'code' in error ? String(error.code) : undefined)

/** One TCP connection, with or without TLS. */
export class Line {
  readonly ended: Promise<End>
  readonly #socket: Socket
  #received = ''
  #changed: () => void = () => undefined

  private constructor(socket: Socket) {
    this.#socket = socket
    let code: string | undefined
    socket.setEncoding('latin1').on('data', (text) => {
      this.#received += text
      this.#changed()
    })
    socket.on('error', (error) => {
      code = codeOf(error)
    })
    // When the server ends the connection, the client ends it too.
    socket.on('end', () => socket.end())
    this.ended = new Promise((resolve) => socket.on('close', () => resolve({ code, told: this.#received })))
    void this.ended.then(() => this.#changed())
  }

  /** Connected, but nothing was sent yet, not even a TLS handshake. */
  static async tcp(port = 0): Promise<Line> {
    const socket = connect(port, '127.0.0.1')
    const line = new Line(socket)
    await new Promise((resolve) => socket.once('connect', resolve).once('close', resolve))
    return line
  }

  /** With its TLS handshake done, or closed if the server refuses the connection. */
  static async tls(port = 0): Promise<Line> {
    const socket = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false })
    const line = new Line(socket)
    await new Promise((resolve) => socket.once('secureConnect', resolve).once('close', resolve))
    return line
  }

  /** Sends a text and waits for `wanted`. Takes and returns everything up to it. */
  async says(text: string, wanted: string | RegExp): Promise<string> {
    this.#socket.write(text, 'latin1')
    for (;;) {
      const end = endOf(this.#received, wanted)
      const taken = this.#received.slice(0, end)
      if (end > 0) this.#received = this.#received.slice(end)
      if (end > 0) return taken
      if (this.#socket.destroyed) throw new Error(`ended before ${wanted}: ${this.#received}`)
      await new Promise<void>((resolve) => {
        this.#changed = resolve
      })
    }
  }

  /** Sends a text without waiting for an answer. */
  async begins(text: string): Promise<void> {
    await new Promise((resolve) => this.#socket.write(text, 'latin1', resolve))
  }

  hangUp(): void {
    this.#socket.destroy()
  }
}

/** The end of `wanted` in the text; 0 if it is not in it. */
function endOf(text: string, wanted: string | RegExp): number {
  const start = typeof wanted === 'string' ? text.indexOf(wanted) : text.search(wanted)
  if (start < 0) return 0
  return start + (typeof wanted === 'string' ? wanted.length : (wanted.exec(text)?.[0].length ?? 0))
}

/** An HTTP/2 session. */
export function http2Line(port = 0) {
  const session = connectHttp2(`https://127.0.0.1:${port}`, { rejectUnauthorized: false })
  let code: string | undefined
  let goaways = 0
  session.on('goaway', () => {
    goaways += 1
  })
  session.on('error', (error) => {
    code = codeOf(error)
  })
  const ended = new Promise<{ readonly code: string | undefined; readonly goaways: number }>((resolve) =>
    session.on('close', () => resolve({ code, goaways })),
  )
  /** Resolves with status and body. Rejects if the stream breaks. */
  const ask = (headers: Record<string, string>, body = '') =>
    new Promise<{ readonly status: number | undefined; readonly body: string }>((resolve, reject) => {
      let status: number | undefined
      let text = ''
      const stream = session.request(headers, { endStream: body === '' })
      stream.once('response', (answer) => {
        status = answer[':status']
      })
      stream.setEncoding('utf8').on('data', (piece) => {
        text += piece
      })
      stream.once('error', reject)
      stream.once('close', () =>
        status === undefined ? reject(new Error('no answer')) : resolve({ status, body: text }),
      )
      if (body !== '') stream.end(body)
    })
  return { ask, ended, hangUp: () => session.destroy() }
}

export const BASIC = (name: string) => `Basic ${btoa(`${name}:secret`)}`

/** A request of HTTP/1.1, whole or only with its head. */
export const http = (method: string, path: string, body = '', headers = '', length = Buffer.byteLength(body)) =>
  `${method} ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: ${length}\r\n${headers}\r\n${body}`

/** A session of BOSH, and its next request. */
export const boshBody = (rid: number, sid?: string) =>
  `<body xmlns='http://jabber.org/protocol/httpbind' rid='${rid}' ${sid === undefined ? "to='x' wait='60' hold='1' ver='1.9'" : `sid='${sid}'`}/>`
export const bosh = (rid: number, sid?: string) => http('POST', '/http-bind', boshBody(rid, sid))

export const UPGRADE =
  'GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Protocol: xmpp\r\n\r\n'

/** A frame of a client, masked with nothing. */
export const frame = (text: string) => `${String.fromCharCode(0x81, 0x80 | Buffer.byteLength(text), 0, 0, 0, 0)}${text}`

export const OPEN = "<open xmlns='urn:ietf:params:xml:ns:xmpp-framing' to='x' version='1.0'/>"
const HEADER =
  "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' to='x' version='1.0'>"

/** The steps of an XMPP stream from its header to its session. */
export async function signsIn(line: Line, user: string, resource: string): Promise<void> {
  await line.says(HEADER, '</stream:features>')
  const plain = Buffer.from(`\0${user}\0secret`).toString('base64')
  await line.says(`<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>${plain}</auth>`, /<success [^>]*>/)
  await line.says(HEADER, '</stream:features>')
  const bind = `<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>${resource}</resource></bind>`
  await line.says(`<iq type='set' id='b'>${bind}</iq>`, '</iq>')
}
