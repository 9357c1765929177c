/**
 * `node test/simulate/closed-forms.ts [TIMES] [NAME]`: the closed forms, with runs that are 20 times as long as in the
 * tests. With a name, only those that begin with it.
 */
import { estimateOf, KNOWN } from './queues.ts'

const times = Number(process.argv[2] ?? 20)
const wanted = KNOWN.filter(({ name }) => name.startsWith(process.argv[3] ?? ''))
for (const known of wanted) {
  const { mean, low = Number.NaN, high = Number.NaN } = await estimateOf(known, { runs: 10, times })
  const isIn = known.answer > low && known.answer < high
  const show = (value: number) => (value > 1 ? `${(value / 1000).toFixed(1)} s` : value.toFixed(4))
  process.stdout.write(
    `${isIn ? 'inside' : 'OUTSIDE'}  ${known.name}: ${show(known.answer)}; found ${show(mean)} (${show(low)} to ${show(high)})\n`,
  )
  if (!isIn) process.exitCode = 1
}
