/** The inspector of a whole server: its flags, pages, metrics and shutdown. More of it in `npm run test:whole`. */
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { bannerOf } from '../../src/cli/banner.ts'
import { startInspectServer } from '../../src/cli/inspect-server.ts'
import { createProgram } from '../../src/cli/program.ts'
import { type RunningServer, type ServerOptions, startServer } from '../../src/cli/server.ts'
import { InspectorService } from '../../src/inspect/index.ts'
import type { Frame } from '../../src/inspect/protocol.ts'
import { sqliteStore } from '../../src/store/index.ts'
import { describeInBrowser, launchBrowser, type TestBrowser } from '../browser.ts'
import { bench } from '../engine/harness.ts'
import { GOOD, looksOf } from '../inspect/board/looks.ts'
import { ADMIN, isReady, reached, View } from '../inspect/stage.ts'
import { interrupts, SECRETS, signIn } from '../inspect/story.ts'
import { some } from '../suite/extent.ts'
import { run, start, temporary } from './process.ts'

const running: Pick<RunningServer, 'close'>[] = []
afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.close()))
})

async function started(options: ServerOptions = {}) {
  const server = await startServer({ restPort: 0, httpBindPort: 'off', xmppPort: 'off', data: ':memory:', ...options })
  running.push(server)
  return { server, base: `http://127.0.0.1:${server.ports.rest}`, ws: `ws://127.0.0.1:${server.ports.rest}` }
}

const authorization = { authorization: ADMIN }

describe('mrdian serve --inspect', () => {
  it('is off by default', async () => {
    const { base, ws } = await started()
    for (const path of ['/inspect/', '/inspect/machines', '/inspect/stream'])
      expect((await fetch(base + path, { headers: authorization })).status).toBe(404)
    await expect(View.open(`${ws}/inspect/stream`, authorization)).rejects.toThrow()
    expect(await (await fetch(`${base}/metrics`)).text()).not.toContain('mrdian_inspect')
  })

  it('serves the page to everybody and all other paths to administrators, and counts viewers and frames', async () => {
    const { server, base, ws } = await started({ inspect: 'viewer' })
    const page = await fetch(`${base}/inspect/`)
    expect([page.status, page.headers.get('content-security-policy')]).toEqual([
      200,
      expect.stringContaining("default-src 'none'"),
    ])
    expect((await fetch(`${base}/inspect/machines`)).status).toBe(401)
    expect((await fetch(`${base}/inspect/stately`)).status).toBe(404)
    const view = await View.open(`${ws}/inspect/stream?format=mrdian`, authorization)
    await view.until(isReady)
    const counted = await (await fetch(`${base}/metrics`)).text()
    expect(counted).toContain('mrdian_inspect_viewers 1')
    expect(counted).toMatch(/mrdian_inspect_frames_total [1-9]/)
    expect(counted).toContain('mrdian_inspect_frames_dropped_total 0')
    expect(bannerOf(server, '').lines).toContainEqual({ name: 'inspector', value: `${base}/inspect/` })
    const closed = new Promise<number>((resolve) => view.socket.once('close', resolve))
    await server.close()
    expect(await closed).toBe(1001)
  })

  it('works over TLS', async () => {
    const { server } = await started({ inspect: 'viewer', tls: 'self-signed', restTlsPort: 0 })
    const { WebSocket } = await import('ws')
    const socket = new WebSocket(`wss://127.0.0.1:${server.ports.restTls}/inspect/stream?format=mrdian`, {
      headers: authorization,
      rejectUnauthorized: false,
    })
    const [first] = await new Promise<[Buffer]>((resolve, reject) => {
      socket.once('message', (data: Buffer) => resolve([data]))
      socket.once('error', reject)
    })
    expect(JSON.parse(first.toString())).toMatchObject({ type: '@mrdian.hello', redacted: true })
    socket.terminate()
  })

  it('is refused on an address that other machines reach, unless --inspect-remote is given', async () => {
    const refusal = async (...args: string[]) => {
      const program = createProgram(async () => undefined)
      let text = ''
      for (const command of [program, ...program.commands])
        command.exitOverride().configureOutput({ writeErr: (piece) => (text += piece) })
      await program.parseAsync(['node', 'mrdian', 'serve', ...args]).catch(() => undefined)
      return text
    }
    expect(await refusal('--inspect', '--host', '0.0.0.0')).toContain('add --inspect-remote')
    expect(await refusal('--inspect', '--inspect-remote', '--host', '0.0.0.0')).toBe('')
    expect(await refusal('--inspect=everything')).toContain('Possible are on, off, stately')
  })
})

describe('mrdian inspect', () => {
  /** A data file with the history of an interrupt. */
  async function dataFile() {
    const file = join(await temporary(), 'state.db')
    const on = await bench({ store: sqliteStore(file) })
    await signIn(on)
    await interrupts(on)
    const at = on.clock.now()
    await on.engine.close()
    return { file, at }
  }

  it('prints frames, one per line, without personal data', async () => {
    const { file, at } = await dataFile()
    const { code, out, err } = await run(['inspect', file, '--user', '1001', '--at', String(at), '--json'])
    expect([code, err]).toEqual([0, ''])
    const frames = out
      .trimEnd()
      .split('\n')
      .map((line): Frame => JSON.parse(line))
    expect(frames.find(reached('user/1001/media:5001', 'INTERRUPTED'))).toBeDefined()
    expect(frames.at(-1)).toMatchObject({ type: '@mrdian.end', complete: true })
    expect(out).not.toContain(SECRETS.variable)
  })

  it('serves the viewer read-only; the link works once', async () => {
    const { file, at } = await dataFile()
    const { child, ended } = start(['inspect', file, '--user', '1001', '--at', String(at)])
    const [line] = await once(createInterface({ input: child.stdout }), 'line')
    const link = new URL(line)
    expect([link.hostname, link.searchParams.get('user')]).toEqual(['127.0.0.1', '1001'])
    const headers = { authorization: `Bearer ${link.hash.replace('#ticket=', '')}` }
    const base = link.href.split('?')[0] ?? ''
    expect((await fetch(base)).status).toBe(200)
    expect((await fetch(`${base}machines`)).status).toBe(401)
    const admission = await fetch(`${base}tickets`, { method: 'POST', headers })
    const { ticket } = JSON.parse(await admission.text())
    const cookie = admission.headers.get('set-cookie')?.split(';', 1)[0] ?? ''
    expect((await fetch(`${base}tickets`, { method: 'POST', headers })).status).toBe(401)
    const view = await View.open(`${base.replace('http', 'ws')}stream?format=mrdian&ticket=${ticket}`, {})
    await view.until(isReady)
    expect(
      view.frames.find((frame) => frame.type === '@mrdian.actors' && frame.aggregate === 'user/1001'),
    ).toBeDefined()
    const past = await fetch(`${base}history?user=1001&at=${at}`, { headers: { cookie } })
    expect(await past.text()).toContain('INTERRUPTED')
    child.kill('SIGINT')
    expect((await ended).code).toBe(0)
  })

  it('refuses wrong arguments with a reason', async () => {
    const { file } = await dataFile()
    const refused = (...args: string[]) => createProgram().parseAsync(['node', 'mrdian', 'inspect', file, ...args])
    await expect(refused('--user', 'nobody')).rejects.toThrow('nothing is kept of user/nobody')
    await expect(refused('--json')).rejects.toThrow('--json needs --user or --dialog')
    await expect(refused('--stately', '--user', '1001')).rejects.toThrow('--stately needs --user and --at')
  })
})

/** A stand-in for the Stately Inspector: it reports that it is connected and records the messages and their origins. */
const STATELY = `<!doctype html><script>
window.told = []
addEventListener('message', (event) => told.push({ origin: event.origin, data: event.data }))
parent.postMessage({ type: '@statelyai.connected' }, '*')
</script>`

describeInBrowser('the page for the Stately Inspector', () => {
  let browser: TestBrowser
  beforeAll(async () => {
    browser = await launchBrowser()
  })
  afterAll(() => browser?.close())

  it('warns that data leaves the machine, asks for a password, and posts frames to that origin only', async () => {
    const { server, base } = await started({ inspect: 'stately' })
    expect(bannerOf(server, '').lines.find(({ name }) => name === 'inspector')?.value).toContain('leaves this machine')
    const opened = await browser.open(`${base}/inspect/stately`, { allow: (url) => url.startsWith(base) })
    const { page } = opened
    await page.route('https://stately.ai/**', (route) => route.fulfill({ contentType: 'text/html', body: STATELY }))
    await page.reload()
    expect(await page.textContent('header')).toContain('Agent data leaves this machine')
    await page.fill('#name', 'admin')
    await page.fill('#password', 'secret')
    await page.click('#sign-in button')
    await page.getByText('Connected to https://stately.ai').waitFor()
    const frame = page.frames().find((each) => each.url() === 'https://stately.ai/inspect')
    await frame?.waitForFunction("told.some(({ data }) => data.sessionId === 'user/1001/media:5001')")
    expect(await frame?.evaluate('told.find(({ data }) => data.sessionId === "user/1001")')).toMatchObject({
      origin: base,
      data: { type: '@xstate.actor', definition: expect.stringContaining('"TALKING"') },
    })
    // Of the first load, before its host was there, and of the second.
    const asked = ['https://stately.ai/', 'https://stately.ai/', 'https://stately.ai/inspect']
    expect(opened.stopped).toEqual(asked)
    expect(opened.problems.filter((problem) => !problem.includes('ERR_PROXY_CONNECTION_FAILED'))).toEqual([])
    await opened.close()
  })

  it.each(some(['light', 'dark'] as const, 2))(
    'in its %s theme it can be read, on a telephone too',
    async (colorScheme) => {
      const { base } = await started({ inspect: 'stately' })
      const allow = (url: string) => url.startsWith(base)
      const opened = await browser.open(`${base}/inspect/stately`, { allow, colorScheme })
      const { page } = opened
      const isGood = async (view: string) => {
        for (const width of [1280, 360]) {
          await page.setViewportSize({ width, height: 740 })
          expect([view, width, await looksOf(page)]).toEqual([view, width, GOOD])
          await opened.picture(`stately-${view}-${width}-${colorScheme}`)
        }
      }
      await page.getByText('This browser cannot reach https://stately.ai').waitFor()
      await isGood('lost')
      await page.route('https://stately.ai/**', (route) => route.fulfill({ contentType: 'text/html', body: STATELY }))
      await page.getByRole('button', { name: 'Try again' }).click()
      await page.getByText('Sign in as an administrator to begin.').waitFor()
      await isGood('sign-in')
      await opened.close()
    },
  )

  it('says at once when its host cannot be reached, and begins when it can', async () => {
    const { base } = await started({ inspect: 'stately' })
    const opened = await browser.open(`${base}/inspect/stately`, { allow: (url) => url.startsWith(base) })
    const { page } = opened
    const told = page.getByRole('status')
    await page.getByText('This browser cannot reach https://stately.ai').waitFor()
    expect(await told.textContent()).toContain('Nothing was sent')
    expect(await page.getByLabel('Password').isVisible()).toBe(false)
    expect(opened.stopped).toEqual(['https://stately.ai/'])
    await opened.picture('viewer-stately')
    await page.route('https://stately.ai/**', (route) => route.fulfill({ contentType: 'text/html', body: STATELY }))
    await page.getByRole('button', { name: 'Try again' }).click()
    await page.getByText('Sign in as an administrator to begin.').waitFor()
    expect(await page.getByLabel('Password').isVisible()).toBe(true)
    await opened.close()
  })

  it('signs in with the link of a command and shows the past that the link names', async () => {
    const { server } = await started()
    await server.engine.command({
      ...{ type: 'media.signIn', user: '1001', mrd: '5001' },
      ...{ maxDialogLimit: 1, interruptAction: 'ACCEPT' },
    })
    const at = new Date(server.engine.now()).toISOString()
    const pages = await startInspectServer(new InspectorService({ engine: server.engine }), 'stately', 0)
    running.push(pages)
    const base = `http://127.0.0.1:${pages.port}`
    const link = pages.link({ user: '1001', at })
    const opened = await browser.open(`${base}/inspect/stately`, { allow: (url) => url.startsWith(base) })
    const { page } = opened
    await page.route('https://stately.ai/**', (route) => route.fulfill({ contentType: 'text/html', body: STATELY }))
    await page.goto('about:blank')
    await page.goto(link)
    await page.getByText('The past was sent').waitFor()
    expect(new URL(page.url()).hash).toBe('')
    const frame = page.frames().find((each) => each.url() === 'https://stately.ai/inspect')
    await frame?.waitForFunction("told.some(({ data }) => data.event?.type === 'MEDIA_SIGN_IN')")
    await opened.close()
  })
})
