/**
 * Makes the script of the board's page, in one minified file.
 * Run by `npm run build`: `node src/inspect/board/bundle.ts dist/src/inspect/board` writes it, and the files beside it.
 */
import { copyFile, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'

const ENTRY = fileURLToPath(new URL('./page/index.ts', import.meta.url))

export async function bundleBoard(): Promise<string> {
  const bundle = await rolldown({ input: ENTRY, platform: 'browser' })
  try {
    const { output } = await bundle.generate({ format: 'iife', minify: true })
    const [{ code }, ...more] = output
    if (more.length > 0) throw new Error('the script of the board must be one file')
    return code
  } finally {
    await bundle.close()
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [, , target] = process.argv
  if (!target) throw new Error('say into which folder to write')
  const code = await bundleBoard()
  await mkdir(target, { recursive: true })
  await writeFile(join(target, 'board.js'), code)
  for (const file of ['board.html', 'board.css', 'icon.svg'])
    await copyFile(fileURLToPath(new URL(file, import.meta.url)), join(target, file))
  process.stdout.write(`${join(target, 'board.js')}: ${Math.round(Buffer.byteLength(code) / 1000)} kB\n`)
}
