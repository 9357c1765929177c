/** The programs of the README, as files that run in this clone. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const ROOT = fileURLToPath(new URL('../..', import.meta.url))

export const readme = await readFile(join(ROOT, 'README.md'), 'utf8')

/** The TypeScript programs of the README, in their order. */
export const programs = (): readonly string[] =>
  [...readme.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, text = '']) => text)

/** The program with files of this clone in place of packages. `test/package/embed.test.ts` installs the package. */
export const local = (program: string): string =>
  program
    .replaceAll("'mrdian'", `'${join(ROOT, 'src/index.ts')}'`)
    .replaceAll("'mrdian/machines'", `'${join(ROOT, 'machines/index.ts')}'`)
    .replaceAll(/'mrdian\/(\w+)'/g, (_, part: string) => `'${join(ROOT, 'src', part, 'index.ts')}'`)
    .replaceAll("'xstate'", `'${join(ROOT, 'node_modules/xstate/dist/xstate.cjs.mjs')}'`)
    .replaceAll("'fastify'", `'${join(ROOT, 'node_modules/fastify/fastify.js')}'`)
