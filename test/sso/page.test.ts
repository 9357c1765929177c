/** Runs the program of `src/sso/README.md` unchanged. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished, vi } from 'vitest'
import { local, ROOT } from '../package/programs.ts'

it('the page shows how a program issues and accepts tokens', async () => {
  const page = await readFile(join(ROOT, 'src/sso/README.md'), 'utf8')
  const program = page.match(/<!-- sso -->\n```ts\n([\s\S]*?)```/)?.[1] ?? ''
  const folder = await mkdtemp(join(tmpdir(), 'mrdian-sso-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const file = join(folder, 'program.ts')
  await writeFile(file, local(program))
  const printed = vi.spyOn(console, 'log').mockImplementation(() => undefined)
  onTestFinished(() => printed.mockRestore())
  await import(file)
  expect(printed.mock.calls).toEqual([[200]])
})
