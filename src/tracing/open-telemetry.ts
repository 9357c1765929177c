/** Spans for OpenTelemetry. The provider of the program exports them. Without a provider nothing is recorded. */
import type { Span, Tracer } from '@opentelemetry/api'
import type { Trace } from '../engine/trace-port.ts'

type Api = typeof import('@opentelemetry/api')

/** A `Trace` that uses `@opentelemetry/api`; `undefined` if that package is not installed. */
export async function openTelemetry(): Promise<Trace | undefined> {
  const api = await import('@opentelemetry/api').catch(() => undefined)
  return api && new OpenTelemetryTrace(api)
}

class OpenTelemetryTrace implements Trace {
  readonly #api: Api
  readonly #tracer: Tracer

  constructor(api: Api) {
    this.#api = api
    // The tracer finds its provider by itself, even if the provider is registered later.
    this.#tracer = api.trace.getTracer('mrdian')
  }

  command: Trace['command'] = (command, { via, request }, run) => {
    const attributes = {
      'mrdian.command': command.type,
      'mrdian.user': command.user,
      'mrdian.side': command.side ?? 'A',
      'mrdian.via': via,
      ...named('mrdian.request', request ?? command.requestId),
      ...named('mrdian.mrd', 'mrd' in command ? command.mrd : undefined),
      ...named('mrdian.dialog', 'dialog' in command ? command.dialog : undefined),
    }
    return this.#within(`mrdian ${command.type}`, attributes, run, (span, answer) => {
      span.setAttribute('mrdian.outcome', answer.outcome)
      if (!('code' in answer)) return
      span.setAttribute('mrdian.code', answer.code)
      if (answer.code === 'INTERNAL_ERROR') this.#failed(span, answer.message)
    })
  }

  delivery: Trace['delivery'] = (side, { itemId, notification }, run) => {
    const { node, event, requestId } = notification
    const attributes = {
      'mrdian.side': side,
      'mrdian.node': node,
      'mrdian.event': event,
      'mrdian.item': itemId,
      ...(requestId === '' ? {} : { 'mrdian.request': requestId }),
    }
    return this.#within('mrdian deliver notification', attributes, run, () => undefined)
  }

  #within<Result>(
    name: string,
    attributes: Readonly<Record<string, string>>,
    run: () => Promise<Result>,
    close: (span: Span, result: Result) => void,
  ): Promise<Result> {
    return this.#tracer.startActiveSpan(name, { attributes }, async (span) => {
      try {
        const result = await run()
        close(span, result)
        return result
      } catch (error) {
        this.#failed(span, error instanceof Error ? error.message : String(error))
        throw error
      } finally {
        span.end()
      }
    })
  }

  #failed(span: Span, message: string): void {
    span.setStatus({ code: this.#api.SpanStatusCode.ERROR, message })
  }
}

const named = (name: string, value: string | undefined): Readonly<Record<string, string>> =>
  value === undefined ? {} : { [name]: value }
