/** The data of the board that the server has sent. */
import type { QueueValue } from '../../../engine/values.ts'
import type { BeginMessage, BoardAgent, BoardCell, BoardHistory, BoardMessage, BoardSide } from '../protocol.ts'

export class Model {
  readonly agents = new Map<string, BoardAgent>()
  /** The first message of the stream: columns, teams and the viewer. */
  head: BeginMessage | undefined
  queues: readonly QueueValue[] = []
  sides: readonly BoardSide[] = []
  history: BoardHistory = {}
  /** True when everything was received. The board is not shown before. */
  isReady = false
  #number = 0
  #lastNow = 0
  #offset = 0

  /** Takes a message. Returns false if a message before it is missing. */
  apply(message: BoardMessage): boolean {
    if (message.number !== this.#number + 1) return false
    this.#number = message.number
    this.#lastNow = message.now
    this.#offset = message.now - performance.now()
    switch (message.type) {
      case 'begin':
        this.agents.clear()
        this.head = message
        this.queues = message.queues
        this.sides = message.sides
        this.history = message.history
        this.isReady = false
        return true
      case 'change':
        for (const agent of message.agents ?? []) this.agents.set(agent.id, agent)
        this.queues = message.queues ?? this.queues
        this.sides = message.sides ?? this.sides
        this.history = message.history ?? this.history
        return true
      case 'ready':
        this.isReady = true
        return true
      case 'beat':
        return true
    }
  }

  /** A new stream begins, and its numbers begin again. The old data is shown until its first message. */
  reconnecting(): void {
    this.#number = 0
  }

  /** Time of the server, in milliseconds since 1970 UTC. */
  now(): number {
    return this.head?.timeStandsStill ? this.#lastNow : performance.now() + this.#offset
  }

  /** How long a contact may wait in the queue of an MRD, in ms. `undefined`: there is no limit. */
  waitLimit(mrd: string): number | undefined {
    return this.head?.limits.waitMs[mrd]
  }

  /** By how much an agent is in a state for too long, of the worst medium, in ms. 0: in none. */
  overdue(agent: BoardAgent, now: number): number {
    return Math.max(0, ...Object.values(agent.cells).map((cell) => this.cellOverdue(cell, now)))
  }

  cellOverdue({ state, since }: BoardCell, now: number): number {
    const limit = this.head?.limits.stateMs[state]
    return limit === undefined || since === null ? 0 : Math.max(0, now - since - limit)
  }

  mrdName(id: string): string {
    return this.head?.mrds.find((mrd) => mrd.id === id)?.name ?? id
  }

  teamName(id: string): string {
    return this.head?.teams.find((team) => team.id === id)?.name ?? id
  }
}

export const cellOf = (agent: BoardAgent, mrd: string): BoardCell | undefined => agent.cells[mrd]
