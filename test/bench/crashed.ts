/** The data file of a server that was killed just after all agents had signed in: no snapshot is younger than that. */
import { copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { hashPassword } from '../../src/accounts/index.ts'
import { Verified } from '../../src/accounts/verified.ts'
import { VerifiedRecords } from '../../src/accounts/verified-records.ts'
import { keyBeside } from '../../src/cli/verified-key.ts'
import type { LoadedDirectory } from '../../src/directory/index.ts'
import { parseDirectory } from '../../src/directory/index.ts'
import { startEngine } from '../../src/engine/engine.ts'
import type { RecordStore } from '../../src/engine/ports.ts'
import { sqliteStore } from '../../src/store/index.ts'
import { virtualClock } from '../../src/testing/virtual-clock.ts'
import { agents, directoryText, signIn } from './agents.ts'

/** The files of a killed server. */
export interface Crashed {
  readonly ids: readonly string[]
  /** The directory file. */
  readonly directory: string
  /** Puts the data files into a folder, as the server left them, and gives the name of the data file. */
  readonly copyTo: (folder: string) => string
}

/** Of everybody. */
export const PASSWORD = 'secret'
const BESIDE = ['', '-wal', '.commits', '.key'] as const
/** Agents who sign in at once, so that they share a commit. */
const TOGETHER = 100

/** `passwords`: how the directory has them. The hashed ones of all agents were checked in full before the crash. */
export async function crashed(folder: string, count: number, passwords: 'plain' | 'hashed'): Promise<Crashed> {
  mkdirSync(folder, { recursive: true })
  const ids = agents(count)
  const text = directoryText(
    ids,
    passwords === 'plain' ? { password: PASSWORD } : { passwordHash: await hashPassword(PASSWORD) },
  )
  const directory = join(folder, 'agents.yaml')
  writeFileSync(directory, text)
  const loaded: LoadedDirectory = parseDirectory(text, 'bench')
  const file = join(folder, 'running.db')
  // The time of this machine, because the server that starts on these files uses it.
  const clock = virtualClock(Date.now())
  const engine = await startEngine({ directory: loaded.directory, store: sqliteStore(file), clock, serves: ['A'] })
  await engine.adapters.notificationService('A', true)
  for (let first = 0; first < ids.length; first += TOGETHER) {
    const group = ids.slice(first, first + TOGETHER)
    const given = group.flatMap((user) => [
      engine.adapters.presence({ user, side: 'A', session: `${user}@localhost/desktop`, available: true }),
      ...signIn(user).map((command) => engine.command(command, { via: 'rest', by: user, request: `request-${user}` })),
    ])
    await clock.settle()
    await Promise.all(given)
  }
  if (passwords === 'hashed') rememberPasswords(loaded, file, engine.adapters.records)
  const left = join(folder, 'left')
  copy(file, left)
  await engine.close()
  return { ids, directory, copyTo: (target) => copy(join(left, 'running.db'), target) }
}

/** A full check of thousands of passwords would take minutes, so the records that it leaves are written directly. */
function rememberPasswords({ credentials }: LoadedDirectory, file: string, store: RecordStore): void {
  const key = keyBeside(file, (error) => {
    throw error
  })
  if (key === undefined) throw new Error('no key file')
  const kept = { key, records: new VerifiedRecords(store) }
  const verified = new Verified({ now: Date.now, lifetime: LIFETIME, capacity: credentials.length, kept })
  for (const { id, kind, secret } of credentials)
    if (kind === 'user') verified.add(id.toLowerCase(), secret, PASSWORD, true)
}

const LIFETIME = 30 * 60_000

function copy(file: string, folder: string): string {
  mkdirSync(folder, { recursive: true })
  const target = join(folder, 'running.db')
  for (const suffix of BESIDE) if (existsSync(file + suffix)) copyFileSync(file + suffix, target + suffix)
  return target
}
