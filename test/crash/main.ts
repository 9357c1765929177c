/** `npm run crash -- --kills 1000 [--seed S] [--keep] [--lanes 2]`: see README.md. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { Campaign, CrashFailure, compiled } from './campaign.ts'

// The XMPP library writes every lost connection there, and losing connections is what this is about.
console.error = () => undefined

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '100' },
    seed: { type: 'string' },
    keep: { type: 'boolean', default: false },
    lanes: { type: 'string', default: '2' },
  },
})
/** After so many kills a new data file begins. */
const KILLS_PER_FILE = 40

const kills = Number(values.kills)
const first = values.seed === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(values.seed)
const folder = await mkdtemp(join(tmpdir(), 'mrdian-crash-'))
const say = (text: string) => process.stderr.write(`${text}\n`)
say(`seed ${first}, ${kills} kills, data in ${folder}`)

const compileCache = await compiled(folder)
const began = performance.now()
const totals = new Map<string, number>()
let started = 0
let done = 0
let hasFailed = false

function progress(): void {
  done += 1
  const seconds = Math.round((performance.now() - began) / 1000)
  if (process.stderr.isTTY) process.stderr.write(`\r${done} of ${kills} kills, ${seconds} s `)
  else if (done % 50 === 0) say(`${done} of ${kills} kills, ${seconds} s`)
}

async function lane(): Promise<void> {
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

await Promise.all(Array.from({ length: Number(values.lanes) }, lane))
if (hasFailed) process.exitCode = 1
else {
  for (const [what, times] of [...totals].sort()) process.stdout.write(`${what}: ${times}\n`)
  process.stdout.write(`${done} kills, nothing lost, ${Math.round((performance.now() - began) / 1000)} s\n`)
  if (!values.keep) await rm(folder, { recursive: true, force: true })
}
process.exit()
