/** The key of the passwords that were right lately, in a file that is named: of the servers of a pair. */
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { hashPassword } from '../../src/accounts/index.ts'
import { startServer } from '../../src/cli/server.ts'
import { loadDirectory } from '../../src/directory/index.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mrdian-key-'))
})
afterEach(() => rm(folder, { recursive: true }))

const SAMPLE = await loadDirectory()
const HASHED = await hashPassword('secret')
const directory = {
  ...SAMPLE,
  credentials: SAMPLE.credentials.map((each) => ({ ...each, secret: HASHED })),
}

/** Starts a server on the data file, signs in once, and returns the number of full checks. */
async function checksOf(verifiedKey: string): Promise<number> {
  const data = join(folder, 'state.db')
  const off = { httpBindPort: 'off', xmppPort: 'off' } as const
  const server = await startServer({ directory, data, verifiedKey, restPort: 0, ...off })
  try {
    const base = `http://127.0.0.1:${server.ports.rest}`
    const headers = { authorization: `Basic ${btoa('1001:secret')}` }
    expect((await fetch(`${base}/finesse/api/User/1001`, { headers })).status).toBe(200)
    const metrics = await (await fetch(`${base}/metrics`)).text()
    return Number(/^mrdian_password_checks_total(?:\{[^}]*\})? (\d+)$/m.exec(metrics)?.[1])
  } finally {
    await server.close()
  }
}

it('is created, and with the same key the next server checks no password in full that was right before', async () => {
  const key = join(folder, 'own.key')
  expect(await checksOf(key)).toBe(1)
  const { mode, size } = await stat(key)
  expect([(mode & 0o777).toString(8), size]).toEqual(['600', 32])
  expect(await checksOf(key)).toBe(0)
  expect(await checksOf(join(folder, 'another.key'))).toBe(1)
})

it('is never overwritten: a file that is no key is refused, and one that cannot be made', async () => {
  const letter = join(folder, 'letter.txt')
  await writeFile(letter, 'dear all')
  await expect(checksOf(letter)).rejects.toThrow(`${letter} is not a key`)
  expect(await readFile(letter, 'utf8')).toBe('dear all')
  await expect(checksOf(join(folder, 'no', 'own.key'))).rejects.toThrow('the file of --verified-key cannot be used')
})
