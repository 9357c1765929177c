/** Tracing: the work that gets a span, and the protection against a faulty tracer. */
import type { Side } from '../../machines/wire.ts'
import type { Answer, Command } from './commands.ts'
import { contained } from './contained.ts'
import type { Origin, Publication, Publisher, Taken } from './ports.ts'

/** Receives the spans. `run` does the work of a span, and each method returns the result of `run`. */
export interface Trace {
  /** From the call of `engine.command` to its answer. */
  command(command: Command, origin: Origin, run: () => Promise<Answer>): Promise<Answer>
  /** From the call of `Publisher.publish` to its answer. */
  delivery(side: Side, publication: Publication, run: () => Promise<Taken | undefined>): Promise<Taken | undefined>
}

/**
 * Runs `work` once and at once, within a span if the tracer makes one. Returns the result of `work`. An error, a result
 * or a delay of the tracer has no effect.
 */
export function spanned<Result>(
  span: (run: () => Promise<Result>) => Promise<Result>,
  work: () => Promise<Result>,
): Promise<Result> {
  let result: Promise<Result> | undefined
  const once = () => {
    result ??= work()
    return result
  }
  contained(() => span(once))
  return once()
}

/** The publisher with a span for each notification. */
export function tracedPublisher(publisher: Publisher, side: Side, trace: Trace): Publisher {
  return {
    publish: (publication) =>
      spanned(
        (run) => trace.delivery(side, publication, run),
        async () => (await publisher.publish(publication)) ?? undefined,
      ),
  }
}
