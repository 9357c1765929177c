/** Ids that no directory may contain, neither from a file nor from a program. */
import { DirectoryError, type DirectoryProblem } from './errors.ts'
import type { Directory } from './model.ts'
import { isInherited } from './names.ts'

export const RESERVED = 'must not be the name of a member that every object has, such as "constructor"'

/**
 * Checks a directory that a program has made. For a file, the schema checks the same.
 *
 * @throws DirectoryError
 */
export function checkReserved({ users, teams, mediaRoutingDomains, queues = [] }: Directory): void {
  const problems: DirectoryProblem[] = []
  const check = (id: string, path: string) => {
    if (isInherited(id)) problems.push({ file: 'directory', path, message: RESERVED })
  }
  for (const [index, { id }] of users.entries()) check(id, `users[${index}].id`)
  for (const [index, { id }] of teams.entries()) check(id, `teams[${index}].id`)
  for (const [index, { id }] of queues.entries()) check(id, `queues[${index}].id`)
  for (const [index, { id, scriptSelectors }] of mediaRoutingDomains.entries()) {
    check(id, `mediaRoutingDomains[${index}].id`)
    for (const [at, selector] of scriptSelectors.entries())
      check(selector, `mediaRoutingDomains[${index}].scriptSelectors[${at}]`)
  }
  if (problems.length > 0) throw new DirectoryError(problems)
}
