import { readFileSync, statSync, unwatchFile, watchFile } from 'node:fs'
import type { Logger } from 'pino'
import { type Certificate, CertificateError, checkCertificate, contextOf, expiryOf } from './certificate.ts'
import { Followers, type TlsCertificate } from './source.ts'

/** The files of a certificate. */
export interface CertificateFiles {
  /** Path of a PEM file: the certificate, then the chain to its root. */
  readonly cert: string
  /** Path of a PEM file with the key, without a passphrase. */
  readonly key: string
}

export interface WatchOptions {
  readonly logger: Logger
  /** Milliseconds between two checks of the files; 2000 when left out. */
  readonly everyMs?: number
}

const EVERY_MS = 2000

/**
 * The certificate in two files. When they change, new connections get the new certificate, and open ones stay. If the
 * new one cannot be used, this is logged and the old one stays in use. Throws `CertificateError` when the files cannot
 * be used now.
 */
export function certificateFiles(files: CertificateFiles, options: WatchOptions): TlsCertificate {
  const watched = new WatchedFiles(files, options)
  return {
    context: () => contextOf(watched.followers.current),
    follow: (server) => watched.followers.follow(server),
    close: () => watched.close(),
  }
}

/** File permissions of all users except the owner and the group. */
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
    // Paths are watched, not open files, because a renewal replaces the files or the targets of symbolic links.
    for (const path of [files.cert, files.key]) watchFile(path, { interval: everyMs, persistent: false }, this.#look)
  }

  close(): void {
    clearTimeout(this.#again)
    for (const path of [this.#files.cert, this.#files.key]) unwatchFile(path, this.#look)
  }

  /**
   * The two files are not written at the same moment. If they do not fit, they are read once more before this is
   * logged.
   */
  #changed(): void {
    clearTimeout(this.#again)
    if (this.#take() !== undefined) this.#again = setTimeout(() => this.#report(this.#take()), this.#everyMs).unref()
  }

  /** Warns if every user may read the key. Permissions of the group are the operator's decision. */
  #warnOfReaders(): void {
    const { key } = this.#files
    if (process.platform !== 'win32' && (statSync(key).mode & OTHERS) !== 0)
      this.#logger.warn({ key }, 'everybody on this machine may read the key of the certificate: chmod o= KEY')
  }

  #report(problem: string | undefined): void {
    if (problem !== undefined)
      this.#logger.warn({ ...this.#files, reason: problem }, 'the certificate cannot be used, the old one stays')
  }

  /** Takes over the current content of the files. Returns the reason when it cannot be used. */
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
