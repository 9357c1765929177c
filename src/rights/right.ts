/** A right: what each role may do, by the relation of the caller to the object. */

export const ROLES = ['agent', 'supervisor', 'administrator'] as const
export type Role = (typeof ROLES)[number]

/**
 * Relation of a caller to an object.
 *
 * | | a user | a team | a dialog | an entry of the configuration | a team message |
 * |---|---|---|---|---|---|
 * | `own` | the caller | the team that the caller belongs to | the caller takes part | the caller's team has it | the caller wrote it |
 * | `team` | supervisor: a member of a supervised team; agent: a member of the own team | the caller supervises it | a member of a supervised team takes part | - | it is to the own team or a supervised one |
 * | `foreign` | every other one | every other one | every other one | every other one | every other one |
 * | `unknown` | does not exist | does not exist | does not exist | does not exist | does not exist |
 */
export const RELATIONS = ['own', 'team', 'foreign', 'unknown'] as const
export type Relation = (typeof RELATIONS)[number]

/** Verdicts for `own`, `team`, `foreign` and `unknown`. `-`: the role never has this relation. */
export type Cells<V extends string> = readonly [own: V | '-', team: V | '-', foreign: V | '-', unknown: V | '-']

/** One row of the table. `V`: the verdicts of a surface. */
export type Right<V extends string> = Readonly<Record<Role, Cells<V>>>

/** The verdict for a role and one relation; `-` if the role never has it. */
export function cellOf<V extends string>(right: Right<V>, role: Role, relation: Relation): V | '-' {
  return right[role][RELATIONS.indexOf(relation)] ?? '-'
}

/**
 * The verdict for a caller with these relations to the object, of which the best for the caller counts: the first of
 * `allowing` that one of the relations gives, otherwise the refusal for the last relation.
 *
 * @throws RangeError for a relation that the role never has.
 */
export function verdictOf<V extends string>(
  right: Right<V>,
  role: Role,
  relations: readonly Relation[],
  allowing: readonly V[],
): V {
  const cells = relations.flatMap((relation): readonly V[] => {
    const cell = cellOf(right, role, relation)
    return isVerdict(cell) ? [cell] : []
  })
  const verdict = allowing.find((each) => cells.includes(each)) ?? cells.at(-1)
  if (verdict === undefined) throw new RangeError(`no verdict for ${role} and ${relations.join(', ')}`)
  return verdict
}

function isVerdict<V extends string>(cell: V | '-'): cell is V {
  return cell !== '-'
}
