/**
 * The longest turn of this thread's event loop. The time is processor time, which does not include other work on the
 * machine: an idle process beside it would show none.
 */

export interface WatchedTurns {
  /** The longest turn since the last call, in ms. */
  readonly longest: () => number
  readonly end: () => void
}

export function watchTurns(): WatchedTurns {
  let longest = 0
  let before = process.threadCpuUsage()
  let over = false
  const note = () => {
    const now = process.threadCpuUsage()
    longest = Math.max(longest, (now.user + now.system - before.user - before.system) / 1000)
    before = now
  }
  const turn = () => {
    note()
    if (!over) setImmediate(turn)
  }
  setImmediate(turn)
  return {
    longest: () => {
      note()
      const found = longest
      longest = 0
      return found
    },
    end: () => {
      over = true
    },
  }
}
