/**
 * One sign-in for the pages, and the read-only link of a wallboard, in a real browser.
 *
 * Slow, 20 s: each test opens pages in a real browser. More in `npm run test:whole`.
 */
import { EventEmitter, once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { type RunningServer, type ServerOptions, startServer } from '../../../src/cli/server.ts'
import { type LoadedDirectory, loadDirectory } from '../../../src/directory/index.ts'
import { describeInBrowser, type WatchedPage } from '../../browser.ts'
import { isWhole } from '../../suite/extent.ts'
import { browsing } from './browsing.ts'

/** The sample directory with other administrators, each with the password `secret`. */
async function withAdministrators(...names: readonly string[]): Promise<LoadedDirectory> {
  const { directory, credentials } = await loadDirectory()
  const [sample] = credentials.filter(({ kind }) => kind === 'administrator')
  if (!sample) throw new Error('the sample directory has an administrator')
  const others = credentials.filter(({ kind }) => kind !== 'administrator')
  return { directory, credentials: [...others, ...names.map((name) => ({ ...sample, id: name }))] }
}

const ADMIN = { authorization: `Basic ${Buffer.from('admin:secret').toString('base64')}` }

describeInBrowser('who is signed in to the pages', () => {
  const shown = browsing()
  const { open } = shown

  async function served(options: ServerOptions = {}): Promise<RunningServer & { readonly at: string }> {
    const off = { httpBindPort: 'off', xmppPort: 'off' } as const
    const server = await startServer({ restPort: 0, ...off, data: ':memory:', inspect: 'viewer', ...options })
    open.push(() => server.close())
    return { ...server, at: `http://127.0.0.1:${server.ports.rest}` }
  }

  async function opened({ at }: { readonly at: string }, path = '/inspect/board'): Promise<WatchedPage> {
    const watched = await shown.browser.open(`${at}${path}`, { allow: (url) => url.startsWith(at) })
    open.push(() => watched.close())
    return watched
  }

  async function signIn({ page }: WatchedPage, name: string): Promise<void> {
    await page.fill('#name', name)
    await page.fill('#password', 'secret')
    await page.click('button[type=submit]')
    await page.locator('main[data-ready]').waitFor()
  }

  const who = ({ page }: WatchedPage) => page.locator('.who-looks').textContent()

  it('a sign-in to the board is one to the viewer too, and survives a reload; a sign-out ends both', async () => {
    const watched = await opened(await served())
    const { page } = watched
    await signIn(watched, 'admin')
    await watched.picture('sign-in-board')
    await page.reload()
    await page.locator('main[data-ready]').waitFor()
    expect(await who(watched)).toBe('admin, administrator')
    const viewer = await page.context().newPage()
    await viewer.goto(page.url().replace('/board', '/'))
    await viewer.getByText('7 agents').waitFor()
    await viewer.click('text=Sign out')
    // The board hears of it without a click.
    await page.locator('#password').waitFor()
    await page.reload()
    await page.locator('#password').waitFor()
    expect(await page.context().cookies()).toEqual([])
    expect(watched.problems).toEqual([])
  })

  it.runIf(isWhole)(
    'a reload of the directory without an administrator ends what that account has open, and nothing else',
    async () => {
      const two = await withAdministrators('admin', 'second')
      const server = await served({ directory: two })
      const pages = [await opened(server), await opened(server)] as const
      for (const [index, name] of ['second', 'admin'].entries()) await signIn(pages[index] ?? pages[0], name)
      const viewer = await pages[0].page.context().newPage()
      await viewer.goto(`${server.at}/inspect/`)
      await viewer.getByText('connected', { exact: true }).waitFor()
      // A program that gives its password each time has no sign-in of a page.
      const stream = `${server.at.replace('http', 'ws')}/inspect/stream`
      const [second, first] = ['second:secret', 'admin:secret'].map(
        (each) => new WebSocket(stream, { headers: { authorization: `Basic ${btoa(each)}` } }),
      )
      await Promise.all([second, first].map((each) => once(each ?? new EventEmitter(), 'open')))
      const closed = once(second ?? new EventEmitter(), 'close')
      await server.engine.reload(await withAdministrators('admin'))
      expect((await closed)[0]).toBe(1008)
      await pages[0].page.locator('#password').waitFor()
      await viewer.getByLabel('Password').waitFor()
      await pages[1].page.locator('[data-connection="open"]').waitFor()
      expect([first?.readyState, await who(pages[1])]).toEqual([WebSocket.OPEN, 'admin, administrator'])
      first?.terminate()
    },
  )

  it('the page cannot read the cookie, and keeps no password', async () => {
    const server = await served()
    const watched = await opened(server)
    await signIn(watched, '1234')
    const kept = await watched.page.evaluate(
      'JSON.stringify([document.cookie, { ...localStorage }, { ...sessionStorage }])',
    )
    expect(kept).toBe('["",{},{}]')
    const [cookie] = await watched.page.context().cookies()
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Strict', secure: false, path: '/' })
  })

  it.runIf(isWhole)('after a restart of the server the page goes on by itself', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'mrdian-pages-'))
    open.push(() => rmSync(folder, { recursive: true }))
    const data = join(folder, 'state.db')
    const first = await served({ data })
    const watched = await opened(first)
    await signIn(watched, '1234')
    await first.close()
    await watched.page.locator('[data-connection="lost"]').waitFor()
    await served({ data, restPort: first.ports.rest ?? 0 })
    await watched.page.locator('[data-connection="open"]').waitFor()
    expect(await who(watched)).toBe('1234, supervisor')
    await watched.page.reload()
    await watched.page.locator('main[data-ready]').waitFor()
  })

  it('an administrator makes the link of a wallboard, which opens the board read-only until it is revoked', async () => {
    const server = await served()
    const first = await opened(server)
    const { page: admin, picture } = first
    await signIn(first, 'admin')
    await admin.click('text=Wallboards')
    await admin.fill('#kiosk-name', 'Hall')
    await admin.keyboard.press('Enter')
    const link = new URL(await admin.locator('input.link').inputValue())
    await admin.locator('.kiosks li', { hasText: 'Hall made by admin' }).waitFor()
    await picture('board-wallboards')
    expect(link.search).toBe('')

    const wall = await opened(server, `${link.pathname}${link.hash}&team=2002`)
    await wall.page.locator('main[data-ready]').waitFor()
    expect(await wall.page.locator('.me').innerText()).toBe('Wallboard, read only')
    expect(await wall.page.locator('.body a').count()).toBe(0)
    await wall.page.selectOption('select[aria-label=Team]', '2001')
    await wall.page.reload()
    await wall.page.locator('.count', { hasText: '3 of 7 agents' }).waitFor()
    expect(await wall.page.context().cookies()).toEqual([])
    await wall.picture('board-kiosk')

    await admin.click('text=Revoke')
    await wall.page.getByText('This link was revoked.').waitFor()
    expect(await admin.locator('.kiosks li').count()).toBe(0)
  })

  it('the secret of a wallboard opens the board only, and only administrators make one', async () => {
    const server = await served()
    const ask = (method: string, path: string, headers: Readonly<Record<string, string>>, body?: object) =>
      fetch(`${server.at}${path}`, {
        method,
        headers: { ...headers, ...(body ? { 'content-type': 'application/json' } : {}) },
        ...(body ? { body: JSON.stringify(body) } : {}),
      })
    const made = await ask('POST', '/acd/kiosks', ADMIN, { name: 'Hall' })
    expect([made.status, made.headers.get('location')]).toEqual([201, '/acd/kiosks/1'])
    const kiosk = { id: '1', name: 'Hall', by: 'admin', at: expect.any(String) }
    const answer: unknown = await made.json()
    expect(answer).toEqual({ ...kiosk, path: expect.stringMatching(/^\/inspect\/board#kiosk=[\w-]{43}$/) })
    const secret = /kiosk=([\w-]{43})/.exec(JSON.stringify(answer))?.[1] ?? ''
    expect(await (await ask('GET', '/acd/kiosks', ADMIN)).json()).toEqual([kiosk])
    const wall = { authorization: `Bearer ${secret}` }
    expect((await ask('POST', '/inspect/board/tickets', wall)).status).toBe(200)
    const refused = [
      ['POST', '/inspect/tickets'],
      ['GET', '/inspect/machines'],
      ['GET', '/inspect/board/kiosks'],
      ['POST', '/inspect/board/kiosks'],
      ['GET', '/acd/kiosks'],
      ['GET', '/finesse/api/User/1001'],
    ] as const
    for (const [method, path] of refused) expect([path, (await ask(method, path, wall)).status]).toEqual([path, 401])
    const supervisor = { authorization: `Basic ${Buffer.from('1234:secret').toString('base64')}` }
    expect((await ask('POST', '/inspect/board/kiosks', supervisor, { name: 'x' })).status).toBe(403)
    expect((await ask('POST', '/acd/kiosks', supervisor, { name: 'x' })).status).toBe(403)
    // A request with the cookie that changes something comes from a page, which has an origin.
    const signedIn = await ask('POST', '/inspect/board/tickets', ADMIN)
    const cookie = signedIn.headers.get('set-cookie')?.split(';', 1)[0] ?? ''
    expect((await ask('POST', '/inspect/board/kiosks', { cookie }, { name: 'x' })).status).toBe(403)
    expect((await ask('POST', '/inspect/board/kiosks', { cookie, origin: server.at }, { name: 'x' })).status).toBe(201)
    expect((await ask('DELETE', '/acd/kiosks/1', ADMIN)).status).toBe(200)
    expect((await ask('DELETE', '/acd/kiosks/1', ADMIN)).status).toBe(404)
    expect((await ask('POST', '/inspect/board/tickets', wall)).status).toBe(401)
  })
})
