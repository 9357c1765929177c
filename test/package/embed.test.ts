/**
 * The product as embedders get it: packed, installed into an empty project, and used there.
 *
 * Slow, 25 s: the package is built if it is not, packed, and installed with all that it needs.
 */
import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'

const run = promisify(execFile)
const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const NPM = { cwd: ROOT, env: { ...process.env, npm_config_update_notifier: 'false' } }

/** An embedding service in its own words: own ACD, typed notifications, no XMPP. */
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

let project: string

beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), 'mrdian-embed-'))
  await writeFile(join(project, 'package.json'), JSON.stringify({ name: 'embedder', private: true, type: 'module' }))
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', project], {
    ...NPM,
    maxBuffer: 16 * 1024 * 1024,
  })
  const packed: unknown = JSON.parse(stdout.slice(stdout.indexOf('[')))
  const name = Array.isArray(packed) ? packed[0].filename : ''
  await run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', join(project, name)], {
    ...NPM,
    cwd: project,
  })
})

afterAll(() => rm(project, { recursive: true, force: true }))

it('runs an interrupt in an empty project, with an ACD of its own and typed notifications, without XMPP', async () => {
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

it('carries types that a strict consumer compiles against', async () => {
  await writeFile(join(project, 'service.ts'), SERVICE)
  const options = {
    module: 'nodenext',
    target: 'es2024',
    lib: ['es2024'],
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    types: [],
  }
  await writeFile(join(project, 'globals.d.ts'), 'declare const console: { log(text: string): void }\n')
  await writeFile(
    join(project, 'tsconfig.json'),
    JSON.stringify({ compilerOptions: options, files: ['service.ts', 'globals.d.ts'] }),
  )
  const tsc = join(ROOT, 'node_modules', '.bin', 'tsc')
  const path = `${dirname(process.execPath)}:${process.env.PATH}`
  await run(tsc, ['-p', project], { cwd: project, env: { ...process.env, PATH: path } })
})

it('carries every file beside its programs: sample, scenarios, templates of XMPP servers, pages', async () => {
  const shipped = join(project, 'node_modules', 'mrdian', 'dist', 'src')
  const files = (await readdir(join(ROOT, 'src'), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile() && !/\.tsx?$|^tsconfig\.json$|^README\.md$/.test(entry.name))
    .map((entry) => relative(join(ROOT, 'src'), join(entry.parentPath, entry.name)))
  expect(files).toEqual(
    expect.arrayContaining([
      'directory/sample.yaml',
      'simulate/scenarios/interrupt.yaml',
      'xmpp/external/prosody/prosody.cfg.lua',
      'xmpp/external/ejabberd/shared-roster.sh',
      'inspect/viewer/page.html',
      'inspect/board/board.css',
    ]),
  )
  for (const file of files)
    expect([file, await readFile(join(shipped, file), 'utf8')]).toEqual([
      file,
      await readFile(join(ROOT, 'src', file), 'utf8'),
    ])
  const scripts = ['simulate/report/page.js', 'inspect/board/board.js', 'inspect/viewer/viewer.js']
  for (const script of [...scripts, 'inspect/viewer/layout-worker.js'])
    expect((await stat(join(shipped, script))).size).toBeGreaterThan(10_000)
})

it('its command writes what an XMPP server needs, and a scenario runs', async () => {
  const mrdian = (...args: string[]) => run(process.execPath, [join(project, 'node_modules/.bin/mrdian'), ...args])
  const { stdout } = await mrdian('xmpp-setup', 'ejabberd', '--out', join(project, 'ejabberd'))
  expect(stdout).toContain(`wrote ${join(project, 'ejabberd', 'shared-roster.sh')}`)
  expect((await mrdian('simulate', 'interrupt')).stdout).toContain('Expectations: 13 of 13 held')
})

it('ships what it needs and nothing of its tests', async () => {
  const shipped = join(project, 'node_modules', 'mrdian')
  const manifest: unknown = JSON.parse(await readFile(join(shipped, 'package.json'), 'utf8'))
  expect(manifest).toMatchObject({ name: 'mrdian', license: 'Apache-2.0' })
  await expect(readFile(join(shipped, 'dist', 'src', 'directory', 'sample.yaml'), 'utf8')).resolves.toContain('areyes')
  await expect(readFile(join(shipped, 'test', 'package', 'embed.test.ts'), 'utf8')).rejects.toThrow('ENOENT')
})
