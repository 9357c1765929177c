/**
 * Three kills of the real server, ten in `npm run test:whole`; `npm run crash` does more.
 *
 * Slow, 10 s: the server starts again after every kill.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { extent, isWhole } from '../suite/extent.ts'
import { Campaign, CrashFailure, compiled } from './campaign.ts'

const KILLS = extent(3, 10)
const SEED = 20

let folder: string
let isKept = false
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mrdian-crash-'))
  // The XMPP library logs every lost connection to it.
  vi.spyOn(console, 'error').mockImplementation(() => undefined)
})
afterAll(async () => {
  vi.restoreAllMocks()
  if (!isKept) await rm(folder, { recursive: true, force: true })
})

it(`${KILLS} kills at random moments lose nothing acknowledged and publish nothing uncommitted`, async () => {
  const campaign = new Campaign({ seed: SEED, kills: KILLS, folder, compileCache: await compiled(folder) })
  try {
    const counts = await campaign.run()
    expect(counts.get('notifications')).toBeGreaterThan(20)
    expect(counts.get('failures with undelivered notifications')).toBeGreaterThan(0)
    // What few kills do not surely meet.
    if (isWhole) {
      expect(counts.get('settled')).toBeGreaterThan(1)
      expect(counts.get('killed after visits that were too short to receive anything')).toBeGreaterThan(0)
    }
  } catch (error) {
    if (!(error instanceof CrashFailure)) throw error
    isKept = true
    const history = `${error.file}.history.txt`
    await writeFile(history, error.history.join('\n'))
    throw new Error(`${error.message}\ndata: ${error.file}\nhistory: ${history}`, { cause: error })
  }
})
