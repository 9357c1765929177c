/** Who may use the inspector, and from which origins. */
import { once } from 'node:events'
import { get } from 'node:http'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ADMIN, type Served, served } from './stage.ts'

const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`

let on: Served
beforeEach(async () => {
  on = await served({ hosts: ['desk.example'] })
})
afterEach(() => on.close())

const PATHS = ['/machines', '/history?user=1001', '/states', '/stream']

describe('requests', () => {
  it.each(PATHS)('%s is refused without a password, and to agents', async (path) => {
    for (const [authorization, status] of [
      ['', 401],
      [basic('admin:wrong'), 401],
      [basic('1001:secret'), 403],
      ['Bearer aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', 401],
    ] as const) {
      const answer = await on.get(path, { authorization })
      expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([status, null])
      expect(await answer.json()).toMatchObject({ error: status === 401 ? 'UNAUTHENTICATED' : 'FORBIDDEN' })
    }
  })

  it('the cookie of a sign-in is enough, and a link signs in once', async () => {
    const cookie = await on.signIn()
    expect((await on.get('/machines', cookie)).status).toBe(200)
    await (await on.view('', cookie)).close()
    const link = `Bearer ${on.service.link()}`
    const [linked, again] = [await on.signIn(link), await on.signIn(link)]
    expect((await on.get('/machines', linked)).status).toBe(200)
    expect(again).toEqual({ cookie: '' })
  })

  it('a page goes on with the sign-in of its browser, and a sign-out ends it and its streams', async () => {
    const cookie = await on.signIn()
    const signIn = (method: string, headers = {}) => fetch(`${on.at}/sign-in`, { method, headers })
    expect((await signIn('GET')).status).toBe(204)
    const answer = await signIn('GET', cookie)
    expect(await answer.json()).toEqual({ ticket: expect.any(String), ticketMs: 30_000, idleMs: 900_000 })
    expect(answer.headers.get('cache-control')).toBe('no-store')
    const view = await on.view('', cookie)
    const closed = new Promise<number>((resolve) => view.socket.once('close', resolve))
    const out = await signIn('DELETE', cookie)
    expect([out.status, out.headers.get('set-cookie')]).toEqual([204, expect.stringContaining('Max-Age=0')])
    expect(await closed).toBe(1008)
    expect((await on.get('/machines', cookie)).status).toBe(401)
  })

  it('pages of other origins do not use the cookie', async () => {
    const cookie = await on.signIn()
    const pages: readonly Readonly<Record<string, string>>[] = [
      { origin: 'http://127.0.0.1:3000' },
      { 'sec-fetch-site': 'same-site' },
    ]
    for (const foreign of pages) {
      expect((await on.get('/machines', { ...cookie, ...foreign })).status).toBe(403)
      expect((await on.get('/sign-in', { ...cookie, ...foreign })).status).toBe(403)
    }
    await expect(on.view('', { ...cookie, origin: 'http://127.0.0.1:3000' })).rejects.toThrow('403')
  })

  it('wrong passwords lock an administrator out here too, but who is signed in stays so', async () => {
    const cookie = await on.signIn(`Bearer ${on.service.link()}`)
    for (let tries = 0; tries < 5; tries += 1)
      expect((await on.get('/machines', { authorization: basic('admin:wrong') })).status).toBe(401)
    expect((await on.get('/machines')).status).toBe(401)
    await expect(on.view()).rejects.toThrow('401')
    expect((await on.get('/machines', cookie)).status).toBe(200)
  })

  it('a request of a page gets no challenge, so that the browser shows no dialog', async () => {
    const challenge = async (headers: Readonly<Record<string, string>>) => {
      const [answer] = await once(get(`${on.at}/machines`, { headers }), 'response')
      answer.resume()
      return answer.headers['www-authenticate']
    }
    expect(await challenge({})).toContain('Basic')
    expect(await challenge({ 'sec-fetch-mode': 'cors' })).toBeUndefined()
  })

  it('pages of other origins are refused', async () => {
    for (const path of PATHS)
      expect((await on.get(path, { authorization: ADMIN, origin: 'http://evil.example' })).status).toBe(403)
    expect((await on.get('/machines', { authorization: ADMIN, origin: on.at.replace('/inspect', '') })).status).toBe(
      200,
    )
  })
})

describe('the stream', () => {
  it('accepts a ticket once', async () => {
    const { ticket } = await on.admission()
    const view = await on.view(`?ticket=${ticket}`, {})
    await view.close()
    await expect(on.view(`?ticket=${ticket}`, {})).rejects.toThrow('401')
    await expect(on.view('?ticket=made-up', {})).rejects.toThrow('401')
  })

  it('refuses agents and requests without credentials', async () => {
    await expect(on.view('', {})).rejects.toThrow('401')
    await expect(on.view('', { authorization: basic('1001:secret') })).rejects.toThrow('403')
  })

  it('refuses pages of other origins, and other host names', async () => {
    const origin = `http://127.0.0.1:${on.port}`
    await (await on.view('', { authorization: ADMIN, origin })).close()
    const foreign: readonly Readonly<Record<string, string>>[] = [
      { origin: 'http://evil.example' },
      { origin: `https://evil.example:${on.port}` },
      { origin: 'null' },
      { host: 'evil.example', origin: 'http://evil.example' },
      { host: `evil.example:${on.port}` },
    ]
    for (const headers of foreign)
      await expect(on.view('', { authorization: ADMIN, ...headers })).rejects.toThrow('403')
    const own = { host: `desk.example:${on.port}`, origin: `http://desk.example:${on.port}` }
    await (await on.view('', { authorization: ADMIN, ...own })).close()
  })

  it('refuses viewers above the limit', async () => {
    await on.close()
    on = await served({ viewers: 2 })
    const views = [await on.view(), await on.view()]
    await expect(on.view()).rejects.toThrow('503')
    await views[0]?.close()
    await (await on.view()).close()
  })

  it('is closed with code 1001 when the server stops', async () => {
    const view = await on.view()
    const closed = new Promise<number>((resolve) => view.socket.once('close', resolve))
    await on.service.close()
    expect(await closed).toBe(1001)
    await expect(on.view()).rejects.toThrow('503')
  })
})
