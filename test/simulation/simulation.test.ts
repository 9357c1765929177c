/**
 * A fixed set of seeds of the simulated system. `npm run soak` plays more seeds.
 *
 * Slow, 30 s: the whole system is simulated for a day, for some seeds twice, and for some also on a disk that answers later.
 */
import { afterAll, describe, expect, it } from 'vitest'
import { parseScenario } from '../../src/simulate/index.ts'
import { closeSockets } from './dead-sockets.ts'
import { generate } from './generate.ts'
import { play } from './play.ts'
import { asScenario } from './scenario.ts'
import { type Script, script as shape, type Timed } from './script.ts'
import { shrink } from './shrink.ts'
import { Statistics } from './statistics.ts'
import { twice } from './twice.ts'

const SEEDS = Array.from({ length: 8 }, (_, index) => index + 1)
/** Every run of the soak is played twice. Here some are enough, because the same code runs in all of them. */
const PLAYED_TWICE = [2, 5]
const statistics = new Statistics()

afterAll(closeSockets)

/** Faults that must occur in at least one seed. */
const FAULTS = [
  'crash after',
  'crash before',
  'disk refuses',
  'service lost',
  'request repeated',
  'wall clock forward',
  'wall clock back',
  'start behind the journal',
  'second crash',
  'third crash',
  'directory cut',
  'dead socket stays',
  'dead socket closed',
  'dead socket reset',
]

describe('the whole system, with faults of every kind', () => {
  it.each(SEEDS)(
    'seed %i keeps every invariant',
    async (seed) => {
      const outcome = await (PLAYED_TWICE.includes(seed) ? twice : play)(generate(seed))
      statistics.add(outcome)
      const words = outcome.findings.map(({ invariant, what, at }) => `${invariant} at ${at} ms: ${what}`)
      expect(words.join('\n'), `npm run soak -- --seed ${seed} --seeds 1`).toBe('')
    },
    240_000,
  )

  // With crashes, a disk that refuses, and restarts. `npm run soak -- --late` plays more.
  it.each([2, 3, 6])(
    'seed %i keeps every invariant on a disk that answers later',
    async (seed) => {
      const { findings } = await play({ ...generate(seed), late: true })
      const words = findings.map(({ invariant, what, at }) => `${invariant} at ${at} ms: ${what}`)
      expect(words.join('\n'), `npm run soak -- --late --seed ${seed} --seeds 1`).toBe('')
    },
    240_000,
  )

  it('has every fault and the important cells in its seeds', () => {
    process.stdout.write(
      `simulation: ${statistics.seeds} seeds, ${statistics.rows} rows, ${statistics.cells.size} cells\n`,
    )
    for (const fault of FAULTS) expect(statistics.faults.get(fault) ?? 0, fault).toBeGreaterThan(0)
    for (const cell of ['task OFFERED START_TIMEOUT', 'media ACTIVE NOT_READY', 'media INTERRUPTED MEDIA_NOT_READY'])
      expect(
        [...statistics.cells].some((each) => each.startsWith(cell.split(' ').slice(0, 2).join(' '))),
        cell,
      ).toBe(true)
  })
})

const net = { there: 0, back: 0, lost: '', again: [] } as const

function small(steps: readonly Timed['step'][]): Script {
  return shape.parse({
    ...generate(1),
    world: { ...generate(1).world, outside: false },
    steps: steps.map((step) => ({ after: 10, step })),
  })
}

describe('a script', () => {
  it('is plain data: written and read again, it gives the same journal', async () => {
    const script = generate(3)
    const again = shape.parse(JSON.parse(JSON.stringify(script)))
    expect((await play(again)).journalHash).toBe((await play(script)).journalHash)
  })

  it('is shrunk to the steps that the failure needs', async () => {
    const script = generate(2)
    const needed = script.steps.filter(({ step }) => step.do === 'submit').slice(0, 2)
    const fails = async ({ steps }: Script) =>
      needed.every((each) => steps.some(({ step }) => JSON.stringify(step) === JSON.stringify(each.step)))
    const { script: shrunk } = await shrink(script, fails)
    expect(shrunk.steps.map(({ step }) => step.do)).toEqual(needed.map(({ step }) => step.do))
  })

  it('is a scenario of `mrdian simulate` if its language can express the steps', async () => {
    const script = small([
      { do: 'connect', agent: 0 },
      { do: 'user.signIn', agent: 0, net: { ...net, again: [] }, foreign: false },
      {
        do: 'media.signIn',
        agent: 0,
        net: { ...net, again: [] },
        mrd: '5001',
        limit: 2,
        answer: 'ACCEPT',
        atSignOut: 'CLOSE',
      },
      { do: 'submit', net: { ...net, again: [] }, selector: 's5001a', pinned: -1 },
    ])
    const yaml = asScenario(script) ?? ''
    expect((await parseScenario(yaml, 'seed-1.yaml')).title).toBe('Seed 1, made small')
    expect(asScenario(small([{ do: 'crash', when: 'now', down: 1, again: [] }]))).toBeUndefined()
  })
})

it('a directory in a request that loses more users than the limit is refused and changes nothing', async () => {
  const { world } = generate(1)
  const [first] = world.agents
  if (!first) throw new Error('a world without agents')
  const agents = ['1001', '1002', '1003', '1004', '1005'].map((id) => ({ ...first, id }))
  const script = small([{ do: 'reload', from: 'body', at: 300, cut: 'user' }])
  const { findings, faults } = await play({ ...script, world: { ...script.world, agents } })
  expect({ findings, faults }).toEqual({ findings: [], faults: { 'directory cut, users missing': 1 } })
})

describe('histories that failed once', () => {
  const well = { ...net, again: [] }
  const histories: Readonly<Record<string, readonly Timed['step'][]>> = {
    'a failure of one gateway follows a failure of both: the end of the failure ends both': [
      { do: 'submit', net: well, selector: 's5001a', pinned: 0 },
      { do: 'fault', net: well, type: 'peripheral-gateway', both: true, mode: 'late', up: false },
      { do: 'fault', net: well, type: 'peripheral-gateway', both: false, mode: 'late', up: false },
    ],
    'a process dies during an orderly end: it starts once': [
      { do: 'crash', when: 'before', down: 1000, again: [{ when: 'before', after: 700 }] },
      { do: 'restart', down: 1 },
    ],
    'two calls ring and one is not answered: the notification has the reason for NOT_READY (V10)': [
      { do: 'connect', agent: 0 },
      { do: 'user.signIn', agent: 0, net: well, foreign: false },
      { do: 'user.state', agent: 0, net: well, state: 'READY', reason: false },
      { do: 'ring', net: well, agent: 0 },
      { do: 'pass', ms: 2000 },
      { do: 'ring', net: well, agent: 0 },
      { do: 'pass', ms: 60_000 },
    ],
  }

  it.each(Object.entries(histories))('%s', async (_, steps) => {
    const { findings } = await twice(small(steps))
    expect(findings).toEqual([])
  })
})
