/** A browser client whose side is lost moves to the other side by itself (`notifications 12.2`, 12.5). */
import { once } from 'node:events'
import { createServer } from 'node:http'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type RunningServer, startServer } from '../../../src/cli/server.ts'
import type { ServerPorts } from '../../../src/cli/side.ts'
import { describeInBrowser, launchBrowser, type TestBrowser } from '../../browser.ts'
import { DESKTOP } from './desktop.ts'

const PORTS = { restPort: 'off', restTlsPort: 0, httpBindPort: 'off', httpBindTlsPort: 0, xmppPort: 'off' } as const

/** The lines that a page writes, in order. */
class Told {
  readonly #lines: string[] = []
  #wake: () => void = () => undefined

  push(line: string): void {
    this.#lines.push(line)
    this.#wake()
  }

  /** Waits for this line. Returns all lines up to it. */
  async until(line: string): Promise<readonly string[]> {
    while (!this.#lines.includes(line))
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    return this.#lines.splice(0, this.#lines.indexOf(line) + 1)
  }
}

describeInBrowser('a desktop in a browser, over TLS with HTTP/2', () => {
  let browser: TestBrowser
  let server: RunningServer
  /** The page has another origin than every port of the server. */
  const pages = createServer((_request, response) =>
    response.setHeader('content-type', 'text/html').end('<!doctype html>'),
  )
  beforeAll(async () => {
    browser = await launchBrowser()
    server = await startServer({
      ...PORTS,
      sideB: { ...PORTS, xmppTlsPort: 'off' },
      tls: 'self-signed',
      data: ':memory:',
    })
    await once(pages.listen(0, '127.0.0.1'), 'listening')
  })
  afterAll(async () => {
    pages.close()
    await browser.close()
    await server.close()
  })

  const placeOf = (name: 'A' | 'B', ports: ServerPorts = {}) => ({
    name,
    rest: `https://127.0.0.1:${ports.restTls}`,
    bosh: `https://127.0.0.1:${ports.restTls}/http-bind/`,
    ws: `wss://127.0.0.1:${ports.httpBindTls}/ws/`,
  })
  const fault = (up: boolean, side: 'A' | 'B') => server.engine.fault({ type: 'side', side, up })

  it.each([
    ['WebSocket', '1001'],
    ['BOSH', '1002'],
  ])('goes on at B when A is lost, and at A again when B is: %s', async (transport, user) => {
    const address = pages.address()
    const port = typeof address === 'object' ? address?.port : undefined
    const desktop = await browser.open(`http://127.0.0.1:${port}/`, {
      ignoreHTTPSErrors: true,
    })
    const { page } = desktop
    // An interception would answer the preflight requests of the browser. In this test the server has to do it.
    await page.unroute('**/*')
    const network = await page.context().newCDPSession(page)
    const protocols = new Set<string | undefined>()
    network.on('Network.responseReceived', ({ response }) => {
      if (new URL(response.url).pathname.startsWith('/finesse/')) protocols.add(response.protocol)
    })
    await network.send('Network.enable')
    const told = new Told()
    await page.exposeFunction('told', (line: string) => told.push(line))
    await page.addScriptTag({ content: DESKTOP })
    const sides = [placeOf('A', server.ports), placeOf('B', server.sideB?.ports)]
    // The promise of the desktop never resolves, so the test does not wait for it.
    await page.evaluate(`void startDesktop(${JSON.stringify(sides)}, '${user}', '${transport}')`)
    expect(await told.until('at work on A')).toEqual(['at work on A'])
    await fault(false, 'A')
    expect(await told.until('at work on B')).toEqual(['A is lost', 'at work on B'])
    // The user has signed in on side B, which acts now. The reason is that of the move.
    expect(server.engine.get.user(user)?.reason?.code).toBe(50002)
    await fault(true, 'A')
    await fault(false, 'B')
    expect(await told.until('at work on A')).toEqual(['B is lost', 'at work on A'])
    await fault(false, 'A')
    await told.until('A cannot be used')
    await fault(true, 'B')
    expect((await told.until('at work on B')).at(-1)).toBe('at work on B')
    await fault(true, 'A')
    expect([...protocols]).toEqual(['h2'])
    await desktop.close()
  })
})
