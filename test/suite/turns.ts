/** Counts turns of the event loop, for tests of work that lets others run in between. */
import { onTestFinished } from 'vitest'

/** `note` is called for each piece of work; `slices` says how many pieces were done in each turn. */
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
