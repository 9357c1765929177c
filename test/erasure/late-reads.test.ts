/** Erasure in a store whose answers come later, while an engine commits between any two of them. */
import { expect, it } from 'vitest'
import type { Store } from '../../src/engine/ports.ts'
import { lateReading } from '../engine/late-reads.ts'
import {
  act,
  CHAT,
  differences,
  EMAIL,
  kept,
  keptStore,
  ready,
  type Stage,
  stage,
  submitted,
  transferredChat,
} from './stage.ts'

/** Two customers, of whom one came back, and the erasure of the first. Returns what was found. */
async function erased(store: Store, during: (on: Stage) => void = () => undefined) {
  const on = await stage(store)
  for (const mrd of [CHAT, EMAIL]) await ready(on, '1002', mrd)
  await ready(on, '1001', CHAT)
  await transferredChat(on, 'Alice')
  const { dialog } = await submitted(on, EMAIL, 'email_support', 'Bob')
  await act(on, dialog, 'ACCEPT')
  await on.clock.advance(120_000)
  during(on)
  const { found, erasure } = await on.engine.erasures.erase(
    { variables: [{ value: 'Alice' }] },
    { via: 'api', by: 'me' },
  )
  during(on)
  const text = await kept(on)
  const more = await differences(on)
  await on.engine.close()
  return { found, text, more, rows: erasure?.rows }
}

it('finds and erases the same, and nothing else', async () => {
  const atOnce = await erased(keptStore())
  expect(atOnce.found).not.toEqual([])
  expect(atOnce.text).toContain('Bob')
  expect(atOnce.text).not.toContain('Alice')
  expect(await erased(lateReading(keptStore()))).toEqual(atOnce)
})

it('finds the same while commits come in between, and leaves nothing', async () => {
  const { found } = await erased(keptStore())
  let on: Stage | undefined
  let count = 0
  const store = lateReading(keptStore(), async () => {
    count += 1
    // The search also goes through what is written meanwhile, so it must be faster than that.
    if (count % 5 !== 0) return
    const state = count % 2 === 0 ? 'READY' : 'NOT_READY'
    await on?.engine.command({ type: 'media.setState', user: '1001', mrd: CHAT, state })
  })
  const late = await erased(store, (now) => {
    on = on === undefined ? now : undefined
  })
  expect(count).toBeGreaterThan(10)
  expect([late.found, late.more]).toEqual([found, []])
  expect(late.text).toContain('Bob')
  expect(late.text).not.toContain('Alice')
})
