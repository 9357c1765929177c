/** Mutation testing of the machines, the renderers and publishing: `npm run mutate`. See README.md. */
import { setPriority } from 'node:os'
import { join } from 'node:path'
import { Command, InvalidArgumentError } from 'commander'
import { copyOf } from './copy.ts'
import { FAMILIES, FILES, filesNamed, shortName } from './families.ts'
import { writeFigures } from './figures.ts'
import { KINDS, type Kind, keyOf, type Mutant } from './mutant.ts'
import { plant } from './plant.ts'
import { PLANTED } from './planted.ts'
import { progressOn } from './progress.ts'
import { reportOn } from './report.ts'
import { RESULTS_FOLDER, readResults, versionIn } from './results.ts'
import { difference, run, runOne, shardOf } from './run.ts'
import { allMutants } from './sources.ts'
import { STAGES, type StageName, Stages } from './stages.ts'
import { readSurvivors, SURVIVORS_FILE, type Survivor } from './survivors.ts'

const ROOT = join(import.meta.dirname, '..', '..')
/** The exit code of a program that was interrupted. */
const INTERRUPTED = 130

interface Options {
  readonly shard: string
  readonly only?: string
  readonly kind?: readonly Kind[]
  readonly until: StageName
  readonly again?: true
  readonly renew?: true
  readonly id?: string
  readonly list?: true
  readonly report?: true
  readonly figures?: true
  readonly planted?: true | string
}

function stage(text: string): StageName {
  const found = STAGES.find((each) => each === text)
  if (!found) throw new InvalidArgumentError(`The stages are: ${STAGES.join(', ')}.`)
  return found
}

/** The kinds in a text such as `guard,target-removed`. A word selects every kind that begins with it. */
function kindsOf(text: string): readonly Kind[] {
  return text.split(',').flatMap((word) => {
    const found = KINDS.filter((kind) => kind === word || kind.startsWith(`${word}-`))
    if (found.length === 0) throw new InvalidArgumentError(`The kinds are: ${KINDS.join(', ')}.`)
    return found
  })
}

function source(text: string): string {
  if (filesNamed(text).length > 0) return text
  const known = [...Object.keys(FAMILIES), ...FILES.map(shortName)]
  throw new InvalidArgumentError(`The sources are: ${known.join(', ')}.`)
}

function shardPart(text: string): string {
  try {
    shardOf([], text)
  } catch (error) {
    throw new InvalidArgumentError(error instanceof Error ? error.message : String(error))
  }
  return text
}

const program = new Command('npm run mutate --')
  .description('Makes the machines, renderers and publishing wrong in one place at a time, and checks that tests fail.')
  .option('--shard <part/of>', 'part of the mutants; 2/8 is every eighth one, from the second on', shardPart, '1/1')
  .option('--only <source>', 'the mutants of one source, folder or family: task.ts, finesse, renderers', source)
  .option('--kind <kinds>', 'the mutants of some kinds: guard,target', kindsOf)
  .option('--until <stage>', `stop after a stage: ${STAGES.join(', ')}`, stage, 'soak')
  .option('--again', 'run those again that have survived so far, after you have added tests')
  .option('--renew', 'run those again whose result is from older sources')
  .option('--id <id>', 'run one, show the edit and the check that notices it; the result is not kept')
  .option('--planted [word]', 'plant the listed faults, or those with a word in their names; the row tests must notice')
  .option('--list', 'print the ids')
  .option('--report', `print the figures; fails if a survivor has no reason in ${SURVIVORS_FILE}`)
  .option('--figures', 'write the figures to test/mutation/figures.md')
  .helpOption('-h, --help', 'this text')
  .configureHelp({ showGlobalOptions: false })
  .addHelpText(
    'after',
    `
Without options, all mutants without a result are run, the cheapest stage first. This takes hours. Use shards. You can
stop with ^C at any time, and the same command continues. Results are in ${RESULTS_FOLDER}/.

  $ npm run mutate -- --kind guard,target --until walk
  $ npm run mutate -- --only task.ts --shard 1/4
  $ npm run mutate -- --only renderers
  $ npm run mutate -- --planted
  $ npm run mutate -- --report`,
  )
  .showHelpAfterError('(see npm run mutate -- --help)')
  .parse()

const options = program.opts<Options>()

const { kind: kinds = KINDS, again = false, renew = false, until } = options
const mutantsIn = (root: string): readonly Mutant[] =>
  allMutants(root, options.only).filter(({ kind }) => kinds.includes(kind))

/** The listed survivors among these mutants, and those that are listed and do not exist. */
function survivorsAmong(chosen: readonly Mutant[]): readonly Survivor[] {
  const here = new Set(chosen.map(({ id }) => keyOf(id)))
  const known = new Set(allMutants(ROOT).map(({ id }) => keyOf(id)))
  return readSurvivors(ROOT).filter(({ id }) => here.has(keyOf(id)) || !known.has(keyOf(id)))
}

/** Runs work with the stages in a copy of the repository, which is removed at the end. */
async function inCopy(work: (stages: Stages, root: string) => Promise<void>): Promise<void> {
  // Other programs on this machine have priority.
  setPriority(15)
  const copy = copyOf(ROOT)
  const stages = new Stages(copy.root, (line) => progress.say(line))
  process.once('exit', () => stages.stop())
  try {
    await work(stages, copy.root)
  } finally {
    progress.end()
    stages.stop()
    copy.remove()
  }
}

const progress = progressOn(process.stderr)
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.once(signal, () => {
    progress.say('stopped; the same command continues from here')
    process.exit(INTERRUPTED)
  })

async function one(id: string): Promise<void> {
  const key = keyOf(id)
  const mutant = mutantsIn(ROOT).find((each) => keyOf(each.id) === key)
  if (!mutant) return program.error(`error: there is no mutant ${id}`)
  process.stdout.write(`${difference(ROOT, mutant)}\n`)
  await inCopy(async (stages) => {
    const { stage: noticed, check, detail, passed } = await runOne(stages, mutant, { until })
    const said = noticed === null ? `survives ${passed.join(', ')}` : `noticed by ${noticed}: ${check}\n${detail}`
    process.stdout.write(`${said}\n`)
  })
}

if (options.list) {
  for (const { id, path } of shardOf(mutantsIn(ROOT), options.shard)) process.stdout.write(`${id} ${path}\n`)
} else if (options.report || options.figures) {
  const chosen = mutantsIn(ROOT)
  const version = versionIn(ROOT)
  const report = reportOn(chosen, readResults(ROOT, version), survivorsAmong(chosen), version)
  if (options.figures) writeFigures(ROOT, report)
  process.stdout.write(`${report.text}\n`)
  if (report.wrong.length > 0) process.exitCode = 1
} else if (options.planted) {
  const word = options.planted === true ? '' : options.planted
  const faults = PLANTED.filter(({ name }) => name.includes(word))
  await inCopy(async (stages, root) => {
    const noticed = await plant(stages, faults, { root, say: (line) => process.stdout.write(`${line}\n`) })
    if (noticed < faults.length || faults.length === 0) process.exitCode = 1
  })
} else if (options.id !== undefined) {
  await one(options.id)
} else {
  const { shard } = options
  await inCopy((stages, root) => {
    const version = versionIn(root)
    return run(stages, mutantsIn(root), { root: ROOT, version, shard, until, again, renew, progress })
  })
}
