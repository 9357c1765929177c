/**
 * SIGTERM while many clients send requests, each on its own connection. Every request on an accepted connection is
 * answered, and later connections are refused. No request is lost in between.
 *
 * Slow, 4 s: it starts the program.
 */
import { once } from 'node:events'
import { request } from 'node:http'
import { expect, it } from 'vitest'
import { serve } from './process.ts'

const CLIENTS = 30
const BODY = '<User><state>NOT_READY</state></User>'

/** The outcome of one request: its status, or the error. With `isSlow` the body is sent in a packet after the head. */
function ask(base: string, isSlow: boolean): Promise<string> {
  return new Promise((resolve) => {
    const asked = request(`${base}/finesse/api/User/1001`, {
      method: 'PUT',
      agent: false,
      headers: {
        authorization: `Basic ${btoa('1001:secret')}`,
        'content-type': 'application/xml',
        'content-length': BODY.length,
      },
    })
    asked.on('response', (response) => {
      response.resume().on('end', () => resolve(`${response.statusCode}`))
      response.on('error', (error) => resolve(`answer: ${error.message}`))
    })
    asked.on('error', (error) => resolve('code' in error ? String(error.code) : error.message))
    if (!isSlow) return void asked.end(BODY)
    asked.flushHeaders()
    asked.once('socket', (socket) => socket.once('connect', () => setImmediate(() => asked.end(BODY))))
  })
}

it('answers every request with 202 or 503 until it refuses connections', async () => {
  const server = await serve()
  const seen = new Map<string, number>()
  const answered = Promise.withResolvers<void>()
  const client = async (number: number) => {
    let outcome = ''
    while (outcome !== 'ECONNREFUSED') {
      outcome = await ask(server.base, number % 2 === 0)
      seen.set(outcome, (seen.get(outcome) ?? 0) + 1)
      if (outcome === '202' && seen.get('202') === CLIENTS) answered.resolve()
    }
  }
  const clients = Promise.all(Array.from({ length: CLIENTS }, (_, number) => client(number)))
  await answered.promise
  server.child.kill('SIGTERM')
  const [code] = await once(server.child, 'exit')
  await clients
  expect(code).toBe(0)
  expect([...seen.keys()].toSorted()).toEqual(['202', '503', 'ECONNREFUSED'])
  expect(seen.get('ECONNREFUSED')).toBe(CLIENTS)
})
