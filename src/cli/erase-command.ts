/** `mrdian erase`: replaces a customer's data in a data file that no server uses. */
import { existsSync } from 'node:fs'
import { createInterface } from 'node:readline/promises'
import { isVariableName } from '../acd/variable-names.ts'
import { type Command, InvalidArgumentError } from '../bundled/commander.ts'
import { clientLogFiles, clientLogsOf } from '../client-logs/index.ts'
import { textOf } from '../engine/contained.ts'
import { type CustomerSubjects, type FoundContact, StillOpen } from '../engine/erasure/api.ts'
import type { OfflineProgress } from '../engine/erasure/offline.ts'
import type { Store } from '../engine/ports.ts'
import { StoreError } from '../store/errors.ts'
import { assertFile, assertWhole, EXIT, onDataFile } from './data-file.ts'
import { progressOn } from './progress.ts'

export interface EraseOptions {
  readonly task?: readonly string[]
  readonly dialog?: readonly string[]
  readonly call?: readonly string[]
  readonly variable?: NonNullable<CustomerSubjects['variables']>
  readonly caller?: readonly string[]
  readonly dryRun: boolean
  readonly yes: boolean
}

/** Parses `[NAME=]VALUE`. If the text before `=` is not the name of a variable, it belongs to the value. */
export function variableSubject(text: string): { readonly name?: string; readonly value: string } {
  const end = text.indexOf('=')
  const name = text.slice(0, Math.max(end, 0))
  return isVariableName(name) ? { name, value: text.slice(end + 1) } : { value: text }
}

const nonEmpty = (text: string): string => {
  if (text.trim() === '') throw new InvalidArgumentError('It is empty.')
  return text
}
const collect = (text: string, known: readonly string[] = []) => [...known, nonEmpty(text)]
const collectVariable = (text: string, known: NonNullable<EraseOptions['variable']> = []) => [
  ...known,
  variableSubject(nonEmpty(text)),
]

/** Describes the contacts that were found, one per line, without values. */
export function describeFound(found: readonly FoundContact[]): readonly string[] {
  if (found.length === 0) return ['nothing was found']
  return found.map(({ ids, first, last, places, open }) => {
    const when = first === null || last === null ? 'only in a stored state' : `${time(first)} to ${time(last)}`
    return `${ids.join(', ')}: ${when}, values in ${places} places${open === null ? '' : `, ${open} is still open`}`
  })
}

const time = (at: number) => new Date(at).toISOString()

async function run(data: string, options: EraseOptions, print: (text: string) => void): Promise<void> {
  assertFile(data)
  if (!existsSync(data)) throw new StoreError('NOT_A_STORE', `${data} does not exist`)
  const { eraseOffline, erasedSince, findOffline } = await import('../engine/erasure/offline.ts')
  const { RecoveryError } = await import('../engine/recovery/recovery-error.ts')
  const store = await opened(data)
  try {
    const { task, dialog, call, variable, caller } = options
    const found = await shown(
      findOffline(store, {
        ...(task && { tasks: task }),
        ...(dialog && { dialogs: dialog }),
        ...(call && { calls: call }),
        ...(variable && { variables: variable }),
        ...(caller && { callers: caller }),
      }),
    )
    for (const line of describeFound(found)) print(line)
    if (found.length === 0 || options.dryRun || !(await isConfirmed(found, options))) return
    const since = erasedSince(store, found)
    const asked = { at: Date.now(), by: 'mrdian erase' }
    // Before the record says that the erasure is done.
    const logs = since === undefined ? 0 : await eraseLogs(data, { found, since })
    const { erasure } = await shown(eraseOffline(store, found, asked))
    print(
      erasure === undefined
        ? 'nothing was left to erase'
        : `erased: ${erasure.contacts} contacts, ${erasure.rows} rows changed`,
    )
    if (logs > 0) print(`deleted: ${logs} logs of desktops, which came since the first of these contacts`)
  } catch (error) {
    if (!(error instanceof StillOpen || error instanceof RecoveryError)) throw error
    process.stderr.write(`mrdian: ${error.message}\n`)
    process.exitCode = error instanceof StillOpen ? 1 : EXIT.unreadable
  } finally {
    await store.close()
  }
}

/** Deletes the logs of desktops that may contain values of the contacts. A contact that is open keeps everything. */
async function eraseLogs(
  data: string,
  { found, since }: { readonly found: readonly FoundContact[]; readonly since: number },
): Promise<number> {
  if (found.some(({ open }) => open !== null)) return 0
  return clientLogFiles(clientLogsOf(data))
    .erase({ since })
    .catch((error: unknown) => {
      throw new StoreError('FAILED', `a log of a desktop could not be deleted: ${textOf(error)}`, { cause: error })
    })
}

async function opened(data: string): Promise<Store> {
  const { sqliteStore } = await import('../store/index.ts')
  try {
    // The check does not run in a thread, because its open file would prevent old content from being overwritten.
    const store = sqliteStore(data, { isWhole: true })
    try {
      await assertWhole(data)
      return store
    } catch (error) {
      await store.close()
      throw error
    }
  } catch (error) {
    if (!(error instanceof StoreError && error.code === 'IN_USE')) throw error
    throw new StoreError('IN_USE', `${error.message}; ask the running server: POST /acd/erasures`, { cause: error })
  }
}

/** Does the work, with a progress bar on standard error. */
async function shown<T>(work: AsyncGenerator<OfflineProgress, T>): Promise<T> {
  const progress = progressOn(process.stderr, () => performance.now())
  try {
    for (let step = await work.next(); ; step = await work.next()) {
      if (step.done) return step.value
      progress.show(step.value.done, step.value.total)
    }
  } finally {
    progress.end()
  }
}

async function isConfirmed(found: readonly FoundContact[], { yes }: EraseOptions): Promise<boolean> {
  if (yes) return true
  if (!process.stdin.isTTY) {
    process.stderr.write('mrdian: nothing was changed; --yes erases the listed contacts\n')
    process.exitCode = 1
    return false
  }
  const asking = createInterface({ input: process.stdin, output: process.stderr })
  try {
    return /^y(?:es)?$/i.test(
      (await asking.question(`Erase the values of ${found.length} contacts for good? [y/N] `)).trim(),
    )
  } finally {
    asking.close()
  }
}

export function addEraseCommand(program: Command, print: (text: string) => void): void {
  program
    .command('erase')
    .argument('<data>', 'a data file that no server uses')
    .description("Replace a customer's call variables and number in all stored data.")
    .option('--task <id>', 'contacts with this task; this and the next four may be repeated', collect)
    .option('--dialog <id>', 'contacts with this dialog', collect)
    .option('--call <id>', 'this call', collect)
    .option('--variable <[name=]value>', 'contacts with a variable of this value', collectVariable)
    .option('--caller <number>', 'calls from this number', collect)
    .option('--dry-run', 'list the contacts, but change nothing', false)
    .option('--yes', 'do not ask', false)
    .addHelpText(
      'after',
      `
A contact is erased as a whole: its task, its dialogs, and the tasks that it was
resubmitted from and as. Logs of desktops that came since its beginning are
deleted, because nobody can search them. Ids, times, states and names of variables stay, so that
replay and explain still work. For a running server: POST /acd/erasures.

Exit codes: 0 done; 1 not confirmed, or a contact of the customer is still open;
2 the file cannot be read or written.

Examples:
  $ mrdian erase /var/lib/mrdian/state.db --caller 5551234 --dry-run
  $ mrdian erase /var/lib/mrdian/state.db --variable user.customer=4711 --yes
`,
    )
    .action((data: string, options: EraseOptions) => onDataFile(() => run(data, options, print)))
}
