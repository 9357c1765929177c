/**
 * The warm process. Node, the packages and the sources without types stay in memory. The modules are loaded again for
 * every mutant, with different URLs.
 */
import { readFileSync } from 'node:fs'
import { registerHooks, stripTypeScriptTypes } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { type Failed, isRequest, type WarmReply, type WarmRequest } from './messages.ts'

const ROOT = join(import.meta.dirname, '..', '..', '..')
const STAND_IN = new URL('stand-in.ts', import.meta.url).href
const ROOT_URL = pathToFileURL(`${ROOT}/`).href
const GENERATION = /[?&]mutant=(\d+)/

let mutant: { readonly url: string; readonly source: string } | undefined
let generation = 0
const stripped = new Map<string, string>()

const withoutTypes = (text: string) => stripTypeScriptTypes(text, { mode: 'strip' })

function sourceOf(url: string): string {
  if (url === mutant?.url) return mutant.source
  const known = stripped.get(url)
  if (known !== undefined) return known
  const source = withoutTypes(readFileSync(fileURLToPath(url), 'utf8'))
  stripped.set(url, source)
  return source
}

registerHooks({
  resolve(specifier, context, next) {
    if (specifier === 'vitest') return { url: STAND_IN, format: 'module-typescript', shortCircuit: true }
    const found = next(specifier, context)
    const [, tag] = GENERATION.exec(context.parentURL ?? '') ?? []
    const mine = found.url.startsWith(ROOT_URL) && found.url.endsWith('.ts')
    return tag !== undefined && mine ? { ...found, url: `${found.url}?mutant=${tag}` } : found
  },
  load(url, context, next) {
    if (!GENERATION.test(url)) return next(url, context)
    return { format: 'module', source: sourceOf(url.replace(GENERATION, '')), shortCircuit: true }
  },
})

const tell = (reply: WarmReply) => process.send?.(reply)
const textOf = (error: unknown) => (error instanceof Error ? `${error.name}: ${error.message}` : String(error))

/** Gets an error that no check catches. It counts as a failure of the running check. */
let stray: ((error: unknown) => void) | undefined
for (const event of ['uncaughtException', 'unhandledRejection'])
  process.on(event, (error: unknown) => {
    if (!stray) throw error
    stray(error)
  })

async function outcome(name: string, run: () => Promise<readonly Failed[]>): Promise<readonly Failed[]> {
  const strayed = new Promise<readonly Failed[]>((resolve) => {
    stray = (error) => resolve([{ check: name, detail: textOf(error) }])
  })
  try {
    return await Promise.race([run(), strayed])
  } catch (error) {
    return [{ check: name, detail: textOf(error) }]
  }
}

async function check(request: WarmRequest): Promise<readonly Failed[]> {
  const { stage, file, text, skip, all } = request
  generation += 1
  mutant = undefined
  const failed: Failed[] = []
  try {
    if (file !== '') mutant = { url: pathToFileURL(join(ROOT, file)).href, source: withoutTypes(text) }
  } catch (error) {
    return [{ check: 'load', detail: textOf(error) }]
  }
  const checks: typeof import('./checks.ts') = await import(`./checks.ts?mutant=${generation}`)
  for (const { name, run } of checks.checksOf(stage, file).filter((each) => !skip.includes(each.name))) {
    tell({ type: 'started', check: name })
    failed.push(...(await outcome(name, () => run(request))))
    if (failed.length > 0 && !all) break
  }
  return failed.map((each) => ({ ...each, detail: each.detail.slice(0, 2000) }))
}

process.on('message', (message) => {
  if (!isRequest(message)) return
  void check(message).then((failed) => tell({ type: 'done', failed }))
})
// ^C at a terminal reaches this process, too. It ignores it and ends with its parent, so that the mutant does not fail.
for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => undefined)
process.on('disconnect', () => process.exit())
tell({ type: 'ready' })
