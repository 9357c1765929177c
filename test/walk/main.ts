/** The whole walk: `npm run walk -- [--config a|b|c|d|e|f|calls] [--max-states N] [--seconds N]`. */
import { parseArgs } from 'node:util'
import { tour } from './calls/tour.ts'
import { CONFIGURATIONS } from './configuration.ts'
import { report, walk } from './walk.ts'

const { values } = parseArgs({
  options: { config: { type: 'string' }, 'max-states': { type: 'string' }, seconds: { type: 'string' } },
})
const limit = (text: string | undefined) => (text === undefined ? {} : { limit: Number(text) })
const { limit: maxStates = Number.POSITIVE_INFINITY } = limit(values['max-states'])
const { limit: seconds = Number.POSITIVE_INFINITY } = limit(values.seconds)
const isChosen = (name: string) => values.config === undefined || name === values.config
const chosen = Object.values(CONFIGURATIONS).filter(({ name }) => isChosen(name))
if (chosen.length === 0 && !isChosen('calls'))
  throw new Error(`there is no configuration ${values.config}, only a to f, and calls`)

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

if (isChosen('calls')) {
  process.stdout.write('calls of two agents: at most two at a time, one after the other\n')
  const { states, transitions, complete, differences } = await tour({
    ...(Number.isFinite(maxStates) ? { maxTransitions: maxStates * 12 } : {}),
    progress: (known, compared) => process.stderr.write(`\r${known} states, ${compared} transitions `),
  })
  process.stderr.write('\n')
  for (const difference of differences) process.stdout.write(`\n${difference}\n`)
  const end = complete ? 'complete' : 'not complete'
  process.stdout.write(`${states} states, ${transitions} transitions, ${end}, ${differences.length} differences\n`)
  if (differences.length > 0) process.exitCode = 1
}
