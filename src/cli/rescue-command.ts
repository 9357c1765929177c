/** `mrdian rescue`: saves the readable rows of a damaged data file into a new one. */
import type { Command } from '../bundled/commander.ts'
import type { RescueReport, Unjoined } from '../store/index.ts'
import { assertFile, EXIT, onDataFile } from './data-file.ts'
import { Bars } from './progress.ts'

/** Most lines of a kind that are printed. The JSON form has all. */
const TOLD_MAX = 20

const WORDS: Readonly<Record<string, string>> = {
  journal: 'inputs',
  snapshot: 'snapshots',
  outbox: 'undelivered notifications and requests',
  aggregate: 'names of aggregates',
  record: 'records (subscriptions, locks, erasures)',
}

/** The result as lines of text. */
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
    isComplete ? 'nothing is missing' : 'the lines above say what is missing; keep the damaged file',
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
  if (ranges.length > 0) lines.push(...some(ranges, (range) => `${name}: some or all rows are lost of ${range}`))
  if (broken > 0) lines.push(`${name}: ${broken} rows are incomplete`)
  if (isUncertain) lines.push(`${name}: the number of missing rows is not known`)
  if (name === 'outbox' && holes.length + broken > 0)
    lines.push('outbox: desktops do not get the missing notifications; they see the changes when they ask or sign in')
  if (name === 'record' && (isUncertain || broken > 0))
    lines.push('record: explicit subscriptions must be made again; check whether erasures must be repeated')
  return lines
}

function describeCut({ position, at, inputs }: NonNullable<RescueReport['cut']>): string {
  const when = at === undefined ? 'the beginning' : new Date(at).toISOString()
  return [
    `the target has the state of ${when}, after input ${position}, because later states depend on missing inputs;`,
    `${inputs} later inputs can be read but not applied without them; agents, tasks and calls are as they were then`,
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
  side: 'starts again without simulated faults',
}

function describeUnjoined({ aggregate, lost, rows }: Unjoined): string {
  const [kind = '', id = ''] = aggregate.split('/', 2)
  const subject = SUBJECTS[kind]?.(id) ?? aggregate
  const left = rows === 0 ? '' : ` (${rows} readable rows cannot be used without the missing ones, and are left out)`
  if (lost === 'history') return `${subject}: the state is complete; older moments cannot be explained${left}`
  if (lost === 'moment') return `${subject}: has a later state than that moment, because retention removed older ones`
  if (lost === 'present') return `${subject}: has the state from before the missing inputs${left}; sign in again`
  return `${subject} ${GONE[kind] ?? 'is gone'}${left}`
}

async function run(data: string, target: string, json: boolean, print: (text: string) => void): Promise<void> {
  assertFile(data, target)
  const { rescue } = await import('../store/index.ts')
  const bars = new Bars(process.stderr, () => performance.now())
  let report: RescueReport
  try {
    report = rescue(data, target, { onProgress: (done, total, what) => bars.show(done, total, what) })
  } finally {
    bars.end()
  }
  if (json) print(JSON.stringify(report))
  else {
    for (const line of describeRescue(report)) print(line)
    print(`${target} can be used: mrdian serve --data ${target}`)
  }
  if (!report.isComplete) process.exitCode = EXIT.difference
}

export function addRescueCommand(program: Command, print: (text: string) => void): void {
  program
    .command('rescue')
    .argument('<data>', 'a damaged data file that no server uses')
    .argument('<target>', 'the new data file; it must not exist')
    .description('Save the readable rows of a damaged data file into a new file that a server can use.')
    .option('--json', 'print the whole report as JSON', false)
    .addHelpText(
      'after',
      `
Reads all readable rows, table by table. Reports the missing rows and ranges,
and what they mean for agents, tasks and calls. Rows that cannot be used without
missing ones are left out. The damaged file is not changed. While the target is
made, it needs twice the size of the file on disk.

Exit codes: 0 nothing is missing; 1 something is missing, but a server can use
the target; 2 nothing was made, because the file is in use or not a data file,
or the target exists or cannot be written.

Example:
  $ mrdian rescue /var/lib/mrdian/state.db /var/lib/mrdian/rescued.db
`,
    )
    .action((data: string, target: string, { json }: { readonly json: boolean }) =>
      onDataFile(() => run(data, target, json, print)),
    )
}
