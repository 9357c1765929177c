/**
 * `npm run bench [-- ROW…]`: measurements, most of them as ratios to a reference that is measured in the same run, because
 * machines differ and are shared.
 *
 * `--agents N`: the size of the larger measurements, for trying something out; then nothing is judged. `--check`: ends with
 * exit code 1 if a figure is worse than it must be. `--json FILE`: also writes the figures to a file.
 */
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { type Figure, failing, type Measured, markdown } from './figures.ts'

/** The rows. They are loaded when they are measured. */
const ROWS: Readonly<Record<string, (agents: number | undefined) => Promise<readonly Figure[]>>> = {
  engine: async () => (await import('./engine.ts')).engineFigures(),
  recovery: async (agents) => (await import('./recovery.ts')).recoveryFigures(agents),
  storm: async (agents) => (await import('./storm.ts')).stormFigures(agents),
  stalls: async (agents) => (await import('./longest-turns.ts')).stallFigures(agents),
  follow: async () => (await import('./follow.ts')).followFigures(),
  floods: async () => (await import('./floods.ts')).floodFigures(),
  board: async (agents) => (await import('./board.ts')).boardFigures(agents),
  postgres: async () => (await import('./postgres.ts')).postgresFigures(),
  'take-over': async (agents) => (await import('./take-over.ts')).takeOverFigures(agents),
  'data-file': async (agents) => (await import('./data-file.ts')).dataFileFigures(agents),
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { agents: { type: 'string' }, check: { type: 'boolean' }, json: { type: 'string' } },
})
const names = positionals.length > 0 ? positionals : Object.keys(ROWS)
const unknown = names.find((name) => !Object.hasOwn(ROWS, name))
const agents = values.agents === undefined ? undefined : Number(values.agents)
if (unknown !== undefined || (agents !== undefined && !(Number.isSafeInteger(agents) && agents > 0))) {
  process.stderr.write(`bench: the rows are ${Object.keys(ROWS).join(', ')}; --agents is a number from 1 on\n`)
  process.exit(2)
}

const measured: Measured[] = []
for (const row of names) {
  process.stderr.write(`measuring: ${row}\n`)
  const begin = performance.now()
  const figures = (await ROWS[row]?.(agents)) ?? []
  measured.push({ row, seconds: Math.round((performance.now() - begin) / 1000), figures })
}
process.stdout.write(markdown(measured))
if (values.json !== undefined)
  writeFileSync(values.json, `${JSON.stringify({ node: process.version, agents, rows: measured }, null, 2)}\n`)
const bad = agents === undefined ? failing(measured) : []
for (const { what } of bad) process.stderr.write(`worse than it must be: ${what}\n`)
process.exit(values.check && bad.length > 0 ? 1 : 0)
