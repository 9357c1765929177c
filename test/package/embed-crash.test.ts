/**
 * The first program of the README under "Embed" is killed while an agent has an offered dialog, and started again after
 * the Start Timeout: the agent gets the end of the dialog.
 *
 * Slow, 10 s: the program is killed, and a Start Timeout passes in real time.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { xmppJsOverTcp } from '../xmpp/clients/xmpp-js.ts'
import { local, programs, ROOT } from './programs.ts'

/** Long enough for a start of the program and a sign-in over XMPP on a busy machine. */
const START_TIMEOUT_SECONDS = 6
const END = 'await xmpp.close()'

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
  // The program stays up, and the time before the service is attached is long enough for a Start Timeout.
  const text = local(program)
    .replace('loadDirectory()', "loadDirectory('agents.yaml')")
    .replace(/const xmpp/, 'await new Promise((go) => setTimeout(go, 500))\nconst xmpp')
    .replace(END, 'console.log(JSON.stringify({ port: xmpp.ports.xmpp }))\nawait new Promise(() => {})\n$&')
  await writeFile(join(folder, 'program.ts'), text)
})
afterEach(async () => {
  for (const child of running.splice(0)) child.kill('SIGKILL')
  await rm(folder, { recursive: true, force: true })
})

async function start(): Promise<{ readonly child: ChildProcess; readonly port: number }> {
  const child = spawn(process.execPath, ['program.ts'], { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] })
  running.push(child)
  for await (const line of createInterface({ input: child.stdout })) {
    const [, port] = /^\{"port":(\d+)\}$/.exec(line) ?? []
    if (port !== undefined) return { child, port: Number(port) }
  }
  throw new Error('the program ended')
}

const client = (port: number) =>
  xmppJsOverTcp({ domain: 'localhost', xmpp: port, xmppTls: 0, httpBind: 0, rest: 0 }, '1001')

it('the agent gets the end of the dialog', async () => {
  const first = await start()
  await client(first.port).connect()
  const gone = new Promise((resolve) => first.child.once('exit', resolve))
  // The engine has to commit the presence, and no answer tells when it has.
  await sleep(300)
  first.child.kill('SIGKILL')
  await gone
  await sleep(START_TIMEOUT_SECONDS * 1000)

  const second = await start()
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
