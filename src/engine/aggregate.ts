/**
 * The aggregate: unit of ordering and of durability. One input at a time; state in, input in, outputs and state out.
 *
 * What all aggregates share stands here: sequence numbers, time that never runs backwards, deadlines as data,
 * numbered messages, and containment. What an aggregate *is* comes from its `Behaviour`.
 */
import { MACHINE_VERSION } from '../../machines/index.ts'
import { asJson, type Input, isInput, type Message } from './input.ts'
import type { Output } from './output.ts'
import type { JournalRow, Json, SnapshotRow } from './ports.ts'

/** The part that differs between users, calls, queues and sides. Deterministic: no clock, no randomness, no I/O. */
export interface Behaviour {
  /** Applies an input that happened at `at` (ms). Throws when it cannot; the caller discards it then. */
  step(input: Input, at: number): readonly Output[]
  persist(): Json
  /** Nothing can happen to it any more; it may be forgotten. */
  readonly finished: boolean
}

/** Makes a behaviour, fresh or from what `persist` returned. */
export type BehaviourFactory<B extends Behaviour> = (state?: Json) => B

export interface Deadline {
  readonly owner: string
  readonly name: Extract<Input, { kind: 'deadline' }>['name']
  /** Milliseconds since 1970 UTC. */
  readonly due: number
}

/** A message on its way, with its number for this pair of aggregates. */
export interface Envelope {
  readonly to: string
  readonly input: Extract<Input, { kind: 'message' }>
}

export type StepResult =
  | {
      readonly outcome: 'applied'
      readonly sequence: number
      readonly at: number
      readonly outputs: readonly Output[]
      readonly messages: readonly Envelope[]
    }
  | { readonly outcome: 'failed'; readonly sequence: number; readonly at: number; readonly error: Error }
  /** A message that came twice, or a deadline that no longer stands: no step at all. */
  | { readonly outcome: 'dropped' }

/** What every aggregate keeps beside its behaviour. Changed in place; a failed step rebuilds it with the rest. */
interface Common {
  /** Earliest first; equal ones in the order in which they were armed. */
  deadlines: readonly Deadline[]
  /** Number of the last message to, and from, each other aggregate. */
  readonly sent: Map<string, number>
  readonly received: Map<string, number>
}

const nothingYet = (): Common => ({ deadlines: [], sent: new Map(), received: new Map() })

/** Calls come and go; the numbers of only so many of them are kept. */
const CALL_PEERS_MAX = 256

export class Aggregate<B extends Behaviour = Behaviour> {
  readonly id: string
  readonly #machine: string
  readonly #factory: BehaviourFactory<B>
  #behaviour: B
  #sequence = 0
  #at = 0
  #common = nothingYet()
  /** Last snapshot, and what was applied since: enough to rebuild the state before any failed step. */
  #base: SnapshotRow | undefined
  #tail: JournalRow[] = []

  constructor(id: string, machine: string, factory: BehaviourFactory<B>, snapshot?: SnapshotRow) {
    this.id = id
    this.#machine = machine
    this.#factory = factory
    this.#base = snapshot
    this.#behaviour = this.#restore()
  }

  get behaviour(): B {
    return this.#behaviour
  }

  get sequence(): number {
    return this.#sequence
  }

  /** Inputs since the last snapshot. */
  get tailLength(): number {
    return this.#tail.length
  }

  /** When this aggregate next wants to be woken; `undefined` if never. */
  get nextDue(): number | undefined {
    return this.#common.deadlines[0]?.due
  }

  /** The first deadline due up to `time`, as an input. */
  dueUpTo(time: number): Extract<Input, { kind: 'deadline' }> | undefined {
    const first = this.#common.deadlines[0]
    return first && first.due <= time ? { kind: 'deadline', ...first } : undefined
  }

  /** Applies one input. Never throws: a failure leaves the state as it was. */
  step(input: Input, stamp: number, position: number): StepResult {
    if (!this.#isExpected(input)) return { outcome: 'dropped' }
    const at = Math.max(this.#at, stamp)
    const sequence = this.#sequence + 1
    const row = { position, aggregate: this.id, sequence, at, machineVersion: MACHINE_VERSION, input: asJson(input) }
    try {
      const outputs = this.#apply(input, at, sequence)
      this.#tail.push({ ...row, outcome: 'applied' })
      return { outcome: 'applied', sequence, at, ...this.#route(outputs) }
    } catch (error) {
      this.#behaviour = this.#restore()
      this.#pass(input, at, sequence)
      this.#tail.push({ ...row, outcome: 'failed' })
      return { outcome: 'failed', sequence, at, error: error instanceof Error ? error : new Error(String(error)) }
    }
  }

  /** The journal row of the last step. */
  lastRow(): JournalRow | undefined {
    return this.#tail.at(-1)
  }

  /** Applies a row of the journal again; its outputs have taken effect already. */
  replay(row: JournalRow): void {
    if (row.sequence !== this.#sequence + 1)
      throw new Error(`${this.id}: journal continues with ${row.sequence} after ${this.#sequence}`)
    if (!isInput(row.input)) throw new Error(`${this.id}: unknown input in journal row ${row.position}`)
    this.#tail.push(row)
    this.#again(row)
  }

  /** Goes back to the state before the last `count` steps, because their commit failed. */
  undo(count: number): void {
    if (count === 0) return
    this.#tail = this.#tail.slice(0, -count)
    this.#behaviour = this.#restore()
  }

  /** State for the store. */
  snapshot(): SnapshotRow {
    return {
      aggregate: this.id,
      machine: this.#machine,
      machineVersion: MACHINE_VERSION,
      sequence: this.#sequence,
      at: this.#at,
      state: { ...this.#commonJson(), state: this.#behaviour.persist() },
    }
  }

  /** The snapshot is in the store: what lies before it need not be kept here. */
  rebase(snapshot: SnapshotRow): void {
    this.#base = snapshot
    this.#tail = this.#tail.filter((row) => row.sequence > snapshot.sequence)
  }

  #commonJson() {
    const { deadlines, sent, received } = this.#common
    const numbers = (of: ReadonlyMap<string, number>) => Object.fromEntries(of)
    return {
      deadlines: deadlines.map((deadline) => ({ ...deadline })),
      sent: numbers(sent),
      received: numbers(received),
    }
  }

  #isExpected(input: Input): boolean {
    if (input.kind === 'message') return input.number > (this.#common.received.get(input.from) ?? 0)
    if (input.kind === 'deadline') return this.#common.deadlines.some((deadline) => isSame(deadline, input))
    return true
  }

  #apply(input: Input, at: number, sequence: number): readonly Output[] {
    const outputs = this.#behaviour.step(input, at)
    this.#pass(input, at, sequence)
    for (const output of outputs) this.#noteDeadline(output)
    for (const output of outputs) if (output.type === 'send') this.#count(output.to)
    return outputs
  }

  /** What every input changes, whether it was applied or failed. */
  #pass(input: Input, at: number, sequence: number): void {
    this.#at = at
    this.#sequence = sequence
    if (input.kind === 'message') keep(this.#common.received, input.from, input.number)
    if (input.kind === 'deadline')
      this.#common.deadlines = this.#common.deadlines.filter((each) => !isSame(each, input))
  }

  #noteDeadline(output: Output): void {
    if (output.type !== 'arm' && output.type !== 'clear') return
    const { owner, name } = output
    const others = this.#common.deadlines.filter((each) => each.owner !== owner || each.name !== name)
    this.#common.deadlines = output.type === 'clear' ? others : sorted([...others, { owner, name, due: output.due }])
  }

  #count(to: string): void {
    keep(this.#common.sent, to, (this.#common.sent.get(to) ?? 0) + 1)
  }

  /** Gives the messages their numbers: the last ones counted, in order. */
  #route(outputs: readonly Output[]): { outputs: readonly Output[]; messages: readonly Envelope[] } {
    const totals = new Map<string, number>()
    for (const output of outputs) if (output.type === 'send') totals.set(output.to, (totals.get(output.to) ?? 0) + 1)
    const messages: Envelope[] = []
    for (const output of outputs) {
      if (output.type !== 'send') continue
      const left = totals.get(output.to) ?? 1
      totals.set(output.to, left - 1)
      messages.push(this.#envelope(output.to, (this.#common.sent.get(output.to) ?? 0) - left + 1, output.body))
    }
    return { outputs, messages }
  }

  #envelope(to: string, number: number, body: Message): Envelope {
    return { to, input: { kind: 'message', from: this.id, number, body } }
  }

  #restore(): B {
    const base = this.#base
    this.#sequence = base?.sequence ?? 0
    this.#at = base?.at ?? 0
    const { common, state } = base ? stored(base) : { common: nothingYet(), state: undefined }
    this.#common = common
    this.#behaviour = this.#factory(state)
    for (const row of this.#tail) this.#again(row)
    return this.#behaviour
  }

  #again(row: JournalRow): void {
    if (!isInput(row.input)) throw new Error(`${this.id}: unknown input in journal row ${row.position}`)
    if (row.outcome === 'failed') this.#pass(row.input, row.at, row.sequence)
    else this.#apply(row.input, row.at, row.sequence)
  }
}

const isSame = (a: Deadline, b: Deadline) => a.owner === b.owner && a.name === b.name && a.due === b.due

/** Stable: equal ones keep the order in which they were armed. */
const sorted = (deadlines: readonly Deadline[]) => [...deadlines].sort((a, b) => a.due - b.due)

/** Notes a number; of calls, which come and go, only the latest peers are remembered. */
function keep(numbers: Map<string, number>, peer: string, number: number): void {
  const isNew = !numbers.has(peer)
  numbers.set(peer, number)
  if (!isNew || !peer.startsWith('call/') || numbers.size <= CALL_PEERS_MAX) return
  for (const known of numbers.keys()) {
    if (!known.startsWith('call/')) continue
    numbers.delete(known)
    return
  }
}

function stored(row: SnapshotRow): { common: Common; state: Json } {
  const { state } = row
  if (!isRecord(state) || !Array.isArray(state.deadlines) || !isNumbers(state.sent) || !isNumbers(state.received))
    throw new Error(`${row.aggregate}: snapshot ${row.sequence} cannot be read`)
  const deadlines = state.deadlines.filter(isDeadline)
  const numbers = (of: Readonly<Record<string, number>>) => new Map(Object.entries(of))
  return {
    common: { deadlines, sent: numbers(state.sent), received: numbers(state.received) },
    state: state.state ?? null,
  }
}

function isRecord(value: Json | undefined): value is { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
function isNumbers(value: Json | undefined): value is Readonly<Record<string, number>> {
  return isRecord(value) && Object.values(value).every((each) => typeof each === 'number')
}
function isDeadline(value: unknown): value is Deadline {
  return typeof value === 'object' && value !== null && 'owner' in value && 'name' in value && 'due' in value
}
