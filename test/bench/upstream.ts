/**
 * A server with 2,000 agents for the bench of the follower, in a process of its own. A line `EVENTS SECONDS` on the input
 * makes agents change their states at this rate; a line on the output says that it is done.
 */
import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'
import { startServer } from '../../src/cli/server.ts'
import { parseDirectory } from '../../src/directory/index.ts'
import { memoryStore } from '../../src/store/index.ts'
import { AGENTS } from './follow.ts'

const ids = Array.from({ length: AGENTS }, (_, index) => String(1001 + index))
const text = JSON.stringify({
  version: 1,
  administrators: [{ id: 'admin', password: 'secret' }],
  mediaRoutingDomains: [
    { id: '1', name: 'Voice' },
    { id: '5002', name: 'Chat' },
  ],
  teams: [{ id: '1', name: 'All' }],
  users: ids.map((id) => ({
    id,
    loginName: `agent${id}`,
    password: 'secret',
    teamId: '1',
    extensions: [id],
    mediaRoutingDomains: ['5002'],
  })),
})
const server = await startServer({
  restPort: 0,
  httpBindPort: 'off',
  xmppPort: 0,
  data: memoryStore(),
  directory: parseDirectory(text, 'bench'),
})
const { engine, ports } = server
for (const user of ids) await engine.command({ type: 'user.signIn', user, extension: user })
process.stdout.write(`${ports.rest} ${ports.xmpp}\n`)

let next = 0
const isReady = new Set<string>()

/** An agent becomes ready, or not ready. */
async function change(): Promise<void> {
  const user = ids[next % ids.length] ?? ''
  next += 1
  const state = isReady.has(user) ? 'NOT_READY' : 'READY'
  if (state === 'READY') isReady.add(user)
  else isReady.delete(user)
  await engine.command({ type: 'user.setState', user, state })
}

for await (const line of createInterface({ input: process.stdin })) {
  const [rate = 0, seconds = 0] = line.split(' ').map(Number)
  const began = performance.now()
  for (let done = 0; done < rate * seconds; ) {
    const due = ((performance.now() - began) / 1000) * rate
    while (done < Math.min(due, rate * seconds)) {
      await change()
      done += 1
    }
    await pause(10)
  }
  process.stdout.write('done\n')
}
