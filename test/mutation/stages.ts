/** The stages, the cheapest first. README.md has their costs. */
import { spawn } from 'node:child_process'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { type Change, mutated, rowsBeside } from './mutant.ts'
import { type Failed, WARM_STAGES } from './warm/messages.ts'
import { WarmProcess } from './warm/pool.ts'

export const STAGES = [...WARM_STAGES, 'rest', 'soak'] as const
export type StageName = (typeof STAGES)[number]

/** The paths that vitest runs in the stage `rest`. A path that does not exist is left out. */
const REST = [
  'test/engine/containment-outside.test.ts',
  'test/acd',
  'test/conformance',
  'test/erasure',
  'test/history',
  'test/xmpp',
  'test/rest',
  'test/cli',
  'test/simulate',
  'test/simulation',
  'test/crash',
]

/** After this time a stage counts as an endless loop. The slowest one takes a minute on an idle machine. */
const STAGE_MAX_MS = 15 * 60_000
const SOAK_MINUTES = 1
const SOAK = 'soak'

const REPORT = z.object({
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      message: z.string().default(''),
      assertionResults: z.array(
        z.object({ fullName: z.string(), status: z.string(), failureMessages: z.array(z.string()).default([]) }),
      ),
    }),
  ),
})

const SCRIPTS = z.object({ scripts: z.record(z.string(), z.string()) })

const warmStage = (stage: StageName) => WARM_STAGES.find((each) => each === stage)

const escaped = (text: string) => text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&')

/** Runs the stages in one copy. Tests that fail without a mutant are found first and left out. */
export class Stages {
  readonly #root: string
  readonly #warm: WarmProcess
  readonly #failing = new Map<string, readonly string[]>()
  readonly #tell: (line: string) => void

  constructor(root: string, tell: (line: string) => void) {
    this.#root = root
    this.#warm = new WarmProcess(root)
    this.#tell = tell
  }

  /** Why a stage cannot be run here, or `undefined`. */
  missing(stage: StageName): string | undefined {
    if (stage !== 'soak') return undefined
    const { scripts } = SCRIPTS.parse(JSON.parse(readFileSync(join(this.#root, 'package.json'), 'utf8')))
    return scripts.soak === undefined ? 'there is no script `soak` yet' : undefined
  }

  /** The first check that notices the mutant, or `undefined`. `beside`: the rows that the stage `beside` runs. */
  async run(stage: StageName, mutant: Change, beside?: readonly string[]): Promise<Failed | undefined> {
    const path = join(this.#root, mutant.file)
    const original = readFileSync(path, 'utf8')
    const rows = stage === 'beside' ? (beside ?? rowsBeside(original, mutant)) : []
    if (stage === 'beside' && rows.length === 0) return undefined
    const skip = await this.#failingWithout(stage, rows)
    const text = mutated(original, mutant)
    const warm = warmStage(stage)
    if (warm) return (await this.#warm.check({ stage: warm, file: mutant.file, text, rows, skip, all: false }))[0]
    try {
      writeFileSync(path, text)
      return (await this.#run(stage, skip, true))[0]
    } finally {
      writeFileSync(path, original)
    }
  }

  stop(): void {
    this.#warm.stop()
  }

  async #failingWithout(stage: StageName, rows: readonly string[]): Promise<readonly string[]> {
    const what = [stage, ...rows].join(' ')
    const known = this.#failing.get(what)
    if (known) return known
    const warm = warmStage(stage)
    const failed = warm
      ? await this.#warm.check({ stage: warm, file: '', text: '', rows, skip: [], all: true })
      : await this.#run(stage, [], false)
    const names = failed.map(({ check }) => check)
    if (names.length > 0)
      this.#tell([`left out of ${what}, because they fail without a mutant:`, ...names].join('\n  '))
    this.#failing.set(what, names)
    return names
  }

  #run(stage: StageName, skip: readonly string[], bail: boolean): Promise<readonly Failed[]> {
    if (stage !== 'soak') return this.#vitest(REST, skip, bail)
    return skip.includes(SOAK) ? Promise.resolve([]) : this.#soak()
  }

  async #vitest(tests: readonly string[], skip: readonly string[], bail: boolean): Promise<readonly Failed[]> {
    const output = join(this.#root, '.vitest-report.json')
    rmSync(output, { force: true })
    const options = ['run', '--root', '.', '--config', 'test/mutation/vitest.config.ts', '--reporter', 'json']
    const chosen = tests.filter((path) => existsSync(join(this.#root, path)))
    const without = skip.length === 0 ? [] : ['--testNamePattern', `^(?!(?:${skip.map(escaped).join('|')})$)`]
    const ended = await this.#node([
      join('node_modules', 'vitest', 'vitest.mjs'),
      ...options,
      ...['--outputFile', output, ...(bail ? ['--bail', '1'] : []), ...without, ...chosen],
    ])
    if (ended === 'time-out') return [{ check: chosen.join(' '), detail: 'time-out' }]
    if (!existsSync(output)) return [{ check: chosen.join(' '), detail: 'vitest gave no report' }]
    const { testResults } = REPORT.parse(JSON.parse(readFileSync(output, 'utf8')))
    return testResults.flatMap(({ name, status, message, assertionResults }) => {
      const failed = assertionResults
        .filter((each) => each.status === 'failed')
        .map(({ fullName, failureMessages: [first = ''] }) => ({ check: fullName, detail: first.slice(0, 2000) }))
      // A file that cannot be loaded has no tests.
      const broken = status === 'failed' && failed.length === 0
      return broken ? [{ check: name.replace(`${this.#root}/`, ''), detail: message.slice(0, 2000) }] : failed
    })
  }

  async #soak(): Promise<readonly Failed[]> {
    const ended = await this.#command('npm', ['run', SOAK, '--', '--minutes', String(SOAK_MINUTES), '--seed', '1'])
    return ended === 0 ? [] : [{ check: SOAK, detail: ended === 'time-out' ? ended : `ended with ${ended}` }]
  }

  #node(given: readonly string[]): Promise<number | 'time-out'> {
    return this.#command(process.execPath, given)
  }

  #command(program: string, given: readonly string[]): Promise<number | 'time-out'> {
    const { promise, resolve, reject } = Promise.withResolvers<number | 'time-out'>()
    const child = spawn(program, given, { cwd: this.#root, stdio: 'ignore', detached: true })
    const kill = () => {
      if (child.pid === undefined) return
      try {
        process.kill(-child.pid, 'SIGKILL')
      } catch {
        // The process has ended already.
      }
    }
    const timer = setTimeout(() => {
      kill()
      resolve('time-out')
    }, STAGE_MAX_MS)
    process.once('exit', kill)
    child.once('error', reject)
    child.once('exit', (code) => resolve(code ?? 1))
    return promise.finally(() => {
      clearTimeout(timer)
      process.off('exit', kill)
      kill()
    })
  }
}
