import type { CodeOf } from '../../errors/mrdian-error.ts'
import { RecoveryError } from '../recovery/recovery-error.ts'
import { UnknownMachineVersion } from '../recovery/unknown-version.ts'
import type { RulesNote } from './note.ts'

/** The stored data were written with guards of an embedder that this program does not have. */
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
      `written with the rules "${name}" in place of ${guards.join(', ')}; ${found}. Pass it to createEngine as rules, or in formerRules if other rules are in force now`,
    )
    this.rules = name
  }
}

/** True if the data were written by a machine version or with rules that this program does not have. */
export const isOfOtherMachines = (error: unknown): error is UnknownRules | UnknownMachineVersion =>
  error instanceof UnknownMachineVersion || error instanceof UnknownRules
