/**
 * How long one turn of the event loop takes under hostile requests. The server is in this thread. Hostile clients and
 * an administrator's reloads are in another thread.
 */
import { once } from 'node:events'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { WebSocket } from 'ws'
import { z } from 'zod'
import { startServer } from '../../src/cli/server.ts'
import { MAX_DOCUMENT } from '../../src/finesse/index.ts'
import { HOSTILE_JSON } from '../acd/hostile.ts'
import { HOSTILE } from '../finesse/hostile.ts'
import { watchTurns } from './turns.ts'

const OPEN = '<open xmlns="urn:ietf:params:xml:ns:xmpp-framing" to="localhost"/>'
const BODY = '<body xmlns="http://jabber.org/protocol/httpbind" rid="1">'
const DIRECTORIES = [
  '['.repeat(100_000),
  ']'.repeat(30_000),
  Array.from({ length: 8000 }, (_, n) => `k${n}: 1\n`).join(''),
]

const ports = z.object({ rest: z.number(), httpBind: z.number() })

export interface Stalls {
  readonly inputs: number
  /** The longest turn, in ms of processor time. */
  readonly longest: number
}

/** Sends all hostile texts by all protocols, one after the other, and then those for `/acd`. Gives their number. */
async function attack({ rest, httpBind }: z.output<typeof ports>): Promise<number> {
  let inputs = 0
  const put = async (url: string, method: string, type: string, body: string, user: string) => {
    const headers = { 'content-type': type, authorization: `Basic ${btoa(`${user}:secret`)}` }
    const response = await fetch(url, { method, headers, body: Buffer.from(body).subarray(0, MAX_DOCUMENT * 2) })
    await response.arrayBuffer()
    inputs += 1
  }
  for (const shape of Object.values(HOSTILE)) {
    const text = shape(MAX_DOCUMENT - 1024)
    await put(`http://127.0.0.1:${rest}/finesse/api/User/1001`, 'PUT', 'application/xml', text, '1001').catch(
      () => undefined,
    )
    await put(`http://127.0.0.1:${httpBind}/http-bind`, 'POST', 'text/xml', `${BODY}${text}</body>`, '1001').catch(
      () => undefined,
    )
    const socket = new WebSocket(`ws://127.0.0.1:${httpBind}/ws`, 'xmpp')
    await once(socket, 'open')
    socket.send(OPEN)
    socket.send(text)
    inputs += 1
    await once(socket, 'close')
  }
  for (const { path, body } of Object.values(HOSTILE_JSON))
    await put(`http://127.0.0.1:${rest}${path}`, 'POST', 'application/json', body, 'admin')
  for (const text of DIRECTORIES)
    await put(`http://127.0.0.1:${rest}/acd/directory`, 'POST', 'text/yaml', text, 'admin')
  return inputs
}

export async function longestStall(): Promise<Stalls> {
  const server = await startServer({ data: ':memory:', restPort: 0, httpBindPort: 0, xmppPort: 'off' })
  const attacker = new Worker(new URL(import.meta.url), { workerData: server.ports })
  const turns = watchTurns()
  const [inputs]: readonly unknown[] = await once(attacker, 'message')
  const longest = turns.longest()
  turns.end()
  await attacker.terminate()
  await server.close()
  return { inputs: z.number().parse(inputs), longest }
}

if (!isMainThread && ports.safeParse(workerData).success) parentPort?.postMessage(await attack(ports.parse(workerData)))
