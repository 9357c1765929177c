/**
 * A start after kill -9, when nobody's snapshot is fresh: how long it takes until a GET is right for every agent, as a
 * multiple of the least that has to be done (`floor.ts`).
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { type Crashed, crashed } from './crashed.ts'
import { type Figure, median } from './figures.ts'
import { program, serve } from './program.ts'
import { started } from './started.ts'

const ROUNDS = 3
const FLOOR = fileURLToPath(new URL('floor.ts', import.meta.url))

interface Times {
  /** Seconds of the processor, and of real time. */
  readonly processor: number
  readonly seconds: number
}

export async function recoveryFigures(agents?: number): Promise<readonly Figure[]> {
  const sizes = agents === undefined ? [2000, 12_000] : [agents, 6 * agents]
  const measured: { readonly count: number; readonly product: number; readonly figures: readonly Figure[] }[] = []
  for (const count of sizes) measured.push(await recoveryOf(count))
  const [small, large] = measured
  const grows = (large?.product ?? 0) / (small?.product ?? 1)
  return [
    ...measured.flatMap(({ figures }) => figures),
    {
      ...{ what: `the same, ${sizes[1]} agents`, value: large?.product ?? 0, unit: 's' },
      ...{ reference: `that of ${sizes[0]} agents`, ratio: grows, must: 6.5, aim: 6 },
    },
  ]
}

async function recoveryOf(count: number) {
  const folder = mkdtempSync(join(tmpdir(), 'mrdian-bench-'))
  try {
    const files = await crashed(folder, count, 'plain')
    const [floors, products]: [Times[], Times[]] = [[], []]
    // One after the other, so that other load on the machine meets both.
    for (let round = 0; round < ROUNDS; round += 1) {
      floors.push(await floorOf(files, join(folder, `floor-${round}`)))
      products.push(await productOf(files, join(folder, `product-${round}`)))
    }
    const of = (times: readonly Times[], key: keyof Times) => median(times.map((each) => each[key]))
    const [product, floor] = [of(products, 'processor'), of(floors, 'processor')]
    const what = `kill -9 until every GET is right, ${count} agents`
    const figures: readonly Figure[] = [
      {
        ...{ what: `${what}, processor`, value: product, unit: 's' },
        ...{ reference: `XState alone: ${floor.toFixed(2)} s`, ratio: product / floor, must: 6, aim: 3 },
      },
      { what: `${what}, real time`, value: of(products, 'seconds'), unit: 's' },
    ]
    return { count, product, figures }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const floorLine = z.object({ agents: z.number(), seconds: z.number() })

async function floorOf(files: Crashed, folder: string): Promise<Times> {
  const floor = await started(FLOOR, [files.copyTo(folder)], {}, (line) => line.startsWith('{'))
  await floor.kill()
  const { agents, seconds } = floorLine.parse(JSON.parse(floor.line))
  if (agents !== files.ids.length) throw new Error(`${agents} of ${files.ids.length} agents were restored`)
  return { processor: seconds, seconds }
}

const USERS = z.string().regex(/^<Users>/)

async function productOf(files: Crashed, folder: string): Promise<Times> {
  const { script, env } = await program()
  const server = await serve(script, env, files.directory, files.copyTo(folder))
  try {
    const headers = { authorization: `Basic ${btoa('admin:secret')}` }
    const answer = await fetch(`${server.rest}/finesse/api/Users`, { headers })
    const text = USERS.parse(await answer.text())
    const ready = text.split('<state>READY</state>').length - 1
    if (ready !== files.ids.length) throw new Error(`${ready} of ${files.ids.length} agents are READY after the start`)
    return { processor: server.processor(), seconds: server.seconds() }
  } finally {
    await server.kill()
  }
}
