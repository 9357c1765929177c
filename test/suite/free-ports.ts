/**
 * Ports for servers that start later, or that stop and start again on the same port. They are below those that the system
 * gives to listeners without a port and to connections, so nobody else gets one of them meanwhile.
 */
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:net'

/** Linux gives out ports from 32768 on. */
const RANGE = { from: 20_000, to: 32_000 }

/** Given out before in this process. */
const given = new Set<number>()

/** Ports that nobody listens on, each given only once. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const ports: number[] = []
  while (ports.length < count) {
    const port = randomInt(RANGE.from, RANGE.to)
    if (given.has(port)) continue
    given.add(port)
    if (await isFree(port)) ports.push(port)
  }
  return ports
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer()
  const failed = once(server, 'error').then(() => false)
  const isThere = await Promise.race([failed, once(server.listen(port, '127.0.0.1'), 'listening').then(() => true)])
  if (isThere) await new Promise((resolve) => server.close(resolve))
  return isThere
}
