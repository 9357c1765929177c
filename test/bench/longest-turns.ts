/**
 * How long the event loop of the server stalls at most: in a start after kill -9, in the storm after it, with ten times
 * the changes of a busy hour, and under hostile inputs. The server is in this thread, and the agents are another process.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { type RunningServer, startServer } from '../../src/cli/server.ts'
import { change } from './agents.ts'
import { crashed, PASSWORD } from './crashed.ts'
import type { Figure } from './figures.ts'
import { longestStall } from './stalls.ts'
import { started } from './started.ts'
import { watchTurns } from './turns.ts'

const CLIENTS = fileURLToPath(new URL('storm-clients.ts', import.meta.url))
/** Cisco's load of 2,000 agents in a busy hour, ten times. */
const CHANGES_PER_SECOND = 1670
const SECONDS = 10
const TICKS_PER_SECOND = 100
const SECONDS_AFTER_LOSS = 5
const ROW = 'longest turn of the event loop'

export async function stallFigures(count = 2000): Promise<readonly Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'mrdian-bench-'))
  const figures: Figure[] = []
  const stall = (what: string, value: number) =>
    figures.push({ what: `${ROW}: ${what}`, value, unit: 'ms', must: 100, aim: 50 })
  const files = await crashed(join(folder, 'files'), count, 'hashed')
  const turns = watchTurns()
  const server = await startServer({
    ...{ restPort: 0, httpBindPort: 0, xmppPort: 'off' },
    ...{ directory: files.directory, data: files.copyTo(join(folder, 'running')) },
  })
  try {
    stall(`start after kill -9, ${count} agents`, turns.longest())
    const { rest, httpBind } = server.ports
    const places = { rest: `http://127.0.0.1:${rest}`, ws: `ws://127.0.0.1:${httpBind}/ws` }
    const work = JSON.stringify({ ...places, ids: files.ids, password: PASSWORD })
    const clients = await started(CLIENTS, [work], {}, (line) => line.startsWith('{'))
    stall(`the storm of ${count} agents`, turns.longest())
    await clients.kill()
    await pause(SECONDS_AFTER_LOSS * 1000)
    // Nearly all of this is Node's own work for each socket.
    figures.push({ what: `${ROW}: ${count} connections end at once`, value: turns.longest(), unit: 'ms', aim: 100 })
    await changes(server, files.ids)
    stall(`${CHANGES_PER_SECOND} changes/s`, turns.longest())
  } finally {
    turns.end()
    await server.close()
    rmSync(folder, { recursive: true, force: true })
  }
  const { inputs, longest } = await longestStall()
  stall(`${inputs} hostile inputs`, longest)
  return figures
}

/** The commands of agents, evenly over some seconds. On a machine that is too slow it takes longer. */
async function changes({ engine }: RunningServer, ids: readonly string[]): Promise<void> {
  const each = Math.round(CHANGES_PER_SECOND / TICKS_PER_SECOND)
  let given = 0
  for (let tick = 0; tick < SECONDS * TICKS_PER_SECOND; tick += 1) {
    const answers = Array.from({ length: each }, () => {
      const user = ids[given % ids.length] ?? ''
      const turn = Math.floor(given / ids.length)
      given += 1
      return engine.command(change(user, turn), { via: 'rest', by: user })
    })
    await Promise.all([...answers, pause(1000 / TICKS_PER_SECOND)])
  }
}
