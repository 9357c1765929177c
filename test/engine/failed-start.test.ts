/** The engine owns its store: if a start fails, in whichever way, the data file is free for the next attempt. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import {
  type CreateEngineOptions,
  createEngine,
  type LoadedDirectory,
  loadDirectory,
  type RuleSet,
  sqliteStore,
} from '../../src/index.ts'

let folder: string
let file: string
let loaded: LoadedDirectory
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mrdian-start-'))
  file = join(folder, 'state.db')
  loaded = await loadDirectory()
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const rules: RuleSet = { name: 'own', guards: { media: { acceptsInterrupt: (args, original) => original(args) } } }

/** Options of a second start, by a part of the error that they cause. */
const FAILURES: Readonly<Record<string, () => Partial<CreateEngineOptions>>> = {
  UnknownRules: () => ({}),
  RemovalsNotConfirmed: () => ({ rules, directory: { ...loaded.directory, users: [] } }),
  RecoveryError: () => ({ rules }),
  DirectoryError: () => {
    const [user, ...others] = loaded.directory.users
    if (!user) throw new Error('no user')
    return { rules, directory: { ...loaded.directory, users: [{ ...user, id: 'constructor' }, ...others] } }
  },
  'InvalidArgument: a follower decides nothing': () => ({ role: 'follower', rules }),
  'InvalidArgument: the secret': () => ({
    rules,
    directory: { ...loaded, credentials: loaded.credentials.map((each) => ({ ...each, secret: 'scrypt$nonsense' })) },
  }),
  'no such ACD': () => ({
    rules,
    acd: {
      start: () => {
        throw new Error('no such ACD')
      },
      request: async () => undefined,
    },
  }),
}

it.each(Object.keys(FAILURES))('%s', async (expected) => {
  const first = await createEngine({ directory: loaded, rules, store: sqliteStore(file) })
  await first.command({ type: 'user.signIn', user: '1001', extension: '1001' })
  await first.close()
  if (expected === 'RecoveryError') await spoil()
  const options = FAILURES[expected]?.() ?? {}
  const error: unknown = await createEngine({ directory: loaded, ...options, store: sqliteStore(file) }).then(
    () => undefined,
    (thrown) => thrown,
  )
  expect(String(error)).toContain(expected)
  // Opens only if the failed start has closed the file.
  sqliteStore(file).close()
})

/** Writes a snapshot that no machine can read. */
async function spoil(): Promise<void> {
  const store = sqliteStore(file)
  const snapshot = (await store.load()).snapshots.find(({ aggregate }) => aggregate === 'user/1001')
  if (!snapshot) throw new Error('no snapshot')
  const snapshots = [{ ...snapshot, state: 'nonsense' }]
  store.commit({ journal: [], snapshots, outbox: [], delivered: [], ended: [] })
  store.close()
}
