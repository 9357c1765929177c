/** Parses the text of a directory file into a directory. */
import type { Document } from 'yaml'
import { checkDirectory, isForAll } from './checks.ts'
import { readDocument } from './document.ts'
import { DirectoryError, type DirectoryProblem, inFileOrder } from './errors.ts'
import { MAX_FILE } from './file.ts'
import type { Finding } from './findings.ts'
import { locator, printPath } from './locate.ts'
import { findingsOf } from './messages.ts'
import type { Credential, Directory, LoadedDirectory } from './model.ts'
import { type DirectoryFile, directoryFile } from './schema.ts'
import { plainSecret } from './secret.ts'
import { systemReasonCodes } from './system-reason-codes.ts'

/** Options of `parseDirectory`. */
export interface ParseOptions {
  /**
   * `required` (the default): each user and administrator has a password. `none`: the program has accounts of its own,
   * so passwords may be left out, and `credentials` is empty. Passwords in the file are ignored, with a warning.
   */
  readonly passwords?: 'required' | 'none' | undefined
}

/** Most problems that are reported with line and column. */
const MAX_PLACED = 1000

/**
 * Validates the text of a directory file. `fileName` is only for messages. The first stage checks keys, types and
 * ranges. If it finds no problem, the second stage checks the rules between entries.
 *
 * It is synchronous and takes seconds for a large file. A server should use `loadDirectory`, which does this in a
 * thread.
 *
 * @throws DirectoryError with every problem of the first stage that finds any.
 */
export function parseDirectory(text: string, fileName: string, options: ParseOptions = {}): LoadedDirectory {
  const { passwords = 'required' } = options
  const problem = (path: string, message: string) => new DirectoryError([{ file: fileName, path, message }])
  if (text.length > MAX_FILE) throw problem('', 'is too large')
  const { document, lines, hasEndMark } = readDocument(text, fileName)
  const fail = (findings: readonly Finding[]): never => {
    const locate = locator(document, lines)
    const told = ({ path, message }: Finding): DirectoryProblem => ({ file: fileName, path: printPath(path), message })
    const placed = findings.slice(0, MAX_PLACED).map((finding) => ({ ...told(finding), ...locate(finding.path) }))
    throw new DirectoryError([...placed.sort(inFileOrder), ...findings.slice(MAX_PLACED).map(told)])
  }
  const shape = directoryFile.safeParse(plainValue(document, problem), { reportInput: true })
  if (!shape.success) return fail(shape.error.issues.flatMap(findingsOf))
  const findings = checkDirectory(shape.data, passwords)
  if (findings.length > 0) return fail(findings)
  const accounts = passwords === 'none' ? ignoredPasswords(shape.data) : credentialsOf(shape.data)
  return { directory: directoryOf(shape.data), ...accounts, hasEndMark }
}

/** Throws if aliases would make the document too large. */
function plainValue(document: Document, problem: (path: string, message: string) => DirectoryError): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 })
  } catch (error) {
    throw problem('', error instanceof Error ? error.message : String(error))
  }
}

function directoryOf(file: DirectoryFile): Directory {
  const own = file.reasonCodes.map((reason) => ({ ...reason, forAll: isForAll(reason), systemCode: false }))
  return {
    platform: file.platform,
    settings: file.settings,
    mediaRoutingDomains: file.mediaRoutingDomains,
    queues: file.queues,
    teams: file.teams,
    reasonCodes: [...own, ...systemReasonCodes(file.platform)],
    eccVariables: file.eccVariables,
    wrapUpReasons: file.wrapUpReasons,
    mediaPropertiesLayouts: file.mediaPropertiesLayouts,
    phoneBooks: file.phoneBooks,
    workflowActions: file.workflowActions,
    workflows: file.workflows,
    users: file.users.map(({ password: _password, passwordHash: _hash, ...user }) => user),
  }
}

function credentialsOf(file: DirectoryFile): Pick<LoadedDirectory, 'credentials' | 'warnings'> {
  const accounts = [...file.administrators, ...file.users]
  const plain = accounts.filter(({ password }) => password !== undefined).length
  const warning = `${plain} of ${accounts.length} accounts have a plain password in the file: prefer passwordHash`
  const credentials: Credential[] = [
    ...file.administrators.map((account) => {
      return { id: account.id, kind: 'administrator' as const, secret: secretOf(account) }
    }),
    ...file.users.map((account) => {
      return { id: account.id, loginName: account.loginName, kind: 'user' as const, secret: secretOf(account) }
    }),
  ]
  return { credentials, warnings: plain > 0 ? [warning] : [] }
}

function ignoredPasswords(file: DirectoryFile): Pick<LoadedDirectory, 'credentials' | 'passwords' | 'warnings'> {
  const accounts = [...file.administrators, ...file.users]
  const given = accounts.filter(({ password, passwordHash }) => password !== undefined || passwordHash !== undefined)
  const warning = `${given.length} of ${accounts.length} accounts have a password in the file, which is ignored`
  return { credentials: [], passwords: 'none', warnings: given.length > 0 ? [warning] : [] }
}

/** The checks guarantee that exactly one of the two is given. */
function secretOf({ password, passwordHash }: { password?: string | undefined; passwordHash?: string | undefined }) {
  return passwordHash ?? plainSecret(password ?? '')
}
