/** No personal data reaches logs, metrics, health or standard error. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { Writable } from 'node:stream'
import { pino } from 'pino'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { loggerSettings } from '../../src/cli/logger.ts'
import { startServer } from '../../src/cli/server.ts'
import { parseDirectory } from '../../src/directory/index.ts'
import { UserBehaviour } from '../../src/engine/aggregate/user/behaviour.ts'
import { Undeliverable } from '../../src/engine/ports.ts'
import { memoryStore } from '../../src/store/index.ts'
import { run, serve, temporary } from '../cli/process.ts'
import { every } from '../store/rows.ts'
import { RawClient } from '../xmpp/support/raw-client.ts'

/** Texts that must not appear. Most begin with this mark. */
const MARK = 'Zyx'
const CALLER = '599887766'
const PASSWORD = `${MARK}-password`
const MARKS = [MARK, CALLER, '0477665544', btoa(PASSWORD).slice(0, 12)]

const DIRECTORY = `
version: 1
platform: CCE
administrators:
  - { id: admin, password: ${PASSWORD} }
mediaRoutingDomains:
  - { id: "1", name: Voice, description: Voice, interruptible: false }
  - { id: "5002", name: Chat, description: Chat, interruptible: false, scriptSelectors: [chat_sales] }
teams:
  - { id: "500", name: Sales }
users:
  - id: "1001"
    loginName: ${MARK}-login
    firstName: ${MARK}-first
    lastName: ${MARK}-last
    password: ${PASSWORD}
    teamId: "500"
    extensions: ["1001"]
    mediaRoutingDomains: ["5002"]
    mobileAgent: true
`

const basic = (name: string, password: string) => ({ authorization: `Basic ${btoa(`${name}:${password}`)}` })
const AGENT = basic('1001', PASSWORD)
const ADMIN = basic('admin', PASSWORD)

interface Place {
  readonly base: string
  readonly xmpp: number
}

/** Sends valid and invalid requests of all kinds, with marks in every place where a client can put text. */
async function provoke({ base, xmpp }: Place): Promise<void> {
  const ask = async (method: string, path: string, body?: string, headers: Record<string, string> = AGENT) => {
    const type = path.startsWith('/acd') ? 'application/json' : 'application/xml'
    const sent = body === undefined ? {} : { body, headers: { ...headers, 'content-type': type } }
    const response = await fetch(base + path, { method, headers, ...sent })
    return { status: response.status, text: await response.text() }
  }
  const acd = (path: string, body: object) => ask('POST', `/acd${path}`, JSON.stringify(body), ADMIN)
  const put = (path: string, body: string) => ask('PUT', `/finesse/api${path}`, body)

  await signInByXmpp(xmpp)
  expect((await put('/User/1001', '<User><state>LOGIN</state><extension>1001</extension></User>')).status).toBe(202)
  await put('/User/1001', `<User><state>${MARK}</state><extension>${MARK}</extension></User>`)
  await put('/User/1001', `<User><state>${MARK}</wrong>`)
  await ask('GET', '/finesse/api/User/1001', undefined, basic('1001', `${PASSWORD}-wrong`))
  await ask('GET', '/finesse/api/User/1001', undefined, basic(`${MARK}-nobody`, PASSWORD))
  expect((await ask('GET', '/finesse/api/User/1001')).text).toContain(`${MARK}-first`)
  await put('/User/1001', '<User><state>READY</state></User>')
  const media =
    '<Media><maxDialogLimit>3</maxDialogLimit><interruptAction>ACCEPT</interruptAction><dialogLogoutAction>CLOSE</dialogLogoutAction><state>LOGIN</state></Media>'
  await put('/User/1001/Media/5002', media)
  await put('/User/1001/Media/5002', '<Media><state>READY</state></Media>')

  const variables = { callVariable1: `${MARK}-1`, 'user.name': `${MARK}-2` }
  const made = await acd('/tasks', { scriptSelector: 'chat_sales', variables })
  expect(made.status).toBe(201)
  const { id }: { id: string } = JSON.parse(made.text)
  await acd('/tasks', { scriptSelector: 'chat_sales', variables: { callVariable1: MARK.repeat(100) } })
  await acd('/tasks', { scriptSelector: 'chat_sales', variables: { [MARK]: MARK } })
  await acd('/tasks', { scriptSelector: MARK, variables, agentId: MARK })
  await ask('POST', '/acd/tasks', `{"variables":{"callVariable1":"${MARK}`, ADMIN)
  await ask('POST', '/acd/tasks', JSON.stringify({ variables }), basic('admin', `${PASSWORD}-wrong`))
  const shown = JSON.parse((await ask('GET', `/acd/tasks/${id}`, undefined, ADMIN)).text)
  await put(`/Dialog/${shown.dialogId}`, '<Dialog><requestedAction>ACCEPT</requestedAction></Dialog>')
  await put(
    `/Dialog/${shown.dialogId}`,
    `<Dialog><requestedAction>TRANSFER</requestedAction><target>${MARK}</target></Dialog>`,
  )
  await put(`/Dialog/${shown.dialogId}`, '<Dialog><requestedAction>CLOSE</requestedAction></Dialog>')

  const call = await acd('/calls', { from: CALLER, to: '1001', variables })
  expect(call.status).toBe(201)
  const outside = await acd('/calls', { from: CALLER, to: '9999', variables })
  for (const { text } of [call, outside]) await acd(`/calls/${JSON.parse(text).id}`, { action: 'HANGUP' })
  await ask('GET', '/acd/explain/1001?personal=true', undefined, ADMIN)
  expect((await acd('/erasures', { variables: [{ value: `${MARK}-1` }], callers: [CALLER] })).status).toBe(200)
  await acd('/erasures', { variables: [{ value: MARK, name: MARK, more: MARK }] })
}

/** Signs in with a wrong and the right password, and sends text that is not XML. */
async function signInByXmpp(port: number): Promise<void> {
  const plain = (password: string) =>
    `<auth xmlns="urn:ietf:params:xml:ns:xmpp-sasl" mechanism="PLAIN">${btoa(['', '1001', password].join('\0'))}</auth>`
  const header =
    '<stream:stream xmlns="jabber:client" xmlns:stream="http://etherx.jabber.org/streams" to="localhost" version="1.0">'
  const client = await RawClient.open(port)
  client.send(header)
  await client.until('</stream:features>')
  client.send(plain(`${PASSWORD}-wrong`))
  await client.until('<failure')
  client.send(plain(PASSWORD))
  await client.until('<success')
  client.send(header)
  await client.until('</stream:features>')
  client.send(
    `<iq type="set" id="1"><bind xmlns="urn:ietf:params:xml:ns:xmpp-bind"><resource>desk</resource></bind></iq>`,
  )
  await client.until('type="result"')
  client.send(
    `<message to="localhost"><body>${MARK}</body></message><presence/><iq type="get" id="2"><query xmlns="${MARK}"/></iq>`,
  )
  await client.until('id="2"')
  const other = await RawClient.open(port)
  other.send(`${header}<message>${MARK}</body>&${MARK};`)
  await other.end()
  onTestFinished(() => void client.socket.destroy())
}

function recorder() {
  const lines: string[] = []
  const stream = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk))
      done()
    },
  })
  return { logger: pino(loggerSettings('trace'), stream), text: () => lines.join('') }
}

const found = (text: string) => MARKS.filter((mark) => text.includes(mark))

describe('personal data', () => {
  it('is not in logs, health and metrics, whatever clients send and whatever fails', async () => {
    const store = memoryStore({ keep: 'history' })
    let isFull = false
    const { commit } = store
    store.commit = (batch) => {
      if (isFull) throw new Error('disk full')
      commit.call(store, batch)
    }
    const { logger, text } = recorder()
    const directory = parseDirectory(DIRECTORY, 'marked')
    const server = await startServer({
      directory,
      data: store,
      logger,
      restPort: 0,
      httpBindPort: 'off',
      xmppPort: 0,
    })
    onTestFinished(() => server.close())
    const { engine, ports } = server
    const base = `http://127.0.0.1:${ports.rest}`
    await provoke({ base, xmpp: ports.xmpp ?? 0 })

    const submission = { mrd: '5002', scriptSelector: 'chat_sales', variables: [{ name: 'user.a', value: MARK }] }
    // An input that fails with the error text of a bug.
    vi.spyOn(UserBehaviour.prototype, 'step').mockImplementationOnce(() => JSON.parse('null').variables)
    await engine.acd?.submitTask(submission)
    const errors = (await every(engine.history?.all(0) ?? [])).map(({ error }) => error).join('')
    expect(errors).toContain('Cannot read properties of null')
    expect(found(errors)).toEqual([])
    // A notification that is too large, and notifications that cannot be rendered.
    await engine.acd?.submitTask({ ...submission, variables: [{ name: 'user.a', value: MARK.repeat(400_000) }] })
    engine.adapters.attach('A', {
      publish: () => Promise.reject(new Undeliverable('the notification cannot be rendered')),
    })
    await engine.command({
      type: 'user.signIn',
      user: '1001',
      extension: '1001',
      mobileAgent: { mode: 'CALL_BY_CALL', dialNumber: '0477665544' },
    })
    isFull = true
    await expect(engine.acd?.submitTask(submission)).rejects.toThrow('disk full')
    const health = await (await fetch(`${base}/health`)).text()
    const metrics = await (await fetch(`${base}/metrics`)).text()
    isFull = false

    expect(text()).toContain('input failed')
    expect(text()).toContain('cannot be delivered')
    expect(text()).toContain('disk full')
    expect(text()).toContain('sign-in refused')
    expect(found(text())).toEqual([])
    expect(found(health + metrics)).toEqual([])
  }, 240_000)

  it('is not on standard output and error, also when rows of the data file are damaged', async () => {
    const folder = await temporary()
    const [directory, data] = [join(folder, 'agents.yaml'), join(folder, 'state.db')]
    await writeFile(directory, DIRECTORY)
    const args = ['--directory', directory, '--data', data, '--log-level', 'trace', '--log-format', 'json']
    const server = await serve(args)
    await provoke({ base: server.base, xmpp: server.banner.ports.xmpp ?? 0 })
    const { code, out, err } = await server.end()
    expect(code).toBe(0)
    expect(found(out + err)).toEqual([])

    const database = new DatabaseSync(data)
    database.prepare("UPDATE snapshot SET state = '{' || ? || '}'").run(`"${MARK}" ${CALLER}`)
    database.close()
    for (const command of [
      ['serve', ...args],
      ['replay', data],
      ['erase', data, '--variable', MARK, '--yes'],
    ]) {
      const broken = await run(command)
      expect(broken.code).not.toBe(0)
      expect(broken.err).toContain('is damaged')
      expect(found(broken.out + broken.err)).toEqual([])
    }
  }, 240_000)
})
