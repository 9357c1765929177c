/** A server that loses its data file. */
import { renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { startServer } from '../../src/cli/server.ts'
import { run, serve, temporary } from './process.ts'

const FREE = { restPort: 0, httpBindPort: 0, xmppPort: 0 } as const

function signIn(base: string, user: string): Promise<Response> {
  return fetch(`${base}/finesse/api/User/${user}`, {
    method: 'PUT',
    headers: { authorization: `Basic ${btoa(`${user}:secret`)}`, 'content-type': 'application/xml' },
    body: `<User><state>LOGIN</state><extension>${user}</extension></User>`,
  })
}

const healthOf = async (base: string) => {
  const answer = await fetch(`${base}/health`)
  return { status: answer.status, body: await answer.json() }
}

it('a process exits with code 3, and its data file replays without a difference', async () => {
  const file = join(await temporary(), 'state.db')
  const first = await serve(['--data', file])
  expect((await signIn(first.base, '1001')).status).toBe(202)
  renameSync(`${file}.lock`, `${file}.lost`)
  const { code, out } = await first.ended
  expect(code).toBe(3)
  expect(out).toContain(`${file}.lock was removed or moved; nothing is written any more`)
  const { code: replayed, out: report } = await run(['replay', file])
  expect([replayed, report]).toEqual([0, expect.stringContaining('no difference')])
})

it('/health is out of service as soon as commands are refused, and gives the reason', async () => {
  const file = join(await temporary(), 'state.db')
  const server = await startServer({ ...FREE, data: file })
  onTestFinished(() => server.close())
  const base = `http://127.0.0.1:${server.ports.rest}`
  expect((await healthOf(base)).status).toBe(200)
  rmSync(file)
  expect((await signIn(base, '1001')).status).toBe(503)
  const reason = expect.stringContaining(`${file} was removed or moved`)
  expect(await healthOf(base)).toEqual({
    status: 503,
    body: expect.objectContaining({ status: 'OUT_OF_SERVICE', reason }),
  })
  expect(await (await fetch(`${base}/metrics`)).text()).toContain('\nmrdian_store_ok 0')
})
