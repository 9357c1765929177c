/** `npm run damage -- --count 1000`: damages data files in many ways, and prints what is noticed and what is saved. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { DAMAGES, hurt, noticed, original, readersNotice, rescued } from './damages.ts'

const { values } = parseArgs({
  options: { count: { type: 'string', default: '500' }, seed: { type: 'string', default: '1' } },
})
const [count, firstSeed] = [Number(values.count), Number(values.seed)]
const folder = mkdtempSync(join(tmpdir(), 'mrdian-damage-'))
const given = await original(folder)
const rows = new Map(
  DAMAGES.map((kind) => [kind, { kind, tried: 0, refused: 0, unharmed: 0, rows: 0, saved: 0, worst: 1, cut: 0 }]),
)
let failures = 0
const fail = (text: string) => {
  failures += 1
  console.log(text)
}
for (let seed = firstSeed; seed < firstSeed + count; seed += 1) {
  const kind = DAMAGES[seed % DAMAGES.length] ?? ''
  const row = rows.get(kind)
  if (row === undefined) continue
  const file = join(folder, `${seed}.db`)
  const { where } = hurt(given, file, kind, seed)
  const name = `seed ${seed}, ${kind} at ${where}`
  const read = readersNotice(file)
  const saved = await rescued(given, file, join(folder, `${seed}-saved.db`))
  const seen = await noticed(given, file)
  row.tried += 1
  if (seen === 'refused') row.refused += 1
  else if (seen === 'unharmed') row.unharmed += 1
  else fail(`${name}: not noticed: ${seen.differs.slice(0, 5).join(', ')}`)
  if (!read && seen === 'refused') fail(`${name}: readers do not notice`)
  if (saved.wrong.length > 0) fail(`${name}: saved rows that differ: ${saved.wrong.slice(0, 5).join(', ')}`)
  if (!saved.isTold) fail(`${name}: a loss is not reported`)
  row.rows += saved.rows
  row.saved += saved.saved
  row.worst = Math.min(row.worst, saved.saved / saved.rows)
  if (saved.wasCut) row.cut += 1
  for (const path of readdirSync(folder)) if (path.includes(`${seed}`)) rmSync(join(folder, path), { force: true })
}
rmSync(folder, { recursive: true })
const percent = (share: number) => `${(100 * share).toFixed(1)} %`
console.table(
  [...rows.values()].map(({ rows: all, saved, worst, ...row }) => ({
    ...row,
    saved: percent(saved / all),
    worst: percent(worst),
  })),
)
process.exitCode = failures > 0 ? 1 : 0
