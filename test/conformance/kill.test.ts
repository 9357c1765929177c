/**
 * The process is killed in the middle of the scenario and started again on the same data. Everything continues.
 *
 * Slow, 12 s: the program is killed and started again.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { ENVIRONMENT, PROGRAM } from '../suite/started.ts'
import { FinesseClient } from './finesse-client.ts'

interface Server {
  readonly process: ChildProcess
  readonly at: { readonly rest: string; readonly ws: string }
}

const running: ChildProcess[] = []
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mrdian-kill-'))
})
afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL')
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** Starts `mrdian serve` on free ports. Resolves when it says that it is in service. */
async function serve(): Promise<Server> {
  const flags = ['--rest-port', '0', '--http-bind-port', '0', '--xmpp-port', '0', '--log-format', 'json']
  const child = spawn(process.execPath, [PROGRAM, 'serve', ...flags, '--data', join(folder, 'data.db')], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: ENVIRONMENT,
  })
  running.push(child)
  if (!child.stdout) throw new Error('no output')
  for await (const line of createInterface({ input: child.stdout })) {
    const entry: unknown = JSON.parse(line)
    if (typeof entry !== 'object' || entry === null || !('ports' in entry)) continue
    const { rest, httpBind } = Object(entry.ports)
    return { process: child, at: { rest: `http://127.0.0.1:${rest}`, ws: `ws://127.0.0.1:${httpBind}/ws` } }
  }
  throw new Error('the server ended before it was in service')
}

async function kill({ process: child }: Server): Promise<void> {
  const gone = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGKILL')
  await gone
}

async function acd(at: Server['at'], path: string, body?: object): Promise<Record<string, unknown>> {
  const response = await fetch(`${at.rest}/acd${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      authorization: `Basic ${Buffer.from('admin:secret').toString('base64')}`,
      'content-type': 'application/json',
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return JSON.parse(await response.text())
}

it('kill -9 in the middle of an interrupt: after a restart the states are the same and the story continues', async () => {
  const first = await serve()
  const agent = new FinesseClient('1001', first.at)
  await agent.connect()
  await agent.putUser('<state>LOGIN</state><extension>1001</extension>')
  for (const mrd of ['5001', '5002']) {
    await agent.media(
      mrd,
      '<state>LOGIN</state><maxDialogLimit>2</maxDialogLimit><interruptAction>ACCEPT</interruptAction>',
    )
    await agent.media(mrd, '<state>READY</state>')
  }
  const dialogs: string[] = []
  for (const scriptSelector of ['email_support', 'chat_sales']) {
    const { id } = await acd(first.at, '/tasks', { scriptSelector })
    const { dialogId } = await acd(first.at, `/tasks/${id}`)
    dialogs.push(String(dialogId))
    await agent.dialog(String(dialogId), 'ACCEPT')
    await agent.dialog(String(dialogId), 'START', `start ${dialogId}`)
  }
  const [email = '', chat = ''] = dialogs
  const views = ['User/1001', 'User/1001/Media', `Dialog/${email}`, `Dialog/${chat}`]
  const before = await Promise.all(views.map(async (path) => (await agent.get(path)).body))
  expect(before[2]).toContain('<state>INTERRUPTED</state>')
  await kill(first)

  const second = await serve()
  const again = new FinesseClient('1001', second.at)
  expect(await Promise.all(views.map(async (path) => (await again.get(path)).body))).toEqual(before)
  await again.connect()
  // The answer may have been lost with the process. The state would refuse a second START.
  await again.dialog(chat, 'START', `start ${chat}`)
  await again.dialog(chat, 'CLOSE')
  // Notifications that were undelivered at the kill come first, perhaps for a second time, with their old item ids.
  const CLOSED = 'User/1001/Dialogs/Media DELETE dialogs CLOSED CD_NORMAL_END_TASK'
  const seen: string[] = []
  while (seen.at(-1) !== CLOSED) seen.push(...(await again.next(1)))
  expect(seen.filter((news) => news.includes('apiErrors'))).toEqual([])
  expect(await again.next(2)).toEqual(['User/1001/Media PUT Media READY', 'User/1001/Media PUT Media ACTIVE'])
  expect((await again.get(`Dialog/${email}`)).value('state')).toBe('ACTIVE')
  await again.disconnect()
  const stopped = new Promise((resolve) => second.process.once('exit', resolve))
  second.process.kill('SIGTERM')
  expect(await stopped).toBe(0)
})
