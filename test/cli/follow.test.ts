/** `mrdian follow`: its HTTP port, and what it refuses before it starts. */
import { pino } from 'pino'
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { type FollowServer, startFollowServer } from '../../src/cli/follow/server.ts'
import { createProgram } from '../../src/cli/program.ts'
import { follow } from '../../src/follow/index.ts'
import { memoryStore } from '../../src/store/index.ts'
import { site } from '../conformance/server.ts'
import { type Beside, BY_WATCHING, beside, sideOf } from '../follow/beside.ts'
import { PATIENCE } from '../suite/patience.ts'
import { start } from './process.ts'

const TEAM = '2001'

describe('the HTTP port of a follower', () => {
  let b: Beside
  let server: FollowServer
  afterEach(async () => {
    await server.close()
    await b.close()
  })

  it('answers reads as the followed Finesse does, and shows health, metrics and the board', async () => {
    b = await beside({})
    const account = { user: 'admin', password: 'secret' }
    server = await startFollowServer(b.follower, {
      host: '127.0.0.1',
      port: 0,
      account,
      logger: pino({ level: 'silent' }),
    })
    await b.follower.live()
    await b.site.restOnly('1001').putUser('<state>LOGIN</state><extension>1001</extension>')
    await b.same()
    const get = async (path: string, password = 'secret', port: number | string = server.port) => {
      const authorization = `Basic ${btoa(`admin:${password}`)}`
      const answer = await fetch(`http://127.0.0.1:${port}${path}`, { headers: { authorization } })
      return { status: answer.status, body: await answer.text() }
    }
    for (const path of ['/finesse/api/User/1001', '/finesse/api/User/1001/Media', '/finesse/api/User/1001/Dialogs'])
      expect(await get(path)).toEqual(await get(path, 'secret', b.site.server.ports.rest))
    expect((await get('/finesse/api/User/1001', 'wrong')).status).toBe(401)
    expect(await get('/health')).toMatchObject({ status: 200, body: expect.stringContaining('"IN_SERVICE"') })
    const { body } = await get('/metrics')
    expect(body).toContain('mrdian_follow_up 1\n')
    expect(body).toContain('mrdian_follow_users_live 2\n')
    expect((await get('/inspect/board')).status).toBe(200)
  })
})

describe('the HTTP port of a follower whose Finesse is down', () => {
  it('says so in /health, and answers reads with 503 as a Finesse does', async () => {
    const account = { user: 'admin', password: 'secret' }
    const follower = await follow({
      sides: [{ rest: 'http://127.0.0.1:9', xmpp: 'xmpp://127.0.0.1:9', domain: 'localhost' }],
      credentials: { watch: account },
      users: ['1001'],
    })
    const logger = pino({ level: 'silent' })
    const server = await startFollowServer(follower, { host: '127.0.0.1', port: 0, account, logger })
    const get = async (path: string) => {
      const headers = { authorization: `Basic ${btoa('admin:secret')}` }
      const answer = await fetch(`http://127.0.0.1:${server.port}${path}`, { headers })
      return { status: answer.status, body: await answer.text() }
    }
    expect(await get('/health')).toMatchObject({ status: 503, body: expect.stringContaining('"OUT_OF_SERVICE"') })
    expect((await get('/finesse/api/User/1001')).status).toBe(503)
    expect(await get('/metrics')).toMatchObject({ body: expect.stringContaining('mrdian_follow_users_stale 1\n') })
    await server.close()
    await follower.close()
  })
})

describe('mrdian follow', () => {
  const refusal = (...options: readonly string[]) => {
    const program = createProgram()
    let text = ''
    for (const command of [program, ...program.commands])
      command.exitOverride().configureOutput({ writeErr: () => undefined, outputError: (each) => (text += each) })
    return program.parseAsync(['node', 'mrdian', 'follow', ...options]).then(
      () => '',
      () => text,
    )
  }

  it('needs the addresses of the Finesse', async () => {
    expect(await refusal('--rest', 'http://127.0.0.1:1')).toContain("'--xmpp <url>' not specified")
  })

  it('refuses an address that is none', async () => {
    expect(await refusal('--rest', 'ftp://127.0.0.1')).toContain('A server is named as in')
  })

  it('refuses the resource of the Finesse desktop, and one that is none (`notifications 2`)', async () => {
    expect(await refusal('--resource', 'Desktop')).toContain('belongs to the Finesse desktop')
    for (const none of ['', 'x'.repeat(1024)])
      expect(await refusal('--resource', none)).toContain('A resource has 1 to 1023 bytes.')
  })

  it('has sessions with the resource of --resource, so that two followers can have one account', async () => {
    const data = memoryStore()
    const b = await beside({ ...BY_WATCHING, users: [], teams: [TEAM] }, await site({ data }))
    onTestFinished(() => b.close())
    const { rest, xmpp, domain } = sideOf(b.site)
    const addresses = ['--rest', rest, '--xmpp', xmpp, '--domain', domain, '--port', '0']
    start(['follow', ...addresses, '--teams', TEAM, '--resource', 'second'], {
      MRDIAN_PASSWORD: 'secret',
    })
    const subscribers = () => JSON.stringify([...data.records.list('xmpp-subscriptions-A')])
    await vi.waitFor(() => expect(subscribers()).toContain('admin@localhost/second'), { timeout: PATIENCE })
    expect(subscribers()).toContain('admin@localhost/mrdian-follow')
    expect(b.follower.status.isUp).toBe(true)
  })
})
