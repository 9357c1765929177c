/**
 * The first program of the README under "Embed" is killed while an agent has an offered dialog, and started again. The dialog
 * ends by its Start Timeout before the service is attached, and the agent gets its end.
 *
 * Slow, 10 s: the program is killed, and a Start Timeout passes in real time. More in `npm run test:whole`.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { isWhole } from '../suite/extent.ts'
import { xmppJsOverTcp } from '../xmpp/clients/xmpp-js.ts'
import { local, programs, ROOT } from './programs.ts'

/** Long enough for a start of the program and a sign-in over XMPP on a busy machine. */
const START_TIMEOUT_SECONDS = 6
const END = 'await xmpp.close()'
/** In the second run: the dialog ends by its Start Timeout before the service is attached. */
const UNTIL_THE_DIALOG_ENDS = `if (process.env.AFTER_CRASH && engine.get.dialogs('1001', 'nonvoice')?.length)
  await new Promise((end) => engine.on('notification', ({ event }) => event === 'DELETE' && end()))`
const SAYS_PRESENT = `engine.on('committed', () => {
  if (engine.get.presence('1001')?.sides.A === 'PRESENT') console.log('present')
})`

const running: ChildProcess[] = []
let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mrdian-embed-crash-'))
  const sample = await readFile(join(ROOT, 'src/directory/sample.yaml'), 'utf8')
  await writeFile(
    join(folder, 'agents.yaml'),
    sample.replace('startTimeoutSeconds: 120', `startTimeoutSeconds: ${START_TIMEOUT_SECONDS}`),
  )
  const [program = ''] = programs()
  expect(program).toContain(END)
  // The program stays up. After the crash it attaches the service only when the dialog has ended by its Start Timeout.
  const text = local(program)
    .replace('loadDirectory()', "loadDirectory('agents.yaml')")
    .replace(/const xmpp/, `${UNTIL_THE_DIALOG_ENDS}\nconst xmpp`)
    .replace(
      END,
      `${SAYS_PRESENT}\nconsole.log(JSON.stringify({ port: xmpp.ports.xmpp }))\nawait new Promise(() => {})\n$&`,
    )
  await writeFile(join(folder, 'program.ts'), text)
})
afterEach(async () => {
  for (const child of running.splice(0)) child.kill('SIGKILL')
  await rm(folder, { recursive: true, force: true })
})

interface Program {
  readonly child: ChildProcess
  readonly lines: AsyncIterator<string>
  readonly port: number
}

async function start(env: NodeJS.ProcessEnv = {}): Promise<Program> {
  const child = spawn(process.execPath, ['program.ts'], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...env },
  })
  running.push(child)
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const [, port] = await until(lines, /^\{"port":(\d+)\}$/)
  return { child, lines, port: Number(port) }
}

/** The first line of this form. */
async function until(lines: AsyncIterator<string>, form: RegExp): Promise<RegExpExecArray> {
  for (let next = await lines.next(); !next.done; next = await lines.next()) {
    const found = form.exec(next.value)
    if (found) return found
  }
  throw new Error('the program ended')
}

const client = (port: number) =>
  xmppJsOverTcp({ domain: 'localhost', xmpp: port, xmppTls: 0, httpBind: 0, rest: 0 }, '1001')

it.runIf(isWhole)('the agent gets the end of the dialog', async () => {
  const first = await start()
  await client(first.port).connect()
  const gone = new Promise((resolve) => first.child.once('exit', resolve))
  await until(first.lines, /^present$/)
  first.child.kill('SIGKILL')
  await gone

  const second = await start({ AFTER_CRASH: '1' })
  const agent = client(second.port)
  await agent.connect()
  for (;;) {
    const { node, text } = await agent.inbox.next()
    if (!text.includes('<id>1000_1001_5001</id>') || !text.includes('<event>DELETE</event>')) continue
    expect(node).toBe('/finesse/api/User/1001/Dialogs/Media')
    expect(text).toContain('<state>CLOSED</state>')
    return
  }
})
