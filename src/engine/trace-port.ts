/** Spans of an engine: which work is one, and what makes sure that a faulty tracer changes nothing. */
import type { Side } from '../../machines/wire.ts'
import type { Answer, Command } from './commands.ts'
import { contained } from './contained.ts'
import type { Origin, Publication, Publisher, Taken } from './ports.ts'

/** Where spans go. `run` is the work of a span; its result is the result of the method. */
export interface Trace {
  /** From the call of `engine.command` to its answer. */
  command(command: Command, origin: Origin, run: () => Promise<Answer>): Promise<Answer>
  /** From the moment at which a publisher gets a notification to its answer. */
  delivery(side: Side, publication: Publication, run: () => Promise<Taken | undefined>): Promise<Taken | undefined>
}

/**
 * Runs the work once, at once, within a span where the tracer makes one. The result is that of the work: what the tracer
 * throws or answers, and when, has no effect.
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

/** The same publisher, with a span for each notification. */
export function tracedPublisher(publisher: Publisher, side: Side, trace: Trace): Publisher {
  return {
    publish: (publication) =>
      spanned(
        (run) => trace.delivery(side, publication, run),
        async () => (await publisher.publish(publication)) ?? undefined,
      ),
  }
}
