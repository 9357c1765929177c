/**
 * The public keys of an issuer, read from a URL or a file. They are kept for a time and read again when a token names a
 * key that is not among them, because issuers change their keys.
 */
import { readFile, stat } from 'node:fs/promises'
import type { JSONWebKeySet } from 'jose'
import { AccountsBusyError } from '../accounts/api.ts'
import { InvalidArgument } from '../errors/mrdian-error.ts'
import { MAX_KEYS_BYTES, parseKeys } from './key-document.ts'

/** Keys are read again after this time, in ms. */
const FRESH_MS = 10 * 60_000
/** Least time between two attempts. Anybody can send tokens that name unknown keys. */
const PAUSE_MS = 30_000
/** How long keys are used that could not be read again. An issuer may have removed one of them because it was stolen. */
const STALE_MS = 24 * 60 * 60_000
/** Longest time of one attempt. */
const FETCH_MS = 10_000

/** Reads the text of the key document. Rejects if that is not possible. */
export type ReadKeys = () => Promise<string>

/** A logger, such as one of pino. */
export interface SsoLog {
  warn(about: object, message: string): void
}

export interface IssuerKeysOptions {
  readonly read: ReadKeys
  /** Milliseconds of a clock that runs. Independent of the engine's time, which may stand still. */
  readonly now: () => number
  readonly log: SsoLog | undefined
}

interface Kept {
  readonly keys: JSONWebKeySet
  readonly at: number
}

/** Keeps the keys of an issuer. */
export class IssuerKeys {
  readonly #options: IssuerKeysOptions
  #kept: Kept | undefined
  #triedAt = Number.NEGATIVE_INFINITY
  #reading: Promise<void> | undefined

  constructor(options: IssuerKeysOptions) {
    this.#options = options
  }

  /**
   * The keys for a token. `kid`: the key that the token names; if it is not among them, the document is read again, at
   * most every half minute. Rejects with `AccountsBusyError` while there are no keys.
   */
  async for(kid: string | undefined): Promise<JSONWebKeySet> {
    const age = this.#options.now() - (this.#kept?.at ?? Number.NEGATIVE_INFINITY)
    if (this.#kept === undefined || age > STALE_MS) await this.read()
    else if (!names(this.#kept.keys, kid)) await this.read()
    // The token does not wait: its key is among those that are known.
    else if (age > FRESH_MS) void this.read()
    const kept = this.#kept
    if (kept === undefined || this.#options.now() - kept.at > STALE_MS)
      throw new AccountsBusyError('the keys of the issuer cannot be read')
    return kept.keys
  }

  /** Reads the document, unless the last attempt was less than half a minute ago. Resolves also after a failure. */
  read(): Promise<void> {
    if (this.#reading !== undefined) return this.#reading
    const now = this.#options.now()
    if (now - this.#triedAt < PAUSE_MS) return Promise.resolve()
    this.#triedAt = now
    this.#reading = this.#read().finally(() => {
      this.#reading = undefined
    })
    return this.#reading
  }

  async #read(): Promise<void> {
    const { read, now, log } = this.#options
    try {
      const keys = parseKeys(await read())
      this.#kept = { keys, at: now() }
    } catch (error) {
      log?.warn({ err: error }, 'the keys of the token issuer could not be read')
    }
  }
}

/** A token without a key id may be signed with any key. */
function names({ keys }: JSONWebKeySet, kid: string | undefined): boolean {
  return kid === undefined || keys.some((key) => key.kid === kid)
}

/**
 * How to read the keys from a place: an `https` URL, an `http` URL of this machine, or a file.
 *
 * @throws InvalidArgument for a URL of another kind.
 */
export function keysAt(place: string): ReadKeys {
  if (!/^[a-z][a-z0-9+.-]+:\/\//i.test(place)) return () => fromFile(place)
  const url = URL.canParse(place) ? new URL(place) : undefined
  const isHere = url !== undefined && ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname)
  if (url === undefined || !(url.protocol === 'https:' || (url.protocol === 'http:' && isHere)))
    throw new InvalidArgument(`the keys of an issuer are read over https, or over http from this machine: ${place}`)
  if (url.username !== '' || url.password !== '')
    throw new InvalidArgument('the address of the keys must not contain a password')
  return () => fromUrl(url)
}

async function fromFile(path: string): Promise<string> {
  const { size } = await stat(path)
  if (size > MAX_KEYS_BYTES) throw new RangeError(`more than ${MAX_KEYS_BYTES} bytes`)
  return readFile(path, 'utf8')
}

/** A redirect is an error, because it could lead to another machine. */
async function fromUrl(url: URL): Promise<string> {
  const response = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(FETCH_MS) })
  if (!response.ok || response.body === null) {
    await response.body?.cancel()
    throw new Error(`the issuer answered with ${response.status}`)
  }
  const decoder = new TextDecoder()
  let [text, bytes] = ['', 0]
  for await (const chunk of response.body) {
    bytes += chunk.length
    if (bytes > MAX_KEYS_BYTES) throw new RangeError(`more than ${MAX_KEYS_BYTES} bytes`)
    text += decoder.decode(chunk, { stream: true })
  }
  return text + decoder.decode()
}
