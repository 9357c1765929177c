import type { Directory, User } from '../../directory/model.ts'

/** Index of the directory for the look-ups of the service. It is built again after a reload of the directory. */
export class DirectoryIndex {
  readonly #directory: () => Directory
  #indexed: Directory | undefined
  #usersById = new Map<string, User>()
  #usersByLocal = new Map<string, User>()
  #teams = new Set<string>()
  #queues = new Set<string>()

  constructor(directory: () => Directory) {
    this.#directory = directory
  }

  user(id: string): User | undefined {
    this.#refresh()
    return this.#usersById.get(id)
  }

  /** Looks up a user by the id in lower case (`notifications 2.2`). */
  userByLocal(local: string): User | undefined {
    this.#refresh()
    return this.#usersByLocal.get(local)
  }

  hasTeam(id: string): boolean {
    this.#refresh()
    return this.#teams.has(id)
  }

  /** Is there a queue with this id? The queue of an MRD has the id of the MRD. */
  hasQueue(id: string): boolean {
    this.#refresh()
    return this.#queues.has(id)
  }

  teams(): readonly string[] {
    this.#refresh()
    return [...this.#teams]
  }

  queues(): readonly string[] {
    this.#refresh()
    return [...this.#queues]
  }

  #refresh(): void {
    const directory = this.#directory()
    if (directory === this.#indexed) return
    this.#indexed = directory
    this.#usersById = new Map(directory.users.map((user) => [user.id, user]))
    this.#usersByLocal = new Map(directory.users.map((user) => [user.id.toLowerCase(), user]))
    this.#teams = new Set(directory.teams.map((team) => team.id))
    const { mediaRoutingDomains, queues = [] } = directory
    this.#queues = new Set([...mediaRoutingDomains, ...queues].map(({ id }) => id))
  }
}
