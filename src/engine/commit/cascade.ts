/**
 * Applies one input and the messages that follow from it in other aggregates. A step that throws is recorded as failed
 * and changes nothing. If the cascade itself cannot be finished, all its steps are undone, and the first input is
 * recorded as failed.
 */

import { transferResultIn } from '../acd/transfer-result.ts'
import type { Aggregate } from '../aggregate/aggregate.ts'
import type { Aggregates } from '../aggregate/aggregates.ts'
import { refusedIn } from '../answers/standing.ts'
import { asError } from '../contained.ts'
import type { RefusedAt, Reply } from '../input/inbox.ts'
import type { Input } from '../input.ts'
import type { Probe } from '../inspection/probe.ts'
import type { Output } from '../output.ts'
import type { Source, Tick } from './tick.ts'

/** Maximum number of steps that follow from one input, so that a cycle of messages cannot block the loop. */
const CASCADE_MAX = 20_000

/** An input for an aggregate. */
export interface Work {
  readonly to: string
  /** `undefined`: only the deadlines of the aggregate that are due. */
  readonly input: Input | undefined
  readonly source: Source
}

/** The source of deadlines. */
export const FROM_NOBODY: Source = { origin: null, cause: null }

/** One input and the work that has followed from it so far. */
interface Chain {
  readonly tick: Tick
  /** ms since 1970 UTC. */
  readonly now: number
  /** Messages that are not applied yet. `answers`: refusals belong to the answer to the input. */
  readonly work: (Work & { readonly answers: boolean })[]
  /** Refusals that the input caused. Refusals of deadlines that were due at the same time do not belong here. */
  readonly refusals: RefusedAt[]
}

export class Cascade {
  readonly #aggregates: Aggregates
  readonly #inspectors: Probe
  readonly #wentBack: (aggregates: ReadonlySet<Aggregate>) => void

  /** `wentBack` gets the aggregates whose steps were undone. */
  constructor(aggregates: Aggregates, inspectors: Probe, wentBack: (aggregates: ReadonlySet<Aggregate>) => void) {
    this.#aggregates = aggregates
    this.#inspectors = inspectors
    this.#wentBack = wentBack
  }

  /** Applies the input at `now` (ms since 1970 UTC). Never throws. */
  take(tick: Tick, first: Work, now: number): Reply {
    const { mark } = tick
    const chain: Chain = { tick, now, work: [], refusals: [] }
    try {
      const reply = this.#deliver(chain, { ...first, answers: true })
      for (let steps = 0, next = chain.work.shift(); next; steps += 1, next = chain.work.shift()) {
        if (steps > CASCADE_MAX) throw new Error('messages between aggregates do not come to an end')
        this.#deliver(chain, next)
      }
      return chain.refusals.length === 0 ? reply : { ...reply, refusals: chain.refusals }
    } catch (thrown) {
      const error = asError(thrown)
      this.#wentBack(tick.backTo(mark))
      this.#fail(chain, first, error)
      return { failed: error.message }
    }
  }

  #fail({ tick, now }: Chain, { to, input, source }: Work, error: Error): void {
    const aggregate = this.#aggregates.get(to)
    const failing = input ?? aggregate?.dueUpTo(now)
    if (!aggregate || !failing) {
      tick.failures.push({ aggregate: to, sequence: 0, position: 0, error })
      return
    }
    tick.failed(aggregate, aggregate.fail(failing, now, error), error, source)
  }

  /** Applies the due deadlines of the aggregate first, then the input. */
  #deliver(chain: Chain, { to, input, source, answers }: Chain['work'][number]): Reply {
    if (this.#isOver(to, input)) return { isOver: true }
    const aggregate = this.#aggregates.open(to)
    const { now } = chain
    for (let due = aggregate.dueUpTo(now); due; due = aggregate.dueUpTo(now))
      this.#step(chain, aggregate, { input: due, stamp: due.due, source: FROM_NOBODY, answers: false })
    return input ? this.#step(chain, aggregate, { input, stamp: now, source, answers }) : {}
  }

  /** Is this an input of a call that has ended? It is ignored, because it would create the deleted aggregate again. */
  #isOver(to: string, input: Input | undefined): boolean {
    const arrives = input?.kind === 'message' && input.body.type === 'call'
    return to.startsWith('call/') && !arrives && this.#aggregates.get(to) === undefined
  }

  #step({ tick, work, refusals }: Chain, aggregate: Aggregate, { input, stamp, source, answers }: Step): Reply {
    this.#inspectors.begin()
    const result = aggregate.step(input, stamp)
    if (result.outcome !== 'applied') this.#inspectors.discard()
    if (result.outcome === 'dropped') return {}
    if (result.outcome === 'failed') tick.failed(aggregate, result.row, result.error, source)
    else {
      tick.applied(aggregate, result.row, result.outputs, source)
      tick.inspect(this.#inspectors.end(aggregate, input, { ...result.row, ...source, position: tick.position }))
      if (answers) refusals.push(...refusalsIn(aggregate, input, result.outputs))
    }
    const position = tick.position
    const caused: Source = { origin: null, cause: position }
    for (const { to, input: message } of result.messages) work.push({ to, input: message, source: caused, answers })
    if (result.outcome === 'failed') return { failed: result.error.message }
    const transferResult = transferResultIn(input, result.outputs)
    return { ...replyOf(result.outputs), ...(transferResult ? { transferResult } : {}), position }
  }
}

/** One input of an aggregate, with its time. */
interface Step {
  readonly input: Input
  /** ms since 1970 UTC. */
  readonly stamp: number
  readonly source: Source
  readonly answers: boolean
}

function replyOf(outputs: readonly Output[]): Reply {
  const reply = outputs.find((output) => output.type === 'reply')
  if (!reply) return {}
  const { type: _, ...rest } = reply
  return rest
}

/** The refusals of the step that the aggregate has just taken. */
function refusalsIn({ id, behaviour }: Aggregate, input: Input, outputs: readonly Output[]): readonly RefusedAt[] {
  return outputs.flatMap((output) =>
    output.type === 'refusal'
      ? [{ ...output.refusal, aggregate: id, refusedIn: refusedIn(behaviour, input, output.refusal.subject) }]
      : [],
  )
}
