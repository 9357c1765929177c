/** The source of a running server's directory, and reloads from it. */
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

/** The changes of a reload, by ids. */
export interface DirectoryReload extends DirectoryChanges, CredentialChanges {
  /** The name of the file, `sample`, `given` for a directory passed as an object, or `body` for one in a request. */
  readonly source: string
  readonly warnings: readonly string[]
}

export interface DirectorySourceOptions {
  readonly engine: Engine
  /** The name of a file, a directory object, or `undefined` for the sample. */
  readonly from: string | LoadedDirectory | undefined
  /** The directory that the start read from there. */
  readonly loaded: LoadedDirectory
  /** The files that have had an end mark. */
  readonly endMarks: EndMarks
  /** The engine's own account on an external XMPP server. No account of the directory may have this name. */
  readonly ownAccount: string | undefined
  /** Host of the surfaces, for warnings. */
  readonly host: string
  readonly logger: Logger
}

export class DirectorySource implements DirectoryControl {
  readonly #options: DirectorySourceOptions
  #credentials: LoadedDirectory['credentials']
  /** Settles when the last reload has settled. */
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
   * Puts `text` in force or, without it, the present content of the source. Rejects with `DirectoryError` for a
   * directory that is not valid, is cut off or has no administrator, with `RemovalsNotConfirmed`, or with
   * `EngineUnavailable`. Then nothing has changed. The result is logged. Reloads run one after the other.
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
      if (text === undefined) await endMarks.saw(this.#file, loaded)
      const report = this.#report(source, loaded, changes)
      logger.info({ source, by: origin.by, ...counts(report) }, 'the directory was reloaded')
      return report
    } catch (error) {
      if (error instanceof RemovalsNotConfirmed)
        logger.error(
          { source, by: origin.by, removed: error.removed, users: error.users },
          'the directory removes many users; the previous one stays in force. Confirm: mrdian reload --confirm-removals',
        )
      if (!(error instanceof DirectoryError)) throw error
      const problems = error.message.split('\n')
      logger.error({ source, by: origin.by, problems }, 'the directory is not valid; the previous one stays in force')
      throw error
    }
  }

  #refuseOwnAccount(file: string, { credentials }: LoadedDirectory): void {
    const { ownAccount } = this.#options
    const message = ownAccount === undefined ? undefined : ownAccountProblem(ownAccount, credentials)
    if (message !== undefined) throw new DirectoryError([{ file, path: '', message }])
  }

  /** Without an administrator nobody may use `/acd`, so nobody could correct the directory. */
  #refuseWithoutAdministrator(file: string, { credentials }: LoadedDirectory): void {
    const has = (all: LoadedDirectory['credentials']) => all.some(({ kind }) => kind === 'administrator')
    if (has(this.#credentials) && !has(credentials))
      throw new DirectoryError([{ file, path: 'administrators', message: 'without one, nobody may use /acd' }])
  }

  /** The file that is read; `undefined` if the source is not a file. */
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

/** For the log: numbers, not names. */
function counts({
  users,
  teams,
  mediaRoutingDomains,
  queues,
  reasonCodes,
  wrapUpReasons,
  mediaPropertiesLayouts,
  phoneBooks,
  workflowActions,
  workflows,
  eccVariables,
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
    queues: count(queues),
    reasonCodes: count(reasonCodes),
    wrapUpReasons: count(wrapUpReasons),
    mediaPropertiesLayouts: count(mediaPropertiesLayouts),
    phoneBooks: count(phoneBooks),
    workflowActions: count(workflowActions),
    workflows: count(workflows),
    eccVariables: count(eccVariables),
    administrators: count(administrators),
    passwords: passwords.length,
    settings,
  }
}
