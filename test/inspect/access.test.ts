/** Who may use the inspector, and from which origins. */
import { once } from 'node:events'
import { get } from 'node:http'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
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

  it('a session is enough, and a link gives a session once', async () => {
    const { session } = await on.admission()
    expect((await on.get('/machines', { authorization: `Bearer ${session}` })).status).toBe(200)
    const headers = { authorization: `Bearer ${on.service.link()}` }
    const [first, second] = [
      await fetch(`${on.at}/tickets`, { method: 'POST', headers }),
      await fetch(`${on.at}/tickets`, { method: 'POST', headers }),
    ]
    expect([first.status, second.status]).toEqual([200, 401])
    const linked: unknown = await first.json()
    expect(linked).toMatchObject({ ticketMs: 30_000, session: expect.any(String) })
  })

  it('wrong passwords lock an administrator out here too, but an existing session goes on', async () => {
    const headers = { authorization: `Bearer ${on.service.link()}` }
    const { session } = z
      .object({ session: z.string() })
      .parse(await (await fetch(`${on.at}/tickets`, { method: 'POST', headers })).json())
    for (let tries = 0; tries < 5; tries += 1)
      expect((await on.get('/machines', { authorization: basic('admin:wrong') })).status).toBe(401)
    expect((await on.get('/machines')).status).toBe(401)
    await expect(on.view()).rejects.toThrow('401')
    expect((await on.get('/machines', { authorization: `Bearer ${session}` })).status).toBe(200)
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
