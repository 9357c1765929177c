import { readFileSync, statSync, unwatchFile, watchFile } from 'node:fs'
import type { Logger } from 'pino'
import { type Certificate, CertificateError, checkCertificate, contextOf, expiryOf } from './certificate.ts'
import { Followers, type TlsCertificate } from './source.ts'

export interface CertificateFiles {
  /** PEM: the certificate, then those that lead to its root. */
  readonly cert: string
  /** PEM, without a passphrase. */
  readonly key: string
}

export interface WatchOptions {
  readonly logger: Logger
  /** Milliseconds between looks at the files; 2000 when left out. */
  readonly everyMs?: number
}

const EVERY_MS = 2000

/**
 * The certificate in two files. When they change, new connections get the new one, and open ones go on; a new one that
 * cannot serve is reported, and the old one stays. Throws `CertificateError` when the files cannot serve now.
 */
export function certificateFiles(files: CertificateFiles, options: WatchOptions): TlsCertificate {
  const watched = new WatchedFiles(files, options)
  return {
    context: () => contextOf(watched.followers.current),
    follow: (server) => watched.followers.follow(server),
    close: () => watched.close(),
  }
}

/** Rights of those who are neither the owner nor of the group. */
const OTHERS = 0o007

class WatchedFiles {
  readonly followers: Followers
  readonly #files: CertificateFiles
  readonly #logger: Logger
  readonly #everyMs: number
  readonly #look = () => this.#changed()
  #again: NodeJS.Timeout | undefined

  constructor(files: CertificateFiles, { logger, everyMs = EVERY_MS }: WatchOptions) {
    this.#files = files
    this.#logger = logger
    this.#everyMs = everyMs
    this.followers = new Followers(read(files))
    this.#warnOfReaders()
    // Names are looked at, not open files: renewal replaces files, or what a symbolic link points at.
    for (const path of [files.cert, files.key]) watchFile(path, { interval: everyMs, persistent: false }, this.#look)
  }

  close(): void {
    clearTimeout(this.#again)
    for (const path of [this.#files.cert, this.#files.key]) unwatchFile(path, this.#look)
  }

  /** Two files are not written in one moment: what does not fit is looked at once more before it is reported. */
  #changed(): void {
    clearTimeout(this.#again)
    if (this.#take() !== undefined) this.#again = setTimeout(() => this.#report(this.#take()), this.#everyMs).unref()
  }

  /** It is the operator's file: whose group may read it is not ours to say. */
  #warnOfReaders(): void {
    const { key } = this.#files
    if (process.platform !== 'win32' && (statSync(key).mode & OTHERS) !== 0)
      this.#logger.warn({ key }, 'everybody on this machine may read the key of the certificate: chmod o= KEY')
  }

  #report(problem: string | undefined): void {
    if (problem !== undefined)
      this.#logger.warn({ ...this.#files, reason: problem }, 'the certificate cannot be used, the old one stays')
  }

  /** Takes over what the files have now; gives the reason when that cannot be. */
  #take(): string | undefined {
    try {
      const found = read(this.#files)
      const { cert, key } = this.followers.current
      if (found.cert === cert && found.key === key) return undefined
      this.followers.change(found)
      this.#warnOfReaders()
      const validUntil = new Date(expiryOf(found)).toISOString()
      this.#logger.info({ ...this.#files, validUntil }, 'new certificate in use')
      return undefined
    } catch (error) {
      return error instanceof Error ? error.message : String(error)
    }
  }
}

function read({ cert, key }: CertificateFiles): Certificate {
  const certificate = { cert: contentOf(cert), key: contentOf(key) }
  try {
    return checkCertificate(certificate)
  } catch (error) {
    if (!(error instanceof CertificateError)) throw error
    throw new CertificateError(`${cert}, ${key}: ${error.message}`, { cause: error })
  }
}

function contentOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error)
    throw new CertificateError(`${file} ${code === 'ENOENT' ? 'is not there' : `cannot be read (${code})`}`)
  }
}
