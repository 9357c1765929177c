/** Guards of an embedder in place of those of the charts. */

import { GUARDS, type ReplacedGuards } from '../../../machines/index.ts'
import { InvalidArgument } from '../../errors/mrdian-error.ts'
import { contained } from '../contained.ts'
import type { RulesNote } from './note.ts'

export interface RuleSet {
  /** Stands in the journal. Another name whenever a guard decides otherwise: `acme-2`. */
  readonly name: string
  readonly guards: ReplacedGuards
}

const MACHINES = ['user', 'media', 'task'] as const satisfies readonly (keyof ReplacedGuards)[]
const isMachine = (name: string): name is keyof ReplacedGuards => MACHINES.some((each) => each === name)

/** What the journal says of a set. Throws `InvalidArgument` for guards that the charts do not have, or that are no functions. */
export function noteOf({ name, guards }: RuleSet): RulesNote {
  if (typeof name !== 'string' || name.trim() === '') throw new InvalidArgument('a set of rules needs a name')
  const replaced = Object.entries(guards).flatMap(([machine, own]) => {
    if (!isMachine(machine))
      throw new InvalidArgument(
        `rules "${name}": no guards of ${machine} can be replaced, but of ${MACHINES.join(', ')}`,
      )
    return Object.entries(own ?? {}).map(([guard, decides]: [string, unknown]) => {
      if (!GUARDS[machine].includes(guard))
        throw new InvalidArgument(
          `rules "${name}": ${machine} has no guard ${guard}; it has ${GUARDS[machine].join(', ')}`,
        )
      if (typeof decides !== 'function')
        throw new InvalidArgument(`rules "${name}": ${machine}.${guard} is no function`)
      return `${machine}.${guard}`
    })
  })
  if (replaced.length === 0) throw new InvalidArgument(`rules "${name}" replace no guard`)
  return { name, guards: replaced.sort() }
}

/** The same guards, which fail where they answer with anything but yes or no: a promise would be a yes. */
export function strict({ name, guards: { user = {}, media = {}, task = {} } }: RuleSet): ReplacedGuards {
  return {
    user: answering(user, `rules "${name}": user`),
    media: answering(media, `rules "${name}": media`),
    task: answering(task, `rules "${name}": task`),
  }
}

function answering<Guards extends object>(guards: Guards, owner: string): Guards {
  const made = new Map<PropertyKey, unknown>()
  return new Proxy(guards, {
    get(table, key) {
      if (!made.has(key)) made.set(key, answer(Reflect.get(table, key), `${owner}.${String(key)}`))
      return made.get(key)
    },
  })
}

function answer(guard: unknown, name: string): unknown {
  // Those that XState makes of others (`and`, `not`) are its own to ask.
  if (typeof guard !== 'function' || 'check' in guard) return guard
  return new Proxy(guard, {
    apply(decides, self, given) {
      const answered: unknown = Reflect.apply(decides, self, given)
      if (typeof answered === 'boolean') return answered
      contained(() => answered)
      throw new TypeError(`${name} answered neither true nor false`)
    },
  })
}
