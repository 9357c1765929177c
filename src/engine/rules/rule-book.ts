/** The sets of rules that a program knows: the guards of the charts, and the sets of an embedder. */
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
  /** The set for all steps from now on; `undefined` for the guards of the charts. */
  readonly inForce: RulesNote | undefined
  readonly #known: ReadonlyMap<string, Known>

  /**
   * `former`: the sets under which older parts of a journal were written.
   *
   * @throws InvalidArgument for an invalid set.
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

  /** True if there are no sets of an embedder. */
  get isPlain(): boolean {
    return this.#known.size === 0
  }

  /** The user machine with the rules that a note in the journal names. Throws `UnknownRules`. */
  machineFor(note: RulesNote | undefined): typeof userMachine {
    if (note === undefined) return userMachine
    const known = this.#known.get(note.name)
    if (!known || !isSameNote(known.note, note)) throw new UnknownRules(note, known?.note)
    return known.machine
  }
}

/** Only the guards of the charts. */
export const PLAIN = new RuleBook()
