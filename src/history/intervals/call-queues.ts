/** The figures of the queues of calls, and of each agent in each of them, per interval. */
import { Cells, type Frame } from './cells.ts'
import type { AgentFigures, QueueFigures } from './figures.ts'

type Changing<T> = { -readonly [Key in keyof T]: T[Key] }
type QueueCell = Changing<QueueFigures>
type AgentCell = Changing<AgentFigures>

/** `rings`: the call is offered to an agent. */
type Counted = 'offered' | 'rings' | 'handled' | 'rona' | 'abandoned'

export class CallQueues {
  readonly #frame: Frame
  readonly #names = new Map<string, string>()
  readonly #queues = new Map<string, Cells<QueueCell>>()
  readonly #agents = new Map<string, Cells<AgentCell>>()

  constructor(frame: Frame) {
    this.#frame = frame
  }

  name(queue: string, name: string): void {
    if (name !== '') this.#names.set(queue, name)
  }

  /** `user`: the agent whom it concerns; `''` if there is none. */
  plus(figure: Counted, queue: string, user: string, at: number): void {
    if (figure !== 'rings')
      this.#queue(queue).at(at, (cell) => {
        cell[figure] += 1
      })
    if (user !== '')
      this.#agent(queue, user).at(at, (cell) => {
        cell[figure === 'rings' ? 'offered' : figure] += 1
      })
  }

  /** An agent has answered a call that waited for `waitMs`. */
  answered(queue: string, user: string, at: number, waitMs: number): void {
    this.#queue(queue).at(at, (cell) => {
      cell.accepted += 1
      cell.waitMs += waitMs
    })
    this.#agent(queue, user).at(at, (cell) => {
      cell.accepted += 1
    })
  }

  talked(queue: string, user: string, since: number, until: number): void {
    this.#agent(queue, user).during(since, until, (cell, ms) => {
      cell.onTaskMs += ms
    })
  }

  get queues(): readonly QueueFigures[] {
    return [...this.#queues.values()].flatMap((cells) => cells.all.map((cell) => this.#named(cell, cell.queue)))
  }

  get agents(): readonly AgentFigures[] {
    return [...this.#agents.values()].flatMap((cells) => cells.all.map((cell) => this.#named(cell, cell.mrd)))
  }

  #named<Of extends object>(cell: Of, queue: string): Of {
    return { ...cell, name: this.#names.get(queue) ?? '' }
  }

  #queue(queue: string): Cells<QueueCell> {
    const counts = { offered: 0, accepted: 0, handled: 0, rona: 0, abandoned: 0, waitMs: 0 }
    return cellsIn(this.#queues, queue, this.#frame, (from) => ({ from, queue, name: '', ...counts }))
  }

  #agent(queue: string, user: string): Cells<AgentCell> {
    const counts = { offered: 0, accepted: 0, handled: 0, rona: 0, abandoned: 0, interrupts: 0 }
    const times = { stateMs: {}, onTaskMs: 0 }
    return cellsIn(this.#agents, `${queue} ${user}`, this.#frame, (from) => {
      return { from, user, mrd: queue, name: '', ...times, ...counts }
    })
  }
}

function cellsIn<Cell>(all: Map<string, Cells<Cell>>, key: string, frame: Frame, make: (from: number) => Cell) {
  const known = all.get(key)
  if (known) return known
  const made = new Cells(frame, make)
  all.set(key, made)
  return made
}
