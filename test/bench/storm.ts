/**
 * The storm after kill -9 and a new start: all agents come back at once. With hashed passwords that were right lately, as
 * a multiple of the same storm with plain passwords.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { type Crashed, crashed, PASSWORD } from './crashed.ts'
import { type Figure, median } from './figures.ts'
import { program, serve } from './program.ts'
import { started } from './started.ts'

const ROUNDS = 3
/** Another storm has this many times the agents. */
const GROWTH = 6
const CLIENTS = fileURLToPath(new URL('storm-clients.ts', import.meta.url))

const result = z.object({
  ...{ seconds: z.number(), processor: z.number() },
  ...{ right: z.number(), retries: z.number(), cutOff: z.number(), late: z.number() },
})

interface Storm extends z.output<typeof result> {
  /** Seconds of the processor that the server used, without its start. */
  readonly server: number
}

export async function stormFigures(count = 2000): Promise<readonly Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'mrdian-bench-'))
  try {
    const plain = await crashed(join(folder, 'plain'), count, 'plain')
    const hashed = await crashed(join(folder, 'hashed'), count, 'hashed')
    const storms: { readonly plain: Storm[]; readonly hashed: Storm[] } = { plain: [], hashed: [] }
    for (let round = 0; round < ROUNDS; round += 1) {
      // Each is the first one in some of the rounds, because other load on the machine changes.
      const turns = [['plain', plain] as const, ['hashed', hashed] as const]
      for (const [which, files] of round % 2 === 0 ? turns : turns.toReversed())
        storms[which].push(await stormOf(files, join(folder, `${which}-${round}`)))
    }
    const many = await crashed(join(folder, 'many'), GROWTH * count, 'hashed')
    const large = await stormOf(many, join(folder, 'many-0'))
    return [...figuresOf(storms, count), ...growthOf(median(storms.hashed.map(({ server }) => server)), large, count)]
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function figuresOf(storms: Readonly<Record<'plain' | 'hashed', readonly Storm[]>>, count: number): readonly Figure[] {
  const of = (which: 'plain' | 'hashed', key: keyof Storm) => median(storms[which].map((each) => each[key]))
  const share = of('hashed', 'processor') / (of('hashed', 'processor') + of('hashed', 'server'))
  const what = whatOf(count)
  const compared = (key: 'seconds' | 'server') => {
    const [value, reference] = [of('hashed', key), of('plain', key)]
    return { value, unit: 's', reference: `plain passwords: ${reference.toFixed(1)} s`, ratio: value / reference }
  }
  return [
    { what: `${what}, until all are in`, ...compared('seconds'), must: 3, aim: 1.5 },
    { what: `${what}, processor of the server`, ...compared('server'), must: 3, aim: 1.5 },
    ...lossesOf([...storms.plain, ...storms.hashed], count),
    { what: `${what}, share of the load generator in the processor time`, value: share, unit: '' },
  ]
}

/** The larger storm, as a multiple of the other. The processor time, because load on the machine does not change it. */
function growthOf(reference: number, large: Storm, count: number): readonly Figure[] {
  const what = `${whatOf(GROWTH * count)}, processor of the server`
  const compared = { reference: `${count} agents: ${reference.toFixed(1)} s`, ratio: large.server / reference }
  return [
    { what, value: large.server, unit: 's', ...compared, must: 1.08 * GROWTH, aim: GROWTH },
    { what: `${whatOf(GROWTH * count)}, until all are in`, value: large.seconds, unit: 's' },
    ...lossesOf([large], GROWTH * count),
  ]
}

const whatOf = (count: number) => `storm after a restart, ${count} agents, hashed passwords`

function lossesOf(all: readonly Storm[], count: number): readonly Figure[] {
  const sum = (of: (storm: Storm) => number) => all.reduce((total, each) => total + of(each), 0)
  const what = whatOf(count)
  return [
    {
      what: `${what}, agents who are not in or see a wrong state`,
      value: sum((each) => count - each.right),
      unit: '',
      must: 0,
    },
    { what: `${what}, attempts that the server cut off`, value: sum((each) => each.cutOff), unit: '', must: 0 },
    { what: `${what}, agents who came after the grace period of a minute`, value: sum((each) => each.late), unit: '' },
  ]
}

async function stormOf(files: Crashed, folder: string): Promise<Storm> {
  const { script, env } = await program()
  const server = await serve(script, env, files.directory, files.copyTo(folder))
  try {
    const before = server.processor()
    const work = JSON.stringify({ rest: server.rest, ws: server.ws, ids: files.ids, password: PASSWORD })
    const clients = await started(CLIENTS, [work], {}, (line) => line.startsWith('{'))
    await clients.kill()
    return { ...result.parse(JSON.parse(clients.line)), server: server.processor() - before }
  } finally {
    await server.kill()
  }
}
