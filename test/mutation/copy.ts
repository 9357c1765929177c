/** A copy of the repository for the mutants, so that the working tree does not change. */
import { cpSync, existsSync, mkdtempSync, readdirSync, realpathSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Left out because they are generated, large or linked. */
const LEFT_OUT = ['.git', 'node_modules', 'dist', 'data', 'coverage', 'test-artefacts']

export interface Copy {
  readonly root: string
  remove(): void
}

export function copyOf(root: string): Copy {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'mrdian-mutation-')))
  for (const name of readdirSync(root))
    if (!LEFT_OUT.includes(name)) cpSync(join(root, name), join(folder, name), { recursive: true })
  const packages = join(root, 'node_modules')
  if (existsSync(packages)) symlinkSync(realpathSync(packages), join(folder, 'node_modules'), 'dir')
  const remove = () => rmSync(folder, { recursive: true, force: true })
  process.once('exit', remove)
  return { root: folder, remove }
}
