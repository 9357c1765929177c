/**
 * `mrdian replay` and `mrdian journal` on the data file of a real server: while it runs, after a crash, after damage.
 *
 * Slow, 14 s: the program is started for every command. More in `npm run test:whole`.
 */
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, it } from 'vitest'
import { packed, unpacked } from '../../src/store/sqlite/packed.ts'
import { run, serve, temporary } from '../cli/process.ts'
import { isWhole } from '../suite/extent.ts'

const basic = (user: string) => `Basic ${Buffer.from(`${user}:secret`).toString('base64')}`

async function send(base: string, method: string, path: string, user: string, body: string, type = 'application/xml') {
  const headers = { authorization: basic(user), 'content-type': type }
  const { status } = await fetch(`${base}${path}`, { method, headers, body })
  return status
}

/** A shift over REST: an agent signs in, gets an e-mail with a customer's data, and accepts it. */
async function work(base: string): Promise<void> {
  const agent = '/finesse/api/User/1001'
  const media = `${agent}/Media/5001`
  const medium = (rest: string) => `<Media>${rest}</Media>`
  const signIn = '<maxDialogLimit>2</maxDialogLimit><interruptAction>ACCEPT</interruptAction>'
  const task = { scriptSelector: 'email_support', variables: { callVariable1: 'Rosebud' } }
  expect(await send(base, 'PUT', agent, '1001', '<User><state>LOGIN</state><extension>1001</extension></User>')).toBe(
    202,
  )
  expect(await send(base, 'PUT', media, '1001', medium(`<state>LOGIN</state>${signIn}`))).toBe(202)
  expect(await send(base, 'PUT', media, '1001', medium('<state>READY</state>'))).toBe(202)
  const submitted = await send(base, 'POST', '/acd/tasks', 'admin', JSON.stringify(task), 'application/json')
  expect(submitted).toBeLessThan(300)
  const action = '<Dialog><requestedAction>ACCEPT</requestedAction></Dialog>'
  expect(await send(base, 'PUT', '/finesse/api/Dialog/1000_1001_5001', '1001', action)).toBe(202)
}

/** Changes the limit of the sign-in to a medium in the journal. */
function damageSignIn(data: string): void {
  const database = new DatabaseSync(data)
  const rows = database.prepare('SELECT position, input FROM journal').all()
  for (const { position, input } of rows) {
    const text = unpacked(String(input))
    if (typeof position !== 'number' || !text.includes('MEDIA_SIGN_IN')) continue
    const changed = text.replace('"maxDialogLimit":2', '"maxDialogLimit":3')
    database.prepare('UPDATE journal SET input = ? WHERE position = ?').run(packed(changed), position)
  }
  database.close()
}

const reported = (out: string) => JSON.parse(out)

it.runIf(isWhole)(
  'replays while the server runs and after a kill, and finds a damaged input',
  { timeout: 240_000 },
  async () => {
    const data = join(await temporary(), 'state.db')
    const server = await serve(['--data', data])
    await work(server.base)

    const beside = await run(['replay', data])
    expect(beside).toMatchObject({ code: 0, err: '' })
    expect(beside.out).toMatch(/^\d+ rows of \d+ aggregates replayed, \d+ snapshots compared .*\nno difference\n$/)

    const copy = `${data}.copy`
    expect(await run(['backup', data, copy])).toMatchObject({ code: 0, err: '' })
    expect((await run(['replay', copy])).code).toBe(0)
    expect(await run(['backup', data, copy])).toMatchObject({ code: 2, err: `mrdian: ${copy} exists\n` })

    await server.end('SIGKILL')
    const after = await run(['replay', data, '--json'])
    expect(after.code).toBe(0)
    expect(reported(after.out)).toMatchObject({ differing: 0, lifted: [] })
    expect(reported(after.out).rows).toBeGreaterThan(20)

    const lines = await run(['journal', data, '--aggregate', 'user/1001'])
    expect(lines).toMatchObject({ code: 0, err: '' })
    expect(lines.out).toMatch(/user\/1001:\d+ +user SIGN_IN .*extension=1001.* \(rest, 1001, request [0-9a-f-]{36}\)\n/)
    const open = await run(['journal', data, '--json', '--personal'])
    const hidden = await run(['journal', data, '--json'])
    expect(open.out).toContain('Rosebud')
    expect(hidden.out).not.toMatch(/Rosebud|areyes/)
    expect(hidden.out.trim().split('\n')).toHaveLength(reported(after.out).rows)
    expect((await run(['journal', data, '--to', '2020-01-01'])).out).toBe('')

    damageSignIn(data)
    const damaged = await run(['replay', data])
    expect(damaged).toMatchObject({ code: 1, err: '' })
    expect(damaged.out).toMatch(/\nuser\/1001: a message differs at position \d+, sequence \d+, \d{4}-.*\n/)
    expect(damaged.out).toContain('$.body.claim.freeSlots')
    expect(damaged.out).toContain('1 aggregate with a difference\n')
    expect((await run(['replay', data, '--aggregate', 'queue/5001'])).code).toBe(0)
  },
)

it('a file that cannot be read is an error of one line, with exit code 2', async () => {
  for (const command of ['replay', 'journal']) {
    const { code, out, err } = await run([command, '/nowhere/state.db'])
    expect([code, out]).toEqual([2, ''])
    expect(err).toMatch(/^mrdian: .*\/nowhere\/state\.db.*\n$/)
  }
})
