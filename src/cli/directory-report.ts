/** `mrdian check-directory`: is the file valid, and what is in it? */
import { loadDirectory } from '../directory/index.ts'

export interface DirectoryReport {
  readonly summary: string
  readonly warnings: readonly string[]
}

/** @throws DirectoryError with every problem. */
export async function reportDirectory(file: string): Promise<DirectoryReport> {
  const { directory, credentials, warnings = [] } = await loadDirectory(file)
  const { users, teams, mediaRoutingDomains, reasonCodes } = directory
  const counts = [
    plural(users.length, 'user'),
    plural(credentials.filter(({ kind }) => kind === 'administrator').length, 'administrator'),
    plural(teams.length, 'team'),
    plural(mediaRoutingDomains.length, 'media routing domain'),
    plural(reasonCodes.filter(({ systemCode }) => !systemCode).length, 'reason code'),
  ]
  return { summary: `${file} is valid: ${counts.join(', ')}`, warnings }
}

function plural(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`
}
