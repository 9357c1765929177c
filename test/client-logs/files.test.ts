/** Client logs as files: names, rights, and how many are kept. */
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { clientLogFiles, copyClientLogs } from '../../src/client-logs/index.ts'

const AT = Date.UTC(2026, 0, 5, 8)
let folder = ''
let directory = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'client-logs-'))
  directory = join(folder, 'a', 'logs')
})
afterEach(() => rm(folder, { recursive: true }))

const text = (user: string, content: string, at = AT) => ({ user, at, form: 'text', content }) as const
const contents = async () => {
  const names = (await readdir(directory)).sort()
  return Promise.all(names.map((name) => readFile(join(directory, name), 'utf8')))
}

it('a file of user, time and random digits, which only this user of the machine can read', async () => {
  await clientLogFiles(directory).keep(text('1001', 'ä log'))
  const [name = ''] = await readdir(directory)
  expect(name).toMatch(/^1001_20260105T080000000Z_[0-9a-f]{8}\.log$/)
  expect(await readFile(join(directory, name), 'utf8')).toBe('ä log')
  expect([(await stat(directory)).mode & 0o777, (await stat(join(directory, name))).mode & 0o777]).toEqual([
    0o700, 0o600,
  ])
})

it('a zip file keeps its bytes', async () => {
  const content = Buffer.from([0x50, 0x4b, 3, 4, 0xff, 0])
  await clientLogFiles(directory).keep({ user: '1001', at: AT, form: 'zip', content })
  const [name = ''] = await readdir(directory)
  expect(name).toMatch(/\.zip$/)
  expect(await readFile(join(directory, name))).toEqual(content)
})

it.each(['../../1001', '/etc/passwd', 'a_b', '..', 'a\0b', 'ü', '1001.log', ''])(
  'no id leaves the directory: %j',
  async (user) => {
    await clientLogFiles(directory).keep(text(user, 'x'))
    const [name = '', ...more] = await readdir(directory)
    expect(name).toMatch(/^[A-Za-z0-9=-]*_20260105T080000000Z_[0-9a-f]{8}\.log$/)
    expect([more, await readdir(folder)]).toEqual([[], ['a']])
  },
)

it('keeps the newest logs of each user, and of all; other files stay', async () => {
  const logs = clientLogFiles(directory, { ofUser: 2, all: 4 })
  await logs.keep(text('1001', '1001 first'))
  await writeFile(join(directory, 'notes.log'), 'notes')
  const rest = ['1001 second', '1001 third', '1002 first', '1003 first', '1004 first']
  await Promise.all(rest.map((each, index) => logs.keep(text(each.slice(0, 4), each, AT + 1 + index))))
  expect(await contents()).toEqual(['1001 third', '1002 first', '1003 first', '1004 first', 'notes'])
})

it('a user whose id begins like that of another one loses none of the other', async () => {
  const logs = clientLogFiles(directory, { ofUser: 1 })
  for (const user of ['1', '1-1', '11', '1.']) await logs.keep(text(user, user))
  expect((await contents()).sort()).toEqual(['1', '1-1', '1.', '11'])
})

it('the newest log stays, even if the clock was set back', async () => {
  const logs = clientLogFiles(directory, { ofUser: 1 })
  await logs.keep(text('1001', 'old', AT + 1000))
  await logs.keep(text('1001', 'new', AT))
  expect(await contents()).toEqual(['new'])
})

it('rejects if the directory cannot be made, and works again when it can', async () => {
  await writeFile(join(folder, 'a'), 'a file is in the way')
  const logs = clientLogFiles(directory)
  await expect(logs.keep(text('1001', 'x'))).rejects.toThrow(/ENOTDIR|EEXIST/)
  await rm(join(folder, 'a'))
  await logs.keep(text('1001', 'x'))
  expect(await contents()).toEqual(['x'])
})

it('a part that a crash has left counts as a log, so it is deleted in the end', async () => {
  const logs = clientLogFiles(directory, { ofUser: 1 })
  await logs.keep(text('1001', 'x'))
  await writeFile(join(directory, '1001_20250105T080000000Z_00000000.log.part'), 'half')
  await logs.keep(text('1001', 'y', AT + 1))
  expect(await contents()).toEqual(['y'])
})

it('logs are deleted by time and by user; other files stay, and no directory is made', async () => {
  const logs = clientLogFiles(directory)
  expect(await logs.erase({ since: 0 })).toBe(0)
  expect(await readdir(folder)).toEqual([])
  for (const [index, user] of ['1001', '1002', 'a.b', '1003'].entries())
    await logs.keep(text(user, `${user} at ${index}`, AT + index))
  await writeFile(join(directory, 'notes.log'), 'notes')
  expect(await logs.erase({ users: new Set(['a.b', '9']) })).toBe(1)
  expect(await contents()).toEqual(['1001 at 0', '1002 at 1', '1003 at 3', 'notes'])
  expect(await logs.erase({ since: AT + 3, before: AT + 1 })).toBe(2)
  expect(await logs.erase({})).toBe(0)
  expect(await contents()).toEqual(['1002 at 1', 'notes'])
})

it('a log that is being written is deleted too', async () => {
  const logs = clientLogFiles(directory)
  const [, erased] = await Promise.all([logs.keep(text('1001', 'x')), logs.erase({ since: AT })])
  expect([erased, await contents()]).toEqual([1, []])
})

it('a copy has exactly the logs of the directory', async () => {
  const copy = join(folder, 'copy')
  expect(await copyClientLogs(directory, copy)).toBe(0)
  expect(await readdir(folder)).toEqual([])
  const logs = clientLogFiles(directory)
  await logs.keep(text('1001', 'one'))
  await writeFile(join(directory, 'notes.log'), 'notes')
  expect(await copyClientLogs(directory, copy)).toBe(1)
  await logs.erase({ since: 0 })
  await logs.keep(text('1002', 'two'))
  expect(await copyClientLogs(directory, copy)).toBe(1)
  const names = await readdir(copy)
  expect(names).toEqual([expect.stringMatching(/^1002_/)])
  const [name = ''] = names
  expect([await readFile(join(copy, name), 'utf8'), (await stat(join(copy, name))).mode & 0o777]).toEqual([
    'two',
    0o600,
  ])
})
