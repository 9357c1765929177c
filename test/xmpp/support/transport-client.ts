import { PATIENCE } from '../../suite/patience.ts'

/** A client of one transport that sends text as it is and keeps what it receives. A test waits for parts of that. */
export abstract class TransportClient {
  /** Everything received so far. */
  received = ''
  closed = false
  #searched = 0
  #changed: () => void = () => undefined

  /** Sends one stanza, or several where the transport allows it. */
  abstract send(stanzas: string): void

  /** Opens the stream to this domain, or opens it again after sign-in. */
  abstract header(to: string): void

  /** Stops reading. The session stays open. */
  abstract stopReading(): void

  /** The transport received something. */
  protected took(text: string): void {
    this.received += text
    this.#changed()
  }

  /** The connection ended. */
  protected finish(): void {
    this.closed = true
    this.#changed()
  }

  /** Waits until `wanted` arrives after the text of the last call. Returns the text up to the end of `wanted`. */
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

  /** Waits for the end of the connection. Returns the text after the last call of `until`. */
  async end(): Promise<string> {
    while (!this.closed) await this.#change('the end')
    return this.received.slice(this.#searched)
  }

  /** A round trip. When it resolves, everything that the server sent because of earlier input has been received. */
  async barrier(to = 'localhost'): Promise<string> {
    const id = `barrier-${Math.random().toString(36).slice(2)}`
    this.send(`<iq type="get" id="${id}" to="${to}"><ping xmlns="urn:xmpp:ping"/></iq>`)
    const text = await this.until(new RegExp(`<iq [^>]*type="result" id="${id}"[^>]*/>`))
    return text.slice(0, text.lastIndexOf('<iq '))
  }

  #change(wanted: string | RegExp): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`waited for ${wanted}, got: ${this.received.slice(this.#searched)}`)),
        PATIENCE,
      )
      this.#changed = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }
}
