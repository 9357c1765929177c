/** `node test/simulate/closed-forms.ts [TIMES]`: the closed forms, with runs that are 20 times as long as in the tests. */
import { estimateOf, KNOWN } from './queues.ts'

const times = Number(process.argv[2] ?? 20)
for (const known of KNOWN) {
  const { mean, low = Number.NaN, high = Number.NaN } = await estimateOf(known, { runs: 10, times })
  const isIn = known.answer > low && known.answer < high
  const show = (value: number) => (value > 1 ? `${(value / 1000).toFixed(1)} s` : value.toFixed(4))
  process.stdout.write(
    `${isIn ? 'inside' : 'OUTSIDE'}  ${known.name}: ${show(known.answer)}; found ${show(mean)} (${show(low)} to ${show(high)})\n`,
  )
  if (!isIn) process.exitCode = 1
}
