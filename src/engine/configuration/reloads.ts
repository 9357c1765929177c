/** Reloads of the directory. They run one after the other, because each is compared with the directory of the previous one. */
import { type DirectoryChanges, directoryChanges } from '../../directory/changes.ts'
import type { Directory, LoadedDirectory } from '../../directory/model.ts'
import { limitRemovals, type RemovalLimit } from '../../directory/removals.ts'
import { checkReserved } from '../../directory/reserved.ts'
import { parseSecret } from '../../directory/secret.ts'
import { InvalidArgument } from '../../errors/mrdian-error.ts'
import type { ReloadOptions } from '../api.ts'
import type { Core } from '../core.ts'
import type { Listeners } from '../delivery/listeners.ts'
import type { EngineEvents } from '../events.ts'
import type { Origin } from '../ports.ts'
import type { DirectoryInForce } from './directory-in-force.ts'

export interface ReloadParts {
  readonly inForce: DirectoryInForce
  readonly listeners: Listeners<EngineEvents>
  readonly removalLimit: RemovalLimit | undefined
  core(): Core
  /** The reset that is under way, if there is one. */
  resetting(): Promise<void> | undefined
}

/** A directory, and its accounts if they were loaded with it. */
type Given = Partial<LoadedDirectory> & Pick<LoadedDirectory, 'directory'>

export class Reloads {
  readonly #parts: ReloadParts
  /** Settles when the last reload settles. Never rejects. */
  #last: Promise<unknown> = Promise.resolve()

  constructor(parts: ReloadParts) {
    this.#parts = parts
  }

  /** See `Engine.reload`. */
  async reload(
    directory: Directory | LoadedDirectory,
    origin: Origin,
    options: ReloadOptions,
  ): Promise<DirectoryChanges> {
    const given: Given = 'directory' in directory ? directory : { directory }
    checkReserved(given.directory)
    for (const { id, secret } of given.credentials ?? [])
      if (!parseSecret(secret)) throw new InvalidArgument(`the secret of account "${id}" has an unknown form`)
    const reloaded = this.#last.then(() => this.#reload(given, origin, options))
    this.#last = reloaded.catch(() => undefined)
    return reloaded
  }

  async #reload(
    { directory, credentials, passwords }: Given,
    origin: Origin,
    { confirmRemovals = false }: ReloadOptions,
  ): Promise<DirectoryChanges> {
    const { inForce, listeners, removalLimit, core, resetting } = this.#parts
    await resetting()
    const before = inForce.current
    const ids = before.users.map(({ id }) => id)
    if (!confirmRemovals) limitRemovals(ids, directory, removalLimit)
    const changes = directoryChanges(before, directory)
    const accounts = credentials && passwords !== 'none' ? { credentials } : {}
    await core().reload(directory, origin, () =>
      listeners.emit('directory', { before, directory, changes, ...accounts }),
    )
    return changes
  }
}
