/**
 * A pair of servers on PostgreSQL and one fault; more of them, and a pair with a side each, in `npm run test:whole` and in
 * `npm run faults`.
 *
 * Slow, 25 s: each test starts three servers of PostgreSQL, and waits for a lease to end.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { compiled } from '../crash/campaign.ts'
import { describeWithPostgres } from '../store/postgres.ts'
import { extent, isWhole } from '../suite/extent.ts'
import { FaultCampaign, FaultFailure } from './campaign.ts'
import { FAULTS } from './faults.ts'
import { SIDE_FAULTS } from './side-faults.ts'
import { SidesCampaign } from './sides.ts'

const SEED = 7
/** Not those where both servers go on: together they would take longer than a test may. */
const LOSING_A_SIDE = SIDE_FAULTS.filter(({ takesOver, losesStandby }) => takesOver === 'always' || losesStandby)
const names = (faults: readonly { readonly name: string }[]) => faults.map(({ name }) => name)

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

  /** Plays these faults. Returns how often each thing happened. */
  const play = async (Campaign: typeof FaultCampaign | typeof SidesCampaign, faults: readonly string[]) => {
    const env = { NODE_COMPILE_CACHE: await compiled(folder) }
    const campaign = await Campaign.start({ seed: SEED, rounds: faults.length, faults, env })
    try {
      return await campaign.run()
    } catch (error) {
      if (!(error instanceof FaultFailure)) throw error
      const history = join(tmpdir(), `mrdian-faults-${SEED}.history.txt`)
      await writeFile(history, error.history.join('\n'))
      throw new Error(`${error.message}\nhistory: ${history}`, { cause: error })
    } finally {
      await campaign.close()
    }
  }

  it('loses nothing acknowledged, publishes nothing uncommitted, and returns by itself', async () => {
    const counts = await play(
      FaultCampaign,
      extent(['the owner stands still for longer than its lease'], names(FAULTS)),
    )
    expect(counts.get('take-overs')).toBeGreaterThan(0)
    expect(counts.get('notifications')).toBeGreaterThan(20)
  })

  it.runIf(isWhole)(
    'keeps the clients of the side that is left, and gives them each thing once and in order',
    async () => {
      const counts = await play(SidesCampaign, names(LOSING_A_SIDE))
      expect(counts.get('take-overs')).toBeGreaterThan(0)
      expect(counts.get('clients that connected again')).toBeGreaterThan(0)
      expect(counts.get('notifications')).toBeGreaterThan(20)
    },
  )
})
