/** `/accounts/check`, where an external XMPP server checks passwords, and the flags and commands that set one up. */
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type RunningServer, startServer } from '../../src/cli/server.ts'
import { run, temporary } from './process.ts'

const free = { restPort: 0, xmppPort: 0, httpBindPort: 0, data: ':memory:' } as const

/** An external server that accepts no sign-in: it closes every connection. */
async function deaf(): Promise<{ service: string; close(): void }> {
  const server = createServer((socket) => socket.destroy())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : undefined
  return { service: `xmpp://127.0.0.1:${port}`, close: () => server.close() }
}

describe('/accounts/check', () => {
  let outside: Awaited<ReturnType<typeof deaf>>
  let server: RunningServer
  beforeEach(async () => {
    outside = await deaf()
    server = await startServer({ ...free, xmppService: outside.service, xmppPassword: 'of the engine' })
  })
  afterEach(async () => {
    await server.close()
    outside.close()
  })

  const status = async (name: string, password: string) => {
    const authorization = `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`
    const url = `http://127.0.0.1:${server.ports.rest}/accounts/check`
    return (await fetch(url, { headers: { authorization } })).status
  }

  it('answers also when out of service: users and administrators by id, the engine by its own password', async () => {
    expect(server.engine.get.system('A').status).toBe('OUT_OF_SERVICE')
    expect(await status('1001', 'secret')).toBe(204)
    expect(await status('admin', 'secret')).toBe(204)
    expect(await status('areyes', 'secret')).toBe(401)
    expect(await status('1001', 'of the engine')).toBe(401)
    expect(await status('finesse', 'of the engine')).toBe(204)
    expect(await status('FINESSE', 'of the engine')).toBe(204)
    expect(await status('finesse', 'secret')).toBe(401)
    const bare = await fetch(`http://127.0.0.1:${server.ports.rest}/accounts/check`)
    expect([bare.status, bare.headers.get('www-authenticate')]).toEqual([401, 'Basic realm="mrdian"'])
  })

  it('locks out users, but never the engine (ruling 20)', async () => {
    for (let attempt = 0; attempt < 5; attempt += 1) {
      expect(await status('1001', 'wrong')).toBe(401)
      expect(await status('finesse', 'wrong')).toBe(401)
    }
    expect(await status('1001', 'secret')).toBe(401)
    expect(await status('finesse', 'of the engine')).toBe(204)
  })

  it('a server with an external XMPP server has no XMPP ports or paths of its own', async () => {
    expect(Object.keys(server.ports)).toEqual(['rest'])
    const url = `http://127.0.0.1:${server.ports.rest}/http-bind`
    expect((await fetch(url, { method: 'POST', body: '<body/>' })).status).toBe(404)
  })

  it('does not exist on a server with its own XMPP service', async () => {
    const own = await startServer(free)
    expect((await fetch(`http://127.0.0.1:${own.ports.rest}/accounts/check`)).status).toBe(404)
    await own.close()
  })
})

describe('an external XMPP server', () => {
  it('needs a password, an account that no user has, and an address', async () => {
    const xmppService = 'xmpp://127.0.0.1:1'
    await expect(startServer({ ...free, xmppService })).rejects.toThrow('needs a password')
    await expect(startServer({ ...free, xmppService, xmppPassword: 'x', xmppUser: '1001' })).rejects.toThrow(
      '--xmpp-user 1001 is in the directory',
    )
    await expect(startServer({ ...free, xmppService: 'chat', xmppPassword: 'x' })).rejects.toThrow('xmpp://host:5222')
    await expect(startServer({ ...free, xmppService, xmppPassword: 'x', sideB: {} })).rejects.toThrow(
      'an external XMPP server serves only one side: give --side-b or --xmpp-service, not both',
    )
  })

  it('a reloaded directory cannot have a user with the account of the engine either', async () => {
    const outside = await deaf()
    const own = { xmppService: outside.service, xmppUser: 'engine', xmppPassword: 'of the engine' }
    const server = await startServer({ ...free, ...own })
    const sample = await readFile(new URL('../../src/directory/sample.yaml', import.meta.url), 'utf8')
    const answer = await fetch(`http://127.0.0.1:${server.ports.rest}/acd/directory`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa('admin:secret')}`, 'content-type': 'application/yaml' },
      body: sample.replace('id: "1006"', 'id: Engine'),
    })
    expect([answer.status, await answer.text()]).toEqual([
      400,
      expect.stringContaining('--xmpp-user engine is in the directory'),
    ])
    expect(server.engine.get.user('1006')).toBeDefined()
    await server.close()
    outside.close()
  })

  it('mrdian xmpp-setup writes the configuration and prints the next steps', async () => {
    const folder = join(await temporary(), 'prosody')
    const { code, out, err } = await run(['xmpp-setup', 'prosody', '--out', folder, '--domain', 'desk.example.com'])
    expect([code, err]).toEqual([0, ''])
    expect(out).toContain('mrdian serve --xmpp-service xmpp://127.0.0.1:5222 --domain desk.example.com')
    expect(out).toContain(`prosody --config ${folder}/prosody.cfg.lua`)
    expect(await readFile(join(folder, 'prosody.cfg.lua'), 'utf8')).toContain('VirtualHost "desk.example.com"')
  })

  it('mrdian extauth answers "no" while mrdian cannot be reached', async () => {
    const question = 'auth:1001:localhost:secret'
    const { code, out } = await run(['extauth', 'http://127.0.0.1:1'], { input: `\0\x1a${question}` })
    expect([code, out]).toEqual([0, '\0\x02\0\0'])
  })
})
