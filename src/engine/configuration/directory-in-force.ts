/** The directory in force. A reload replaces it, in the moment of the commit that tells the aggregates. */
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
