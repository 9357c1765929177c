/** `mrdian check-directory`: checks a directory file and counts what is in it. */
import { loadDirectory } from '../directory/index.ts'

export interface DirectoryReport {
  readonly summary: string
  readonly warnings: readonly string[]
}

/** @throws DirectoryError with every problem. */
export async function reportDirectory(file: string): Promise<DirectoryReport> {
  const { directory, credentials, warnings = [], hasEndMark } = await loadDirectory(file)
  const { users, teams, mediaRoutingDomains, queues = [], reasonCodes } = directory
  const {
    wrapUpReasons = [],
    mediaPropertiesLayouts = [],
    phoneBooks = [],
    workflows = [],
    eccVariables = [],
  } = directory
  const administrators = credentials.filter(({ kind }) => kind === 'administrator').length
  const counts = [
    plural(users.length, 'user'),
    plural(administrators, 'administrator'),
    plural(teams.length, 'team'),
    plural(mediaRoutingDomains.length, 'media routing domain'),
    plural(queues.length, 'queue'),
    plural(reasonCodes.filter(({ systemCode }) => !systemCode).length, 'reason code'),
    ...some(wrapUpReasons.length, 'wrap-up reason'),
    ...some(mediaPropertiesLayouts.length, 'layout'),
    ...some(phoneBooks.length, 'phone book'),
    ...some(workflows.length, 'workflow'),
    ...some(eccVariables.length, 'ECC variable'),
  ]
  return {
    summary: `${file} is valid: ${counts.join(', ')}`,
    warnings: [
      ...warnings,
      ...(administrators === 0 ? ['there is no administrator, so nobody may use /acd'] : []),
      ...(hasEndMark
        ? []
        : ['the file has no end mark: with "..." as its last line, a file that was cut off is refused']),
    ],
  }
}

/** Nothing about a section that is empty. */
function some(count: number, what: string): readonly string[] {
  return count === 0 ? [] : [plural(count, what)]
}

function plural(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`
}
