import type { CodeOf } from '../../errors/mrdian-error.ts'
import { RecoveryError } from '../recovery/recovery-error.ts'
import { UnknownMachineVersion } from '../recovery/unknown-version.ts'
import type { RulesNote } from './note.ts'

/** What is stored was written with guards of an embedder that nobody has given to this program. */
export class UnknownRules extends RecoveryError {
  override readonly name = 'UnknownRules'
  override readonly code: CodeOf<'UnknownRules'> = 'UNKNOWN_RULES'
  /** Name of the set that is missing. */
  readonly rules: string

  constructor({ name, guards }: RulesNote, known: RulesNote | undefined) {
    const found =
      known === undefined
        ? 'this program was not given that set'
        : `the set of that name here replaces others (${known.guards.join(', ')})`
    super(
      `written with the rules "${name}" in place of ${guards.join(', ')}; ${found}: pass it to createEngine as rules, or as one of formerRules to go on with others`,
    )
    this.rules = name
  }
}

/** What was written belongs to machines that this program does not have. */
export const isOfOtherMachines = (error: unknown): error is UnknownRules | UnknownMachineVersion =>
  error instanceof UnknownMachineVersion || error instanceof UnknownRules
