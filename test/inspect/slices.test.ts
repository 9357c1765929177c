/** Long answers of the inspector let other requests run in between. */
import { afterEach, expect, it, vi } from 'vitest'
import { memoryStore } from '../../src/store/memory/store.ts'
import { turns } from '../suite/turns.ts'
import { served } from './stage.ts'
import { interrupts, signIn } from './story.ts'

afterEach(() => vi.restoreAllMocks())

/** A history of some length, and a clock on which every step takes as long as a slice. */
async function slow() {
  const store = memoryStore({ id: 'test', keep: 'history' })
  const on = await served({ engine: { store } })
  await signIn(on)
  await interrupts(on)
  let ms = 0
  vi.spyOn(performance, 'now').mockImplementation(() => {
    ms += 10
    return ms
  })
  return { on, store }
}

it('a history is sent in slices', async () => {
  const { on } = await slow()
  const { note, slices } = turns()
  const { stringify } = JSON
  let frames = 0
  vi.spyOn(JSON, 'stringify').mockImplementation((value: unknown) => {
    if (typeof value === 'object' && value !== null && 'sessionId' in value) {
      frames += 1
      note()
    }
    return stringify(value)
  })
  const answer = await on.get('/history?user=1001')
  expect(answer.status).toBe(200)
  await answer.text()
  expect(frames).toBeGreaterThan(20)
  // Frames of one step are sent together.
  expect(slices().length).toBeGreaterThan(10)
  await on.close()
})

it('an explanation is made in slices', async () => {
  const { on, store } = await slow()
  const { note, slices } = turns()
  const { history } = store
  if (!history) throw new Error('no history')
  const rows = history.rows.bind(history)
  let read = 0
  vi.spyOn(history, 'rows').mockImplementation(async function* (...given) {
    for await (const row of rows(...given)) {
      read += 1
      note()
      yield row
    }
  })
  expect((await on.get('/explain/1001')).status).toBe(200)
  expect(read).toBeGreaterThan(10)
  expect(slices().length).toBeGreaterThan(5)
  await on.close()
})
