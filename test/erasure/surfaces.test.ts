/** Erasure by HTTP and on the command line. More of it in `npm run test:whole`. */
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { variableSubject } from '../../src/cli/erase-command.ts'
import { createProgram } from '../../src/cli/program.ts'
import type { ServeOptions } from '../../src/cli/serve-options.ts'
import { type RunningServer, startServer } from '../../src/cli/server.ts'
import { replay } from '../../src/history/replay.ts'
import { sqliteStore } from '../../src/store/index.ts'
import { virtualClock } from '../../src/testing/virtual-clock.ts'
import { run, temporary } from '../cli/process.ts'
import { isWhole } from '../suite/extent.ts'
import { PATIENCE } from '../suite/patience.ts'
import { act, CHAT, ready } from './stage.ts'

const as = (who: string) => ({ authorization: `Basic ${btoa(who)}`, 'content-type': 'application/json' })

const servers: RunningServer[] = []
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()))
})

/** A server with a finished task of Alice and an open one of Bob. */
async function served(data: string) {
  const clock = virtualClock()
  const server = await startServer({ restPort: 0, httpBindPort: 'off', xmppPort: 'off', data, clock })
  servers.push(server)
  const { engine } = server
  const on = { engine, clock, store: sqliteStore(':memory:'), directory: engine.get.directory() }
  await ready(on, '1001', CHAT)
  const base = `http://127.0.0.1:${server.ports.rest}/acd`
  const ask = async (method: string, path: string, body?: object, who = 'admin:secret') => {
    const sent = body === undefined ? {} : { body: JSON.stringify(body) }
    const response = await fetch(base + path, { method, headers: as(who), ...sent })
    return { status: response.status, text: await response.text() }
  }
  const submit = async (value: string) => {
    const task = { scriptSelector: 'chat_sales', variables: { callVariable1: value } }
    const { id }: { id: string } = JSON.parse((await ask('POST', '/tasks', task)).text)
    return { id, dialog: engine.acd?.task(id)?.dialogId ?? '' }
  }
  const alice = await submit('Alice')
  await act(on, alice.dialog, 'ACCEPT')
  await act(on, alice.dialog, 'CLOSE')
  const bob = await submit('Bob')
  return { server, clock, ask, alice, bob }
}

/** The desktop of agent 1001 sends a log. */
async function logs({ ports }: RunningServer, text: string): Promise<void> {
  const response = await fetch(`http://127.0.0.1:${ports.rest}/finesse/api/User/1001/ClientLog`, {
    method: 'POST',
    headers: { ...as('1001:secret'), 'content-type': 'application/xml' },
    body: `<ClientLog><logData>${text}</logData></ClientLog>`,
  })
  expect(response.status).toBe(202)
}

/** The texts of the logs of desktops beside a data file. */
function logsOf(file: string): readonly string[] {
  const directory = `${file}.client-logs`
  return readdirSync(directory)
    .map((name) => readFileSync(join(directory, name), 'utf8'))
    .sort()
}

describe('logs of desktops (dialog 11)', () => {
  const subjects = { variables: [{ value: 'Alice' }] }

  it('are deleted with a customer, if they came since the customer’s first contact', async () => {
    const file = join(await temporary(), 'state.db')
    const { server, clock, ask, bob } = await served(file)
    await logs(server, 'callVariable1 is Alice')
    await clock.advance(1000)
    await logs(server, 'later')
    expect((await ask('POST', '/erasures', { ...subjects, dryRun: true })).status).toBe(200)
    expect((await ask('POST', '/erasures', { tasks: [bob.id] })).status).toBe(409)
    expect(logsOf(file)).toEqual(['callVariable1 is Alice', 'later'])
    expect((await ask('POST', '/erasures', subjects)).status).toBe(200)
    expect(logsOf(file)).toEqual([])
  })

  it.runIf(isWhole)('of a file that no server uses, too; a backup has them until then', async () => {
    const folder = await temporary()
    const [file, copy] = [join(folder, 'state.db'), join(folder, 'copy.db')]
    const { server, clock } = await served(file)
    await clock.advance(1000)
    await logs(server, 'Alice called')
    const backup = await run(['backup', file, copy])
    expect([backup.code, backup.out]).toEqual([
      0,
      `${copy} is a complete copy of ${file}\n${copy}.client-logs has 1 logs of desktops\n`,
    ])
    await servers.pop()?.close()
    const done = await run(['erase', file, '--variable', 'Alice', '--yes'])
    expect([done.code, done.out]).toEqual([0, expect.stringContaining('\ndeleted: 1 logs of desktops')])
    expect([logsOf(file), logsOf(copy)]).toEqual([[], ['Alice called']])
  })

  it('are deleted when the retention is over', async () => {
    const file = join(await temporary(), 'state.db')
    const clock = virtualClock()
    const hour = 3_600_000
    const server = await startServer({
      ...{ restPort: 0, httpBindPort: 'off', xmppPort: 'off', data: file, clock },
      ...{ customerDataRetention: 10 * hour, journalRetention: 24 * hour },
    })
    servers.push(server)
    await logs(server, 'old')
    await clock.advance(8 * hour)
    await logs(server, 'new')
    expect(logsOf(file)).toEqual(['new', 'old'])
    // A round takes some turns of the event loop, and plans the next one at its end.
    await vi.waitFor(
      async () => {
        await clock.advance(hour / 4)
        expect(logsOf(file)).toEqual(['new'])
      },
      { timeout: PATIENCE },
    )
  })
})

const bytes = (file: string) =>
  readdirSync(dirname(file))
    .map((name) => readFileSync(join(dirname(file), name), 'latin1'))
    .join('')

describe('POST /acd/erasures', () => {
  it('finds, erases and lists for administrators only, and no answer contains a value', async () => {
    const file = join(await temporary(), 'state.db')
    const { ask, alice, bob } = await served(file)
    const subjects = { variables: [{ value: 'Alice' }] }
    expect((await ask('POST', '/erasures', subjects, '1001:secret')).status).toBe(403)
    const dry = await ask('POST', '/erasures', { ...subjects, dryRun: true })
    expect(JSON.parse(dry.text)).toMatchObject({
      found: [{ ids: [alice.id, alice.dialog], open: null }],
      erasure: null,
    })
    expect(bytes(file).includes('Alice')).toBe(true)
    const done = await ask('POST', '/erasures', subjects)
    expect(done.status).toBe(200)
    expect(JSON.parse(done.text)).toMatchObject({ erasure: { by: 'admin', state: 'done', contacts: 1 } })
    expect(bytes(file).includes('Alice')).toBe(false)
    const listed = await ask('GET', '/erasures')
    expect(JSON.parse(listed.text)).toMatchObject([{ by: 'admin', contacts: 1, ids: [alice.id, alice.dialog] }])
    for (const { text } of [dry, done, listed]) expect(text).not.toContain('Alice')
    const refused = await ask('POST', '/erasures', { tasks: [bob.id] })
    expect(refused.status).toBe(409)
    expect(JSON.parse(refused.text)).toMatchObject({ error: 'STILL_OPEN', about: `task ${bob.id}` })
    for (const body of [{}, { tasks: 'x' }, { variables: [{ value: '' }] }, { callers: ['erased'] }, { who: 1 }])
      expect((await ask('POST', '/erasures', body)).status).toBe(400)
  })
})

describe('mrdian erase', () => {
  it.runIf(isWhole)(
    'erases in a file that no server uses; --dry-run only shows what it would erase',
    async () => {
      const file = join(await temporary(), 'state.db')
      const { server, bob } = await served(file)
      const inUse = await run(['erase', file, '--variable', 'Alice', '--yes'])
      expect(inUse).toMatchObject({ code: 2 })
      expect(inUse.err).toContain('POST /acd/erasures')
      await server.close()

      const dry = await run(['erase', file, '--variable', 'callVariable1=Alice', '--dry-run'])
      expect(dry).toMatchObject({ code: 0, err: '' })
      expect(dry.out).toMatch(/^5002-1, \S+: .* values in \d+ places\n$/)
      expect(await run(['erase', file, '--variable', 'Alice'])).toMatchObject({ code: 1 })
      expect(bytes(file).includes('Alice')).toBe(true)

      const open = await run(['erase', file, '--task', bob.id, '--yes'])
      expect(open).toMatchObject({ code: 1 })
      expect(open.err).toContain(`task ${bob.id} is still open`)

      const done = await run(['erase', file, '--variable', 'Alice', '--yes'])
      expect(done).toMatchObject({ code: 0, err: '' })
      expect(done.out).toContain('erased: 1 contacts')
      expect(done.out).not.toContain('Alice')
      expect(bytes(file).includes('Alice')).toBe(false)
      expect(bytes(file).includes('Bob')).toBe(true)
      const store = sqliteStore(file)
      try {
        if (!store.history) throw new Error('a data file has a history')
        expect((await replay(store.history)).aggregates.filter(({ difference }) => difference)).toEqual([])
      } finally {
        store.close()
      }
      expect((await run(['erase', file, '--variable', 'Alice', '--yes'])).out).toBe('nothing was found\n')
      const { server: again } = await served(file)
      expect(again.engine.erasures.list()).toMatchObject([{ by: 'mrdian erase', state: 'done' }])
    },
    240_000,
  )

  it('refuses a file that does not exist, and makes none', async () => {
    const file = join(await temporary(), 'none.db')
    const missing = await run(['erase', file, '--task', '5002-1', '--yes'])
    expect(missing).toMatchObject({ code: 2, out: '' })
    expect(readdirSync(dirname(file))).toEqual([])
  })

  it('distinguishes names of variables from values', () => {
    expect(variableSubject('user.customer=4711')).toEqual({ name: 'user.customer', value: '4711' })
    expect(variableSubject('user.microapp.ToExtVXML[0]=a')).toEqual({ name: 'user.microapp.ToExtVXML[0]', value: 'a' })
    expect(variableSubject('a=b')).toEqual({ value: 'a=b' })
    expect(variableSubject('callVariable1=a=b')).toEqual({ name: 'callVariable1', value: 'a=b' })
  })
})

describe('mrdian serve', () => {
  it('takes --customer-data-retention', async () => {
    const given: ServeOptions[] = []
    const program = createProgram(async (options) => void given.push({ ...options }))
    await program.parseAsync(['node', 'mrdian', 'serve', '--customer-data-retention', '7d'])
    expect(given).toMatchObject([{ customerDataRetention: 7 * 86_400_000 }])
  })
})
