/**
 * How long an honest client takes to get in during each flood that is as fast as one core can make it. The server, the
 * flood and the honest client have the same address, and nothing but their behaviour tells them apart.
 */
import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import { setTimeout as pass } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { KNOCKS, type Knocking } from '../sockets/flood.ts'
import { ports } from '../sockets/flooded.ts'
import { HONEST } from '../sockets/honest.ts'
import { PATIENCE } from '../suite/patience.ts'
import type { Figure } from './figures.ts'
import { started } from './started.ts'

const SERVER = fileURLToPath(new URL('../sockets/flooded-server.ts', import.meta.url))
const CLIENTS = fileURLToPath(new URL('flood-clients.ts', import.meta.url))
/** Connections of a flood: more than the places without a session. */
const SIZE = 8000
const TRIES = 10
/** Time after the flood has made all its connections for the first time, and between two tries. */
const BEFORE_MS = 5000
const BETWEEN_MS = 200
/** What a client should take at most, in seconds. */
const MOST = 1

export async function floodFigures(): Promise<readonly Figure[]> {
  const figures: Figure[] = []
  for (const knocking of KNOCKS) figures.push(...(await during(knocking)))
  return figures
}

/** One flood of a new server: the times of each client of its surface. */
export async function during({ surface, kind }: Knocking): Promise<readonly Figure[]> {
  const server = await started(SERVER, [], {}, (line) => line.startsWith('{'))
  const port = ports.parse(JSON.parse(server.line)).A[surface]
  const flood = await started(CLIENTS, [surface, kind, String(port), String(SIZE)], {}, () => true)
  try {
    let made = 0
    const lines = createInterface({ input: flood.child.stdout ?? Readable.from([]) })
    await new Promise<void>((resolve) => {
      lines.on('line', (line) => {
        made = Number(line)
        if (made >= SIZE) resolve()
      })
    })
    await pass(BEFORE_MS)
    const [madeBefore, before] = [made, performance.now()]
    const figures: Figure[] = []
    for (const { name, getIn } of HONEST.filter((each) => each.surface === surface)) {
      const times: number[] = []
      for (let count = 0; count < TRIES; count += 1) {
        times.push(await secondsOf(getIn(port)))
        await pass(BETWEEN_MS)
      }
      figures.push(...timesOf(`${name} in a flood of ${surface}, ${kind}`, times))
    }
    const perSecond = ((made - madeBefore) * 1000) / (performance.now() - before)
    return [...figures, { what: `flood of ${surface}, ${kind}`, value: perSecond, unit: 'connections a second' }]
  } finally {
    await flood.kill()
    await server.kill()
  }
}

function timesOf(what: string, times: readonly number[]): readonly Figure[] {
  const tries = times.map((each) => each.toFixed(2)).join(' ')
  return [{ what, value: Math.max(...times), unit: 's', reference: `all tries: ${tries}`, aim: MOST }]
}

/** Seconds until it has a session. Without one in time: infinite. */
async function secondsOf(getIn: Promise<void>): Promise<number> {
  const begin = performance.now()
  const enough = new AbortController()
  const isIn = getIn.then(
    () => true,
    () => false,
  )
  const isInTime = await Promise.race([isIn, pass(PATIENCE, false, { signal: enough.signal }).catch(() => false)])
  enough.abort()
  return isInTime ? (performance.now() - begin) / 1000 : Number.POSITIVE_INFINITY
}
