/** Collects inspection events while a step runs, and passes them to the inspectors after the commit. */
import type { InspectionEvent } from 'xstate'
import type { Aggregate } from '../aggregate/aggregate.ts'
import { contained } from '../contained.ts'
import type { Input } from '../input.ts'
import type { JournalRow } from '../store-port.ts'
import type { InspectedEvent, InspectedStep, InspectionObserver } from './api.ts'
import { plainStep, presentActors, Recording } from './recording.ts'

/** Receives the inspection events of actor trees. */
export interface TreeProbe {
  /** Are the events of the current step collected? */
  readonly isRecording: boolean
  note(event: InspectionEvent): void
}

/** The fields of a journal row that inspectors get. */
export type StepRow = Pick<JournalRow, 'aggregate' | 'sequence' | 'at' | 'position' | 'origin' | 'cause'>

/** Each engine has one, because steps run one at a time. */
export class Probe implements TreeProbe {
  readonly #observers = new Set<(event: InspectedEvent) => unknown>()
  #onError: (error: unknown) => void = () => undefined
  #recording: Recording | undefined

  /** Who gets the errors of inspectors. */
  reportTo(onError: (error: unknown) => void): void {
    this.#onError = onError
  }

  subscribe(observer: InspectionObserver): () => void {
    // A new function each time, so that the same observer can subscribe twice.
    const own = (event: InspectedEvent) => hand(observer, event)
    this.#observers.add(own)
    return () => this.#observers.delete(own)
  }

  get isRecording(): boolean {
    return this.#recording !== undefined
  }

  note(event: InspectionEvent): void {
    this.#recording?.note(event)
  }

  /** A step begins. Events outside of steps, from trees that are rebuilt, are not collected. */
  begin(): void {
    if (this.#observers.size > 0) this.#recording = new Recording()
  }

  /** The step was applied, with this journal row. Returns its events; `undefined` if there is no inspector. */
  end(aggregate: Aggregate, input: Input, row: StepRow): readonly InspectedEvent[] | undefined {
    const recording = this.#recording
    this.#recording = undefined
    if (!recording) return undefined
    const step = stepOf(row, input)
    const { inspected } = aggregate.behaviour
    if (inspected?.kind === 'plain') return plainStep(step, input, inspected.state)
    return recording.finish(step, input)
  }

  /** The step was not applied. Its events are dropped. */
  discard(): void {
    this.#recording = undefined
  }

  /** Passes the events of committed steps to the inspectors. */
  release(steps: readonly (readonly InspectedEvent[])[]): void {
    if (this.#observers.size === 0) return
    for (const events of steps) for (const event of events) this.#tell(event)
  }

  #tell(event: InspectedEvent): void {
    for (const observer of this.#observers) contained(() => observer(event), this.#onError)
  }
}

function hand(observer: InspectionObserver, event: InspectedEvent): unknown {
  return typeof observer === 'function' ? observer(event) : observer.next?.(event)
}

function stepOf({ aggregate, sequence, at, position, origin, cause }: StepRow, input: Input): InspectedStep {
  return { aggregate, sequence, at, position, origin, cause, input: input.kind }
}

/** The current actors of an aggregate, root first. */
export function present({ id, sequence, at, behaviour }: Aggregate): readonly InspectedEvent[] {
  const { inspected } = behaviour
  if (!inspected) return []
  const step = { aggregate: id, sequence, at, position: undefined, input: undefined, origin: null, cause: null }
  return presentActors(step, inspected)
}
