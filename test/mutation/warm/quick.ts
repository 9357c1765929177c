/** The quick checks: loading, some states of the walk, the golden journals. They call the functions that tests call. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Failed, WarmRequest } from './messages.ts'

const ROOT = join(import.meta.dirname, '..', '..', '..')
/** Number of states of each configuration that reach most rows. */
const FEW_STATES = 100
/** Number of states in the stage `walk`. */
const MORE_STATES = 800
const CONFIGURATION_NAMES = ['a', 'b', 'c', 'd'] as const

export interface Check {
  readonly name: string
  /** Returns the failures. An error that it throws is a failure, too. */
  readonly run: (request: WarmRequest) => Promise<readonly Failed[]>
}

async function walks(name: (typeof CONFIGURATION_NAMES)[number], maxStates: number): Promise<string | undefined> {
  const { CONFIGURATIONS } = await import('../../walk/configuration.ts')
  const { report, walk } = await import('../../walk/walk.ts')
  const { states, differences } = walk(CONFIGURATIONS[name], { maxStates, maxDifferences: 1 })
  const [first] = differences
  if (first) return report(first)
  return states < maxStates ? `only ${states} states are reached` : undefined
}

async function remakes(name: string): Promise<string | undefined> {
  const { MACHINE_VERSION } = await import('../../../machines/index.ts')
  const { writeGolden } = await import('../../history/golden/read.ts')
  const { Stage } = await import('../../history/golden/stage.ts')
  const { STORIES } = await import('../../history/golden/stories.ts')
  const story = STORIES.find((each) => each.name === name)
  const path = join(ROOT, 'test/history/golden', `v${MACHINE_VERSION}`, `${name}.jsonl`)
  if (!story || !existsSync(path)) return `there is no golden journal ${name}`
  const stage = await Stage.open(story.options?.())
  await story.run(stage)
  await stage.close()
  const text = writeGolden({ golden: name, machineVersion: MACHINE_VERSION }, stage)
  return text === readFileSync(path, 'utf8') ? undefined : `the golden journal ${name} differs`
}

const JOURNALS = [
  'start-timeout-cascade',
  'interrupt-accept',
  'interrupt-ignore',
  'calls-with-wrap-up',
  'presence-loss-and-grace',
  'forced-sign-out',
  'side-move',
  'acd-link-loss',
  'peripheral-gateway-failure',
  'follower',
  'external-acd',
  'failed-input',
]

const quick = (name: string, run: () => Promise<string | undefined>): Check => ({
  name,
  run: async () => {
    const detail = await run()
    return detail === undefined ? [] : [{ check: name, detail }]
  },
})

/** Loads a module and all that it imports. */
export const loads = (path: string): Check =>
  quick('load', async () => {
    await import(`../../../${path}`)
    return undefined
  })

/** The walk through some states of a configuration. */
export const shortWalk = (name: (typeof CONFIGURATION_NAMES)[number]): Check =>
  quick(`walk ${name}`, () => walks(name, FEW_STATES))

export const LONG_WALKS: readonly Check[] = CONFIGURATION_NAMES.map((name) =>
  quick(`walk ${name}`, () => walks(name, MORE_STATES)),
)

export const GOLDEN_JOURNALS: readonly Check[] = JOURNALS.map((name) => quick(`golden ${name}`, () => remakes(name)))
