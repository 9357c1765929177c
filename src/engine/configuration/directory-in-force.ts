/** The current directory. A reload replaces it at the moment when the new setups of the aggregates are committed. */
import type { Directory } from '../../directory/model.ts'

export class DirectoryInForce {
  #current: Directory

  constructor(directory: Directory) {
    this.#current = directory
  }

  get current(): Directory {
    return this.#current
  }

  replace(directory: Directory): void {
    this.#current = directory
  }
}
