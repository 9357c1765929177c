/** Reads resources as a desktop does, and compares each with its form. */
import { expect } from 'vitest'
import { NotTestable } from '../any-server/not-testable.ts'
import type { FinesseClient, RestAnswer } from '../finesse-client.ts'
import type { Stage } from '../rows/stage.ts'
import { at, childrenOf, parseTree, type Tree, valueAt } from '../tree.ts'
import { type Form, inForm } from './form.ts'

/** A resource, and what it looks like. */
export interface Resource {
  readonly path: string
  readonly form: Form
  /** No document has this URI, or that this role may read it: another server may not have it. */
  readonly isChoice?: boolean
  readonly headers?: Readonly<Record<string, string>>
}

/** Answers that a server gives to a resource that it does not have. */
const ABSENT = [404, 405, 501]

export class Reader {
  readonly #stage: Stage
  readonly #client: FinesseClient

  constructor(stage: Stage, user: string) {
    this.#stage = stage
    this.#client = stage.on.restOnly(user)
  }

  get user(): string {
    return this.#client.user
  }

  /** The document of a resource. It must have its form. */
  async reads({ path, form, isChoice = false, headers = {} }: Resource): Promise<Tree> {
    const answer = await this.#client.request('GET', `/finesse/api/${path}`, undefined, headers)
    if (isChoice && ABSENT.includes(answer.status))
      throw new NotTestable(`no document has the URI ${kindOf(path)}, and it was answered with ${answer.status}`)
    expect([path, answer.status]).toEqual([path, 'Range' in headers && answer.status === 206 ? 206 : 200])
    return this.#compared(path, form, answer)
  }

  #compared(path: string, form: Form, answer: RestAnswer): Tree {
    const shown = parseTree(answer.body)
    this.#stage.story.compares(answer, inForm(form, shown), `GET ${kindOf(path)}`, `GET ${path} as ${this.user}`)
    return shown
  }

  /** Reads each member of a list by its URI. */
  async follows(list: Tree, member: string, form: Form): Promise<void> {
    for (const each of childrenOf(list, member)) {
      const uri = valueAt(each, 'uri') ?? ''
      const shown = await this.reads({ path: uri.replace('/finesse/api/', ''), form })
      expect(valueAt(shown, 'uri')).toBe(uri)
    }
  }

  /** The own team, and those that a supervisor supervises. */
  async teams(): Promise<{ readonly own: string; readonly supervised: readonly string[] }> {
    const user = parseTree((await this.#client.get(`User/${this.user}`)).body)
    const supervised = at(user, 'teams')
    return {
      own: valueAt(user, 'teamId') ?? '',
      supervised: supervised ? childrenOf(supervised, 'Team').map((team) => valueAt(team, 'id') ?? '') : [],
    }
  }
}

/** A path without ids, as the name of a kind of document. */
export function kindOf(path: string): string {
  const [resource = '', query] = path.split('?')
  const parts = resource.split('/').map((part, index) => (index % 2 === 1 ? '{}' : part))
  return parts.join('/') + (query === undefined ? '' : `?${query.replace(/=.*/, '')}`)
}
