/**
 * `npm run soak -- --minutes 5` plays seeds until the time is over. A failing script is made small and saved.
 * `--seed 7` sets the first seed, `--seeds 1` the number of seeds, `--replay FILE` plays a saved script. Every tenth seed
 * is also played with a follower beside a server (`test/follow/random-run.ts`); `--follow 7` plays only that. `--late`: on
 * a disk that answers later.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { randomRun, SHORT } from '../follow/random-run.ts'
import { closeSockets } from './dead-sockets.ts'
import { INVARIANTS } from './findings.ts'
import { generate } from './generate.ts'
import { type Outcome, play } from './play.ts'
import { asScenario } from './scenario.ts'
import { type Script, script as shape } from './script.ts'
import { breaks, shrink } from './shrink.ts'
import { Statistics } from './statistics.ts'
import { twice } from './twice.ts'

const USAGE = 'npm run soak -- [--minutes N] [--seed S] [--seeds N] [--replay FILE] [--follow S] [--late]'
/** How often a seed is played with a follower too. */
const FOLLOWER_EVERY = 10
/** Failing histories are saved here. The folder is not part of the repository. */
const FOLDER = join('test-artefacts', 'simulation')

function number(text: string | undefined, name: string): number | undefined {
  if (text === undefined) return undefined
  const value = Number(text)
  if (Number.isFinite(value) && value >= 0) return value
  process.stderr.write(`--${name} must be a number, not ${text}\n${USAGE}\n`)
  process.exit(2)
}

function arguments_() {
  const text = { type: 'string' } as const
  try {
    const late = { type: 'boolean', default: false } as const
    const { values } = parseArgs({
      options: { minutes: text, seed: text, seeds: text, replay: text, follow: text, late },
    })
    const { minutes, seed, seeds, replay, follow } = values
    return {
      minutes: number(minutes, 'minutes'),
      seed: number(seed, 'seed'),
      seeds: number(seeds, 'seeds'),
      replay,
      follow: number(follow, 'follow'),
      late: values.late,
    }
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${USAGE}\n`)
    process.exit(2)
  }
}

const say = (line: string) => process.stdout.write(`${line}\n`)

function report({ findings, trail }: Outcome): void {
  for (const { invariant, what, at } of findings)
    say(`  ${invariant} (${INVARIANTS[invariant]}) after ${at} ms:\n    ${what}`)
  say('  the last rows of the journal, and the notifications that they caused:')
  for (const line of trail.slice(-15)) say(`    ${line.slice(0, 300)}`)
}

/** Makes the failing script small, saves it, and prints how to play it again. */
async function keep(script: Script, outcome: Outcome): Promise<void> {
  const invariant = outcome.findings[0]?.invariant
  if (!invariant) return
  // Only randomness in the product needs a second run to be seen.
  const once = invariant === 'same-twice' ? twice : play
  const fails = async (candidate: Script) => breaks(invariant, (await once(candidate)).findings.slice(0, 1))
  const { script: small, attempts } = await shrink(script, fails)
  const last = await twice(small)
  say(`made small in ${attempts} attempts: ${small.steps.length} of ${script.steps.length} steps are left`)
  for (const { after, step } of small.steps) say(`  ${after} ms later ${JSON.stringify(step)}`)
  report(last)
  mkdirSync(FOLDER, { recursive: true })
  const file = join(FOLDER, `seed-${script.seed}.json`)
  writeFileSync(file, `${JSON.stringify(small, undefined, 1)}\n`)
  say(`again: npm run soak -- --replay ${file}`)
  const scenario = asScenario(small)
  if (scenario === undefined) return
  const yaml = join(FOLDER, `seed-${script.seed}.yaml`)
  writeFileSync(yaml, scenario)
  say(`as a scenario: mrdian simulate ${yaml}`)
}

/** At rest the follower is the same as its Finesse, for every user, dialog and medium. */
async function isFollowed(seed: number): Promise<boolean> {
  const { differences, figures } = await randomRun({ ...SHORT, seed })
  if (differences.length === 0) return true
  say(`with a follower seed ${seed} fails: ${JSON.stringify(figures)}`)
  for (const each of differences) say(`  ${each}`)
  say(`again: npm run soak -- --follow ${seed}`)
  return false
}

async function soak(): Promise<number> {
  const { minutes = 1, seed = 1, seeds = Number.POSITIVE_INFINITY, replay, follow, late } = arguments_()
  if (follow !== undefined) return (await isFollowed(follow)) ? 0 : 1
  if (replay !== undefined) {
    const outcome = await twice(shape.parse(JSON.parse(readFileSync(replay, 'utf8'))))
    report(outcome)
    return outcome.findings.length > 0 ? 1 : 0
  }
  const statistics = new Statistics()
  const began = performance.now()
  const seconds = () => (performance.now() - began) / 1000
  for (let next = seed; next < seed + seeds && seconds() < minutes * 60; next += 1) {
    const script = late ? { ...generate(next), late } : generate(next)
    const outcome = await twice(script)
    statistics.add(outcome)
    if (outcome.findings.length > 0) {
      say(`seed ${next} fails`)
      report(outcome)
      await keep(script, outcome)
      say(statistics.words(seconds()))
      return 1
    }
    if (next % FOLLOWER_EVERY === 0 && !(await isFollowed(next))) return 1
    if (statistics.seeds % 25 === 0)
      say(`seed ${next}: ${((statistics.seeds * 60) / seconds()).toFixed(1)} seeds a minute`)
  }
  say(statistics.words(seconds()))
  return 0
}

try {
  process.exitCode = await soak()
} finally {
  await closeSockets()
}
