/**
 * The aggregate: unit of ordering and of durability. One input at a time; state in, input in, outputs and state out.
 *
 * What all aggregates share stands here: sequence numbers, time that never runs backwards, deadlines as data,
 * numbered messages, and containment. What an aggregate *is* comes from its `Behaviour`.
 */
import { MACHINE_VERSION } from '../../../machines/index.ts'
import { asError } from '../contained.ts'
import { type Input, isInput } from '../input.ts'
import { asJson, isObject } from '../json.ts'
import type { Output } from '../output.ts'
import type { JournalRow, Json, SnapshotRow } from '../ports.ts'
import { movedBack } from '../recovery/moved-back.ts'
import type { Behaviour, BehaviourFactory } from './behaviour.ts'
import { Deadlines, isDeadline } from './deadlines.ts'
import { type Envelope, MessageNumbers } from './message-numbers.ts'

/** What an aggregate knows of its own row in the journal; the rest is the engine's. */
export type OwnRow = Pick<
  JournalRow,
  'aggregate' | 'sequence' | 'at' | 'machineVersion' | 'outcome' | 'error' | 'input'
>

export type StepResult =
  | {
      readonly outcome: 'applied'
      readonly row: OwnRow
      readonly outputs: readonly Output[]
      readonly messages: readonly Envelope[]
    }
  | {
      readonly outcome: 'failed'
      readonly row: OwnRow
      readonly error: Error
      readonly messages: readonly Envelope[]
    }
  /** A message that came twice, or a deadline that no longer stands: no step at all. */
  | { readonly outcome: 'dropped' }

/** What every aggregate keeps beside its behaviour. Changed in place; a failed step rebuilds it with the rest. */
interface Common {
  readonly deadlines: Deadlines
  readonly numbers: MessageNumbers
}

/** So much of an error's message is kept in the journal. */
const ERROR_MAX = 1000

/** A snapshot is due after so many inputs. */
const SNAPSHOT_EVERY = { least: 64, most: 2048 }
/** A large state is written less often: one input more for so many characters of it. */
const CHARACTERS_PER_INPUT = 512

export class Aggregate<B extends Behaviour = Behaviour> {
  readonly id: string
  readonly #machine: string
  readonly #factory: BehaviourFactory<B>
  readonly #isThrowaway: boolean
  #behaviour: B
  #sequence = 0
  #at = 0
  #common: Common
  /** Last snapshot, and what was applied since: enough to rebuild the state before any failed step. */
  #base: SnapshotRow | undefined
  #tail: OwnRow[] = []
  #snapshotEvery = SNAPSHOT_EVERY.least
  /** The clock was set back: what comes has a snapshot of its own to begin with, which no earlier time leads to. */
  #isSetBack = false
  /** Why the state could not be built again; until the next start nothing is applied any more. */
  #lost: Error | undefined

  /**
   * `isThrowaway`: nothing is kept to go back to, which saves a third of the work; the first failed step is the last.
   *
   * @throws Error when the snapshot cannot be read.
   */
  constructor(
    id: string,
    machine: string,
    factory: BehaviourFactory<B>,
    { snapshot, isThrowaway = false }: { readonly snapshot?: SnapshotRow; readonly isThrowaway?: boolean } = {},
  ) {
    this.id = id
    this.#isThrowaway = isThrowaway
    this.#machine = machine
    this.#factory = factory
    this.#base = snapshot
    const { common, state } = stored(snapshot)
    this.#sequence = snapshot?.sequence ?? 0
    this.#at = snapshot?.at ?? 0
    this.#common = common
    this.#behaviour = factory(state)
  }

  get behaviour(): B {
    return this.#behaviour
  }

  get sequence(): number {
    return this.#sequence
  }

  /** Time of its last input, in ms. */
  get at(): number {
    return this.#at
  }

  /** Inputs since the last snapshot. */
  get tailLength(): number {
    return this.#tail.length
  }

  /** May its state be written? Not after a failure that could not be taken back. */
  get writesSnapshots(): boolean {
    return this.#lost === undefined && !this.#isThrowaway
  }

  /** So many inputs lie behind the last snapshot that a new one pays. */
  get snapshotIsDue(): boolean {
    return this.#isSetBack || this.#tail.length >= this.#snapshotEvery
  }

  /** When this aggregate next wants to be woken; `undefined` if never. */
  get nextDue(): number | undefined {
    return this.#common.deadlines.first?.due
  }

  /** The first deadline due up to `time`, as an input. */
  dueUpTo(time: number): Extract<Input, { kind: 'deadline' }> | undefined {
    const { first } = this.#common.deadlines
    return first && first.due <= time ? { kind: 'deadline', ...first } : undefined
  }

  /** Applies one input. Never throws: a failure leaves the state as it was. */
  step(input: Input, stamp: number): StepResult {
    if (!this.#isExpected(input)) return { outcome: 'dropped' }
    const at = input.kind === 'clockSetBack' ? stamp : Math.max(this.#at, stamp)
    const sequence = this.#sequence + 1
    const common = { aggregate: this.id, sequence, at, machineVersion: MACHINE_VERSION, input: this.#written(input) }
    try {
      if (this.#lost) throw this.#lost
      const outputs = this.#apply(input, at, sequence)
      const row: OwnRow = { ...common, outcome: 'applied', error: null }
      this.#keep(row)
      return { outcome: 'applied', row, outputs, messages: this.messagesOf(outputs) }
    } catch (thrown) {
      const error = asError(thrown)
      this.#rebuild()
      const messages = this.messagesOf(this.#passFailed(input, at, sequence))
      const row: OwnRow = { ...common, outcome: 'failed', error: error.message.slice(0, ERROR_MAX) }
      this.#keep(row)
      return { outcome: 'failed', row, error, messages }
    }
  }

  /** Writes an input down as failed that other aggregates could not bear; for this one nothing has happened yet. */
  fail(input: Input, stamp: number, error: Error): OwnRow {
    const at = Math.max(this.#at, stamp)
    const sequence = this.#sequence + 1
    this.#pass(input, at, sequence)
    const row: OwnRow = {
      aggregate: this.id,
      sequence,
      at,
      machineVersion: MACHINE_VERSION,
      input: asJson(input),
      outcome: 'failed',
      error: error.message.slice(0, ERROR_MAX),
    }
    this.#keep(row)
    return row
  }

  /** Applies a row of the journal again. Returns what the step put out then: it has taken effect already. */
  replay(row: OwnRow): readonly Output[] {
    if (row.sequence !== this.#sequence + 1)
      throw new Error(`${this.id}: journal continues with ${row.sequence} after ${this.#sequence}`)
    const outputs = this.#again(row)
    this.#keep(row)
    return outputs
  }

  /** The messages among the outputs of the last step, with their numbers. */
  messagesOf(outputs: readonly Output[]): readonly Envelope[] {
    return this.#common.numbers.route(this.id, outputs)
  }

  /** Goes back to the state before the last `count` steps, because their commit failed. */
  undo(count: number): void {
    if (count === 0) return
    this.#tail = this.#tail.slice(0, -count)
    this.#lost = undefined
    this.#rebuild()
  }

  /** State for the store. */
  snapshot(): SnapshotRow {
    return {
      aggregate: this.id,
      machine: this.#machine,
      machineVersion: MACHINE_VERSION,
      sequence: this.#sequence,
      at: this.#at,
      state: {
        deadlines: this.#common.deadlines.toJson(),
        ...this.#common.numbers.toJson(),
        state: this.#behaviour.persist(),
      },
    }
  }

  /** The snapshot is in the store: what lies before it need not be kept here. */
  rebase(snapshot: SnapshotRow): void {
    this.#base = snapshot
    this.#isSetBack = false
    this.#tail = this.#tail.filter((row) => row.sequence > snapshot.sequence)
    const wanted = Math.ceil(JSON.stringify(snapshot.state).length / CHARACTERS_PER_INPUT)
    this.#snapshotEvery = Math.min(Math.max(SNAPSHOT_EVERY.least, wanted), SNAPSHOT_EVERY.most)
  }

  /** As the journal gets it. What is kept must not be touched by what the machines do; what is not kept is as it is. */
  #written(input: Input): Json {
    return this.#isThrowaway && isJson(input) ? input : asJson(input)
  }

  #keep(row: OwnRow): void {
    if (!this.#isThrowaway) this.#tail.push(row)
  }

  #isExpected(input: Input): boolean {
    if (input.kind === 'message') return this.#common.numbers.isNew(input)
    if (input.kind === 'deadline') return this.#common.deadlines.has(input)
    return true
  }

  #apply(input: Input, at: number, sequence: number): readonly Output[] {
    const outputs = input.kind === 'clockSetBack' ? this.#setBack(input.by) : this.#behaviour.step(input, at)
    this.#pass(input, at, sequence)
    for (const output of outputs) this.#common.deadlines.note(output)
    this.#common.numbers.count(outputs)
    return outputs
  }

  /** All that it knows happened so much earlier. */
  #setBack(by: number): readonly Output[] {
    this.#behaviour = this.#factory(movedBack(this.#behaviour.persist(), by))
    this.#common = { ...this.#common, deadlines: this.#common.deadlines.movedBack(by) }
    this.#isSetBack = true
    return []
  }

  /** What every input changes, whether it was applied or failed. */
  #pass(input: Input, at: number, sequence: number): void {
    this.#at = at
    this.#sequence = sequence
    if (input.kind === 'message') this.#common.numbers.take(input)
    if (input.kind === 'deadline') this.#common.deadlines.pass(input)
  }

  /**
   * The state as the last snapshot and the inputs behind it make it. Should that fail as well, the aggregate takes
   * nothing any more, and writes no snapshot: the store has what a corrected program needs.
   */
  #rebuild(): void {
    if (this.#lost) return
    try {
      if (this.#isThrowaway) throw new Error('nothing was kept to go back to')
      const base = this.#base
      const again = new Aggregate(this.id, this.#machine, this.#factory, base ? { snapshot: base } : {})
      for (const row of this.#tail) again.#again(row)
      this.#behaviour = again.#behaviour
      this.#common = again.#common
      this.#sequence = again.#sequence
      this.#at = again.#at
    } catch (error) {
      const last = this.#isThrowaway ? this : (this.#tail.at(-1) ?? this.#base)
      this.#sequence = last?.sequence ?? 0
      this.#at = last?.at ?? 0
      this.#lost = new Error(`${this.id} cannot be built again: ${asError(error).message}`, { cause: error })
    }
  }

  #again({ input, outcome, at, sequence }: OwnRow): readonly Output[] {
    if (!isInput(input)) throw new Error(`${this.id}: unknown input number ${sequence}`)
    return outcome === 'applied' ? this.#apply(input, at, sequence) : this.#passFailed(input, at, sequence)
  }

  /** What a failed input changes all the same: it has been taken, and those who wait for an answer get one. */
  #passFailed(input: Input, at: number, sequence: number): readonly Output[] {
    this.#pass(input, at, sequence)
    const outputs = this.#behaviour.afterFailure?.(input) ?? []
    this.#common.numbers.count(outputs)
    return outputs
  }
}

/** Inputs hold nothing that JSON does not keep. */
const isJson = (_input: Input): _input is Input & Json => true

/** What a snapshot holds; nothing yet without one. */
function stored(row: SnapshotRow | undefined): { readonly common: Common; readonly state: Json | undefined } {
  if (row === undefined)
    return { common: { deadlines: new Deadlines(), numbers: new MessageNumbers() }, state: undefined }
  const { state } = row
  if (!isObject(state) || !Array.isArray(state.deadlines) || !isNumbers(state.sent) || !isNumbers(state.received))
    throw new Error(`${row.aggregate}: snapshot ${row.sequence} cannot be read`)
  const deadlines = new Deadlines(state.deadlines.filter(isDeadline))
  return { common: { deadlines, numbers: new MessageNumbers(state.sent, state.received) }, state: state.state ?? null }
}

function isNumbers(value: Json | undefined): value is Readonly<Record<string, number>> {
  return isObject(value) && Object.values(value).every((each) => typeof each === 'number')
}
