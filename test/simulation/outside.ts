/**
 * An external ACD behind `AcdPort`. It outlives the system, sends some offers twice, repeats events until they are
 * answered, and may refuse, forget or delay transfers.
 */

import type { AcdEvents, AcdPort, AcdRequest, Availability } from '../../src/engine/ports.ts'
import { stream } from '../../src/simulate/random.ts'
import type { SimulatedClock } from './clock.ts'

interface OutsideTask {
  readonly id: string
  readonly mrd: string
  readonly selector: string
  readonly pinned: string
  state: 'queued' | 'offered' | 'accepted' | 'moved' | 'over'
  offer: string
  user: string
  offersEver: number
}

interface Claim {
  readonly version: number
  readonly mrds: Record<string, { eligible: boolean; freeSlots: number; since: number }>
}

/** In ms: the delay of a message, the wait before the next attempt, and the delay of a late answer. */
const [WAY, AGAIN, LATE] = [20, 900, 30_000]

export class OutsideAcd implements AcdPort {
  readonly tasks = new Map<string, OutsideTask>()
  /** How transfers are answered. */
  transfers: 'confirm' | 'refuse' | 'timeout' | 'late' = 'confirm'
  readonly #clock: SimulatedClock
  readonly #seed: number
  readonly #claims = new Map<string, Claim>()
  readonly #moved = new Map<string, string>()
  #events: AcdEvents | undefined
  #ever = 0

  constructor(clock: SimulatedClock, seed: number) {
    this.#clock = clock
    this.#seed = seed
  }

  get open(): readonly OutsideTask[] {
    return [...this.tasks.values()].filter(({ state }) => state !== 'over' && state !== 'moved')
  }

  start(events: AcdEvents): void {
    this.#events = events
    // It is unknown which of the earlier offers have arrived.
    for (const task of this.tasks.values()) if (task.state === 'offered') this.#send(task, task.offer)
    this.#match()
  }

  submit(selector: string, pinned: string): string {
    this.#ever += 1
    const id = `T${this.#ever}`
    const mrd = selector.slice(1, 5)
    this.tasks.set(id, { id, mrd, selector, pinned, state: 'queued', offer: '', user: '', offersEver: 0 })
    this.#clock.in(WAY, () => this.#match())
    return id
  }

  abandon(id: string): void {
    const task = this.tasks.get(id)
    if (task?.state === 'queued') task.state = 'over'
    else if (task?.state === 'offered') this.#tell((events) => events.cancel(task.user, id), 3)
  }

  async request(request: AcdRequest): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#clock.in(WAY, resolve)
    })
    this.#hear(request)
    this.#match()
  }

  #hear(request: AcdRequest): void {
    if (request.type === 'availability') {
      const { user, version, mrds } = request
      if ((this.#claims.get(user)?.version ?? 0) < version) this.#claims.set(user, { version, mrds: copied(mrds) })
      return
    }
    const task = this.tasks.get(request.task)
    if (!task) return
    switch (request.type) {
      case 'accepted':
        if (task.offer === request.offer && task.state === 'offered') task.state = 'accepted'
        return
      case 'refused':
        if (task.offer !== request.offer || task.state !== 'offered') return
        Object.assign(task, { state: 'queued', offer: '', user: '' })
        return
      case 'handled':
      case 'ended':
        task.state = 'over'
        return
      case 'resubmit':
        return this.#resubmit(task, request)
      case 'cancelResubmission':
        return this.#takeBack(task, `${request.dialog}/TRANSFER/${request.attempt}`)
    }
  }

  #resubmit(task: OutsideTask, request: Extract<AcdRequest, { type: 'resubmit' }>): void {
    const { user, dialog, cause, attempt, scriptSelector } = request
    const key = `${dialog}/${cause}/${attempt}`
    if (cause !== 'TRANSFER') {
      if (this.#moved.has(key)) return
      task.state = 'over'
      this.#moved.set(key, this.submit(scriptSelector, task.pinned))
      return
    }
    if (this.transfers === 'timeout') return
    if (this.transfers === 'refuse' && !this.#moved.has(key))
      return this.#tell((events) => events.resubmitted(user, dialog, { attempt, ok: false, reason: 'refused' }), 3)
    const known = this.#moved.get(key)
    const next = known ?? this.submit(scriptSelector, '')
    this.#moved.set(key, next)
    if (known === undefined && task.state !== 'over') task.state = 'moved'
    const confirm = () =>
      this.#tell((events) => events.resubmitted(user, dialog, { attempt, ok: true, task: task.id }), 3)
    if (this.transfers === 'late') this.#clock.in(LATE, confirm)
    else confirm()
  }

  /** The transfer is taken back: the customer is still with the first agent. */
  #takeBack(task: OutsideTask, key: string): void {
    const next = this.tasks.get(this.#moved.get(key) ?? '')
    if (next) this.abandon(next.id)
    if (task.state === 'moved') task.state = 'accepted'
  }

  #match(): void {
    for (const task of this.tasks.values()) {
      if (task.state !== 'queued') continue
      const free = [...this.#claims].filter(
        ([user, { mrds }]) =>
          (mrds[task.mrd]?.freeSlots ?? 0) > 0 && mrds[task.mrd]?.eligible && (task.pinned || user) === user,
      )
      const [user, claim] = free[0] ?? []
      const medium = claim?.mrds[task.mrd]
      if (user === undefined || !medium) continue
      medium.freeSlots -= 1
      task.offersEver += 1
      Object.assign(task, { state: 'offered', user, offer: `${task.id}/${task.offersEver}` })
      this.#send(task, task.offer)
      if (stream(this.#seed, `twice/${task.offer}`).next() < 0.2) this.#send(task, task.offer)
    }
  }

  #send(task: OutsideTask, offer: string): void {
    const { user, id, mrd, selector: scriptSelector } = task
    const stands = () => task.offer === offer && task.state === 'offered'
    this.#tell(
      (events) =>
        stands() ? events.offer(user, offer, { id, mrd, scriptSelector, variables: [] }) : Promise.resolve(),
      Number.POSITIVE_INFINITY,
    )
  }

  /** Sends an event up to `times` times until it is accepted. After a crash, `start` sends the offers again. */
  #tell(say: (events: AcdEvents) => Promise<unknown>, times: number): void {
    this.#clock.in(WAY, () => {
      if (!this.#events) return
      say(this.#events).catch(() => {
        if (times > 1) this.#clock.in(AGAIN, () => this.#tell(say, times - 1))
      })
    })
  }
}

const copied = (mrds: Readonly<Record<string, Availability>>): Claim['mrds'] => JSON.parse(JSON.stringify(mrds))
