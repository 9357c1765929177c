/**
 * Limits the time that long readings take from other work. A store that answers at once never waits for anything, so a
 * reading of a million rows would hold the event loop until its end. All readings of the process together get one slice
 * of each turn.
 */

/** Length of a slice, in ms. */
const SLICE = 10

/** When the slice of this turn began, in ms; `undefined` if nobody has read in this turn. */
let begun: number | undefined
/** Readings that wait for a slice. Each turn gives its slice to the first one. */
const waiting: (() => void)[] = []

/**
 * To be asked before each short step of a reading. `undefined`: there is time, so the step may be done now. Otherwise the
 * promise resolves in a later turn. It never rejects.
 */
export function timeToRead(): Promise<void> | undefined {
  if (begun === undefined) begin()
  else if (performance.now() - begun >= SLICE) return new Promise((resolve) => waiting.push(resolve))
  return undefined
}

/**
 * Has anybody read from a store in this turn of the event loop? The reading may still go on. Virtual time waits for it
 * before it goes on.
 */
export const isReading = (): boolean => begun !== undefined

function begin(): void {
  begun = performance.now()
  setImmediate(endTurn)
}

function endTurn(): void {
  begun = undefined
  const next = waiting.shift()
  if (next === undefined) return
  begin()
  next()
}

/** Does `step` for each, in order, in slices of time. */
export async function eachInTime<T>(all: Iterable<T>, step: (each: T) => void): Promise<void> {
  for (const each of all) {
    const wait = timeToRead()
    if (wait !== undefined) await wait
    step(each)
  }
}
