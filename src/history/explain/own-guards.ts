/** Where a guard of an embedder decided, the descriptions of the charts may be false. Explanations name the guard. */
import { guardName, type TakenRow } from '../../engine/inspection/private-names.ts'
import type { RulesNote } from '../../engine/rules/note.ts'

/**
 * The replaced guard in words, for example `acceptsInterrupt of the rules "acme-2"`. `undefined` if the rules do not
 * replace it. `guard`: machine and name, for example `media.acceptsInterrupt`.
 */
export function ownGuard(rules: RulesNote | undefined, guard: string): string | undefined {
  if (!rules?.guards.includes(guard)) return undefined
  return `${guard.slice(guard.indexOf('.') + 1)} of the rules "${rules.name}"`
}

/** The replaced guard of a row, in words; `undefined` if the row has none. */
export function ownGuardOf({ guard, source }: TakenRow, rules: RulesNote | undefined): string | undefined {
  const name = guardName(guard)
  return name === undefined ? undefined : ownGuard(rules, `${source.machine.id}.${name}`)
}
