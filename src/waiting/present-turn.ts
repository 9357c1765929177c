/**
 * Limits the work of one turn of the event loop. One turn may find thousands of sockets with input. If the work for all
 * of them were done at once, timers and other clients would wait for it.
 */
import { Pauses } from './arrivals.ts'

/** Time in milliseconds after which more work waits for a later turn. */
const LONGEST = 20
/** The same while new connections arrive, with a pause of turns without work after each of these turns. */
const LONGEST_OF_ARRIVALS = 2

/** When the first piece of work of this turn asked, in ms; `undefined` if none has. */
let begun: number | undefined
const waiting: (() => void)[] = []
let longest = LONGEST
const pauses = new Pauses()
/** A piece of work was done in this turn. */
let hasWorked = false

/** Notes that a listener has accepted a connection. More may wait. */
export function connectionArrived(): void {
  pauses.arrived()
  longest = LONGEST_OF_ARRIVALS
}

/**
 * To be asked before a piece of work, which has to be short. `undefined`: there is time, so the work may be done now.
 * Otherwise the promise resolves when there is, in the order in which it was asked for. It never rejects. Each connection
 * must ask for one piece at a time, so that the number of waiting pieces is bounded.
 */
export function timeInTurn(): Promise<void> | undefined {
  if (begun === undefined) {
    begun = performance.now()
    setImmediate(endTurn)
  }
  if (waiting.length === 0 && performance.now() - begun < longest && !pauses.isPause) {
    hasWorked = true
    return undefined
  }
  return new Promise((resolve) => waiting.push(resolve))
}

/** Does `work`, which has to be short and must not throw, now or as soon as there is time. */
export function inTurn(work: () => void): void {
  const wait = timeInTurn()
  if (wait === undefined) work()
  else void wait.then(work)
}

function endTurn(): void {
  if (hasWorked && begun !== undefined) pauses.after(performance.now() - begun)
  hasWorked = false
  const { isPause } = pauses
  longest = pauses.hasArrival ? LONGEST_OF_ARRIVALS : LONGEST
  pauses.turnEnded()
  if (isPause) {
    setImmediate(endTurn)
    return
  }
  if (waiting.length === 0) {
    begun = undefined
    return
  }
  begun = performance.now()
  setImmediate(endTurn)
  void release(begun)
}

/** Lets work continue, one piece after the other, while there is time. */
async function release(turn: number): Promise<void> {
  while (performance.now() - turn < longest) {
    const next = waiting.shift()
    if (next === undefined) return
    hasWorked = true
    next()
    // The piece of work runs here.
    await undefined
  }
}
