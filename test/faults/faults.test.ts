/**
 * A pair of servers on PostgreSQL, and one fault; all of them in `npm run test:whole`. `npm run faults` does more.
 *
 * Slow, 20 s: it starts three servers of PostgreSQL, and waits for a lease to end.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { compiled } from '../crash/campaign.ts'
import { describeWithPostgres } from '../store/postgres.ts'
import { extent } from '../suite/extent.ts'
import { FaultCampaign, FaultFailure } from './campaign.ts'
import { FAULTS } from './faults.ts'

const NAMES = FAULTS.map(({ name }) => name)
const SEED = 7

describeWithPostgres('a pair on PostgreSQL', () => {
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mrdian-faults-'))
    // The XMPP library logs every lost connection to it.
    vi.spyOn(console, 'error').mockImplementation(() => undefined)
  })
  afterEach(async () => {
    vi.restoreAllMocks()
    await rm(folder, { recursive: true, force: true })
  })

  const short = ['the owner stands still for longer than its lease']

  it('loses nothing acknowledged, publishes nothing uncommitted, and returns by itself', async () => {
    const faults = extent(short, NAMES)
    expect(NAMES).toEqual(expect.arrayContaining(faults))
    const env = { NODE_COMPILE_CACHE: await compiled(folder) }
    const campaign = await FaultCampaign.start({ seed: SEED, rounds: faults.length, faults, env })
    try {
      const counts = await campaign.run()
      expect(counts.get('take-overs')).toBeGreaterThan(0)
      expect(counts.get('notifications')).toBeGreaterThan(20)
    } catch (error) {
      if (!(error instanceof FaultFailure)) throw error
      const history = join(tmpdir(), `mrdian-faults-${SEED}.history.txt`)
      await writeFile(history, error.history.join('\n'))
      throw new Error(`${error.message}\nhistory: ${history}`, { cause: error })
    } finally {
      await campaign.close()
    }
  })
})
