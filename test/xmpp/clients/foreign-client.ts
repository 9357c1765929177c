/** What a program for Finesse does with its XMPP library, whichever library it uses. */
import { PATIENCE } from '../../suite/patience.ts'

/** A notification as the library delivers it, read and unescaped by the library's parser. */
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
  /** Signs in, binds and sends presence. Resolves when the beacon has arrived. */
  connect(): Promise<void>
  /** Subscribes to a node with the full JID. Returns the state of the subscription as the library reports it. */
  subscribe(node: string): Promise<string>
  readonly inbox: Inbox
  /** Ends the stream in an orderly way. */
  disconnect(): Promise<void>
}

/** Makes a client for a user whose password is `secret`. */
export type Adapter = (place: Place, user: string) => ForeignClient

/** Notifications in the order in which they arrived. */
export class Inbox {
  readonly #waiting: Heard[] = []
  #wake: () => void = () => undefined

  push(heard: Heard): void {
    // SystemInfo goes to everybody at any time.
    if (heard.node.endsWith('/SystemInfo')) return
    this.#waiting.push(heard)
    this.#wake()
  }

  /** Takes the next notification, and waits for it if needed. */
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

/** Waits, but not longer than `PATIENCE`. */
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
