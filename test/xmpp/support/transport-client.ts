import { PATIENCE } from '../../suite/patience.ts'

/**
 * A client of one transport that speaks text: what it got, byte for byte, is the transcript; a test waits for more of it.
 */
export abstract class TransportClient {
  /** Everything received so far. */
  received = ''
  closed = false
  #searched = 0
  #changed: () => void = () => undefined

  /** Sends one stanza, or several where the transport allows it. */
  abstract send(stanzas: string): void

  /** Opens the stream to this domain, or opens it anew after sign-in. */
  abstract header(to: string): void

  /** Takes nothing more, and stays. */
  abstract stopReading(): void

  /** The transport received something. */
  protected took(text: string): void {
    this.received += text
    this.#changed()
  }

  /** The transport came to its end. */
  protected finish(): void {
    this.closed = true
    this.#changed()
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
