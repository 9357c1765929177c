/** The fixtures of the viewer are the frames that this version sends. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { recorded } from './fixtures/recorded.ts'

it('the recorded frames are those of this version (`node test/inspect/fixtures/make.ts` records them again)', async () => {
  for (const [name, text] of Object.entries(await recorded()))
    expect(text.split('\n')).toEqual((await readFile(join(import.meta.dirname, 'fixtures', name), 'utf8')).split('\n'))
})
