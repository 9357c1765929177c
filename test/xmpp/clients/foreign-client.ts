/** What a program written for Finesse does with its XMPP library, whichever that is. */
import { PATIENCE } from '../../suite/patience.ts'

/** A notification as the library hands it over: its own parser has read and unescaped it. */
export interface Heard {
  readonly node: string
  /** The `Update` document. */
  readonly text: string
}

/** Where a client connects to. */
export interface Place {
  readonly domain: string
  readonly xmpp: number
  readonly xmppTls: number
  readonly httpBind: number
  readonly rest: number
}

/** One library on one of its transports. */
export interface ForeignClient {
  /** Signs in, binds, sends presence; resolves when the beacon has been seen. */
  connect(): Promise<void>
  /** Subscribes to a node with the full JID; gives the state of the subscription as the library tells it. */
  subscribe(node: string): Promise<string>
  readonly inbox: Inbox
  /** Ends the stream in order. */
  disconnect(): Promise<void>
}

/** Makes a client for a user whose password is `secret`. */
export type Adapter = (place: Place, user: string) => ForeignClient

/** Notifications in the order in which they came. */
export class Inbox {
  readonly #waiting: Heard[] = []
  #wake: () => void = () => undefined

  push(heard: Heard): void {
    // SystemInfo goes to everybody at any time.
    if (heard.node.endsWith('/SystemInfo')) return
    this.#waiting.push(heard)
    this.#wake()
  }

  /** Takes the next one. */
  async next(): Promise<Heard> {
    const first = this.#waiting.shift()
    if (first !== undefined) return first
    await patiently(
      'a notification',
      new Promise<void>((resolve) => {
        this.#wake = resolve
      }),
    )
    return this.next()
  }
}

/** Waits, but not for ever. */
export async function patiently<T>(what: string, wanted: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`waited for ${what}`)), PATIENCE)
  })
  try {
    return await Promise.race([wanted, late])
  } finally {
    clearTimeout(timer)
  }
}
