/**
 * Setups of users that were compared with a directory before, and found to be the same. A standby compares them while it
 * waits, because thousands of comparisons take a third of a second.
 */
import type { Directory } from '../../directory/model.ts'
import type { UserSetup } from '../aggregate/user/setup.ts'
import { isSameJson } from '../json.ts'
import type { Arrangement } from './configuration.ts'

export class ComparedSetups {
  readonly #directory: Directory
  readonly #arrangement: Arrangement
  readonly #same = new WeakSet<UserSetup>()

  constructor(directory: Directory, arrangement: Arrangement) {
    this.#directory = directory
    this.#arrangement = arrangement
  }

  /** Does it say anything about this directory? */
  isFor(directory: Directory, arrangement: Arrangement): boolean {
    return directory === this.#directory && isSameJson(arrangement, this.#arrangement)
  }

  has(setup: UserSetup): boolean {
    return this.#same.has(setup)
  }

  add(setup: UserSetup): void {
    this.#same.add(setup)
  }
}
