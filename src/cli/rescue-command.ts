/** `mrdian rescue`: what can be read of a damaged data file, as a new one. */
import type { Command } from '../bundled/commander.ts'
import type { RescueReport, Unjoined } from '../store/index.ts'
import { EXIT, onDataFile } from './data-file.ts'
import { type Progress, progressOn } from './progress.ts'

/** So many of a kind are told; the JSON form has all. */
const TOLD_MAX = 20

const WORDS: Readonly<Record<string, string>> = {
  journal: 'inputs',
  snapshot: 'snapshots',
  outbox: 'undelivered notifications and requests',
  aggregate: 'names of aggregates',
  record: 'records (subscriptions, locks, erasures)',
}

/** The result for people. */
export function describeRescue(report: RescueReport): readonly string[] {
  const { tables, kept, missing, unjoined, cut, notes, isComplete } = report
  return [
    ...notes,
    ...tables.flatMap((table) => describeTable(table, kept[table.name])),
    ...some(
      missing,
      ({ aggregate, sequence, position }) => `missing: input ${sequence} of ${aggregate}, position ${position}`,
    ),
    ...(cut === undefined ? [] : [describeCut(cut)]),
    ...some(unjoined, (each) => describeUnjoined(each)),
    isComplete ? 'nothing is missing' : 'what is missing is told above; keep the damaged file',
  ]
}

function some<T>(all: readonly T[], tell: (each: T) => string): readonly string[] {
  const more = all.length > TOLD_MAX ? [`… and ${all.length - TOLD_MAX} more`] : []
  return [...all.slice(0, TOLD_MAX).map(tell), ...more]
}

function describeTable(
  { name, rows, found, holes, broken, isUncertain }: RescueReport['tables'][number],
  kept: number,
): readonly string[] {
  const what = WORDS[name] ?? name
  const ranges = holes.map(({ from, to }) =>
    to === from ? `${from}` : to === Number.POSITIVE_INFINITY ? `from ${from} on` : `${from} to ${to}`,
  )
  const lines = [
    `${name}: ${rows} ${what} read${found > 0 ? ` (${found} found without their tree)` : ''}, ${kept} kept`,
  ]
  if (ranges.length > 0) lines.push(...some(ranges, (range) => `${name}: nothing or not all can be read of ${range}`))
  if (broken > 0) lines.push(`${name}: ${broken} rows are not whole`)
  if (isUncertain) lines.push(`${name}: how many are missing cannot be told`)
  if (name === 'outbox' && holes.length + broken > 0)
    lines.push('outbox: desktops do not hear of what is missing there; they see it when they ask, or sign in again')
  if (name === 'record' && (isUncertain || broken > 0))
    lines.push('record: whoever subscribed by hand has to do it again; look whether erasures have to be repeated')
  return lines
}

function describeCut({ position, at, inputs }: NonNullable<RescueReport['cut']>): string {
  const when = at === undefined ? 'the beginning' : new Date(at).toISOString()
  return [
    `the target stands as of ${when}, after input ${position}: the present depends on inputs that are missing,`,
    `and ${inputs} later ones can be read but not applied without them; agents, tasks and calls are where they were then`,
  ].join(' ')
}

const SUBJECTS: Readonly<Record<string, (id: string) => string>> = {
  user: (id) => `agent ${id}`,
  queue: (id) => `the queue of MRD ${id}`,
  call: (id) => `call ${id}`,
  side: (id) => `side ${id}`,
}

const GONE: Readonly<Record<string, string>> = {
  user: 'is signed out, and the dialogs are gone',
  queue: 'is empty: tasks that waited in it are gone',
  call: 'is gone',
  side: 'begins anew: simulated faults are over',
}

function describeUnjoined({ aggregate, lost, rows }: Unjoined): string {
  const [kind = '', id = ''] = aggregate.split('/', 2)
  const subject = SUBJECTS[kind]?.(id) ?? aggregate
  const left = rows === 0 ? '' : ` (${rows} rows that can be read lead to nothing, and stay out)`
  if (lost === 'history') return `${subject}: the state is complete; older moments cannot be explained${left}`
  if (lost === 'moment') return `${subject}: stands as of later than that moment: what was before is forgotten`
  if (lost === 'present') return `${subject}: stands where it stood before what is missing${left}; sign in again`
  return `${subject} ${GONE[kind] ?? 'is gone'}${left}`
}

/** One line for each kind of work. */
class Bars {
  #what = ''
  #bar: Progress | undefined

  show(done: number, total: number, what: string): void {
    if (what !== this.#what) {
      this.end()
      this.#what = what
      this.#bar = progressOn(process.stderr, () => performance.now(), what)
    }
    this.#bar?.show(done, total)
  }

  end(): void {
    this.#bar?.end()
  }
}

async function run(data: string, target: string, json: boolean, print: (text: string) => void): Promise<void> {
  const { rescue } = await import('../store/index.ts')
  const bars = new Bars()
  let report: RescueReport
  try {
    report = rescue(data, target, { onProgress: (done, total, what) => bars.show(done, total, what) })
  } finally {
    bars.end()
  }
  if (json) print(JSON.stringify(report))
  else {
    for (const line of describeRescue(report)) print(line)
    print(`${target} starts: mrdian serve --data ${target}`)
  }
  if (!report.isComplete) process.exitCode = EXIT.difference
}

export function addRescueCommand(program: Command, print: (text: string) => void): void {
  program
    .command('rescue')
    .argument('<data>', 'a damaged data file that no server uses')
    .argument('<target>', 'the new data file; it must not exist')
    .description('Save what can be read of a damaged data file into a new one that starts.')
    .option('--json', 'the report as JSON, with everything', false)
    .addHelpText(
      'after',
      `
Every row that can be read is read, table by table, and what is missing is told:
rows, ranges, and what that means for agents, tasks and calls. Rows that lead
nowhere without those that are missing stay out. The damaged file is not
changed; the target needs its size twice while it is made.

Exit code 0: nothing is missing; 1: something is, and the target starts all the
same; 2: nothing was made: the file is in use or no data file, the target
exists or cannot be written.

Example:
  $ mrdian rescue /var/lib/mrdian/state.db /var/lib/mrdian/rescued.db
`,
    )
    .action((data: string, target: string, { json }: { readonly json: boolean }) =>
      onDataFile(() => run(data, target, json, print)),
    )
}
