/**
 * The hands of an agent: one resource. An agent works on one thing at a time, whatever the states of the dialogs are.
 * Calls come first, then work in media that are not interruptible, then the rest. Work of a higher rank interrupts other
 * work at once; among equals the one that has waited longest is next, and it is finished first.
 */

/** Something that needs the hands of the agent. Times are in ms. */
export interface Job {
  /** The dialog. Taking up another dialog than before is a switch. */
  readonly task: string
  /** Lower is first. */
  readonly rank: number
  /** Work that is left, at full speed. */
  left: number
  /** Whether it was begun and then interrupted, so that taking it up again costs something. */
  isBroken: boolean
  /** How many times longer the work takes with all that the agent has in hand now: 1 or more. */
  pace(): number
  /** What it costs to take it up: after an interruption, or after another dialog. Drawn at each time. */
  resumeCost(): number
  switchCost(): number
  /** The work is done. */
  done(): void
}

interface InWork {
  readonly job: Job
  readonly since: number
  readonly cost: number
  readonly pace: number
  readonly cancel: () => void
}

interface Time {
  readonly now: number
  after(ms: number, run: () => void): () => void
}

export class Hands {
  readonly #time: Time
  /** What waits for the hands, or has them, in the order of arrival. */
  readonly #jobs: Job[] = []
  /** Calls, and their wrap-up. */
  readonly #calls = new Set<string>()
  #inWork: InWork | undefined
  #lastTask: string | undefined
  #busySince: number | undefined
  #busyMs = 0

  constructor(time: Time) {
    this.#time = time
  }

  /** How long the hands were busy until now. */
  get busyMs(): number {
    return this.#busyMs + (this.#busySince === undefined ? 0 : this.#time.now - this.#busySince)
  }

  /** The job needs the hands from now on. A repetition has no effect. */
  want(job: Job): void {
    if (this.#jobs.includes(job)) return
    this.#jobs.push(job)
    this.#choose()
  }

  /** The job does not need the hands any more, or may not go on for now. */
  drop(job: Job): void {
    const at = this.#jobs.indexOf(job)
    if (at < 0) return
    this.#jobs.splice(at, 1)
    if (this.#inWork?.job === job) this.#stop(this.#inWork)
    this.#choose()
  }

  /** A call, or the wrap-up of calls, takes the hands (`on`) or leaves them. */
  call(key: string, on: boolean): void {
    if (on === this.#calls.has(key)) return
    if (on) this.#calls.add(key)
    else this.#calls.delete(key)
    this.#choose()
  }

  /** The number of tasks in hand has changed, and with it the pace of the work. */
  paceChanged(): void {
    const inWork = this.#inWork
    if (!inWork || inWork.job.pace() === inWork.pace) return
    const costLeft = this.#leave(inWork)
    this.#begin(inWork.job, costLeft)
  }

  #choose(): void {
    const inWork = this.#inWork
    const best = this.#calls.size > 0 ? undefined : this.#next()
    const staysWith = inWork && best && (best === inWork.job || best.rank >= inWork.job.rank)
    if (!staysWith) {
      if (inWork) this.#stop(inWork)
      if (best) this.#begin(best, this.#costOf(best))
      if (this.#calls.size > 0) this.#lastTask = 'call'
    }
    this.#count()
  }

  #next(): Job | undefined {
    let best: Job | undefined
    for (const job of this.#jobs) if (!best || job.rank < best.rank) best = job
    return best
  }

  #costOf(job: Job): number {
    if (job.isBroken) return job.resumeCost()
    return this.#lastTask !== undefined && this.#lastTask !== job.task ? job.switchCost() : 0
  }

  #begin(job: Job, cost: number): void {
    const pace = job.pace()
    this.#lastTask = job.task
    const cancel = this.#time.after(cost + Math.round(job.left * pace), () => this.#done(job))
    this.#inWork = { job, since: this.#time.now, cost, pace, cancel }
  }

  #done(job: Job): void {
    this.#inWork = undefined
    job.left = 0
    job.isBroken = false
    this.#jobs.splice(this.#jobs.indexOf(job), 1)
    job.done()
    this.#choose()
  }

  /** Stops the work before it is done. Work that was not begun is not broken. */
  #stop(inWork: InWork): void {
    this.#leave(inWork)
    inWork.job.isBroken = true
  }

  /** Takes the hands off. Returns the part of the cost that was not spent. */
  #leave({ job, since, cost, pace, cancel }: InWork): number {
    cancel()
    this.#inWork = undefined
    const spent = this.#time.now - since
    job.left = Math.max(0, job.left - Math.max(0, spent - cost) / pace)
    return Math.max(0, cost - spent)
  }

  #count(): void {
    const isBusy = this.#inWork !== undefined || this.#calls.size > 0
    if (isBusy === (this.#busySince !== undefined)) return
    this.#busyMs = this.busyMs
    this.#busySince = isBusy ? this.#time.now : undefined
  }
}
