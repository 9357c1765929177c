/** Journals to record: the story of the README, and random histories of several agents. */
import fc from 'fast-check'
import type { History as Kept } from '../../../src/engine/ports.ts'
import { parseScenario, type SimulationResult, simulate } from '../../../src/simulate/index.ts'
import { type RecordOptions, record } from '../../../src/simulate/record/index.ts'
import { memoryStore } from '../../../src/store/memory/store.ts'
import { type History, histories } from '../../properties/history.ts'

/** The first random histories of a seed. */
export const historiesOf = (faults: boolean, seed: number, count: number): readonly History[] =>
  fc.sample(histories(faults), { seed, numRuns: count })

/** Plays a recording. Returns the result and the journal. */
export async function played(text: string): Promise<{ readonly result: SimulationResult; readonly history: Kept }> {
  const store = memoryStore({ id: 'played', keep: 'history' })
  const result = await simulate(await parseScenario(text, 'recorded.yaml'), { store })
  if (!store.history) throw new Error('no history is kept')
  return { result, history: store.reopen().history ?? store.history }
}

/** Expectations of a recording that do not hold, as the simulation reports them. */
export const broken = ({ expectations }: SimulationResult): readonly string[] =>
  expectations.filter(({ held }) => !held).map(({ line, text, found }) => `${line}: ${text}; found ${found}`)

/** Records a journal, plays the recording, and records the new journal. */
export async function twice(history: Kept, options?: RecordOptions) {
  const first = await record(history, options)
  const { result, history: again } = await played(first.text)
  return { first, result, second: await record(again) }
}
