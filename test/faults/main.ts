/** `npm run faults -- [--sides] [--rounds N] [--seed S] [--fault "NAME"]…`: see README.md. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { compiled } from '../crash/campaign.ts'
import { FaultCampaign, FaultFailure } from './campaign.ts'
import { FAULTS } from './faults.ts'
import { CUT_BY } from './network.ts'
import { SIDE_FAULTS } from './side-faults.ts'
import { SidesCampaign } from './sides.ts'

// The XMPP library logs every lost connection, and here each fault loses some.
console.error = () => undefined

const HELP = `Faults of a pair of servers on PostgreSQL, while clients work: nothing that was acknowledged may be lost.

npm run faults -- [options]
  --sides         each server serves a side
  --rounds N      how many faults (40)
  --seed S        repeats a run; by default another one each time
  --fault "NAME"  only this fault; may be repeated
  --list          the names of the faults
  --help          this text
`

/** @throws TypeError for an option that nobody knows. */
const given = () =>
  parseArgs({
    options: {
      help: { type: 'boolean', default: false },
      rounds: { type: 'string', default: '40' },
      seed: { type: 'string' },
      fault: { type: 'string', multiple: true },
      sides: { type: 'boolean', default: false },
      list: { type: 'boolean', default: false },
    },
  }).values

/** The options; without a stack where they are wrong. */
function options(): ReturnType<typeof given> {
  try {
    return given()
  } catch (error) {
    process.stderr.write(`faults: ${error instanceof Error ? error.message : error} (see npm run faults -- --help)\n`)
    process.exit(2)
  }
}

const values = options()
const say = (text: string) => process.stderr.write(`${text}\n`)

async function run(): Promise<boolean> {
  const rounds = Number(values.rounds)
  const seed = values.seed === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(values.seed)
  const folder = await mkdtemp(join(tmpdir(), 'mrdian-faults-'))
  const began = performance.now()
  const seconds = () => Math.round((performance.now() - began) / 1000)
  say(`seed ${seed}, ${rounds} rounds, networks are cut by ${CUT_BY}`)
  const campaign = await (values.sides ? SidesCampaign : FaultCampaign).start({
    ...{ seed, rounds, faults: values.fault },
    env: { NODE_COMPILE_CACHE: await compiled(folder) },
    progress: (round, fault) => say(`${round} of ${rounds}, ${seconds()} s: ${fault}`),
  })
  try {
    for (const [what, times] of [...(await campaign.run())].sort()) process.stdout.write(`${what}: ${times}\n`)
    process.stdout.write(`${rounds} faults, nothing lost, ${seconds()} s\n`)
    return true
  } catch (error) {
    if (!(error instanceof FaultFailure)) throw error
    const history = join(tmpdir(), `mrdian-faults-${seed}.history.txt`)
    await writeFile(history, error.history.join('\n'))
    say(`\n${error.message}\nhistory: ${history}`)
    return false
  } finally {
    await campaign.close()
    await rm(folder, { recursive: true, force: true })
  }
}

// An exit in order, so that what it has made outside of this process is removed.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))

if (values.help) process.stdout.write(HELP)
else if (values.list) for (const { name } of values.sides ? SIDE_FAULTS : FAULTS) process.stdout.write(`${name}\n`)
else if (!(await run())) process.exitCode = 1
