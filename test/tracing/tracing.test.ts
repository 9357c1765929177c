/** Spans that an engine makes for OpenTelemetry. A faulty tracer changes nothing. */
import { type Span, SpanStatusCode, type Tracer, trace } from '@opentelemetry/api'
import { afterEach, describe, expect, it } from 'vitest'
import { DONE } from '../../src/engine/answers/answer.ts'
import type { Command } from '../../src/engine/commands.ts'
import type { Trace } from '../../src/engine/trace-port.ts'
import { createEngine } from '../../src/index.ts'

const SIGN_IN: Command = { type: 'user.signIn', user: '1001', extension: '1001', requestId: 'r1' }

interface Ended {
  readonly name: string
  readonly attributes: Record<string, unknown>
  readonly status: unknown
}

/** Registers a provider; gives the list of the spans that have ended. */
function record(): Ended[] {
  const ended: Ended[] = []
  const startSpan = (name: string, options: { attributes?: object } = {}): Span => {
    const attributes: Record<string, unknown> = { ...options.attributes }
    let status: unknown
    const span: Span = {
      ...trace.wrapSpanContext({ traceId: '1'.repeat(32), spanId: '2'.repeat(16), traceFlags: 1 }),
      setAttribute(key, value) {
        attributes[key] = value
        return span
      },
      setStatus(given) {
        status = given
        return span
      },
      end: () => {
        ended.push({ name, attributes, status })
      },
    }
    return span
  }
  const run = (name: string, ...given: unknown[]): unknown => {
    const work = given.at(-1)
    if (typeof work !== 'function') throw new TypeError('no work')
    const [options] = given
    return work(startSpan(name, typeof options === 'object' && options !== null ? options : {}))
  }
  const tracer: Tracer = { startSpan, startActiveSpan: run }
  trace.setGlobalTracerProvider({ getTracer: () => tracer })
  return ended
}

afterEach(() => trace.disable())

describe('with a provider', () => {
  it('a command is a span with command, user, origin and outcome', async () => {
    const ended = record()
    const engine = await createEngine()
    await engine.command(SIGN_IN)
    await engine.command(
      { type: 'media.setState', user: '1001', mrd: '5002', state: 'READY' },
      {
        via: 'api',
        request: 'r2',
      },
    )
    await engine.command({ type: 'user.setState', user: '9', state: 'READY' })
    await engine.close()
    const common = { 'mrdian.side': 'A', 'mrdian.via': 'api', 'mrdian.user': '1001' }
    expect(ended).toEqual([
      {
        name: 'mrdian user.signIn',
        attributes: {
          ...common,
          'mrdian.command': 'user.signIn',
          'mrdian.request': 'r1',
          'mrdian.outcome': 'DONE',
        },
        status: undefined,
      },
      {
        name: 'mrdian media.setState',
        attributes: {
          ...common,
          'mrdian.command': 'media.setState',
          'mrdian.request': 'r2',
          'mrdian.mrd': '5002',
          'mrdian.outcome': 'REFUSED',
          'mrdian.code': 'NOT_SIGNED_IN_TO_MEDIA',
        },
        status: undefined,
      },
      {
        name: 'mrdian user.setState',
        attributes: {
          ...common,
          'mrdian.user': '9',
          'mrdian.command': 'user.setState',
          'mrdian.outcome': 'REJECTED',
          'mrdian.code': 'USER_NOT_FOUND',
        },
        status: undefined,
      },
    ])
  })

  it('the delivery of a notification is a span; a failure is an error', async () => {
    const ended = record()
    const engine = await createEngine()
    let refuses = true
    engine.adapters.attach('A', {
      publish: async () => {
        if (refuses) throw new Error('busy')
      },
    })
    await engine.adapters.notificationService('A', true)
    await engine.command(SIGN_IN)
    refuses = false
    await engine.close()
    const first = ended.find(({ name }) => name === 'mrdian deliver notification')
    expect(first).toEqual({
      name: 'mrdian deliver notification',
      attributes: {
        'mrdian.side': 'A',
        'mrdian.node': '/finesse/api/User/1001',
        'mrdian.event': 'PUT',
        'mrdian.item': expect.stringMatching(/./),
        'mrdian.request': 'r1',
      },
      status: { code: SpanStatusCode.ERROR, message: 'busy' },
    })
  })
})

it('without a provider commands work', async () => {
  const engine = await createEngine()
  expect(await engine.command(SIGN_IN)).toEqual(DONE)
  await engine.close()
})

describe('a tracer', () => {
  const broken: readonly [string, Trace['command']][] = [
    [
      'that throws',
      () => {
        throw new Error('no exporter')
      },
    ],
    ['that rejects', () => Promise.reject(new Error('no exporter'))],
    ['that never runs the command', () => new Promise(() => undefined)],
    [
      'that runs it twice',
      async (_command, _origin, run) => {
        await run()
        return run()
      },
    ],
    [
      'that answers something else',
      async (_command, _origin, run) => {
        await run()
        return { accepted: true, outcome: 'OVERTAKEN', message: '' }
      },
    ],
  ]

  it.each(broken)('%s changes nothing', async (_name, command) => {
    const engine = await createEngine({ trace: { command, delivery: (_side, _publication, run) => run() } })
    let heard = 0
    engine.on('notification', ({ node }) => {
      if (node === '/finesse/api/User/1001') heard += 1
    })
    expect(await engine.command(SIGN_IN)).toEqual(DONE)
    expect(heard).toBe(1)
    await engine.close()
  })

  it('is called before `command` returns, while the context of the caller is active', async () => {
    let spans = 0
    const engine = await createEngine({
      trace: {
        command: (_command, _origin, run) => {
          spans += 1
          return run()
        },
        delivery: (_side, _publication, run) => run(),
      },
    })
    const answer = engine.command(SIGN_IN)
    expect(spans).toBe(1)
    expect(await answer).toEqual(DONE)
    await engine.close()
  })
})
