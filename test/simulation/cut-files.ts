/** Reloads of the directory from a file or a request body that is cut off. Nothing of it may come into force. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pino from 'pino'
import { stringify } from 'yaml'
import { type DirectoryReload, DirectorySource } from '../../src/cli/directory-source.ts'
import { EndMarks } from '../../src/cli/end-marks.ts'
import { DirectoryError, parseDirectory, RemovalsNotConfirmed } from '../../src/directory/index.ts'
import type { Engine } from '../../src/engine/api.ts'
import { fileOf } from './directory.ts'
import type { Step, World } from './script.ts'
import type { Simulation } from './simulation.ts'

type Cut = Extract<Step, { do: 'reload' }>

const MARK = '...\n'
/** Up to this number of missing users, a cut cannot be detected without the end mark. */
const UNKNOWN = 2
const WHO = { via: 'api' } as const

export class CutFiles {
  readonly #sim: Simulation
  readonly #whole: string
  readonly #users: number

  constructor(sim: Simulation, world: World) {
    this.#sim = sim
    this.#whole = stringify(fileOf(world)) + MARK
    this.#users = world.agents.length
  }

  /** Settles when the reload is refused. It takes no simulated time. */
  async reload(step: Cut): Promise<void> {
    const { engine, audit } = this.#sim
    if (!engine) return
    const cut = this.#cut(step)
    const rows = audit.rows
    const folder = mkdtempSync(join(tmpdir(), 'mrdian-simulation-'))
    try {
      const file = join(folder, 'directory.yaml')
      writeFileSync(file, cut)
      const source = this.#source(engine, file)
      const isBody = step.from === 'body' && this.#isKnownWithoutMark(cut)
      this.#judge(await this.#outcome(source.reload(isBody ? cut : undefined, WHO)), cut)
    } finally {
      rmSync(folder, { recursive: true })
    }
    if (audit.rows !== rows) this.#wrong(cut, `put ${audit.rows - rows} rows into the journal`)
  }

  /** The source of a server whose file was complete at its start. */
  #source(engine: Engine, file: string): DirectorySource {
    const { loaded } = this.#sim
    const endMarks = new EndMarks(engine.adapters.records)
    endMarks.saw(file, { ...loaded, hasEndMark: true })
    const logger = pino({ level: 'silent' })
    return new DirectorySource({
      engine,
      from: file,
      loaded,
      endMarks,
      ownAccount: undefined,
      host: 'localhost',
      logger,
    })
  }

  #cut({ at, cut }: Cut): string {
    const whole = this.#whole
    const place = Math.floor((at / 1000) * (whole.length - MARK.length))
    if (cut === 'place') return whole.slice(0, place)
    if (cut === 'line') return whole.slice(0, whole.indexOf('\n', place) + 1)
    const users = whole.indexOf('\nusers:')
    const starts = [...whole.slice(users).matchAll(/^ {2}- id:/gm)].map(({ index }) => users + index)
    return whole.slice(0, starts[Math.floor((at / 1000) * starts.length)])
  }

  #isKnownWithoutMark(cut: string): boolean {
    try {
      return this.#users - parseDirectory(cut, 'cut').directory.users.length > UNKNOWN
    } catch {
      return true
    }
  }

  /** The thread that reads the file takes real time. Meanwhile the engine does the work that needs no time. */
  async #outcome(reloading: Promise<DirectoryReload>): Promise<unknown> {
    const settled: unknown[] = []
    const note = (outcome: unknown) => void settled.push(outcome)
    reloading.then(note, note)
    while (settled.length === 0) await this.#sim.clock.settle()
    return settled[0]
  }

  #judge(outcome: unknown, cut: string): void {
    const { disk } = this.#sim
    if (outcome instanceof RemovalsNotConfirmed) this.#sim.count('directory cut, users missing')
    else if (outcome instanceof DirectoryError) this.#sim.count('directory cut')
    else if (!(outcome instanceof Error)) this.#wrong(cut, 'is in force')
    else if (!disk.refuses) this.#wrong(cut, `is refused by ${String(outcome)}`)
  }

  #wrong(cut: string, what: string): void {
    this.#sim.findings.add(
      'cut-changes-nothing',
      `the directory, cut after ${cut.length} of ${this.#whole.length} characters, ${what}`,
    )
  }
}
