/**
 * Makes `dist/` out of the sources: `npm run build`. What is no program goes along as it is, whatever its kind, beside the
 * program that reads it.
 */
import { execFileSync } from 'node:child_process'
import { copyFileSync, globSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bundleBoard } from './inspect/board/bundle.ts'
import { bundleViewer } from './inspect/viewer/bundle.ts'
import { bundlePage } from './simulate/report/bundle.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const TARGET = join(ROOT, 'dist')

/** What the compiler reads, and what is for readers of the sources. */
const STAYS = /\.tsx?$|^tsconfig\.json$|^README\.md$/

/** By one thread: several check much of it each for itself, which takes twice the time of the processor. */
function compile(): void {
  const compiler = createRequire(import.meta.url).resolve('typescript/package.json')
  const project = ['-p', join(ROOT, 'tsconfig.build.json'), '--singleThreaded']
  const arguments_ = [join(dirname(compiler), 'bin', 'tsc'), ...project]
  execFileSync(process.execPath, arguments_, { stdio: 'inherit' })
}

function write(file: string, text: string): void {
  const target = join(TARGET, file)
  mkdirSync(dirname(target), { recursive: true })
  writeFileSync(target, text)
  process.stdout.write(`dist/${file}: ${Math.round(Buffer.byteLength(text) / 1000)} kB\n`)
}

/** Scripts, styles, templates, scenarios, the sample: everything below `src` that is not compiled. */
function copyTheRest(): void {
  const found = globSync('src/**/*', { cwd: ROOT, withFileTypes: true })
  for (const entry of found) {
    if (!entry.isFile() || STAYS.test(entry.name)) continue
    const from = join(entry.parentPath, entry.name)
    const to = join(TARGET, from.slice(ROOT.length))
    mkdirSync(dirname(to), { recursive: true })
    copyFileSync(from, to)
  }
}

rmSync(TARGET, { recursive: true, force: true })
compile()
copyTheRest()
write('src/simulate/report/page.js', await bundlePage())
write('src/inspect/board/board.js', await bundleBoard())
for (const [name, text] of Object.entries(await bundleViewer())) write(`src/inspect/viewer/${name}`, text)
