/** The rules that a program knows: those of the charts, and sets with guards of an embedder. */

import { userMachine, withGuards } from '../../../machines/index.ts'
import { InvalidArgument } from '../../errors/mrdian-error.ts'
import { isSameNote, type RulesNote } from './note.ts'
import { noteOf, type RuleSet, strict } from './rule-set.ts'
import { UnknownRules } from './unknown-rules.ts'

interface Known {
  readonly note: RulesNote
  readonly machine: typeof userMachine
}

export class RuleBook {
  /** Of the set by which users go from now on; `undefined`: the charts as they are. */
  readonly inForce: RulesNote | undefined
  readonly #known: ReadonlyMap<string, Known>

  /**
   * `former`: by which older parts of a journal were written.
   *
   * @throws InvalidArgument for a set that cannot be.
   */
  constructor(inForce?: RuleSet, former: readonly RuleSet[] = []) {
    const known = new Map<string, Known>()
    for (const set of [...(inForce ? [inForce] : []), ...former]) {
      const note = noteOf(set)
      if (known.has(note.name)) throw new InvalidArgument(`two sets of rules are called "${note.name}"`)
      known.set(note.name, { note, machine: withGuards(strict(set)) })
    }
    this.#known = known
    this.inForce = inForce && known.get(inForce.name)?.note
  }

  /** Does it know the rules of the charts and no others? */
  get isPlain(): boolean {
    return this.#known.size === 0
  }

  /** The machine by which a user goes that the journal says this of. Throws `UnknownRules`. */
  machineFor(note: RulesNote | undefined): typeof userMachine {
    if (note === undefined) return userMachine
    const known = this.#known.get(note.name)
    if (!known || !isSameNote(known.note, note)) throw new UnknownRules(note, known?.note)
    return known.machine
  }
}

/** The charts as they are. */
export const PLAIN = new RuleBook()
