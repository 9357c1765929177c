/**
 * The package as embedders get it: packed, installed into an empty project, and used there.
 *
 * Slow, 25 s: the package is built if necessary, packed, and installed with its dependencies. `npm run test:whole` also
 * compiles with the other resolution of modules.
 */
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, normalize, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { z } from 'zod'
import { some } from '../suite/extent.ts'
import { apiOf, REPORT } from './api.ts'

const run = promisify(execFile)
const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const NPM = { cwd: ROOT, env: { ...process.env, npm_config_update_notifier: 'false' } }

/** The code of an embedding service with its own ACD and typed notifications, without XMPP. */
const SERVICE = `
import { createEngine, type AcdEvents, type AcdPort, type AcdRequest, type NotificationEvent } from 'mrdian'
import { virtualClock } from 'mrdian/testing'
import { memoryStore } from 'mrdian/store'
import { mediaMachine } from 'mrdian/machines'

const requests: AcdRequest[] = []
let acdEvents: AcdEvents | undefined
const acd: AcdPort = {
  start: (events) => { acdEvents = events },
  request: async (request) => { requests.push(request) },
}
const clock = virtualClock()
const engine = await createEngine({ acd, clock, store: memoryStore() })
const seen: string[] = []
engine.on('notification', ({ node, value }: NotificationEvent) => {
  if (value.kind === 'media') seen.push(value.id + ' ' + value.status?.state)
})
for (const mrd of ['5001', '5002']) {
  await engine.command({ type: 'media.signIn', user: '1001', mrd, maxDialogLimit: 3, interruptAction: 'ACCEPT' })
  await engine.command({ type: 'media.setState', user: '1001', mrd, state: 'READY' })
}
for (const [id, mrd] of [['email-1', '5001'], ['chat-1', '5002']] as const) {
  await acdEvents?.offer('1001', 'offer of ' + id, { id, mrd, scriptSelector: 'x', variables: [] })
  const dialog = engine.get.dialogs('1001', 'nonvoice', mrd)?.[0]?.id ?? ''
  await engine.command({ type: 'dialog.act', user: '1001', dialog, action: 'ACCEPT' })
  await engine.command({ type: 'dialog.act', user: '1001', dialog, action: 'START' })
}
await clock.settle()
console.log(JSON.stringify({
  email: engine.get.media('1001', '5001').status?.state,
  seen,
  accepted: requests.filter((request) => request.type === 'accepted').length,
  machine: mediaMachine.id,
}))
await engine.close()
`

/** The code of an embedding service with the inspector. */
const INSPECTED = `
import { createEngine } from 'mrdian'
import { inspector } from 'mrdian/inspect'
import Fastify from 'fastify'

const engine = await createEngine()
const app = Fastify()
await app.register(inspector, { engine, prefix: '/look' })
for (const url of ['/look/', '/look/viewer.js', '/look/machines', '/look/look/machines']) {
  const { statusCode, headers } = await app.inject({ url, headers: { host: 'localhost' } })
  console.log(url, statusCode, headers['content-type'])
}
await app.close()
await engine.close()
`

/** Code that names types of the package, and gives optional properties as `undefined`. */
const PARTS = `
import {
  createEngine, type AcdTask, type Command, type CommandEvent, type DirectoryProblem, type HasAccounts,
  type LockoutLimits, type ReloadableAccounts, type RuleSet,
} from 'mrdian'
import type { MediaContext, TaskContext, UserContext } from 'mrdian/machines'
import type { FinesseOptions } from 'mrdian/rest'
import type { NotificationServiceOptions } from 'mrdian/xmpp'

export const acceptsInterrupt = ({ context }: { readonly context: MediaContext }) => context.mrd !== '5001'
export const rules: RuleSet = { name: 'own', guards: { media: { acceptsInterrupt }, task: undefined } }
export type Contexts = MediaContext | TaskContext | UserContext
export type Kept = ReloadableAccounts & { limits: LockoutLimits; problems: DirectoryProblem[]; events: CommandEvent[] }
export const none = undefined
export const command: Command = {
  type: 'user.setState', user: '1001', state: 'READY', requestId: none, side: none, reasonCodeId: none, by: none,
}
export const task: AcdTask = {
  id: 'a', mrd: '5001', scriptSelector: 'x', variables: [], queueNumber: none, queueName: none, associatedDialog: none,
}
export const engine: HasAccounts = await createEngine({ store: none, directory: none, acd: none, log: none, trace: none })
export const rest: Omit<FinesseOptions, 'engine'> = { accounts: none, side: none, hosts: none, bodyLimit: none }
export const xmpp: NotificationServiceOptions = { accounts: none, domain: none, port: none, clock: none }
`

/** All entries of the package that have types. */
const ENTRIES = ['', '/machines', '/rest', '/xmpp', '/follow', '/store', '/inspect', '/simulate', '/testing']
const EVERYTHING = ENTRIES.map((entry, index) => `export * as part${index} from 'mrdian${entry}'\n`).join('')

/**
 * Files of XState. Its declarations do not compile with `exactOptionalPropertyTypes` in any project, as the README
 * says.
 */
const OF_XSTATE = /^node_modules\/xstate\//

/** A module that makes Node report an older version. */
const OLD = 'data:text/javascript,Object.defineProperty(process,"versions",{value:{...process.versions,node:"22.1.0"}})'
const NEEDS = 'mrdian: Node 24 or newer is needed, this is 22.1.0'

/** Compiles files of the embedder; gives the exit code and the error lines. */
async function compiled(files: readonly string[], compilerOptions: object) {
  await writeFile(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, files }))
  const tsc = join(ROOT, 'node_modules', '.bin', 'tsc')
  const env = { ...process.env, PATH: `${dirname(process.execPath)}:${process.env.PATH}` }
  const done = run(tsc, ['-p', project, '--singleThreaded'], { cwd: project, env })
  const { code, stdout } = await done.then(
    ({ stdout }) => ({ code: 0, stdout }),
    (error: { code: number; stdout: string }) => error,
  )
  return { code, errors: stdout.split('\n').filter((line) => /^\S/.test(line)) }
}

const PACKED = z.tuple([z.object({ filename: z.string(), files: z.array(z.object({ path: z.string() })) })])

let project: string
let shipped: string
let files: readonly string[]

beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), 'mrdian-embed-'))
  await writeFile(join(project, 'package.json'), JSON.stringify({ name: 'embedder', private: true, type: 'module' }))
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', project], {
    ...NPM,
    maxBuffer: 16 * 1024 * 1024,
  })
  const [packed] = PACKED.parse(JSON.parse(stdout.slice(stdout.indexOf('['))))
  files = packed.files.map(({ path }) => path)
  shipped = join(project, 'node_modules', 'mrdian')
  const quick = ['--prefer-offline', '--ignore-scripts', '--no-audit', '--no-fund']
  await run('npm', ['install', ...quick, join(project, packed.filename)], { ...NPM, cwd: project })
})

afterAll(() => rm(project, { recursive: true, force: true }))

it('a service with its own ACD and typed notifications runs an interrupt in an empty project, without XMPP', async () => {
  await writeFile(join(project, 'service.ts'), SERVICE)
  const { stdout } = await run(process.execPath, ['service.ts'], { cwd: project })
  expect(JSON.parse(stdout)).toEqual({
    email: 'INTERRUPTED',
    seen: [
      '5001 NOT_READY',
      '5001 READY',
      '5002 NOT_READY',
      '5002 READY',
      '5001 RESERVED',
      '5001 ACTIVE',
      '5002 RESERVED',
      '5002 ACTIVE',
      '5001 INTERRUPTED',
    ],
    accepted: 2,
    machine: 'media',
  })
})

it('its types compile in a project without the types of Node and Fastify', async () => {
  await writeFile(join(project, 'service.ts'), SERVICE)
  await writeFile(join(project, 'globals.d.ts'), 'declare const console: { log(text: string): void }\n')
  const options = { module: 'nodenext', target: 'es2024', lib: ['es2024'], strict: true, noEmit: true }
  const { code, errors } = await compiled(['service.ts', 'globals.d.ts'], { ...options, skipLibCheck: true, types: [] })
  expect([code, errors]).toEqual([0, []])
})

/** Both resolutions read the same declarations, so each setting of the compiler is tried once. */
const COMPILERS: readonly [string, string, boolean][] = [
  ['nodenext', 'nodenext', true],
  ['esnext', 'bundler', false],
]

it.each(some(COMPILERS, 2))(
  'its types compile in a strict project: module %s, resolution %s, exact optional properties %s',
  async (...given) => {
    const [module, moduleResolution, exactOptionalPropertyTypes] = given
    await writeFile(join(project, 'service.ts'), SERVICE)
    await writeFile(join(project, 'everything.ts'), EVERYTHING)
    await writeFile(join(project, 'parts.ts'), PARTS)
    // Packages that such an embedder has installed.
    await mkdir(join(project, 'node_modules', '@types'), { recursive: true })
    for (const own of ['fastify', '@types/node'])
      await symlink(join(ROOT, 'node_modules', own), join(project, 'node_modules', own)).catch(() => undefined)
    const options = {
      module,
      moduleResolution,
      target: 'es2024',
      lib: ['es2024'],
      strict: true,
      exactOptionalPropertyTypes,
      noUncheckedIndexedAccess: true,
      noEmit: true,
      skipLibCheck: false,
      types: ['node'],
    }
    const { code, errors } = await compiled(['service.ts', 'everything.ts', 'parts.ts'], options)
    // 1 and 2 mean that there are errors. With any other code the compiler has not checked the files.
    expect([0, 1, 2]).toContain(code)
    expect(errors.filter((line) => !exactOptionalPropertyTypes || !OF_XSTATE.test(line))).toEqual([])
  },
)

it('its inspector serves the viewer, at the prefix that it is given', async () => {
  await symlink(join(ROOT, 'node_modules', 'fastify'), join(project, 'node_modules', 'fastify')).catch(() => undefined)
  await writeFile(join(project, 'inspected.ts'), INSPECTED)
  const { stdout } = await run(process.execPath, ['inspected.ts'], { cwd: project })
  expect(stdout.trim().split('\n')).toEqual([
    '/look/ 200 text/html; charset=utf-8',
    '/look/viewer.js 200 text/javascript; charset=utf-8',
    '/look/machines 401 application/json; charset=utf-8',
    '/look/look/machines 404 application/json; charset=utf-8',
  ])
})

it('its API is that of the report; `npm run api` writes the report again', async () => {
  expect(apiOf(shipped)).toBe(await readFile(REPORT, 'utf8'))
})

it('links in its pages lead to files of the package', async () => {
  const there = new Set(
    files.flatMap((file) => [file, ...file.split('/').map((_, i, all) => all.slice(0, i).join('/'))]),
  )
  const broken: string[] = []
  for (const file of files.filter((name) => name.endsWith('.md'))) {
    const text = await readFile(join(shipped, file), 'utf8')
    for (const [, to = ''] of text.matchAll(/\]\((?![a-z]+:)([^)#\s]+)[^)]*\)/g))
      if (!there.has(normalize(join(dirname(file), to)).replace(/\/$/, ''))) broken.push(`${file}: ${to}`)
  }
  expect(files).toEqual(expect.arrayContaining(['README.md', 'machines/RULES.md', 'src/store/README.md']))
  expect(broken).toEqual([])
})

it('the libraries of the command line are bundled with their licences, and few packages are installed', async () => {
  const installed = await readdir(join(project, 'node_modules'))
  for (const library of ['commander', 'elkjs', 'pino-pretty', 'prom-client', 'selfsigned'])
    expect(installed).not.toContain(library)
  const text = await readFile(join(shipped, 'dist', 'THIRD-PARTY-LICENSES'), 'utf8')
  for (const library of [
    'commander',
    'elkjs',
    'fastify',
    'avvio',
    'pino-pretty',
    'prom-client',
    '@peculiar/x509',
    'echarts',
    'preact',
  ])
    expect(text).toContain(`\n${library} `)
  const lock: unknown = JSON.parse(await readFile(join(project, 'node_modules', '.package-lock.json'), 'utf8'))
  const { packages } = z.object({ packages: z.record(z.string(), z.unknown()) }).parse(lock)
  expect(Object.keys(packages).length).toBeLessThan(70)
})

it('an older Node gets one sentence with the version that is needed', async () => {
  const old = (...args: string[]) =>
    run(process.execPath, ['--import', OLD, ...args], { cwd: project }).catch((error: unknown) => error)
  expect(await old(join(shipped, 'dist/src/cli/main.js'), '--version')).toMatchObject({ code: 1, stderr: `${NEEDS}\n` })
  const imported = await old('--input-type=module', '--eval', `import 'mrdian'`)
  expect(imported).toMatchObject({ code: 1, stderr: expect.stringContaining(NEEDS) })
  expect(imported).toMatchObject({ stderr: expect.not.stringContaining('    at ') })
  const entries = ENTRIES.filter((name) => name !== '/machines')
  const all = JSON.stringify(entries.map((name) => `mrdian${name}`))
  const each = `for (const name of ${all}) await import(name).catch(({ message }) => console.log(message))`
  const { stdout } = await run(process.execPath, ['--import', OLD, '--input-type=module', '--eval', each], {
    cwd: project,
  })
  expect(stdout).toBe(`${NEEDS}\n`.repeat(entries.length))
})

it('has every file that programs read: sample, scenarios, templates of XMPP servers, pages', async () => {
  const program = join(shipped, 'dist', 'src')
  const beside = (await readdir(join(ROOT, 'src'), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile() && !/\.tsx?$|^tsconfig\.json$|^README\.md$/.test(entry.name))
    .map((entry) => relative(join(ROOT, 'src'), join(entry.parentPath, entry.name)))
  expect(beside).toEqual(
    expect.arrayContaining([
      'directory/sample.yaml',
      'simulate/scenarios/interrupt.yaml',
      'xmpp/external/prosody/prosody.cfg.lua',
      'xmpp/external/ejabberd/shared-roster.sh',
      'inspect/viewer/page.html',
      'inspect/board/board.css',
    ]),
  )
  for (const file of beside)
    expect([file, await readFile(join(program, file), 'utf8')]).toEqual([
      file,
      await readFile(join(ROOT, 'src', file), 'utf8'),
    ])
  for (const script of ['simulate/report/page.js', 'inspect/board/board.js', 'inspect/viewer/viewer.js'])
    expect((await stat(join(program, script))).size).toBeGreaterThan(10_000)
})

it('its command writes the configuration of an XMPP server, runs a scenario and draws a machine', async () => {
  const mrdian = (...args: string[]) => run(process.execPath, [join(project, 'node_modules/.bin/mrdian'), ...args])
  const { stdout } = await mrdian('xmpp-setup', 'ejabberd', '--out', join(project, 'ejabberd'))
  expect(stdout).toContain(`wrote ${join(project, 'ejabberd', 'shared-roster.sh')}`)
  expect((await mrdian('simulate', 'interrupt')).stdout).toContain('Expectations: 13 of 13 held')
  expect((await mrdian('machines', 'media', '--format', 'svg')).stdout).toContain('<svg')
})

it('has no script that npm would run, or warn of, when the package is installed', async () => {
  const manifest: unknown = JSON.parse(await readFile(join(shipped, 'package.json'), 'utf8'))
  const { scripts } = z.object({ scripts: z.record(z.string(), z.string()) }).parse(manifest)
  const ofInstall = /^(pre|post)?(install|prepare)$|^prepublish$/
  expect(Object.keys(scripts).filter((name) => ofInstall.test(name))).toEqual([])
})

it('has the sample directory and no tests', async () => {
  const manifest: unknown = JSON.parse(await readFile(join(shipped, 'package.json'), 'utf8'))
  expect(manifest).toMatchObject({ name: 'mrdian', license: 'Apache-2.0' })
  await expect(readFile(join(shipped, 'dist', 'src', 'directory', 'sample.yaml'), 'utf8')).resolves.toContain('areyes')
  await expect(readFile(join(shipped, 'test', 'package', 'embed.test.ts'), 'utf8')).rejects.toThrow('ENOENT')
})
