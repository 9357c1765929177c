/** Sets of an embedder's guards that replace guards of the charts. */
import { GUARDS, type ReplacedGuards } from '../../../machines/index.ts'
import { InvalidArgument } from '../../errors/mrdian-error.ts'
import { contained } from '../contained.ts'
import type { RulesNote } from './note.ts'

/**
 * Guards of your own. Each gets the guard that it replaces as its second argument:
 * `acceptsInterrupt: (args, original) => original(args) && args.context.mrd !== '5001'`.
 */
export interface RuleSet {
  /** The journal stores this name. Change it whenever a guard decides differently: `acme-2`. */
  readonly name: string
  readonly guards: ReplacedGuards
}

const MACHINES = ['user', 'media', 'task'] as const satisfies readonly (keyof ReplacedGuards)[]
const isMachine = (name: string): name is keyof ReplacedGuards => MACHINES.some((each) => each === name)

/**
 * The note about a set.
 *
 * @throws InvalidArgument for a set without a name, for a set without guards, for a guard that the charts do not have,
 * and for a guard that is not a function.
 */
export function noteOf({ name, guards }: RuleSet): RulesNote {
  if (typeof name !== 'string' || name.trim() === '') throw new InvalidArgument('a set of rules needs a name')
  const replaced = Object.entries(guards).flatMap(([machine, own]) => {
    if (!isMachine(machine))
      throw new InvalidArgument(
        `rules "${name}": guards of ${machine} cannot be replaced, only those of ${MACHINES.join(', ')}`,
      )
    return Object.entries(own ?? {}).map(([guard, decides]: [string, unknown]) => {
      if (!GUARDS[machine].includes(guard))
        throw new InvalidArgument(
          `rules "${name}": ${machine} has no guard ${guard}; it has ${GUARDS[machine].join(', ')}`,
        )
      if (typeof decides !== 'function' || 'check' in decides)
        throw new InvalidArgument(`rules "${name}": ${machine}.${guard} is no function`)
      return `${machine}.${guard}`
    })
  })
  if (replaced.length === 0) throw new InvalidArgument(`rules "${name}" replace no guard`)
  return { name, guards: replaced.sort() }
}

/**
 * The same guards, but they throw if they do not return a boolean. Otherwise a promise, for example, would count as
 * true.
 */
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
  if (typeof guard !== 'function') return guard
  return new Proxy(guard, {
    apply(decides, self, given) {
      const answered: unknown = Reflect.apply(decides, self, given)
      if (typeof answered === 'boolean') return answered
      contained(() => answered)
      throw new TypeError(`${name} answered neither true nor false`)
    },
  })
}
