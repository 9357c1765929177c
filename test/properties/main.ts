/** Longer runs: `node test/properties/main.ts --from 1 --to 50 [--runs 60] [--faults | --calls]`, or `--replay '<history>'`. */
import { parseArgs } from 'node:util'
import { smallestFailure } from './check.ts'
import { callHistories, histories } from './history.ts'
import { replay, type Visited } from './play.ts'

const { values } = parseArgs({
  options: {
    from: { type: 'string', default: '1' },
    to: { type: 'string', default: '10' },
    runs: { type: 'string', default: '60' },
    faults: { type: 'boolean', default: false },
    calls: { type: 'boolean', default: false },
    replay: { type: 'string' },
  },
})

if (values.replay !== undefined) await replay(values.replay)
else {
  const visited: Visited = new Map()
  const given = values.calls ? callHistories() : histories(values.faults)
  for (let seed = Number(values.from); seed <= Number(values.to); seed += 1) {
    const failure = await smallestFailure(given, seed, Number(values.runs), visited)
    process.stdout.write(`${failure ?? `seed ${seed}: holds`}\n`)
    if (failure !== undefined) process.exitCode = 1
  }
  for (const [what, times] of [...visited].sort()) process.stderr.write(`${what}: ${times}\n`)
}
