/**
 * Makes `dist/` out of the sources: `npm run build`. What is no program goes along as it is, whatever its kind, beside the
 * program that reads it. Nothing is done when `dist/` is what these sources have made before.
 */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  copyFileSync,
  type Dirent,
  existsSync,
  globSync,
  mkdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { licencesOf } from './build/licences.ts'
import { dropPrivateTypes } from './build/public-types.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const TARGET = join(ROOT, 'dist')
/** Says which `dist/` was made, and of what. */
const MADE = join(ROOT, 'node_modules', '.cache', 'mrdian-build')
/** All that a build depends on. */
const SOURCES = ['machines/**/*', 'src/**/*', 'tsconfig*.json', 'package*.json']

/** What the compiler reads, and what is for readers of the sources. */
const STAYS = /\.tsx?$|^tsconfig\.json$|^README\.md$/

const pathOf = ({ parentPath, name }: Dirent) => join(parentPath, name)
const byPath = (a: Dirent, b: Dirent) => (pathOf(a) < pathOf(b) ? -1 : 1)

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

/** Of names and contents. */
function fingerprint(of: readonly string[]): string {
  const hash = createHash('sha256')
  for (const entry of globSync(of, { cwd: ROOT, withFileTypes: true }).sort(byPath)) {
    if (!entry.isFile()) continue
    const file = pathOf(entry)
    const content = readFileSync(file)
    hash.update(`${file.slice(ROOT.length)} ${content.length}\n`).update(content)
  }
  return hash.digest('hex')
}

const made = (sources: string) => `${sources} ${fingerprint(['dist/**/*'])}\n`

async function build(sources: string): Promise<void> {
  rmSync(MADE, { force: true })
  rmSync(TARGET, { recursive: true, force: true })
  compile()
  copyTheRest()
  // Whoever has nothing to build does not load the bundler.
  const { bundlePage } = await import('./simulate/report/bundle.ts')
  const { bundleBoard } = await import('./inspect/board/bundle.ts')
  const { bundleViewer } = await import('./inspect/viewer/bundle.ts')
  const { bundleLibraries } = await import('./build/libraries.ts')
  const modules = new Set<string>()
  write('src/simulate/report/page.js', await bundlePage(modules))
  write('src/inspect/board/board.js', await bundleBoard(modules))
  write('src/inspect/viewer/viewer.js', await bundleViewer(modules))
  for (const [name, text] of await bundleLibraries(ROOT, modules)) write(`src/bundled/${name}`, text)
  write('THIRD-PARTY-LICENSES', licencesOf(modules))
  dropPrivateTypes(ROOT, TARGET)
  mkdirSync(dirname(MADE), { recursive: true })
  // Of the sources as they were at the beginning: who edits them meanwhile has to build again.
  writeFileSync(MADE, made(sources))
}

const sources = fingerprint(SOURCES)
if (existsSync(MADE) && readFileSync(MADE, 'utf8') === made(sources)) process.stdout.write('dist/ is up to date\n')
else await build(sources)
