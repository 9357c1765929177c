/** `npm run crash -- --kills 1000 [--seed S] [--keep] [--lanes 2]`, `npm run crash -- --points`: see README.md. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { loadDirectory } from '../../src/directory/index.ts'
import { Campaign, CrashFailure, compiled } from './campaign.ts'
import { Day, EVERY } from './inject/crashes.ts'

// The XMPP library logs every lost connection, and here each kill loses some.
console.error = () => undefined

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '100' },
    seed: { type: 'string' },
    keep: { type: 'boolean', default: false },
    lanes: { type: 'string', default: '2' },
    points: { type: 'boolean', default: false },
  },
})
/** A new data file is used after so many kills. */
const KILLS_PER_FILE = 40

const kills = Number(values.kills)
const first = values.seed === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(values.seed)
const folder = await mkdtemp(join(tmpdir(), 'mrdian-crash-'))
const say = (text: string) => process.stderr.write(`${text}\n`)
const began = performance.now()
const seconds = () => Math.round((performance.now() - began) / 1000)
const totals = new Map<string, number>()
let started = 0
let done = 0
let hasFailed = false

function progress(): void {
  done += 1
  if (process.stderr.isTTY) process.stderr.write(`\r${done} of ${kills} kills, ${seconds()} s `)
  else if (done % 50 === 0) say(`${done} of ${kills} kills, ${seconds()} s`)
}

async function lane(compileCache: string): Promise<void> {
  while (started < kills && !hasFailed) {
    const seed = first + Math.floor(started / KILLS_PER_FILE)
    const own = Math.min(KILLS_PER_FILE, kills - started)
    started += own
    const campaign = new Campaign({ seed, kills: own, folder, compileCache, progress })
    try {
      for (const [what, times] of await campaign.run()) totals.set(what, (totals.get(what) ?? 0) + times)
      if (!values.keep) await campaign.remove()
    } catch (error) {
      hasFailed = true
      if (!(error instanceof CrashFailure)) throw error
      const history = `${campaign.file}.history.txt`
      await writeFile(history, error.history.join('\n'))
      say(
        `\n${error.message}\nagain: npm run crash -- --seed ${seed} --kills ${own}\ndata: ${error.file}\nhistory: ${history}`,
      )
    }
  }
}

/** Kills the real server. True when no check has failed. */
async function kill(): Promise<boolean> {
  say(`seed ${first}, ${kills} kills, data in ${folder}`)
  const compileCache = await compiled(folder)
  await Promise.all(Array.from({ length: Number(values.lanes) }, () => lane(compileCache)))
  if (hasFailed) return false
  for (const [what, times] of [...totals].sort()) process.stdout.write(`${what}: ${times}\n`)
  process.stdout.write(`${done} kills, nothing lost, ${seconds()} s\n`)
  return true
}

/** Crashes the engine at every point of the day, in virtual time. True when no check has failed. */
async function dieEverywhere(): Promise<boolean> {
  const loaded = await loadDirectory()
  const wrong: string[] = []
  for (const external of [false, true]) {
    const day = await Day.play({ loaded, external }, folder)
    say(`${day.cuts.length} points, with ${external ? 'an external ACD' : 'the built-in ACD'}`)
    wrong.push(...(await day.single(EVERY)), ...(await day.double(EVERY)), ...(await day.onFiles(EVERY)))
  }
  for (const each of wrong) say(each)
  process.stdout.write(`every point tried, ${wrong.length} checks failed, ${seconds()} s\n`)
  return wrong.length === 0
}

const isWell = values.points ? await dieEverywhere() : await kill()
if (!isWell) process.exitCode = 1
else if (!values.keep) await rm(folder, { recursive: true, force: true })
process.exit()
