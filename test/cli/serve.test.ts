/**
 * `mrdian serve` as a process: start, stop, restart.
 *
 * Slow, 35 s: every test starts the real program, some several times. More in `npm run test:whole`.
 */
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { constants, copyFile, open, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { connect, createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { sqliteStore } from '../../src/store/index.ts'
import { isWhole, some } from '../suite/extent.ts'
import { freePorts } from '../suite/free-ports.ts'
import { PATIENCE } from '../suite/patience.ts'
import { halfRequest, LOGIN } from './half-request.ts'
import { FREE, run, serve, serveBy, start, temporary } from './process.ts'

const admin = { authorization: `Basic ${btoa('admin:secret')}`, 'content-type': 'application/json' }
const agent = { authorization: `Basic ${btoa('1001:secret')}`, 'content-type': 'application/xml' }

describe('start and stop', () => {
  it('is in service, and exits with 0 on SIGTERM', async () => {
    const server = await serve()
    const health = await fetch(`${server.base}/health`)
    expect(health.status).toBe(200)
    expect(await health.json()).toMatchObject({ status: 'IN_SERVICE', version: expect.stringMatching(/^\d/) })
    const { code, err, out } = await server.end()
    expect(code).toBe(0)
    expect(err).toBe('')
    expect(out).toContain('"stopped"')
  })

  it.runIf(isWhole)('exits with 0 on SIGINT, also on two at the same time', async () => {
    const server = await serve()
    server.child.kill('SIGINT')
    expect((await server.end('SIGINT')).code).toBe(0)
  })

  it('sends system-shutdown to XMPP clients, and lets a running request end', async () => {
    const server = await serve()
    const client = connect({ host: '127.0.0.1', port: server.banner.ports.xmpp ?? 0 })
    client.write(
      "<stream:stream to='localhost' version='1.0' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>",
    )
    await once(client, 'data')
    let heard = ''
    client.setEncoding('utf8').on('data', (text) => {
      heard += text
    })
    const request = await halfRequest(server.base)
    server.child.kill('SIGTERM')
    await server.line('"stopping"')
    request.socket.write(LOGIN)
    expect(await request.answer).toMatch(/^HTTP\/1\.1 202 /)
    expect((await server.ended).code).toBe(0)
    expect(heard).toMatch(/<system-shutdown[ /]/)
    expect(heard).toMatch(/<\/stream:stream>$/)
  })

  it.runIf(isWhole)('exits at once on a second signal', async () => {
    const server = await serve()
    const request = await halfRequest(server.base)
    server.child.kill('SIGTERM')
    await server.line('"stopping"')
    // Repeated, because the server ignores a second signal within 250 ms of the first.
    const again = setInterval(() => server.child.kill('SIGINT'), 50)
    const { code, signal } = await server.ended
    clearInterval(again)
    request.socket.destroy()
    // A shell reports this as 130.
    expect({ code, signal }).toEqual({ code: null, signal: 'SIGINT' })
  })

  it.runIf(isWhole)('waits only a limited time for a request that does not end', async () => {
    const server = await serve()
    const request = await halfRequest(server.base)
    const { code, out } = await server.end()
    request.socket.destroy()
    expect(code).toBe(0)
    expect(out).toContain('requests still run')
  })

  it('has its state again after a restart and after kill -9', async () => {
    const data = join(await temporary(), 'deep', 'state.db')
    const first = await serve(['--data', data])
    await fetch(`${first.base}/finesse/api/User/1001`, { method: 'PUT', headers: agent, body: LOGIN })
    const body = JSON.stringify({ scriptSelector: 'email_support' })
    expect((await fetch(`${first.base}/acd/tasks`, { method: 'POST', headers: admin, body })).status).toBe(201)
    await first.end()
    const second = await serve(['--data', data])
    expect(await (await fetch(`${second.base}/acd/tasks`, { headers: admin })).json()).toMatchObject([{ id: '5001-1' }])
    expect((await fetch(`${second.base}/acd/tasks`, { method: 'POST', headers: admin, body })).status).toBe(201)
    await second.end('SIGKILL')
    const third = await serve(['--data', data])
    expect(await (await fetch(`${third.base}/acd/tasks`, { headers: admin })).json()).toHaveLength(2)
    const user = await fetch(`${third.base}/finesse/api/User/1001`, { headers: agent })
    expect(await user.text()).toContain('<state>NOT_READY</state>')
    await third.end()
  })
})

describe('what could block a shutdown', () => {
  const pipe = async (path: string) => {
    await promisify(execFile)('mkfifo', [path])
    return path
  }

  it.runIf(isWhole)('a start that waits for a secret from a pipe without a writer is stopped by SIGTERM', async () => {
    const secret = await pipe(join(await temporary(), 'token'))
    const { child, ended } = start(['serve', ...FREE, '--log-format', 'json', '--metrics-token-file', secret])
    // Opening a pipe with O_NONBLOCK for writing fails until the server has opened it for reading.
    const writer = await vi.waitFor(() => open(secret, constants.O_WRONLY | constants.O_NONBLOCK), PATIENCE)
    child.kill('SIGTERM')
    const { signal, out } = await ended
    // The server ends itself by the signal, because one of its threads still waits for the pipe.
    expect(signal).toBe('SIGTERM')
    expect(out).toContain('stopped before it was in service')
    await writer.close()
  })

  it.runIf(isWhole)('a directory that has become such a pipe is refused and blocks nothing', async () => {
    const directory = join(await temporary(), 'agents.yaml')
    await copyFile(join(import.meta.dirname, '../../src/directory/sample.yaml'), directory)
    const server = await serve(['--directory', directory])
    await rm(directory)
    await pipe(directory)
    server.child.kill('SIGHUP')
    expect(await server.line('is not a regular file')).toContain('"by":"SIGHUP"')
    expect(await server.end()).toMatchObject({ code: 0, signal: null })
  })

  it('a request that does not end: --stop-within ends the process', async () => {
    const server = await serve(['--stop-within', '1s'])
    const request = await halfRequest(server.base)
    const { signal, out } = await server.end()
    request.socket.destroy()
    expect(signal).toBe('SIGKILL')
    expect(out).toContain('does not end in time')
  })

  it.runIf(isWhole)(
    'a disk that never answers: --stop-within ends the process though the event loop is blocked',
    async (context) => {
      const folder = await temporary()
      const [library, flag] = [join(folder, 'hang-sync.so'), join(folder, 'hanging')]
      const source = join(import.meta.dirname, '../store/fail-sync.c')
      const compiled = await promisify(execFile)('cc', ['-shared', '-fPIC', '-o', library, source, '-ldl']).catch(
        (error: unknown) => error,
      )
      if (compiled instanceof Error && !process.env.CI) context.skip(`cc cannot be used: ${compiled.message}`)
      const disk = { LD_PRELOAD: library, HANG_SYNC: flag }
      const server = await serve(['--data', join(folder, 'state.db'), '--stop-within', '2s'], disk)
      const request = await halfRequest(server.base)
      server.child.kill('SIGTERM')
      await server.line('"stopping"')
      // From here on no commit returns.
      await writeFile(flag, '')
      request.socket.write(LOGIN)
      const { signal, out } = await server.ended
      request.socket.destroy()
      expect(signal).toBe('SIGKILL')
      expect(out).not.toContain('"stopped"')
    },
  )
})

describe('npm start in the background', () => {
  it.runIf(isWhole)('mrdian wait reports when the server is ready, and no process is left behind', async () => {
    const [port = 0] = await freePorts(1)
    const root = join(import.meta.dirname, '../..')
    const flags = ['--rest-port', String(port), '--http-bind-port', 'off', '--xmpp-port', 'off', '--data', ':memory:']
    const mark = `MRDIAN_TEST_MARK=${port}-${process.pid}`
    const npm = spawn('npm', ['start', '--', ...flags], {
      cwd: root,
      env: { ...process.env, [mark.split('=')[0] ?? '']: mark.split('=')[1] },
      stdio: 'ignore',
    })
    const ended = once(npm, 'close')
    const url = `http://127.0.0.1:${port}`
    const ready = await run(['wait', '--url', url, '--for', '120s', '--json'])
    expect({ ...ready, out: JSON.parse(ready.out) }).toMatchObject({ code: 0, err: '', out: { status: 'IN_SERVICE' } })
    expect(await marked(mark)).not.toEqual([])
    npm.kill('SIGTERM')
    await ended
    await vi.waitFor(async () => expect(await marked(mark)).toEqual([]), PATIENCE)
    const late = await run(['wait', '--url', url, '--for', '1s'])
    expect(late).toMatchObject({
      code: 1,
      out: '',
      err: `mrdian: ${url} is not in service after 1 s: nothing listens there\n`,
    })
  })
})

function portOf(server: Server): number {
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

/** The ids of processes that have this text in their environment. */
async function marked(mark: string): Promise<readonly string[]> {
  const found = []
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '')
    if (environment.split('\0').includes(mark)) found.push(pid)
  }
  return found
}

describe('a bug', () => {
  it.each(some(['throw', 'reject'], 2))(
    '%s: a log line at level fatal, everything is closed, exit code 1',
    async (kind) => {
      const server = await serveBy('bug.ts')
      server.child.stdin?.write(kind)
      const { code, err } = await server.ended
      expect(code).toBe(1)
      expect(err).toBe('')
      expect(JSON.parse(await server.line('a bug'))).toMatchObject({
        level: 60,
        err: { message: expect.stringMatching(/^a bug/) },
      })
      expect(await server.line('"stopped"')).toBeTruthy()
    },
  )
})

describe('output and flags', () => {
  it('the banner names each surface and three commands that work as pasted', async () => {
    const server = await serve()
    const { rest, httpBind, xmpp } = server.banner.ports
    expect(server.banner.surfaces).toMatchObject({
      REST: `http://127.0.0.1:${rest}/finesse/api/`,
      BOSH: `http://127.0.0.1:${httpBind}/http-bind and http://127.0.0.1:${rest}/http-bind`,
      WebSocket: `ws://127.0.0.1:${httpBind}/ws and ws://127.0.0.1:${rest}/ws`,
      XMPP: `xmpp://127.0.0.1:${xmpp}`,
      data: ':memory:',
    })
    const shell = promisify(execFile)
    const outputs: string[] = []
    for (const command of server.banner.try) outputs.push((await shell('sh', ['-c', command])).stdout)
    expect(outputs).toEqual([
      expect.stringContaining('<status>IN_SERVICE</status>'),
      expect.stringContaining('HTTP/1.1 202'),
      expect.stringMatching(/^\{"id":"5001-1","state":"\w+"\}$/),
    ])
    await server.end()
  })

  it('logs requests at debug level, without credentials, bodies and query strings', async () => {
    const server = await serve(['--log-level', 'debug'])
    await fetch(`${server.base}/acd/tasks?state=queued&token=tell-nobody`, {
      headers: { ...admin, cookie: 'tell-nobody' },
    })
    await fetch(`${server.base}/acd/tasks`, {
      method: 'POST',
      headers: admin,
      body: JSON.stringify({ scriptSelector: 'email_support', variables: { callVariable1: 'tell-nobody' } }),
    })
    await server.line('"POST"')
    const { out } = await server.end()
    expect(out).toContain('"path":"/acd/tasks"')
    expect(out).not.toMatch(/tell-nobody|Basic |"secret"/)
  })

  it('flags take precedence over environment variables', async () => {
    const server = await serve(['--log-level', 'info'], {
      MRDIAN_LOG_LEVEL: 'silent',
      MRDIAN_DOMAIN: 'finesse.example.com',
    })
    const info = await fetch(`${server.base}/finesse/api/SystemInfo`)
    expect(await info.text()).toContain('<xmppDomain>finesse.example.com</xmppDomain>')
    await server.end()
  })

  it.runIf(isWhole)('--log-format pretty prints a banner and readable lines', async () => {
    const { child, ended } = start(['serve', ...FREE, '--log-format', 'pretty'])
    const text = await new Promise<string>((resolve) => {
      let out = ''
      child.stdout.setEncoding('utf8').on('data', (piece: string) => {
        out += piece
        if (out.includes('Try first:')) resolve(out)
      })
    })
    expect(text).toMatch(/INFO.*connected to the notification service/)
    expect(text).toMatch(/\n {2}REST +http:\/\/127\.0\.0\.1:\d+\/finesse\/api\/\n/)
    child.kill('SIGTERM')
    expect((await ended).code).toBe(0)
  })

  it.runIf(isWhole)('does not start surfaces that are off', async () => {
    const server = await serve(['--xmpp-port', 'off', '--http-bind-port', 'off'])
    expect(server.banner.ports).toEqual({ rest: expect.any(Number) })
    expect(Object.keys(server.banner.surfaces)).not.toContain('XMPP')
    expect((await fetch(`${server.base}/health`)).status).toBe(200)
    await server.end()
  })

  it.runIf(isWhole)('goes on when the reader of its output has closed the pipe', async () => {
    const server = await serve(['--log-level', 'debug'])
    server.child.stdout?.destroy()
    for (let count = 0; count < 20; count += 1) expect((await fetch(`${server.base}/health`)).status).toBe(200)
    expect((await server.end()).code).toBe(0)
  })
})

describe('what prevents a start', () => {
  const free = ['serve', ...FREE]
  const oneLine = (err: string) => expect(err.trimEnd().split('\n')).toHaveLength(1)

  const PORTS = [
    ['--rest-port', 'REST'],
    ['--http-bind-port', 'BOSH and WebSocket'],
    ['--xmpp-port', 'XMPP'],
  ] as const
  it.each(some(PORTS, 3))('a port that is in use: %s', async (flag, name) => {
    const other = createServer().listen(0, '127.0.0.1')
    onTestFinished(() => void other.close())
    await once(other, 'listening')
    const port = portOf(other)
    const { code, err } = await run([...free, flag, String(port)])
    expect(code).toBe(1)
    expect(err).toContain(`mrdian: ${name}: port ${port} on 127.0.0.1 is taken`)
    expect(err).toContain(flag)
    oneLine(err)
  })

  it('a data file that is in use, or that is a directory', async () => {
    const folder = await temporary()
    const data = join(folder, 'state.db')
    const first = sqliteStore(data)
    onTestFinished(() => first.close())
    const second = await run([...free, '--data', data])
    expect(second.code).toBe(1)
    expect(second.err).toMatch(/^mrdian: data file: .*state\.db is already open, here or in another process/)
    oneLine(second.err)
    const folderItself = await run([...free, '--data', folder])
    expect(folderItself.code).toBe(1)
    oneLine(folderItself.err)
  })

  it('an address that this machine does not have', async () => {
    const { code, err } = await run([...free, '--host', '192.0.2.1'])
    expect(code).toBe(1)
    expect(err).toContain('--host')
    oneLine(err)
  })
})

describe('SIGHUP', () => {
  it('reloads the directory; one that is not valid changes nothing, and the log says why', async () => {
    const file = join(await temporary(), 'agents.yaml')
    const agents = (teamId: string) => `
version: 1
teams: [{ id: "1", name: One }]
administrators: [{ id: admin, password: secret }]
users:
  - { id: "7", loginName: seven, firstName: Sam, password: secret, teamId: "${teamId}" }
`
    await writeFile(file, agents('1'))
    const server = await serve(['--directory', file])
    const user = async () => (await fetch(`${server.base}/finesse/api/User/7`, { headers: seven })).text()
    const seven = { authorization: `Basic ${btoa('7:secret')}` }
    expect(await user()).toContain('<firstName>Sam</firstName>')
    await writeFile(file, agents('2'))
    server.child.kill('SIGHUP')
    expect(await server.line('the directory is not valid')).toContain('users[0].teamId')
    await writeFile(file, agents('1').replace('Sam', 'Samira'))
    server.child.kill('SIGHUP')
    await server.line('the directory was reloaded')
    expect(await user()).toContain('<firstName>Samira</firstName>')
    expect((await server.end()).code).toBe(0)
  })

  it('a file that is cut off changes nothing, and the log says why', async () => {
    const file = join(await temporary(), 'agents.yaml')
    const sample = await readFile(join(import.meta.dirname, '../../src/directory/sample.yaml'), 'utf8')
    await writeFile(file, sample)
    const server = await serve(['--directory', file])
    const names = async () => {
      const users = await (await fetch(`${server.base}/finesse/api/Users`, { headers: admin })).text()
      return users.match(/<firstName>.*?</g)
    }
    const before = await names()
    const renamed = sample.replace('firstName: Ana', 'firstName: Anna')
    const refused = 'the directory is not valid; the previous one stays in force'
    for (const [cut, why] of [
      [renamed.slice(0, -'...\n'.length), 'does not end with its end mark'],
      [renamed.slice(0, renamed.indexOf('  - id: "1005"')), 'does not end with its end mark'],
      [renamed.slice(0, renamed.indexOf('loginName: fsato')), 'is missing'],
      ['', 'must be a map of keys and values'],
    ] as const) {
      await writeFile(file, cut)
      const told = server.next(refused)
      server.child.kill('SIGHUP')
      expect(JSON.parse(await told)).toMatchObject({
        ...{ level: 50, source: file, by: 'SIGHUP', msg: refused },
        problems: expect.arrayContaining([expect.stringContaining(why)]),
      })
      expect(await names()).toEqual(before)
    }
    expect((await server.end()).code).toBe(0)
  })
})
