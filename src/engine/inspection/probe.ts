/** Between the machines and the inspectors: collects while a step runs, hands out after the commit. */
import type { InspectionEvent } from 'xstate'
import type { Aggregate } from '../aggregate/aggregate.ts'
import { contained } from '../contained.ts'
import type { Input } from '../input.ts'
import type { JournalRow } from '../store-port.ts'
import type { InspectedEvent, InspectedStep, InspectionObserver } from './api.ts'
import { plainStep, presentActors, Recording } from './recording.ts'

/** What actor trees are given, to report to. */
export interface TreeProbe {
  /** Does somebody want to hear of the step under way? */
  readonly isRecording: boolean
  note(event: InspectionEvent): void
}

/** Of the row that a step will have, what inspectors are told. */
export type StepRow = Pick<JournalRow, 'aggregate' | 'sequence' | 'at' | 'position' | 'origin' | 'cause'>

/** One for each engine: steps run one at a time. */
export class Probe implements TreeProbe {
  readonly #observers = new Set<(event: InspectedEvent) => unknown>()
  readonly #onError: (error: unknown) => void
  #recording: Recording | undefined

  constructor(onError: (error: unknown) => void = () => undefined) {
    this.#onError = onError
  }

  subscribe(observer: InspectionObserver): () => void {
    // The same observer twice is two subscriptions.
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

  /** A step begins. What trees report outside of steps, when they are built again, is not for inspectors. */
  begin(): void {
    if (this.#observers.size > 0) this.#recording = new Recording()
  }

  /** The step is over, and was applied as this row; `undefined` when nobody looks. */
  end(aggregate: Aggregate, input: Input, row: StepRow): readonly InspectedEvent[] | undefined {
    const recording = this.#recording
    this.#recording = undefined
    if (!recording) return undefined
    const step = stepOf(row, input)
    const { inspected } = aggregate.behaviour
    if (inspected?.kind === 'plain') return plainStep(step, input, inspected.state)
    return recording.finish(step, input)
  }

  /** The step was not applied, or its failure is dealt with: nothing more of it is collected. */
  discard(): void {
    this.#recording = undefined
  }

  /** What was committed. */
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

/** The actors of an aggregate as they stand, root first. */
export function present({ id, sequence, at, behaviour }: Aggregate): readonly InspectedEvent[] {
  const { inspected } = behaviour
  if (!inspected) return []
  const step = { aggregate: id, sequence, at, position: undefined, input: undefined, origin: null, cause: null }
  return presentActors(step, inspected)
}
