/**
 * The diagrams in the READMEs: `npm run diagrams` writes them, and a test fails when they are out of date.
 * A diagram stands between `<!-- diagram NAME -->` and `<!-- end of diagram -->`.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { charts, diagramOf } from '../../../src/inspect/diagram/index.ts'

export const READMES = ['README.md', 'machines/README.md'].map((file) =>
  fileURLToPath(new URL(`../../../${file}`, import.meta.url)),
)

const PLACE = /(<!-- diagram ([\w-]+) -->\n)[\s\S]*?(<!-- end of diagram -->)/g

export const namesIn = (readme: string): readonly string[] => [...readme.matchAll(PLACE)].map(([, , name = '']) => name)

/** The text of a README with the current diagrams. Throws for a diagram of a machine that does not exist. */
export async function withDiagrams(readme: string): Promise<string> {
  const all = charts()
  const texts = new Map<string, string>()
  for (const name of namesIn(readme)) {
    const chart = all.get(name)
    if (!chart) throw new Error(`there is no machine ${name}`)
    texts.set(name, await diagramOf(chart, 'mermaid'))
  }
  return readme.replaceAll(
    PLACE,
    (_, begin: string, name: string, end: string) => `${begin}\`\`\`mermaid\n${texts.get(name)}\`\`\`\n${end}`,
  )
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  for (const file of READMES) {
    await writeFile(file, await withDiagrams(await readFile(file, 'utf8')))
    process.stdout.write(`${file}\n`)
  }
