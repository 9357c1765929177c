/**
 * `npm run afternoon -- --agents 200 --hours 4`: a follower beside a server through hours of scripted failures, in
 * virtual time. At each rest it has to read the same as its Finesse. `--seed 7` plays others; an odd one follows with the
 * session of the administrator alone.
 */
import { parseArgs } from 'node:util'
import { randomRun } from './random-run.ts'

const text = { type: 'string' } as const
const { values } = parseArgs({ options: { agents: text, hours: text, seed: text } })
const [agents, hours, seed] = [Number(values.agents ?? 200), Number(values.hours ?? 4), Number(values.seed ?? 2)]

const say = (line: string) => process.stdout.write(`${line}\n`)
/** Each disturbance lasts a minute on average, and the rest after four of them a minute. */
const rests = Math.max(1, Math.round(hours * 12))
const began = performance.now()
const result = await randomRun({ seed, agents, rests, disturbances: 4, actions: 40, seconds: 120, say })
const { differences, figures } = result
say(`${agents} agents, ${result.hours.toFixed(1)} hours, ${result.actions} requests, seed ${seed}:`)
say(JSON.stringify(figures))
say(`${((performance.now() - began) / 1000).toFixed(0)} s`)
for (const each of differences) say(each)
say(differences.length === 0 ? 'at every rest the follower was the same as its Finesse' : 'the follower is wrong')
process.exit(differences.length === 0 ? 0 : 1)
