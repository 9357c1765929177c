import { connect, type Socket } from 'node:net'

/** A client that speaks bytes: what it sent and what it got is the transcript. */
export class RawClient {
  readonly socket: Socket
  /** Everything received so far. */
  received = ''
  #searched = 0
  #changed: () => void = () => undefined
  closed = false

  private constructor(socket: Socket) {
    this.socket = socket
    socket.setNoDelay(true)
    // A character may come in two segments.
    socket.setEncoding('utf8')
    socket.on('data', (data) => {
      this.received += data
      this.#changed()
    })
    socket.on('error', () => undefined)
    socket.on('close', () => {
      this.closed = true
      this.#changed()
    })
  }

  static open(port: number): Promise<RawClient> {
    return new Promise((resolve, reject) => {
      const socket = connect(port, '127.0.0.1')
      socket.once('error', reject)
      socket.once('connect', () => resolve(new RawClient(socket)))
    })
  }

  send(text: string | Buffer): void {
    this.socket.write(text)
  }

  /** Waits until `wanted` arrives behind what was waited for before; gives everything from there up to its end. */
  async until(wanted: string | RegExp): Promise<string> {
    for (;;) {
      const rest = this.received.slice(this.#searched)
      const found = typeof wanted === 'string' ? rest.indexOf(wanted) : rest.search(wanted)
      if (found >= 0) {
        const length = typeof wanted === 'string' ? wanted.length : (rest.match(wanted)?.[0].length ?? 0)
        this.#searched += found + length
        return rest.slice(0, found + length)
      }
      if (this.closed) throw new Error(`closed before ${wanted}: ${rest}`)
      await this.#change(wanted)
    }
  }

  /** Waits for the end of the connection; gives what came last. */
  async end(): Promise<string> {
    while (!this.closed) await this.#change('the end')
    return this.received.slice(this.#searched)
  }

  /** A round trip: everything that the server sent because of earlier input has been received when it resolves. */
  async barrier(): Promise<string> {
    const id = `barrier-${Math.random().toString(36).slice(2)}`
    this.send(`<iq type="get" id="${id}" to="localhost"><ping xmlns="urn:xmpp:ping"/></iq>`)
    const text = await this.until(new RegExp(`<iq type="result" id="${id}"[^>]*/>`))
    return text.slice(0, text.lastIndexOf('<iq type="result"'))
  }

  #change(wanted: string | RegExp): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`waited for ${wanted}, got: ${this.received.slice(this.#searched)}`)),
        5000,
      )
      this.#changed = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }
}

export const HEADER =
  "<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' to='localhost' version='1.0'>"

/** The content of a PLAIN `auth`. */
export function plain(name: string, password = 'secret', authorization = ''): string {
  return Buffer.from(`${authorization}\0${name}\0${password}`).toString('base64')
}

export function auth(content: string): string {
  return `<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>${content}</auth>`
}

/** Signs in and binds; no presence yet. */
export async function signIn(port: number, name: string, resource?: string): Promise<RawClient> {
  const client = await RawClient.open(port)
  client.send(HEADER)
  await client.until('</stream:features>')
  client.send(auth(plain(name)))
  await client.until('<success xmlns="urn:ietf:params:xml:ns:xmpp-sasl"/>')
  client.send(HEADER)
  await client.until('</stream:features>')
  const inner = resource === undefined ? '' : `<resource>${resource}</resource>`
  client.send(`<iq type='set' id='bind'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'>${inner}</bind></iq>`)
  await client.until('</iq>')
  return client
}

/** Signs in, binds and is available; the beacon has been received. */
export async function online(port: number, name: string, resource?: string): Promise<RawClient> {
  const client = await signIn(port, name, resource)
  client.send('<presence/>')
  await client.until('<presence from="finesse@localhost"')
  await client.until('/>')
  return client
}
