/** The id of a request is in its answer, log line, journal row, notifications and explanation. */
import { Writable } from 'node:stream'
import { pino } from 'pino'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { loggerSettings } from '../../src/cli/logger.ts'
import { type RunningServer, startServer } from '../../src/cli/server.ts'
import type { NotificationEvent } from '../../src/engine/events.ts'
import { explain, explanationText } from '../../src/history/index.ts'
import { every } from '../store/rows.ts'
import { PATIENCE } from '../suite/patience.ts'

const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/
const basic = (name: string) => `Basic ${btoa(`${name}:secret`)}`

let server: RunningServer | undefined
afterEach(() => server?.close())

async function started() {
  const lines: Record<string, unknown>[] = []
  const stream = new Writable({
    write(chunk, _encoding, done) {
      lines.push(JSON.parse(String(chunk)))
      done()
    },
  })
  const running = await startServer({
    restPort: 0,
    httpBindPort: 0,
    xmppPort: 0,
    data: ':memory:',
    logger: pino(loggerSettings('debug'), stream),
  })
  server = running
  const { engine } = running
  const notifications: NotificationEvent[] = []
  engine.on('notification', (event) => notifications.push(event))
  const base = `http://127.0.0.1:${running.ports.rest}`
  return {
    engine,
    notifications,
    signIn: (headers: Readonly<Record<string, string>> = {}) =>
      fetch(`${base}/finesse/api/User/1001`, {
        method: 'PUT',
        headers: { authorization: basic('1001'), 'content-type': 'application/xml', ...headers },
        body: '<User><state>LOGIN</state><extension>1001</extension></User>',
      }),
    submit: (headers: Readonly<Record<string, string>> = {}) =>
      fetch(`${base}/acd/tasks`, {
        method: 'POST',
        headers: { authorization: basic('admin'), 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ mrdId: '5002', scriptSelector: 'chat_sales' }),
      }),
    linesOf: (request: string) => lines.filter((line) => line.request === request).map(({ msg }) => msg),
    rowsOf: async (request: string) =>
      (await every(engine.history?.all(0) ?? [])).filter(({ origin }) => origin?.request === request),
  }
}

describe('the id of a request', () => {
  it('from the client is in answer, log, journal, notification and explanation', async () => {
    const { engine, signIn, notifications, linesOf, rowsOf } = await started()
    const answer = await signIn({ requestId: 'call-17' })
    expect([answer.headers.get('requestid'), answer.headers.get('x-request-id')]).toEqual(['call-17', 'call-17'])
    // The line is written when the answer has left.
    await vi.waitFor(() => expect(linesOf('call-17')).toEqual(['request']), PATIENCE)
    const [row, ...more] = await rowsOf('call-17')
    expect(more).toEqual([])
    const once = { key: 'call-17', answer: {}, salt: expect.any(String), request: expect.any(String) }
    expect(row?.origin).toEqual({
      ...{ via: 'rest', by: '1001', request: 'call-17' },
      once: { ...once, left: expect.any(String) },
    })
    const user = notifications.find(
      ({ node, requestId }) => node === '/finesse/api/User/1001' && requestId === 'call-17',
    )
    expect(user?.position).toBe(row?.position)
    const { history } = engine
    if (!history) throw new Error('no history')
    expect(explanationText(await explain(history, { user: '1001' }))).toContain('(requestId call-17)')
  })

  it('from the server is in answer, log, journal and explanation', async () => {
    const { engine, signIn, linesOf, rowsOf } = await started()
    const answer = await signIn()
    const made = answer.headers.get('x-request-id') ?? ''
    expect(made).toMatch(UUID)
    // `requestId` is a header of the contract: it only echoes the client's value.
    expect(answer.headers.has('requestid')).toBe(false)
    // The line is written when the answer has left.
    await vi.waitFor(() => expect(linesOf(made)).toEqual(['request']), PATIENCE)
    expect((await rowsOf(made)).map(({ origin }) => origin)).toEqual([{ via: 'rest', by: '1001', request: made }])
    const { history } = engine
    if (!history) throw new Error('no history')
    expect(explanationText(await explain(history, { user: '1001' }))).toContain(made)
  })

  it('of /acd is in answer, log and journal as well', async () => {
    const { submit, linesOf, rowsOf } = await started()
    const answer = await submit({ 'x-request-id': 'customer-3' })
    expect([answer.status, answer.headers.get('x-request-id')]).toEqual([201, 'customer-3'])
    // The line is written when the answer has left.
    await vi.waitFor(() => expect(linesOf('customer-3')).toEqual(['request']), PATIENCE)
    expect((await rowsOf('customer-3')).map(({ origin }) => origin)).toEqual([
      { via: 'acd-control', by: 'admin', request: 'customer-3' },
    ])
    expect((await submit()).headers.get('x-request-id')).toMatch(UUID)
  })

  it('that is too long is replaced', async () => {
    const { submit } = await started()
    expect((await submit({ 'x-request-id': 'x'.repeat(257) })).headers.get('x-request-id')).toMatch(UUID)
  })
})
