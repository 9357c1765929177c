/** The directory of a running server: where it comes from, and how another one comes into force. */
import type { Logger } from 'pino'
import type { DirectoryControl } from '../acd/index.ts'
import {
  type CredentialChanges,
  credentialChanges,
  type Difference,
  type DirectoryChanges,
  DirectoryError,
  type LoadedDirectory,
  loadDirectory,
  parseDirectory,
} from '../directory/index.ts'
import type { Engine } from '../engine/api.ts'
import type { Origin } from '../engine/ports.ts'
import { ownAccountProblem } from './outside.ts'
import { warningsOf } from './warnings.ts'

/** What a reload has changed, by ids. */
export interface DirectoryReload extends DirectoryChanges, CredentialChanges {
  /** A file, `sample`, `given` for one that came as an object, `body` for one that came in a request. */
  readonly source: string
  readonly warnings: readonly string[]
}

export interface DirectorySourceOptions {
  readonly engine: Engine
  /** A file, a directory that was given, or `undefined` for the sample. */
  readonly from: string | LoadedDirectory | undefined
  /** What was read from there at the start. */
  readonly loaded: LoadedDirectory
  /** The engine's own account at an XMPP server outside, which nobody in the directory may have. */
  readonly ownAccount: string | undefined
  /** Address of the surfaces, for warnings. */
  readonly host: string
  readonly logger: Logger
}

export class DirectorySource implements DirectoryControl {
  readonly #options: DirectorySourceOptions
  #credentials: LoadedDirectory['credentials']

  constructor(options: DirectorySourceOptions) {
    this.#options = options
    this.#credentials = options.loaded.credentials
  }

  get name(): string {
    const { from = 'sample' } = this.#options
    return typeof from === 'string' ? from : 'given'
  }

  /**
   * Puts `text` in force, or what the source says now. Rejects with `DirectoryError` for what is not valid, and with
   * `EngineUnavailable`; nothing has changed then. What happened is in the log.
   */
  async reload(text: string | undefined, origin: Origin): Promise<DirectoryReload> {
    const { engine, logger } = this.#options
    const source = text === undefined ? this.name : 'body'
    try {
      const loaded = text === undefined ? await this.#read() : parseDirectory(text, 'body')
      this.#refuseOwnAccount(source, loaded)
      const changes = await engine.reload(loaded, origin)
      const report = this.#report(source, loaded, changes)
      logger.info({ source, by: origin.by, ...counts(report) }, 'the directory was reloaded')
      return report
    } catch (error) {
      if (!(error instanceof DirectoryError)) throw error
      const problems = error.message.split('\n')
      logger.error({ source, by: origin.by, problems }, 'the directory is not valid; the one of before stays in force')
      throw error
    }
  }

  #refuseOwnAccount(file: string, { credentials }: LoadedDirectory): void {
    const { ownAccount } = this.#options
    const message = ownAccount === undefined ? undefined : ownAccountProblem(ownAccount, credentials)
    if (message !== undefined) throw new DirectoryError([{ file, path: '', message }])
  }

  async #read(): Promise<LoadedDirectory> {
    const { from } = this.#options
    return typeof from === 'object' ? from : loadDirectory(from)
  }

  #report(source: string, loaded: LoadedDirectory, changes: DirectoryChanges): DirectoryReload {
    const { from, host, logger } = this.#options
    const isSample = source !== 'body' && from === undefined
    const warnings = warningsOf(loaded, isSample, host)
    for (const warning of warnings) logger.warn(warning)
    const credentials = credentialChanges(this.#credentials, loaded.credentials)
    this.#credentials = loaded.credentials
    return { source, ...changes, ...credentials, warnings }
  }
}

/** For the log: how many, not who. */
function counts({
  users,
  teams,
  mediaRoutingDomains,
  reasonCodes,
  administrators,
  passwords,
  settings,
}: DirectoryReload) {
  const count = ({ added, changed, removed }: Difference) => ({
    added: added.length,
    changed: changed.length,
    removed: removed.length,
  })
  return {
    users: count(users),
    teams: count(teams),
    mediaRoutingDomains: count(mediaRoutingDomains),
    reasonCodes: count(reasonCodes),
    administrators: count(administrators),
    passwords: passwords.length,
    settings,
  }
}
