/** Mutation testing of the machines: `npm run mutate`; README.md describes the options. */
import { setPriority } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { copyOf } from './copy.ts'
import { KINDS, keyOf } from './mutant.ts'
import { reportOn } from './report.ts'
import { readResults } from './results.ts'
import { difference, run, runOne, shardOf } from './run.ts'
import { allMutants } from './sources.ts'
import { STAGES, Stages } from './stages.ts'
import { readSurvivors } from './survivors.ts'

const ROOT = join(import.meta.dirname, '..', '..')

const { values } = parseArgs({
  options: {
    shard: { type: 'string', default: '1/1' },
    only: { type: 'string' },
    kind: { type: 'string' },
    id: { type: 'string' },
    until: { type: 'string', default: 'soak' },
    again: { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
    report: { type: 'boolean', default: false },
  },
})

const until = STAGES.find((stage) => stage === values.until)
if (!until) throw new Error(`there is no stage ${values.until}; these are: ${STAGES.join(', ')}`)
const kinds = values.kind?.split(',') ?? KINDS
const unknown = kinds.filter((kind) => !KINDS.some((each) => each === kind))
if (unknown.length > 0) throw new Error(`there is no kind ${unknown.join(', ')}; these are: ${KINDS.join(', ')}`)
const mutantsIn = (root: string) => allMutants(root, values.only).filter(({ kind }) => kinds.includes(kind))
const tell = (line: string) => process.stderr.write(line)

/** Stages in a copy, which is removed whatever happens. */
async function inCopy(work: (stages: Stages, root: string) => Promise<void>): Promise<void> {
  // Whoever works on this machine comes first.
  setPriority(15)
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1))
  const copy = copyOf(ROOT)
  const stages = new Stages(copy.root, tell)
  process.once('exit', () => stages.stop())
  try {
    await work(stages, copy.root)
  } finally {
    stages.stop()
    copy.remove()
  }
}

if (values.list) {
  for (const { id, path } of shardOf(mutantsIn(ROOT), values.shard)) process.stdout.write(`${id} ${path}\n`)
} else if (values.report) {
  const { text, wrong } = reportOn(mutantsIn(ROOT), readResults(ROOT), readSurvivors(ROOT))
  process.stdout.write(`${text}\n`)
  if (wrong.length > 0) process.exitCode = 1
} else if (values.id === undefined) {
  const { shard, again } = values
  await inCopy((stages, root) => run(stages, mutantsIn(root), { root: ROOT, shard, until, again, tell }))
} else {
  const wanted = keyOf(values.id)
  await inCopy(async (stages, root) => {
    const mutant = mutantsIn(root).find(({ id }) => keyOf(id) === wanted)
    if (!mutant) throw new Error(`there is no mutant ${values.id}`)
    process.stdout.write(`${difference(root, mutant)}\n`)
    const { stage, check, detail, passed } = await runOne(stages, mutant, until)
    const said = stage === null ? `survives ${passed.join(', ')}` : `noticed by ${stage}: ${check}\n${detail}`
    process.stdout.write(`${said}\n`)
  })
}
