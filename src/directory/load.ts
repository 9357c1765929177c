/** From a directory file to a directory. */
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { type Document, LineCounter, parseDocument } from 'yaml'
import { checkDirectory, type Finding } from './checks.ts'
import { DirectoryError, type DirectoryProblem } from './errors.ts'
import { locate, printPath } from './locate.ts'
import { findingsOf } from './messages.ts'
import type { Credential, Directory, LoadedDirectory } from './model.ts'
import { type DirectoryFile, directoryFile } from './schema.ts'
import { plainSecret } from './secret.ts'
import { systemReasonCodes } from './systemReasonCodes.ts'

/** About a hundred thousand users. */
const MAX_CHARACTERS = 64 * 1024 * 1024

/**
 * Reads a directory file, or the sample directory when no file is named.
 *
 * @throws DirectoryError when the file cannot be read or is not valid.
 */
export async function loadDirectory(file?: string): Promise<LoadedDirectory> {
  if (file !== undefined) return parseDirectory(await read(file), file)
  const sample = fileURLToPath(new URL('sample.yaml', import.meta.url))
  const { directory, credentials } = parseDirectory(await read(sample), sample)
  return { directory, credentials }
}

async function read(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new DirectoryError([{ file, path: '', message: `cannot be read: ${reason}` }], { cause: error })
  }
}

/**
 * Validates the text of a directory file; `fileName` stands in messages only. Keys, types and ranges come first; what
 * entries say of each other is checked once those are right.
 *
 * @throws DirectoryError with every problem of the first stage that has one.
 */
export function parseDirectory(text: string, fileName: string): LoadedDirectory {
  const problem = (path: string, message: string) => new DirectoryError([{ file: fileName, path, message }])
  if (text.length > MAX_CHARACTERS) throw problem('', 'is too large')
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  if (document.errors.length > 0) throw new DirectoryError(syntaxProblems(document, lines, fileName))

  const fail = (findings: readonly Finding[]): never => {
    const place = ({ path, message }: Finding): DirectoryProblem => {
      return { file: fileName, ...locate(document, lines, path), path: printPath(path), message }
    }
    throw new DirectoryError(findings.map(place).sort(inFileOrder))
  }
  const shape = directoryFile.safeParse(plainValue(document, problem), { reportInput: true })
  if (!shape.success) return fail(shape.error.issues.flatMap(findingsOf))
  const findings = checkDirectory(shape.data)
  if (findings.length > 0) return fail(findings)
  return { directory: directoryOf(shape.data), ...credentialsOf(shape.data) }
}

function inFileOrder(a: DirectoryProblem, b: DirectoryProblem): number {
  return (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0)
}

function syntaxProblems(document: Document, lines: LineCounter, file: string): readonly DirectoryProblem[] {
  return document.errors.map(({ message, pos }) => {
    const { line, col } = lines.linePos(pos[0])
    return { file, line, column: col, path: '', message: `is not YAML: ${message}` }
  })
}

/** Throws when aliases would blow the document up. */
function plainValue(document: Document, problem: (path: string, message: string) => DirectoryError): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 })
  } catch (error) {
    throw problem('', error instanceof Error ? error.message : String(error))
  }
}

function directoryOf(file: DirectoryFile): Directory {
  const own = file.reasonCodes.map((reason) => ({ ...reason, systemCode: false }))
  return {
    platform: file.platform,
    settings: file.settings,
    mediaRoutingDomains: file.mediaRoutingDomains,
    teams: file.teams,
    reasonCodes: [...own, ...systemReasonCodes(file.platform)],
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

/** The checks have seen to it that exactly one of the two is there. */
function secretOf({ password, passwordHash }: { password?: string | undefined; passwordHash?: string | undefined }) {
  return passwordHash ?? plainSecret(password ?? '')
}
