/** The people of a scenario on an engine that runs anyway: they go on after the end of the scenario. */
import { expect, it } from 'vitest'
import { startEngine } from '../../src/engine/engine.ts'
import { SimulationClock } from '../../src/simulate/clock.ts'
import { loadScenario } from '../../src/simulate/index.ts'
import { populate } from '../../src/simulate/populate.ts'
import { MARK } from '../../src/simulate/run/contacts.ts'
import { memoryStore } from '../../src/store/index.ts'

const MINUTE = 60_000
const ROUND = 4 * MINUTE

/** The scenario of `mrdian demo` in rounds of four minutes, on an engine in virtual time. Side A fails in each of them. */
async function centre() {
  const demo = await loadScenario('demo')
  const faults = demo.faults.slice(0, 1).map((fault) => ({ ...fault, from: 2 * MINUTE, to: 3 * MINUTE }))
  const scenario = { ...demo, faults, duration: ROUND }
  const clock = new SimulationClock(scenario.start)
  const starting = startEngine({ directory: scenario.directory, store: memoryStore(), clock, sides: ['A', 'B'] })
  clock.track(starting)
  await clock.settle()
  const engine = await starting
  const errors: unknown[] = []
  /** Names of the customers who came, since the last look. */
  const came = new Set<string>()
  engine.on('notification', ({ value }) => {
    if (value.kind !== 'task' && value.kind !== 'call') return
    for (const { name, value: key } of value.variables) if (name === MARK) came.add(key)
  })
  const people = populate({ scenario, engine, clock, failed: (error) => errors.push(error) })
  const until = (moment: number) => clock.advanceTo(scenario.start + moment)
  const customers = () => {
    const rounds = [...came].map((key) => Number(/\/(\d+)#/.exec(key)?.[1] ?? 0))
    came.clear()
    return [...new Set(rounds)].sort((a, b) => a - b)
  }
  return { scenario, engine, people, errors, until, customers }
}

it('plays the scenario again and again with other customers, and the agents stay', async () => {
  const { scenario, engine, people, errors, until, customers } = await centre()
  await until(MINUTE)
  expect(customers()).toEqual([0])
  expect(engine.get.user('1001')).toMatchObject({ state: expect.not.stringMatching('LOGOUT') })
  await until(2.5 * MINUTE)
  expect(engine.get.system('A').status).toBe('OUT_OF_SERVICE')
  await until(3 * ROUND - 1)
  expect(customers()).toEqual([0, 1, 2])
  await until(3.2 * ROUND)
  expect(customers().at(-1)).toBe(3)
  const signedOut = scenario.directory.users.filter(
    ({ id }) => engine.get.media(id, '5001')?.status?.state === 'LOGOUT',
  )
  expect(signedOut).toEqual([])
  expect([errors, engine.figures.failedInputs]).toEqual([[], 0])
  people.stop()
  await engine.close()
})

it('stops at once when it is told to: nobody comes and nobody acts any more', async () => {
  const { engine, people, errors, until, customers } = await centre()
  await until(MINUTE)
  customers()
  people.stop()
  await until(MINUTE + 1)
  customers()
  const commands: string[] = []
  engine.on('command', ({ command }) => commands.push(command.type))
  await until(5 * MINUTE)
  expect({ commands, errors }).toEqual({ commands: [], errors: [] })
  await engine.close()
})
