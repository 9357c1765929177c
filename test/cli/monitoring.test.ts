/** Where `/health` and `/metrics` are served, and who may read them. More of it in `npm run test:whole`. */
import { createServer } from 'node:http'
import { Command } from 'commander'
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { bannerOf } from '../../src/cli/banner.ts'
import { createProgram } from '../../src/cli/program.ts'
import { addServeCommand } from '../../src/cli/serve-command.ts'
import type { ServeOptions } from '../../src/cli/serve-options.ts'
import { type RunningServer, type ServerOptions, startServer } from '../../src/cli/server.ts'
import type { Command as AgentCommand } from '../../src/engine/commands.ts'
import { memoryStore } from '../../src/store/index.ts'
import { virtualClock } from '../../src/testing/virtual-clock.ts'
import { isWhole } from '../suite/extent.ts'

const free = { restPort: 0, httpBindPort: 'off', xmppPort: 'off', data: ':memory:' } as const
const TOKEN = 'a-token-of-some-length'
const PATHS = ['/health', '/metrics']

const running: RunningServer[] = []
afterEach(async () => {
  vi.unstubAllEnvs()
  await Promise.all(running.splice(0).map((server) => server.close()))
})

async function started(options: ServerOptions = {}) {
  const server = await startServer({ ...free, ...options })
  running.push(server)
  const get = async (port: number | undefined, path: string, authorization = '') => {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, { headers: { authorization } })
    return { status: answer.status, text: await answer.text(), headers: answer.headers }
  }
  return { server, get, ports: server.ports }
}

it('by default /health and /metrics are on the REST ports, without authentication', async () => {
  const { get, ports } = await started()
  for (const path of PATHS) expect((await get(ports.rest, path)).status).toBe(200)
  expect(ports.metrics).toBeUndefined()
})

it('a request does not look at every user again and again: /health never does, /metrics once', async () => {
  const { server, get, ports } = await started()
  const look = vi.spyOn(server.engine.get, 'drain')
  await server.engine.drain()
  expect(JSON.parse((await get(ports.rest, '/health')).text)).toMatchObject({ draining: true })
  look.mockClear()
  await get(ports.rest, '/health')
  expect(look).toHaveBeenCalledTimes(0)
  for (const times of [1, 2]) {
    expect((await get(ports.rest, '/metrics')).text).toContain('mrdian_draining 1')
    expect(look).toHaveBeenCalledTimes(times)
  }
})

it('/metrics has campaigns by id, and mobile agents by mode, without numbers', async () => {
  const clock = virtualClock()
  const { server, get, ports } = await started({ data: memoryStore(), clock })
  const { acd } = server.engine
  const answers = { outcome: 'answer', ringSeconds: 5, talkSeconds: null } as const
  await acd?.changeNetwork({ numbers: { '5550177': answers, '5550302': answers, '5550301': { outcome: 'busy' } } })
  const mobileAgent = { mode: 'NAILED_CONNECTION', dialNumber: '5550177' } as const
  const command = async (given: AgentCommand) =>
    expect(await server.engine.command(given)).toMatchObject({ accepted: true })
  await command({ type: 'user.signIn', user: '1006', extension: '1006', mobileAgent })
  await command({ type: 'user.signIn', user: '1001', extension: '1001' })
  const contacts = ['5550301', '5550302', '5550303'].map((number) => ({ number }))
  await acd?.campaigns.create({ id: 'spring', mode: 'progressive', queue: '701', contacts })
  const lines = async () =>
    (await get(ports.rest, '/metrics')).text
      .split('\n')
      .filter((line) => /^mrdian_(?:campaign|mobile|nailed)/.test(line))
  const mobile = (rings: number, up: number) => [
    'mrdian_mobile_agents{mode="CALL_BY_CALL"} 0',
    'mrdian_mobile_agents{mode="NAILED_CONNECTION"} 1',
    `mrdian_nailed_connections{state="rings"} ${rings}`,
    `mrdian_nailed_connections{state="up"} ${up}`,
  ]
  const campaign = (
    left: number,
    reserved: number,
    agents: number,
    attempts: number,
    ...results: readonly string[]
  ) => [
    'mrdian_campaign_running{campaign="spring"} 1',
    `mrdian_campaign_contacts_left{campaign="spring"} ${left}`,
    `mrdian_campaign_contacts_reserved{campaign="spring"} ${reserved}`,
    `mrdian_campaign_agents{campaign="spring"} ${agents}`,
    `mrdian_campaign_attempts_total{campaign="spring"} ${attempts}`,
    ...results,
  ]
  expect(await lines()).toEqual([...campaign(3, 0, 0, 0), ...mobile(1, 0)])
  await command({ type: 'user.setState', user: '1001', state: 'READY' })
  await clock.advance(1000)
  const result = (name: string, count: number) =>
    `mrdian_campaign_contacts{campaign="spring",result="${name}"} ${count}`
  expect(await lines()).toEqual([...campaign(3, 1, 1, 1, result('BUSY', 1)), ...mobile(1, 0)])
  await clock.advance(10_000)
  expect(await lines()).toEqual([...campaign(2, 0, 0, 2, result('BUSY', 1), result('REACHED', 1)), ...mobile(0, 1)])
})

describe('/health and /metrics on an address of their own', () => {
  it('are on that address only, and nothing else is', async () => {
    const { server, get, ports } = await started({ metricsListen: { host: '127.0.0.1', port: 0 } })
    for (const path of PATHS) {
      expect((await get(ports.metrics, path)).status).toBe(200)
      expect((await get(ports.rest, path)).status).toBe(404)
    }
    expect((await get(ports.rest, '/else')).text).not.toMatch(/health|metrics/)
    for (const path of ['/finesse/api/SystemInfo', '/acd/tasks', '/inspect/board', '/http-bind'])
      expect((await get(ports.metrics, path, `Basic ${btoa('admin:secret')}`)).status).toBe(404)
    expect(bannerOf(server, '').lines).toContainEqual({
      name: 'health, metrics',
      value: `http://127.0.0.1:${ports.metrics}/health and http://127.0.0.1:${ports.metrics}/metrics`,
    })
    await server.close()
    await expect(get(ports.metrics, '/health')).rejects.toThrow('fetch failed')
  })

  it('show both sides, and still answer when a side has failed', async () => {
    const { get, ports, server } = await started({ metricsListen: { host: '127.0.0.1', port: 0 }, sideB: {} })
    const fail = async (type: string) => {
      const headers = { authorization: `Basic ${btoa('admin:secret')}`, 'content-type': 'application/json' }
      const body = JSON.stringify({ type, side: 'A', up: false })
      const at = `http://127.0.0.1:${server.sideB?.ports.rest}/acd/faults`
      expect((await fetch(at, { method: 'POST', headers, body })).status).toBe(200)
    }
    await fail('acd-link')
    await fail('side')
    const inService = async (query: string) =>
      /^mrdian_in_service (\d)$/m.exec((await get(ports.metrics, `/metrics${query}`)).text)?.[1]
    expect([await inService(''), await inService('?side=A'), await inService('?side=B')]).toEqual(['0', '0', '1'])
    const health = async (query: string) => (await get(ports.metrics, `/health${query}`)).status
    expect([await health(''), await health('?side=B'), await health('?side=C')]).toEqual([503, 200, 404])
  })

  it('the error about a port that is in use names the flag', async () => {
    const { ports } = await started()
    const taken = { ...free, metricsListen: { host: '127.0.0.1', port: ports.rest ?? 0 } }
    await expect(startServer(taken)).rejects.toThrow(
      `health and metrics: port ${ports.rest} on 127.0.0.1 is taken; use another one: --metrics-listen`,
    )
  })
})

describe('the token of /health and /metrics', () => {
  it.each([
    ['on the REST port', {}],
    ['on an address of their own', { metricsListen: { host: '127.0.0.1', port: 0 } }],
  ])('is required %s', async (_, options) => {
    const { get, ports } = await started({ ...options, metricsToken: TOKEN })
    const port = ports.metrics ?? ports.rest
    for (const path of PATHS) {
      for (const wrong of ['', 'Bearer', 'Bearer x', `Bearer ${TOKEN}x`, `Basic ${btoa('admin:secret')}`, TOKEN]) {
        const { status, text, headers } = await get(port, path, wrong)
        expect([wrong, status, headers.get('www-authenticate'), headers.get('cache-control')]).toEqual([
          ...[wrong, 401, 'Bearer realm="mrdian metrics"', 'no-store'],
        ])
        expect(JSON.parse(text)).toEqual({
          error: 'UNAUTHENTICATED',
          message: 'the token is needed: Authorization: Bearer',
          about: 'Authorization',
        })
      }
      expect((await get(port, path, `Bearer ${TOKEN}`)).status).toBe(200)
      expect((await get(port, path, `bearer  ${TOKEN} `)).status).toBe(200)
    }
  })

  it.each(['', 'short', 'a token with some spaces', 'a-token-with-\u00fcmlauts'])(
    'cannot be %j',
    async (metricsToken) => {
      await expect(startServer({ ...free, metricsToken })).rejects.toThrow('16 to 1024 characters')
    },
  )

  it('comes from a file or from the environment, not from both, and never from a flag', async () => {
    vi.stubEnv('MRDIAN_METRICS_TOKEN', undefined)
    expect(await chosenBy(['--metrics-token-file', 'f'])).toMatchObject({ metricsTokenFile: 'f' })
    await expect(chosenBy(['--metrics-token', TOKEN])).rejects.toThrow("unknown option '--metrics-token'")
    vi.stubEnv('MRDIAN_METRICS_TOKEN', TOKEN)
    expect(await chosenBy([])).toMatchObject({ metricsToken: TOKEN })
    await expect(chosenBy(['--metrics-token-file', 'f'])).rejects.toThrow('are two tokens: give only one')
  })

  it('--metrics-listen takes a host and a port, or a port on loopback', async () => {
    for (const [text, host] of [
      ['9090', '127.0.0.1'],
      ['10.0.0.7:9090', '10.0.0.7'],
      ['watch.example:9090', 'watch.example'],
      ['[::1]:9090', '::1'],
    ] as const)
      expect(await chosenBy(['--metrics-listen', text])).toMatchObject({ metricsListen: { host, port: 9090 } })
    for (const wrong of ['nowhere', '::1:9090', '70000', 'a b:9090', ':9090', 'off'])
      await expect(chosenBy(['--metrics-listen', wrong])).rejects.toThrow('127.0.0.1:9090, [::1]:9090, or 9090 alone')
    await expect(chosenBy(['--metrics-listen', '8082'])).rejects.toThrow(
      '--rest-port and --metrics-listen are both 8082',
    )
  })
})

/** The options that `mrdian serve` reads from its flags. Rejects with the error text when a flag is wrong. */
async function chosenBy(flags: readonly string[]): Promise<ServeOptions | undefined> {
  const chosen: ServeOptions[] = []
  const program = new Command().exitOverride().configureOutput({ writeErr: () => undefined })
  addServeCommand(program, async (options) => void chosen.push(options))
  await program.parseAsync(['serve', ...flags], { from: 'user' })
  return chosen[0]
}

describe('mrdian wait', () => {
  const TAKEN = { status: 'IN_SERVICE', version: expect.any(String) }

  /** Runs `mrdian wait` in this process; gives what it prints. */
  async function wait(port: number | undefined, ...more: string[]) {
    const printed: string[] = []
    const write = vi.spyOn(process.stdout, 'write').mockImplementation((text) => printed.push(String(text)) > 0)
    try {
      const url = ['--url', `http://127.0.0.1:${port}`]
      await createProgram().parseAsync(['node', 'mrdian', 'wait', ...url, ...more])
    } finally {
      write.mockRestore()
    }
    return printed.join('')
  }

  it.runIf(isWhole)('sends the token from its environment to a server that requires one', async () => {
    const { ports } = await started({ metricsToken: TOKEN })
    vi.stubEnv('MRDIAN_METRICS_TOKEN', TOKEN)
    expect(JSON.parse(await wait(ports.rest, '--json'))).toMatchObject(TAKEN)
    for (const wrong of [undefined, `${TOKEN}x`]) {
      vi.stubEnv('MRDIAN_METRICS_TOKEN', wrong)
      await expect(wait(ports.rest, '--for', '1s')).rejects.toThrow(
        `http://127.0.0.1:${ports.rest} is not in service after 1 s: it requires its token in MRDIAN_METRICS_TOKEN`,
      )
    }
  })

  it('prints that the server is in service, or nothing with --quiet', async () => {
    const { ports } = await started()
    expect(await wait(ports.rest)).toMatch(/^in service after \d+\.\d s: http:\/\/127\.0\.0\.1:\d+\n$/)
    expect(await wait(ports.rest, '--quiet')).toBe('')
  })

  it.runIf(isWhole)('prints why a server that answers is not in service', async () => {
    const { ports } = await started()
    await fetch(`http://127.0.0.1:${ports.rest}/acd/faults`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa('admin:secret')}`, 'content-type': 'application/json' },
      body: JSON.stringify({ type: 'acd-link', up: false }),
    })
    await expect(wait(ports.rest, '--for', '1s')).rejects.toThrow(
      `http://127.0.0.1:${ports.rest} is not in service after 1 s: OUT_OF_SERVICE, The link to the ACD is down`,
    )
  })

  it.runIf(isWhole)(
    'prints the last answer when the last request timed out, and says so when no request was answered',
    async () => {
      const reason = 'The link to the ACD is down'
      let answers = 3
      const server = createServer((_, response) => {
        if (answers > 0) response.end(JSON.stringify({ status: 'OUT_OF_SERVICE', reason }))
        answers -= 1
      })
      const port = await new Promise<number>((resolve) => {
        server.listen(0, '127.0.0.1', () => {
          const address = server.address()
          resolve(typeof address === 'object' ? (address?.port ?? 0) : 0)
        })
      })
      onTestFinished(() => {
        server.closeAllConnections()
        server.close()
      })
      for (const seen of [`OUT_OF_SERVICE, ${reason}`, 'it does not answer'])
        await expect(wait(port, '--for', '1s')).rejects.toThrow(
          `http://127.0.0.1:${port} is not in service after 1 s: ${seen}`,
        )
    },
  )
})
