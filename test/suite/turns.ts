/** Counts turns of the event loop, for tests of work that is done in slices. */
import { onTestFinished } from 'vitest'

/** A test calls `note` for each piece of work. `slices` gives the number of pieces in each turn that had any. */
export function turns() {
  let turn = 0
  let isOver = false
  const next = () => {
    turn += 1
    if (!isOver) setImmediate(next)
  }
  setImmediate(next)
  onTestFinished(() => {
    isOver = true
  })
  const made = new Map<number, number>()
  return {
    note: () => void made.set(turn, (made.get(turn) ?? 0) + 1),
    slices: () => [...made.values()],
  }
}
