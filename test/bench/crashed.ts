/** The data file of a server that was killed just after all agents had signed in: no snapshot is younger than that. */
import { copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { LoadedDirectory } from '../../src/directory/index.ts'
import { parseDirectory } from '../../src/directory/index.ts'
import { startEngine } from '../../src/engine/engine.ts'
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

const BESIDE = ['', '-wal', '.commits'] as const
/** Agents who sign in at once, so that they share a commit. */
const TOGETHER = 100

/** `secret`: the fields of each password in the directory. */
export async function crashed(
  folder: string,
  count: number,
  secret: Readonly<Record<string, string>>,
): Promise<Crashed> {
  const ids = agents(count)
  const text = directoryText(ids, secret)
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
  const left = join(folder, 'left')
  copy(file, left)
  await engine.close()
  return { ids, directory, copyTo: (target) => copy(join(left, 'running.db'), target) }
}

function copy(file: string, folder: string): string {
  mkdirSync(folder, { recursive: true })
  const target = join(folder, 'running.db')
  for (const suffix of BESIDE) if (existsSync(file + suffix)) copyFileSync(file + suffix, target + suffix)
  return target
}
