/** The whole walk: `npm run walk -- [--config a|b|c|d|e|f] [--max-states N] [--seconds N]`. */
import { parseArgs } from 'node:util'
import { CONFIGURATIONS } from './configuration.ts'
import { report, walk } from './walk.ts'

const { values } = parseArgs({
  options: { config: { type: 'string' }, 'max-states': { type: 'string' }, seconds: { type: 'string' } },
})
const limit = (text: string | undefined) => (text === undefined ? {} : { limit: Number(text) })
const { limit: maxStates = Number.POSITIVE_INFINITY } = limit(values['max-states'])
const { limit: seconds = Number.POSITIVE_INFINITY } = limit(values.seconds)
const chosen = Object.values(CONFIGURATIONS).filter(({ name }) => values.config === undefined || name === values.config)
if (chosen.length === 0) throw new Error(`there is no configuration ${values.config}, only a to f`)

for (const configuration of chosen) {
  process.stdout.write(`configuration ${configuration.name}; pinned: ${configuration.pinned.join('; ')}\n`)
  const result = walk(configuration, {
    maxStates,
    seconds,
    progress: (states, waiting, transitions, past) =>
      process.stderr.write(
        `\r${states} states, ${waiting} waiting, ${transitions} transitions, ${Math.round(transitions / past)}/s `,
      ),
  })
  const { states, transitions, restored, complete, seconds: past } = result
  process.stderr.write('\n')
  process.stdout.write(
    `${states} states, ${transitions} transitions, ${restored} compared with a restored tree, ${Math.round(transitions / past)} inputs/s, ` +
      `${past.toFixed(1)} s, ${complete ? 'complete' : 'not complete'}\n`,
  )
  for (const difference of result.differences) process.stdout.write(`\n${report(difference)}\n`)
  process.stdout.write(`${result.differences.length} kinds of difference\n`)
  if (result.differences.length > 0) process.exitCode = 1
}
