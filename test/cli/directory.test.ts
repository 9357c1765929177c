/** `POST /acd/directory`: the directory while the server runs, from its file or from a body. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type RunningServer, startServer } from '../../src/cli/server.ts'

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

async function post(body?: string, type = 'application/yaml', who = 'admin:secret') {
  const response = await fetch(`http://127.0.0.1:${server.ports.rest}/acd/directory`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(who)}`, ...(body === undefined ? {} : { 'content-type': type }) },
    ...(body === undefined ? {} : { body }),
  })
  const json: Record<string, unknown> = JSON.parse(await response.text())
  return { status: response.status, json }
}

const firstName = () => server.engine.get.user('1001')?.firstName

describe('without a body', () => {
  it('reads the file again, and answers with the differences', async () => {
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

  it('a file that is gone changes nothing', async () => {
    await rm(file)
    expect(await post()).toMatchObject({ status: 400, json: { error: 'INVALID_DIRECTORY' } })
    expect(firstName()).toBe('Ana')
  })
})

describe('with a directory as the body', () => {
  it.each(['application/yaml', 'text/yaml', 'text/plain'])(
    'as YAML, %s; the file counts again afterwards',
    async (type) => {
      expect(await post(RENAMED, type)).toMatchObject({ status: 200, json: { source: 'body' } })
      expect(firstName()).toBe('Anna')
      expect(await post()).toMatchObject({ status: 200, json: { users: { changed: ['1001'] } } })
      expect(firstName()).toBe('Ana')
    },
  )

  it('as JSON', async () => {
    const directory = {
      version: 1,
      administrators: [{ id: 'admin', password: 'other' }],
      teams: [{ id: '1', name: 'One' }],
      users: [{ id: '7', loginName: 'seven', password: 'secret', teamId: '1' }],
    }
    const { status, json } = await post(JSON.stringify(directory), 'application/json')
    expect(status).toBe(200)
    expect(json).toMatchObject({ users: { added: ['7'] }, administrators: { changed: ['admin'] } })
    expect(server.engine.get.users().map(({ id }) => id)).toEqual(['7'])
    expect((await post()).status).toBe(401)
    expect((await post(undefined, '', 'admin:other')).status).toBe(200)
  })

  it('that is not valid: 400, with its lines', async () => {
    const { status, json } = await post('version: 1\nusers:\n  - id: "7"\n')
    expect(status).toBe(400)
    expect(json.problems).toContainEqual(
      expect.objectContaining({ file: 'body', line: 3, path: 'users[0].loginName', message: 'is missing' }),
    )
    expect(server.engine.get.users()).toHaveLength(7)
  })

  it.each([
    ['too large', () => post(`# ${'x'.repeat(16 * 1024 * 1024)}`), 413],
    ['of another type', () => post(RENAMED, 'application/xml'), 415],
    ['by a user', () => post(RENAMED, 'application/yaml', '1001:secret'), 403],
    ['by a stranger', () => post(RENAMED, 'application/yaml', '1001:wrong'), 401],
  ])('%s: refused, and nothing changes', async (_what, ask, status) => {
    expect((await ask()).status).toBe(status)
    expect(firstName()).toBe('Ana')
  })
})
