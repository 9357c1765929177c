/**
 * Changes of the directory while the server runs: `POST /acd/directory`, with and without a body, and `mrdian reload`.
 *
 * Slow, 12 s: every reload is read in a thread of its own, and the command is started several times.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { createProgram } from '../../src/cli/program.ts'
import { type RunningServer, startServer } from '../../src/cli/server.ts'
import { run } from './process.ts'

const SAMPLE = await readFile(fileURLToPath(new URL('../../src/directory/sample.yaml', import.meta.url)), 'utf8')
const RENAMED = SAMPLE.replace('firstName: Ana', 'firstName: Anna')

let folder: string
let file: string
let server: RunningServer

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mrdian-directory-'))
  file = join(folder, 'agents.yaml')
  await writeFile(file, SAMPLE)
  server = await startServer({
    directory: file,
    data: ':memory:',
    restPort: 0,
    xmppPort: 'off',
    httpBindPort: 'off',
  })
})
afterEach(async () => {
  await server.close()
  await rm(folder, { recursive: true, force: true })
})

async function post(body?: string, type = 'application/yaml', who = 'admin:secret', query = '') {
  const response = await fetch(`http://127.0.0.1:${server.ports.rest}/acd/directory${query}`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(who)}`, ...(body === undefined ? {} : { 'content-type': type }) },
    ...(body === undefined ? {} : { body }),
  })
  const json: Record<string, unknown> = JSON.parse(await response.text())
  return { status: response.status, json }
}

const CONFIRMED = '?confirmRemovals=true'
const UNMARKED = SAMPLE.replace(/\.\.\.\n$/, '')
const upTo = (text: string, end: string) => text.slice(0, text.indexOf(end))
const ids = () => server.engine.get.users().map(({ id }) => id)

const firstName = () => server.engine.get.user('1001')?.firstName

describe('POST /acd/directory without a body', () => {
  it('reads the file again and answers with the differences', async () => {
    await writeFile(file, RENAMED)
    const { status, json } = await post()
    expect(status).toBe(200)
    expect(json).toMatchObject({
      source: file,
      users: { added: [], changed: ['1001'], removed: [] },
      teams: { added: [], changed: [], removed: [] },
      administrators: { added: [], changed: [], removed: [] },
      settings: [],
      passwords: [],
    })
    expect(firstName()).toBe('Anna')
  })

  it('a file that is not valid changes nothing: 400 with every problem and its line', async () => {
    await writeFile(
      file,
      SAMPLE.replace('version: 1', 'version: 1\ncolour: red').replace('teamId: "2001"', 'teamId: 7'),
    )
    const { status, json } = await post()
    expect(status).toBe(400)
    expect(json.error).toBe('INVALID_DIRECTORY')
    expect(json.problems).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ path: 'colour', line: expect.any(Number), message: 'unknown key' }),
        expect.objectContaining({ path: expect.stringMatching(/^users\[\d+\]\.teamId$/), line: expect.any(Number) }),
      ]),
    )
    expect(JSON.stringify(json)).not.toContain('secret')
    expect(firstName()).toBe('Ana')
  })

  it('a missing file changes nothing', async () => {
    await rm(file)
    expect(await post()).toMatchObject({ status: 400, json: { error: 'INVALID_DIRECTORY' } })
    expect(firstName()).toBe('Ana')
  })
})

describe('POST /acd/directory with a directory as the body', () => {
  it.each(['application/yaml', 'text/yaml', 'text/plain'])(
    'accepts YAML as %s; the next reload without a body uses the file again',
    async (type) => {
      expect(await post(RENAMED, type)).toMatchObject({ status: 200, json: { source: 'body' } })
      expect(firstName()).toBe('Anna')
      expect(await post()).toMatchObject({ status: 200, json: { users: { changed: ['1001'] } } })
      expect(firstName()).toBe('Ana')
    },
  )

  it('accepts JSON', async () => {
    const directory = {
      version: 1,
      administrators: [{ id: 'admin', password: 'other' }],
      teams: [{ id: '1', name: 'One' }],
      users: [{ id: '7', loginName: 'seven', password: 'secret', teamId: '1' }],
    }
    const { status, json } = await post(JSON.stringify(directory), 'application/json', 'admin:secret', CONFIRMED)
    expect(status).toBe(200)
    expect(json).toMatchObject({ users: { added: ['7'] }, administrators: { changed: ['admin'] } })
    expect(server.engine.get.users().map(({ id }) => id)).toEqual(['7'])
    expect((await post()).status).toBe(401)
    expect((await post(undefined, '', 'admin:other')).status).toBe(200)
  })

  it('a directory that is not valid gets 400 with the lines of the problems', async () => {
    const { status, json } = await post('version: 1\nusers:\n  - id: "7"\n')
    expect(status).toBe(400)
    expect(json.problems).toContainEqual(
      expect.objectContaining({ file: 'body', line: 3, path: 'users[0].loginName', message: 'is missing' }),
    )
    expect(server.engine.get.users()).toHaveLength(7)
  })

  it.each([
    ['a body that is too large', () => post(`# ${'x'.repeat(16 * 1024 * 1024)}`), 413],
    ['a body of another type', () => post(RENAMED, 'application/xml'), 415],
    ['a request of a user', () => post(RENAMED, 'application/yaml', '1001:secret'), 403],
    ['a request with a wrong password', () => post(RENAMED, 'application/yaml', '1001:wrong'), 401],
  ])('%s is refused and changes nothing', async (_what, ask, status) => {
    expect((await ask()).status).toBe(status)
    expect(firstName()).toBe('Ana')
  })
})

describe('a file that is cut off changes nothing', () => {
  const ALL = ['1234', '1001', '1002', '1003', '1004', '1005', '1006']

  it.each([
    ['in its middle', upTo(SAMPLE, '  - id: "1004"')],
    ['before its last user', upTo(SAMPLE, '  - id: "1006"')],
    ['within its last user', upTo(SAMPLE, '    extensions: ["1006"]')],
    ['before its end mark', UNMARKED],
    ['within the end mark', `${UNMARKED}..`],
    ['after its first line', 'version: 1\n'],
    ['at its beginning', ''],
  ])('%s', async (_where, text) => {
    await writeFile(file, text)
    const { status, json } = await post(undefined, '', 'admin:secret', CONFIRMED)
    expect({ status, error: json.error }).toEqual({ status: 400, error: 'INVALID_DIRECTORY' })
    await expect(server.reloadDirectory()).rejects.toThrow(file)
    expect(ids()).toEqual(ALL)
    await writeFile(file, SAMPLE)
    expect((await post()).status).toBe(200)
  })

  it('a directory without an administrator is refused even when removals are confirmed', async () => {
    const problems = [{ file: 'body', path: 'administrators', message: 'without one, nobody may use /acd' }]
    expect(await post('version: 1\n', 'application/yaml', 'admin:secret', CONFIRMED)).toMatchObject({
      status: 400,
      json: { error: 'INVALID_DIRECTORY', problems },
    })
    expect(ids()).toEqual(ALL)
  })

  it('the removal of many users needs a confirmation: 409 with the numbers', async () => {
    const fewer = upTo(SAMPLE, '  - id: "1004"')
    expect(await post(fewer)).toEqual({
      status: 409,
      json: {
        error: 'REMOVALS_NOT_CONFIRMED',
        about: 'confirmRemovals',
        message:
          'the directory leaves out 3 of 7 users, and nothing has changed: is the file complete? To remove them: confirmRemovals=true',
      },
    })
    expect(ids()).toEqual(ALL)
    expect(await post(fewer, 'application/yaml', 'admin:secret', '?confirmRemovals=yes')).toMatchObject({
      status: 400,
      json: { error: 'INVALID_PARAMETER' },
    })
    expect(await post(fewer, 'application/yaml', 'admin:secret', CONFIRMED)).toMatchObject({
      status: 200,
      json: { users: { removed: ['1004', '1005', '1006'] } },
    })
    expect(ids()).toEqual(ALL.slice(0, 4))
  })
})

describe('a start', () => {
  const start = (given: Parameters<typeof startServer>[0]) =>
    startServer({ restPort: 0, xmppPort: 'off', httpBindPort: 'off', data: join(folder, 'state.db'), ...given })

  it('with a data file that has users refuses a directory that is cut off, and the users stay', async () => {
    const own = join(folder, 'own.yaml')
    await writeFile(own, UNMARKED)
    await (await start({ directory: own })).close()
    for (const cut of ['version: 1\n', upTo(SAMPLE, '  - id: "1002"')]) {
      await writeFile(own, cut)
      await expect(start({ directory: own })).rejects.toThrow(
        /^data file .*state\.db: the directory leaves out [57] of 7 users, and nothing has changed: is the file complete\? Confirm: --confirm-removals; use another data file: --data FILE$/,
      )
    }
    const confirmed = await start({ directory: own, confirmRemovals: true })
    expect(confirmed.engine.get.users().map(({ id }) => id)).toEqual(['1234', '1001'])
    await confirmed.close()
  })

  it('refuses a file without its end mark when the file had one at the last start', async () => {
    await (await start({ directory: file })).close()
    await writeFile(file, UNMARKED)
    await expect(start({ directory: file, confirmRemovals: true })).rejects.toThrow(/it seems to be cut off$/)
    await writeFile(file, SAMPLE)
    await (await start({ directory: file })).close()
  })

  it('uses the removal limit that is given', async () => {
    const own = await start({ directory: file, removalLimit: { share: 0, users: 0 } })
    await writeFile(file, `${upTo(SAMPLE, '  - id: "1006"')}...\n`)
    await expect(own.reloadDirectory()).rejects.toThrow('leaves out 1 of 7 users')
    await own.close()
  })
})

describe('mrdian reload', () => {
  const reload = (password: string, ...more: string[]) =>
    run(['reload', '--server', `http://127.0.0.1:${server.ports.rest}`, ...more], {
      env: { MRDIAN_PASSWORD: password },
    })

  it('prints what has changed, and asks for --confirm-removals where it is needed', async () => {
    await writeFile(file, RENAMED)
    expect(await reload('secret')).toMatchObject({
      code: 0,
      out: expect.stringContaining(`in force from ${file}\n  users changed: 1 (1001)\n`),
    })
    await writeFile(file, `${upTo(RENAMED, '  - id: "1004"')}...\n`)
    expect(await reload('secret')).toMatchObject({
      code: 1,
      err: 'mrdian: the directory leaves out 3 of 7 users, and nothing has changed: is the file complete? To remove them: --confirm-removals\n',
    })
    expect(await reload('secret', '--confirm-removals')).toMatchObject({
      code: 0,
      out: expect.stringContaining('  users removed: 3 (1004, 1005, 1006)\n'),
    })
  })

  /** Runs `mrdian reload` in this process; the command is expected to fail. */
  const failing = async (password: string, ...more: string[]) => {
    vi.stubEnv('MRDIAN_PASSWORD', password)
    onTestFinished(() => {
      vi.unstubAllEnvs()
    })
    const address = ['--server', `http://127.0.0.1:${server.ports.rest}`]
    await createProgram().parseAsync(['node', 'mrdian', 'reload', ...address, ...more])
  }

  it.each([
    ['a wrong password', 'wrong', [], 'the password of admin is not right, or there is no such account'],
    ['a user', 'secret', ['--user', '1001'], '1001 is no administrator'],
    ['no server', 'secret', ['--server', 'http://127.0.0.1:1'], 'http://127.0.0.1:1 cannot be reached: '],
  ])('%s: the error says why', async (_what, password, more, reason) => {
    await expect(failing(password, ...more)).rejects.toThrow(reason)
  })

  it('lists the problems of the file with their lines', async () => {
    await writeFile(file, SAMPLE.replace('version: 1', 'version: 1\ncolour: red\nshape: round'))
    await expect(failing('secret')).rejects.toThrow(
      `the directory is not valid, and nothing has changed:\n${file}:3:1 colour: unknown key\n${file}:4:1 shape: unknown key`,
    )
  })
})
