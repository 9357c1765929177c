/** Deletes the declarations that no program can import. They are a third of what the compiler writes. */
import { existsSync, globSync, readFileSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { z } from 'zod'

const MANIFEST = z.object({ exports: z.record(z.string(), z.union([z.string(), z.object({ types: z.string() })])) })
const QUOTE = /["']/

/** Keeps the declarations of the package's entries and all declarations that they refer to. Deletes the others. */
export function dropPrivateTypes(root: string, target: string): void {
  const { exports } = MANIFEST.parse(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')))
  const needed = new Set<string>()
  const visit = (file: string): void => {
    if (needed.has(file) || !existsSync(file)) return
    needed.add(file)
    // Quoted texts that begin with a dot are paths of other declarations.
    for (const name of readFileSync(file, 'utf8').split(QUOTE))
      if (name.startsWith('.')) visit(join(dirname(file), name.replace(/\.[jt]s$/, '.d.ts')))
  }
  for (const entry of Object.values(exports)) if (typeof entry !== 'string') visit(join(root, entry.types))
  for (const file of globSync('**/*.d.ts', { cwd: target }))
    if (!needed.has(join(target, file))) rmSync(join(target, file))
}
