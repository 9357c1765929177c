/**
 * The directory of a server that waits for its database, perhaps for days. It takes over with the file as it is then, as
 * any start does. A changed file is read while it waits, so that nothing is left to read.
 */
import { stat } from 'node:fs/promises'
import type { Logger } from 'pino'
import { type LoadedDirectory, loadDirectory } from '../directory/index.ts'

/** Milliseconds between two looks at the file. */
const LOOK = 1000

export class AwaitingDirectory {
  readonly #file: string
  readonly #logger: Logger
  readonly #timer: NodeJS.Timeout
  #loaded: LoadedDirectory
  /** The state of the file that was read last. */
  #seen: string
  #looking: Promise<void> = Promise.resolve()
  /** Called when another content was read, with the one before. */
  onChange: (before: LoadedDirectory) => void = () => undefined

  private constructor(file: string, loaded: LoadedDirectory, seen: string, logger: Logger) {
    this.#file = file
    this.#loaded = loaded
    this.#seen = seen
    this.#logger = logger
    this.#timer = setInterval(() => this.#look(), LOOK).unref()
  }

  /** Rejects if the file cannot be read now. */
  static async open(file: string, logger: Logger): Promise<AwaitingDirectory> {
    const seen = await stateOf(file)
    return new AwaitingDirectory(file, await loadDirectory(file), seen, logger)
  }

  /** As it was when it was last read: after `end`, that of the present file, or the last one that was valid. */
  get loaded(): LoadedDirectory {
    return this.#loaded
  }

  /** Looks at the file for the last time. */
  async end(): Promise<void> {
    clearInterval(this.#timer)
    await this.#look()
  }

  #look(): Promise<void> {
    this.#looking = this.#looking.then(() => this.#read())
    return this.#looking
  }

  async #read(): Promise<void> {
    const seen = await stateOf(this.#file)
    if (seen === this.#seen) return
    this.#seen = seen
    try {
      const before = this.#loaded
      this.#loaded = await loadDirectory(this.#file)
      this.onChange(before)
    } catch (error) {
      const err = error instanceof Error ? error.message : String(error)
      this.#logger.warn({ err }, 'the directory has changed and cannot be read: the standby keeps the one before')
    }
  }
}

/** What changes when the file is written or replaced; empty if it is not there. */
async function stateOf(file: string): Promise<string> {
  const found = await stat(file, { bigint: true }).catch(() => undefined)
  return found === undefined ? '' : `${found.ino} ${found.size} ${found.mtimeNs}`
}
