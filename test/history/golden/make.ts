/** Makes the golden journals of this machine version: `node test/history/golden/make.ts`. See README.md. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { MACHINE_VERSION } from '../../../machines/index.ts'
import { writeGolden } from './read.ts'
import { Stage } from './stage.ts'
import { STORIES } from './stories.ts'

const folder = join(import.meta.dirname, `v${MACHINE_VERSION}`)
await mkdir(folder, { recursive: true })
for (const { name, options, run } of STORIES) {
  const stage = await Stage.open(options?.())
  await run(stage)
  await stage.close()
  const text = writeGolden({ golden: name, machineVersion: MACHINE_VERSION }, stage)
  await writeFile(join(folder, `${name}.jsonl`), text)
  const failed = stage.rows.filter(({ outcome }) => outcome === 'failed').length
  process.stdout.write(`${name}: ${stage.rows.length} rows, ${failed} failed, ${stage.snapshots.length} snapshots\n`)
}
