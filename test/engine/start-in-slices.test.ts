/** A start that lets other work of the process run between its steps. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { startEngine } from '../../src/engine/engine.ts'
import type { InSlices } from '../../src/engine/ports.ts'
import { RecoveryError } from '../../src/engine/recovery/recovery-error.ts'
import { type Bench, bench } from './harness.ts'

const CHAT = '5001'

/** Lets other work run after every single step, and counts the steps. */
function interrupting(): { readonly inSlices: InSlices; readonly steps: () => number } {
  let steps = 0
  return {
    steps: () => steps,
    inSlices: async (work) => {
      for (;;) {
        const { done, value } = work.next()
        if (done) return value
        steps += 1
        await nextTurn()
      }
    },
  }
}

/** An engine that was killed: two agents are connected and ready, one has a dialog, and notifications wait. */
async function killed(): Promise<Bench> {
  const on = await bench({ serves: ['A'] })
  await on.engine.adapters.notificationService('A', true)
  for (const user of ['1001', '1002']) {
    await on.engine.adapters.presence({ user, side: 'A', session: `${user}@localhost/desktop`, available: true })
    await on.ready(user, CHAT)
  }
  await on.engine.acd?.submitTask({ mrd: CHAT, scriptSelector: 'email_support', agentId: '1001' })
  await on.clock.advance(5000)
  return on
}

async function startedAgain(on: Bench, inSlices?: InSlices) {
  const { directory, clock } = on
  const store = on.store.reopen()
  const engine = await startEngine({ directory, clock, store, serves: ['A'], ...(inSlices ? { inSlices } : {}) })
  const reads = directory.users.map(({ id }) => [engine.get.user(id), engine.get.mediaList(id)])
  return { stored: await store.load(), names: [...engine.inspection.aggregates()], reads, engine }
}

describe('a start in slices', () => {
  it('gives the same state, the same inputs in the same order, and the same outbox as a start in one piece', async () => {
    const { inSlices, steps } = interrupting()
    const { engine: _, ...sliced } = await startedAgain(await killed(), inSlices)
    const { engine: __, ...whole } = await startedAgain(await killed())
    expect(sliced).toEqual(whole)
    expect(sliced.stored.outbox.length).toBeGreaterThan(0)
    // A step is never more than one aggregate, one row, or one user of the directory.
    expect(steps()).toBeGreaterThanOrEqual(sliced.names.length + sliced.reads.length)
  })

  it('rejects as a start in one piece when the state cannot be restored, and closes the store', async () => {
    const { directory, clock, store } = await killed()
    const stored = await store.load()
    const tail = stored.tail.map((row) => ({ ...row, machineVersion: 99 }))
    const attempt = (inSlices?: InSlices) => {
      const reopened = store.reopen()
      const damaged = { ...stored, tail }
      Object.assign(reopened, { load: () => damaged })
      const starting = startEngine({ directory, clock, store: reopened, ...(inSlices ? { inSlices } : {}) })
      return starting.then(
        () => undefined,
        (error: unknown) => ({ error, isClosed: isClosed(() => reopened.commit({ ...damaged, ...NOTHING })) }),
      )
    }
    const refused = { error: expect.any(RecoveryError), isClosed: true }
    expect(await attempt()).toEqual(refused)
    const { inSlices } = interrupting()
    expect(await attempt(inSlices)).toEqual(refused)
  })
})

const NOTHING = { journal: [], snapshots: [], outbox: [], delivered: [], ended: [] }

function isClosed(commit: () => void): boolean {
  try {
    commit()
    return false
  } catch {
    return true
  }
}
