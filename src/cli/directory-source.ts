/** The directory of a running server: where it comes from, and how another one comes into force. */
import type { Logger } from 'pino'
import type { DirectoryControl } from '../acd/index.ts'
import {
  type CredentialChanges,
  credentialChanges,
  cutOff,
  type Difference,
  type DirectoryChanges,
  DirectoryError,
  type LoadedDirectory,
  loadDirectory,
  RemovalsNotConfirmed,
  readDirectory,
} from '../directory/index.ts'
import type { Engine, ReloadOptions } from '../engine/api.ts'
import type { Origin } from '../engine/ports.ts'
import type { EndMarks } from './end-marks.ts'
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
  /** Which files have had the mark of their end. */
  readonly endMarks: EndMarks
  /** The engine's own account at an XMPP server outside, which nobody in the directory may have. */
  readonly ownAccount: string | undefined
  /** Address of the surfaces, for warnings. */
  readonly host: string
  readonly logger: Logger
}

export class DirectorySource implements DirectoryControl {
  readonly #options: DirectorySourceOptions
  #credentials: LoadedDirectory['credentials']
  /** Settles when the last reload has. */
  #reloading: Promise<unknown> = Promise.resolve()

  constructor(options: DirectorySourceOptions) {
    this.#options = options
    this.#credentials = options.loaded.credentials
  }

  get name(): string {
    const { from = 'sample' } = this.#options
    return typeof from === 'string' ? from : 'given'
  }

  /**
   * Puts `text` in force, or what the source says now. Rejects with `DirectoryError` for what is not valid, is cut off or
   * has no administrator, with `RemovalsNotConfirmed`, and with `EngineUnavailable`; nothing has changed then. What happened
   * is in the log. Reloads follow one another.
   */
  reload(text: string | undefined, origin: Origin, options: ReloadOptions = {}): Promise<DirectoryReload> {
    const reloaded = this.#reloading.then(() => this.#reload(text, origin, options))
    this.#reloading = reloaded.catch(() => undefined)
    return reloaded
  }

  async #reload(text: string | undefined, origin: Origin, options: ReloadOptions): Promise<DirectoryReload> {
    const { engine, logger, endMarks } = this.#options
    const source = text === undefined ? this.name : 'body'
    try {
      const loaded = text === undefined ? await this.#read() : await readDirectory(text, 'body')
      this.#refuseOwnAccount(source, loaded)
      this.#refuseWithoutAdministrator(source, loaded)
      const changes = await engine.reload(loaded, origin, options)
      if (text === undefined) endMarks.saw(this.#file, loaded)
      const report = this.#report(source, loaded, changes)
      logger.info({ source, by: origin.by, ...counts(report) }, 'the directory was reloaded')
      return report
    } catch (error) {
      if (error instanceof RemovalsNotConfirmed)
        logger.error(
          { source, by: origin.by, removed: error.removed, users: error.users },
          'the directory leaves out many users; the one of before stays in force. If they are to go: mrdian reload --confirm-removals',
        )
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

  /** Nobody could put it right then: without an administrator there is no `/acd`. */
  #refuseWithoutAdministrator(file: string, { credentials }: LoadedDirectory): void {
    const has = (all: LoadedDirectory['credentials']) => all.some(({ kind }) => kind === 'administrator')
    if (has(this.#credentials) && !has(credentials))
      throw new DirectoryError([{ file, path: 'administrators', message: 'nobody would be left who may use /acd' }])
  }

  /** The file that is read; `undefined` where it is another source. */
  get #file(): string | undefined {
    const { from } = this.#options
    return typeof from === 'string' ? from : undefined
  }

  async #read(): Promise<LoadedDirectory> {
    const { from, endMarks } = this.#options
    const loaded = typeof from === 'object' ? from : await loadDirectory(from)
    if (this.#file !== undefined && endMarks.isMissed(this.#file, loaded)) throw cutOff(this.#file)
    return loaded
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
