/**
 * The aggregate: the unit of ordering and of durability. It applies one input at a time, which gives a new state and
 * outputs.
 *
 * This class has what all aggregates share: sequence numbers, time that never runs backwards, deadlines as data,
 * numbered messages, and the handling of failed steps. Users, calls, queues and sides differ by their `Behaviour`.
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
import { Tail } from './tail.ts'

/** The fields of a journal row that the aggregate fills in. The engine adds the others. */
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
  /** No step: the message came twice, or the deadline was cleared or armed again. */
  | { readonly outcome: 'dropped' }

/** The state that every aggregate has beside its behaviour. Changed in place. After a failed step it is rebuilt too. */
interface Common {
  readonly deadlines: Deadlines
  readonly numbers: MessageNumbers
}

/** The journal stores at most this many characters of an error's message. */
const ERROR_MAX = 1000

export class Aggregate<B extends Behaviour = Behaviour> {
  readonly id: string
  readonly tail: Tail
  readonly #machine: string
  readonly #factory: BehaviourFactory<B>
  readonly #isThrowaway: boolean
  #behaviour: B
  #sequence = 0
  #at = 0
  #common: Common
  /** Why the state could not be rebuilt. If set, every input fails until the next start. */
  #lost: Error | undefined

  /**
   * `isThrowaway`: the aggregate keeps no rows and writes no snapshots, which saves a third of the work. After its
   * first failed step it applies nothing any more, because it cannot be rebuilt.
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
    this.tail = new Tail(isThrowaway ? undefined : snapshot)
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

  /** False if the state could not be rebuilt after a failed step, or if the aggregate is throwaway. */
  get writesSnapshots(): boolean {
    return this.#lost === undefined && !this.#isThrowaway
  }

  /** Time of the next deadline (ms); `undefined` if there is none. */
  get nextDue(): number | undefined {
    return this.#common.deadlines.first?.due
  }

  /** The first deadline as an input, if it is due at `time` (ms) or before. */
  dueUpTo(time: number): Extract<Input, { kind: 'deadline' }> | undefined {
    const { first } = this.#common.deadlines
    return first && first.due <= time ? { kind: 'deadline', ...first } : undefined
  }

  /** Applies one input that came at `stamp` (ms). Never throws. If the step fails, the state does not change. */
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

  /**
   * Records an input as failed because the messages that follow from it cannot be delivered, for example because they
   * never end. The caller has undone all steps before.
   */
  fail(input: Input, stamp: number, error: Error): OwnRow {
    const at = Math.max(this.#at, stamp)
    const sequence = this.#sequence + 1
    this.#pass(input, at, sequence)
    const row: OwnRow = {
      aggregate: this.id,
      sequence,
      at,
      machineVersion: MACHINE_VERSION,
      input: this.#written(input),
      outcome: 'failed',
      error: error.message.slice(0, ERROR_MAX),
    }
    this.#keep(row)
    return row
  }

  /** Applies a row of the journal again. Returns the outputs of the step, which have taken effect already. */
  replay(row: OwnRow): readonly Output[] {
    if (row.sequence !== this.#sequence + 1)
      throw new Error(`${this.id}: journal continues with ${row.sequence} after ${this.#sequence}`)
    const outputs = this.#reapply(row)
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
    this.tail.undo(count)
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

  /**
   * The input for the journal. It is a copy unless it is frozen, because a guard of an embedder could change the original.
   * Throwaway rows need no copy.
   */
  #written(input: Input): Json {
    const isSafe = this.#isThrowaway || Object.isFrozen(input)
    return isSafe && isJson(input) ? input : asJson(input)
  }

  #keep(row: OwnRow): void {
    if (!this.#isThrowaway) this.tail.add(row)
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

  /** Moves all times in the state back by `by` ms. */
  #setBack(by: number): readonly Output[] {
    this.#behaviour = this.#factory(movedBack(this.#behaviour.persist(), by))
    this.#common = { ...this.#common, deadlines: this.#common.deadlines.movedBack(by) }
    this.tail.setBack()
    return []
  }

  /** The changes that every input makes, applied or failed. */
  #pass(input: Input, at: number, sequence: number): void {
    this.#at = at
    this.#sequence = sequence
    if (input.kind === 'message') this.#common.numbers.take(input)
    if (input.kind === 'deadline') this.#common.deadlines.pass(input)
  }

  /**
   * Rebuilds the state from the last snapshot and the rows after it. If that fails too, the aggregate applies no more
   * inputs and writes no snapshot. A corrected program can then still start from what the store has.
   */
  #rebuild(): void {
    if (this.#lost) return
    try {
      if (this.#isThrowaway) throw new Error('a throwaway aggregate keeps no earlier state')
      const { base, rows } = this.tail
      const again = new Aggregate(this.id, this.#machine, this.#factory, base ? { snapshot: base } : {})
      for (const row of rows) again.#reapply(row)
      this.#behaviour = again.#behaviour
      this.#common = again.#common
      this.#sequence = again.#sequence
      this.#at = again.#at
    } catch (error) {
      const last = this.#isThrowaway ? this : (this.tail.rows.at(-1) ?? this.tail.base)
      this.#sequence = last?.sequence ?? 0
      this.#at = last?.at ?? 0
      this.#lost = new Error(`${this.id} cannot be built again: ${asError(error).message}`, { cause: error })
    }
  }

  #reapply({ input, outcome, at, sequence }: OwnRow): readonly Output[] {
    if (!isInput(input)) throw new Error(`${this.id}: unknown input number ${sequence}`)
    return outcome === 'applied' ? this.#apply(input, at, sequence) : this.#passFailed(input, at, sequence)
  }

  /** The changes of a failed input: it is marked as received, and an aggregate that waits for an answer gets one. */
  #passFailed(input: Input, at: number, sequence: number): readonly Output[] {
    this.#pass(input, at, sequence)
    const outputs = this.#behaviour.afterFailure?.(input) ?? []
    this.#common.numbers.count(outputs)
    return outputs
  }
}

/** Inputs are plain records, which are JSON without a copy. */
const isJson = (input: Input): input is Input & Json => Object.getPrototypeOf(input) === Object.prototype

/** The parts of a snapshot. Without a snapshot they are empty. */
function stored(row: SnapshotRow | undefined): { readonly common: Common; readonly state: Json | undefined } {
  if (row === undefined)
    return { common: { deadlines: new Deadlines(), numbers: new MessageNumbers() }, state: undefined }
  const { state } = row
  if (!isObject(state) || !Array.isArray(state.deadlines) || !isNumbers(state.sent) || !isNumbers(state.received))
    throw new Error(`${row.aggregate}: snapshot ${row.sequence} cannot be read`)
  const { sent, received, forgotten } = state
  const numbers = new MessageNumbers({ sent, received, ...(typeof forgotten === 'number' ? { forgotten } : {}) })
  const deadlines = new Deadlines(state.deadlines.filter(isDeadline))
  return { common: { deadlines, numbers }, state: state.state ?? null }
}

function isNumbers(value: Json | undefined): value is Readonly<Record<string, number>> {
  return isObject(value) && Object.values(value).every((each) => typeof each === 'number')
}
