/** Measures the queues: arrivals, endings, waiting times, and the number of waiting contacts. */
import type { Distribution, QueueResult } from '../result.ts'
import type { Contact, ContactState } from '../run/contacts.ts'

interface Line {
  arrived: number
  handled: number
  abandoned: number
  left: number
  waiting: number
  longest: number
  withinLevel: number
  readonly waits: number[]
  readonly responses: number[]
  readonly lengths: number[]
}

const emptyLine = (): Line => ({
  arrived: 0,
  handled: 0,
  abandoned: 0,
  left: 0,
  waiting: 0,
  longest: 0,
  withinLevel: 0,
  waits: [],
  responses: [],
  lengths: [],
})

export interface MeasuredQueue {
  readonly mrd: string
  readonly name: string
  /** Milliseconds. */
  readonly serviceLevel: number
}

export class QueueMeasure {
  readonly #queues: readonly MeasuredQueue[]
  readonly #lines: ReadonlyMap<string, Line>

  constructor(queues: readonly MeasuredQueue[]) {
    this.#queues = queues
    this.#lines = new Map(queues.map(({ mrd }) => [mrd, emptyLine()]))
  }

  arrived(contact: Contact): void {
    this.#line(contact.mrd).arrived += 1
    this.joinsLine(contact)
  }

  joinsLine({ mrd }: Contact): void {
    const line = this.#line(mrd)
    line.waiting += 1
    line.longest = Math.max(line.longest, line.waiting)
  }

  leavesLine({ mrd }: Contact): void {
    this.#line(mrd).waiting -= 1
  }

  /** First acceptance in this queue, `wait` ms after the arrival. */
  accepted({ mrd }: Contact, wait: number): void {
    const line = this.#line(mrd)
    line.waits.push(wait)
    if (wait <= (this.#queues.find((queue) => queue.mrd === mrd)?.serviceLevel ?? 0)) line.withinLevel += 1
  }

  /** A reply in a chat, `wait` ms after the customer's message. */
  responded(mrd: string, wait: number): void {
    this.#line(mrd).responses.push(wait)
  }

  ended({ mrd }: Contact, state: ContactState): void {
    const line = this.#line(mrd)
    if (state === 'HANDLED') line.handled += 1
    else if (state === 'ABANDONED') line.abandoned += 1
    else line.left += 1
  }

  /** Records the current number of waiting contacts of each queue. */
  sample(): void {
    for (const line of this.#lines.values()) line.lengths.push(line.waiting)
  }

  waiting(mrd: string): number {
    return this.#line(mrd).waiting
  }

  /** `every`: milliseconds between two samples. */
  results(every: number): readonly QueueResult[] {
    return this.#queues.map(({ mrd, name, serviceLevel }) => {
      const { arrived, handled, abandoned, left, longest, waits, responses, lengths, withinLevel } = this.#line(mrd)
      const answered = waits.length + abandoned
      return {
        mrd,
        name,
        arrived,
        handled,
        abandoned,
        left,
        open: arrived - handled - abandoned - left,
        wait: distributionOf(waits),
        response: distributionOf(responses),
        serviceLevel: answered === 0 ? 1 : withinLevel / answered,
        serviceLevelMs: serviceLevel,
        longest,
        length: { every, values: lengths },
      }
    })
  }

  #line(mrd: string): Line {
    const line = this.#lines.get(mrd)
    if (!line) throw new RangeError(`no queue ${mrd}`)
    return line
  }
}

/** The distribution of values in ms. All figures are 0 when there are no values. */
export function distributionOf(values: readonly number[]): Distribution {
  const sorted = Float64Array.from(values).sort()
  const count = sorted.length
  const rank = (share: number) => sorted[Math.max(0, Math.ceil(share * count) - 1)] ?? 0
  let sum = 0
  for (const value of sorted) sum += value
  const mean = count === 0 ? 0 : sum / count
  return { count, mean, p50: rank(0.5), p90: rank(0.9), p99: rank(0.99), longest: sorted[count - 1] ?? 0 }
}
