/**
 * Random histories of several agents are recorded. A recording plays the same story, and recording that gives the same
 * file. `MRDIAN_RUNS=400` sets the number of histories, `MRDIAN_SEED=7` their seed.
 *
 * Slow, 15 s: random histories are recorded, played, and recorded again.
 */
import { expect, it } from 'vitest'
import type { History as Kept } from '../../../src/engine/ports.ts'
import { record } from '../../../src/simulate/record/index.ts'
import type { History } from '../../properties/history.ts'
import { play } from '../../properties/play.ts'
import type { Stage } from '../../properties/stage.ts'
import { extent } from '../../suite/extent.ts'
import { broken, historiesOf, played } from './journals.ts'

/** The recording of a history. It is made at the last step, because a closed store cannot be read. */
async function recorded(history: History): Promise<{ readonly text: string; readonly expectations: number }> {
  let left = history.steps.length
  let found: { readonly text: string; readonly expectations: number } | undefined
  const look = async (stage: Stage) => {
    left -= 1
    const kept: Kept | undefined = stage.engine.history
    if (left === 0 && kept) found = await record(kept)
  }
  await play(history, { look })
  if (!found) throw new Error('the history has no steps')
  return found
}

const SEED = Number(process.env.MRDIAN_SEED ?? 11)
const RUNS = Number(process.env.MRDIAN_RUNS ?? extent(5, 12))

it.each([
  { faults: false, seed: SEED },
  { faults: true, seed: SEED + 1 },
])(
  'a recording plays like the original, faults: $faults',
  async ({ faults, seed }) => {
    let expectations = 0
    for (const history of historiesOf(faults, seed, RUNS)) {
      const first = await recorded(history)
      const { result, history: again } = await played(first.text)
      const why = () => `${JSON.stringify(history)}\n${first.text}`
      expect(broken(result), why()).toEqual([])
      expect((await record(again)).text, why()).toBe(first.text)
      expectations += first.expectations
    }
    expect(expectations).toBeGreaterThan(RUNS * 10)
  },
  240_000,
)
