/**
 * `mrdian drain` against a server process, as in an upgrade.
 *
 * Slow, 7 s: it starts the program four times.
 */
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { run, serve, temporary } from './process.ts'

const MEDIA =
  '<Media><state>LOGIN</state><maxDialogLimit>1</maxDialogLimit><interruptAction>ACCEPT</interruptAction></Media>'

it('ends the server like SIGTERM: exit code 2 when the time is over, and the task stays; 0 when no work is in hand', async () => {
  const data = join(await temporary(), 'state.db')
  const first = await serve(['--data', data])
  const ask = async (base: string, method: string, path: string, body?: string, user = '1001') => {
    const type = path.startsWith('/acd') ? 'application/json' : 'application/xml'
    const answer = await fetch(base + path, {
      method,
      headers: {
        authorization: `Basic ${btoa(`${user}:secret`)}`,
        ...(body === undefined ? {} : { 'content-type': type }),
      },
      ...(body === undefined ? {} : { body }),
    })
    return answer.status
  }
  await ask(first.base, 'PUT', '/finesse/api/User/1001/Media/5002', MEDIA)
  await ask(first.base, 'PUT', '/finesse/api/User/1001/Media/5002', '<Media><state>READY</state></Media>')
  await ask(first.base, 'POST', '/acd/tasks', '{"scriptSelector":"chat_sales"}', 'admin')
  const drain = (base: string) =>
    run(['drain', '--server', base, '--for', '1s'], { env: { MRDIAN_PASSWORD: 'secret' } })
  expect(await drain(first.base)).toMatchObject({
    code: 2,
    out: [
      'draining: 1 task and 0 calls in hand, 1 agent signed in, 0 tasks waiting',
      'the time is over, with work in hand',
      'the server has ended',
      '',
    ].join('\n'),
    err: '',
  })
  expect(await first.ended).toMatchObject({ code: 0, signal: null })
  const second = await serve(['--data', data])
  const sign = (state: string) =>
    ask(
      second.base,
      'PUT',
      '/finesse/api/User/1001/Media/5002',
      `<Media><state>${state}</state><reasonCodeId>18</reasonCodeId></Media>`,
    )
  expect(await ask(second.base, 'PUT', '/finesse/api/User/1002/Media/5002', MEDIA, '1002')).toBe(202)
  expect(await sign('LOGOUT')).toBe(202)
  expect(await drain(second.base)).toMatchObject({ code: 0, err: '' })
  expect(await second.ended).toMatchObject({ code: 0, signal: null })
})
