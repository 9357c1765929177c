/** Measures the queues: arrivals, endings, waiting times, and the number of waiting contacts. */
import type { Distribution, QueueResult } from '../result.ts'
import type { Contact, ContactState } from '../run/contacts.ts'

const emptyLine = () => ({
  arrived: 0,
  handled: 0,
  abandoned: 0,
  left: 0,
  waiting: 0,
  longest: 0,
  /** Since the last sample. */
  peak: 0,
  withinLevel: 0,
  waits: [] as number[],
  abandonedWaitMs: 0,
  handledAfter: [] as number[],
  responses: [] as number[],
  lengths: [] as number[],
})

type Line = ReturnType<typeof emptyLine>

export interface MeasuredQueue {
  readonly mrd: string
  readonly name: string
  /** Milliseconds. */
  readonly serviceLevel: number
}

/** A contact that is open, and the time since its arrival in its queue, in ms. */
export interface OpenContact {
  readonly contact: Contact
  readonly after: number
}

export class QueueMeasure {
  readonly #queues: readonly MeasuredQueue[]
  readonly #lines: ReadonlyMap<string, Line>

  readonly #warmUp: number

  /** `warmUp`: contacts that arrive before this time (ms) wait in the queues, and are in no other figure. */
  constructor(queues: readonly MeasuredQueue[], warmUp: number) {
    this.#queues = queues
    this.#warmUp = warmUp
    this.#lines = new Map(queues.map(({ mrd }) => [mrd, emptyLine()]))
  }

  /** The warm-up is over. */
  begin(): void {
    for (const line of this.#lines.values()) {
      line.longest = line.waiting
      line.responses.length = 0
    }
  }

  arrived(contact: Contact): void {
    if (this.#counts(contact)) this.#line(contact.mrd).arrived += 1
    this.joinsLine(contact)
  }

  joinsLine({ mrd }: Contact): void {
    const line = this.#line(mrd)
    line.waiting += 1
    line.longest = Math.max(line.longest, line.waiting)
    line.peak = Math.max(line.peak, line.waiting)
  }

  leavesLine({ mrd }: Contact): void {
    this.#line(mrd).waiting -= 1
  }

  /** First acceptance in this queue, `wait` ms after the arrival. */
  accepted(contact: Contact, wait: number): void {
    if (!this.#counts(contact)) return
    const { mrd } = contact
    const line = this.#line(mrd)
    line.waits.push(wait)
    if (wait <= this.#levelOf(mrd)) line.withinLevel += 1
  }

  /** A reply in a chat, `wait` ms after the customer's message. */
  responded(mrd: string, wait: number): void {
    this.#line(mrd).responses.push(wait)
  }

  /** `after`: ms since the arrival in this queue. */
  ended(contact: Contact, state: ContactState, after: number): void {
    if (!this.#counts(contact)) return
    const line = this.#line(contact.mrd)
    if (state === 'HANDLED') {
      line.handled += 1
      line.handledAfter.push(after)
    } else if (state === 'ABANDONED') {
      line.abandoned += 1
      line.abandonedWaitMs += after
    } else line.left += 1
  }

  /** Records the largest number of waiting contacts of each queue since the last sample. */
  sample(): void {
    for (const line of this.#lines.values()) {
      line.lengths.push(line.peak)
      line.peak = line.waiting
    }
  }

  waiting(mrd: string): number {
    return this.#line(mrd).waiting
  }

  /** `every`: milliseconds between two samples. `open`: contacts that are open, and for how long. */
  results(every: number, open: readonly OpenContact[]): readonly QueueResult[] {
    return this.#queues.map(({ mrd, name, serviceLevel }) => {
      const own = open.filter(({ contact }) => contact.mrd === mrd && this.#counts(contact))
      const still = own.filter(({ contact }) => !contact.accepted).map(({ after }) => after)
      const line = this.#line(mrd)
      const { arrived, handled, abandoned, left, waits, withinLevel } = line
      const answered = waits.length + abandoned + still.filter((wait) => wait > serviceLevel).length
      const waitWithOpen = distributionOf([...waits, ...still])
      return {
        mrd,
        name,
        arrived,
        handled,
        abandoned,
        left,
        open: arrived - handled - abandoned - left,
        wait: distributionOf(waits),
        stillWaiting: still.length,
        waitWithOpen,
        customerWaitMs: waitWithOpen.mean * waitWithOpen.count + line.abandonedWaitMs,
        handledAfter: distributionOf([...line.handledAfter, ...own.map(({ after }) => after)]),
        response: distributionOf(line.responses),
        serviceLevel: answered === 0 ? 1 : withinLevel / answered,
        serviceLevelMs: serviceLevel,
        longest: line.longest,
        length: { every, values: line.lengths },
      }
    })
  }

  #counts({ arrivedAt }: Contact): boolean {
    return arrivedAt >= this.#warmUp
  }

  #levelOf(mrd: string): number {
    return this.#queues.find((queue) => queue.mrd === mrd)?.serviceLevel ?? 0
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
