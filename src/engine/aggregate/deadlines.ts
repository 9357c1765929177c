import type { Input } from '../input.ts'
import type { Output } from '../output.ts'

/** A time at which the engine gives an aggregate a deadline input. Deadlines are part of the aggregate's state. */
export interface Deadline {
  readonly owner: string
  readonly name: Extract<Input, { kind: 'deadline' }>['name']
  /** Milliseconds since 1970 UTC. */
  readonly due: number
}

/** The deadlines that one aggregate has armed. Owner and name identify a deadline. */
export class Deadlines {
  /** Earliest first. Those with equal times are in the order in which they were armed. */
  #standing: readonly Deadline[]

  constructor(standing: readonly Deadline[] = []) {
    this.#standing = standing
  }

  get first(): Deadline | undefined {
    return this.#standing[0]
  }

  /** False if the deadline was cleared, or armed again with another time. */
  has(deadline: Deadline): boolean {
    return this.#standing.some((each) => isSame(each, deadline))
  }

  /** Removes a deadline whose time has come. */
  pass(deadline: Deadline): void {
    this.#standing = this.#standing.filter((each) => !isSame(each, deadline))
  }

  /** Arms or clears a deadline if `output` says so. Ignores other outputs. */
  note(output: Output): void {
    if (output.type !== 'arm' && output.type !== 'clear') return
    const { owner, name } = output
    const others = this.#standing.filter((each) => each.owner !== owner || each.name !== name)
    this.#standing = output.type === 'clear' ? others : sorted([...others, { owner, name, due: output.due }])
  }

  /** All of them, `by` ms earlier. */
  movedBack(by: number): Deadlines {
    return new Deadlines(this.#standing.map((each) => ({ ...each, due: each.due - by })))
  }

  toJson() {
    return this.#standing.map((deadline) => ({ ...deadline }))
  }
}

const isSame = (a: Deadline, b: Deadline) => a.owner === b.owner && a.name === b.name && a.due === b.due

/** Deadlines with equal times keep the order in which they were armed, because the sort is stable. */
const sorted = (deadlines: readonly Deadline[]) => [...deadlines].sort((a, b) => a.due - b.due)

export function isDeadline(value: unknown): value is Deadline {
  return typeof value === 'object' && value !== null && 'owner' in value && 'name' in value && 'due' in value
}
