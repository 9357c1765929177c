/** `mrdian machines`: prints the state machines as diagrams. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Command, Option } from '../bundled/commander.ts'
import type { Chart } from '../inspect/diagram/index.ts'
import { FORMATS, type Format, MACHINES } from '../inspect/diagram/names.ts'
import { linesOnOutput } from './data-file.ts'
import { textOf } from './option-values.ts'
import { StartFailure } from './start-failure.ts'

interface MachinesOptions {
  readonly format: Format
  readonly out?: string
  readonly actions: boolean
  readonly all: boolean
}

const HELP = `
mermaid is for Markdown (GitHub draws it), svg for a browser, json for XState
(createMachine takes it, Stately's tools import it), tables for programs, scxml
for tools that read state charts. In mermaid and svg, all rows between two
states are one arrow, and rows that change no state are left out unless --all is
given; json, tables and scxml have all rows. Of the rows of one event, the first
whose [guard] holds is taken. Rows of "any state" apply if the state itself has
no row for the event.

json: the machine's configuration, without its first context.
tables: { format, name, initial,
          states: [{ name, kind: rest|choice|final|group,
                     within, begins, entry, exit }],
          rows: [{ from, event, guard, to, reenters, actions }] }
from "*" means any state; to null means no change; guards and actions are
{ name, params }. Without a name, json and tables are an array of these.

Examples:
  $ mrdian machines media
  $ mrdian machines --format svg --out diagrams
  $ mrdian machines task --format tables | jq '.rows[] | select(.to == "INTERRUPTED")'
`

export function addMachinesCommand(program: Command): void {
  program
    .command('machines')
    .argument('[name]', `one of ${MACHINES.join(', ')} (default: all)`)
    .description('Print the diagrams of the state machines.')
    .addOption(
      new Option('--format <format>', 'what to print')
        .choices(Object.keys(FORMATS))
        .default('mermaid' satisfies Format),
    )
    .option('--out <dir>', 'write one file per machine into this folder', textOf)
    .option('--actions', 'also show the actions of each row (mermaid, svg)', false)
    .option('--all', 'also show rows that change no state (mermaid, svg)', false)
    .addHelpText('after', HELP)
    .action(async (name: string | undefined, options: MachinesOptions) => {
      const { format, out } = options
      const { charts, diagramOf } = await import('../inspect/diagram/index.ts')
      const chosen = chosenCharts(name, charts())
      const texts = new Map<string, string>()
      for (const chart of chosen) texts.set(chart.name, await diagramOf(chart, format, drawOptions(options)))
      const output = linesOnOutput()
      if (out === undefined) await output.write(together([...texts.values()], format, name))
      else for (const file of await written(texts, out, format)) await output.write(file)
    })
}

const drawOptions = ({ actions, all }: MachinesOptions) => ({ actions, internal: all })

function chosenCharts(name: string | undefined, all: ReadonlyMap<string, Chart>): readonly Chart[] {
  if (name === undefined) return [...all.values()]
  const chart = all.get(name)
  if (!chart) throw new StartFailure(`there is no machine ${name}; there are ${[...all.keys()].join(', ')}`)
  return [chart]
}

/** Joins the texts. JSON texts become an array, so that the output is one JSON text. */
function together(texts: readonly string[], format: Format, name: string | undefined): string {
  const trimmed = texts.map((text) => text.trimEnd())
  return (format === 'json' || format === 'tables') && name === undefined
    ? `[${trimmed.join(',\n')}]`
    : trimmed.join('\n\n')
}

async function written(texts: ReadonlyMap<string, string>, folder: string, format: Format): Promise<readonly string[]> {
  try {
    await mkdir(folder, { recursive: true })
    const files = [...texts].map(([name, text]) => ({ file: join(folder, `${name}.${FORMATS[format]}`), text }))
    for (const { file, text } of files) await writeFile(file, text)
    return files.map(({ file }) => file)
  } catch (error) {
    throw new StartFailure(`cannot write into ${folder}: ${error instanceof Error ? error.message : String(error)}`)
  }
}
