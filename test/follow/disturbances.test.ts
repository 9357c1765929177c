/**
 * Slow, 20 s: several servers are disturbed. After every disturbance a follower has the state of its Finesse again, and
 * explains what it missed. More in `npm run test:whole`.
 */
import { afterEach, describe, expect, it, vi } from 'vitest'
import { loadDirectory } from '../../src/directory/index.ts'
import { explain, explanationText } from '../../src/history/index.ts'
import { type Site, site, TWO_SIDES } from '../conformance/server.ts'
import { every } from '../store/rows.ts'
import { isWhole } from '../suite/extent.ts'
import { PATIENCE } from '../suite/patience.ts'
import { type Beside, BY_AGENTS, BY_WATCHING, beside, sideOf, stateOf } from './beside.ts'
import { type Network, networkTo } from './network.ts'

let b: Beside
let proxies: Network[] = []
afterEach(async () => {
  await b.close()
  await Promise.all(proxies.map((each) => each.close()))
  proxies = []
})

/** Advances time in small steps, so that sockets have time to answer, until it holds. */
const until = (at: Site, holds: () => boolean) =>
  vi.waitFor(
    async () => {
      await at.passes(0.5)
      if (!holds()) throw new Error(`not yet: ${JSON.stringify(b.follower.status)}`)
    },
    { timeout: PATIENCE, interval: 20 },
  )

const isLive = () => b.follower.status.isUp && b.follower.status.users.live === 2

const fault = (at: Site, type: string, up: boolean, place = at.at) =>
  at.acd('POST', '/faults', { type, side: 'A', up }, place)

async function proxied(port: number | undefined): Promise<Network> {
  const proxy = await networkTo(port ?? 0)
  proxies.push(proxy)
  return proxy
}

describe('a lost link to the ACD', () => {
  it('makes reads stale, and the follower has everything when the side is back (`notifications 12.2`)', async () => {
    b = await beside({})
    await b.follower.live()
    const agent = b.site.restOnly('1001')
    await agent.putUser('<state>LOGIN</state><extension>1001</extension>')
    await b.same()
    await fault(b.site, 'acd-link', false)
    await until(b.site, () => !b.follower.status.isUp)
    expect(b.follower.certainty('1001')).toMatchObject({ state: 'stale' })
    expect(b.follower.engine.get.system().status).toBe('OUT_OF_SERVICE')
    expect(await b.follower.engine.command({ type: 'user.setState', user: '1001', state: 'READY' })).toMatchObject({
      outcome: 'REJECTED',
      code: 'OUT_OF_SERVICE',
    })
    await fault(b.site, 'acd-link', true)
    await until(b.site, isLive)
    await b.same()
  })
})

describe('a lost connection', () => {
  it('is made again, and what was missed is in the journal with the time', async () => {
    const at = await site()
    const xmpp = await proxied(at.server.ports.xmpp)
    b = await beside({ sides: [{ ...sideOf(at), xmpp: `xmpp://127.0.0.1:${xmpp.port}` }] }, at)
    await b.follower.live()
    xmpp.cut()
    await until(at, () => !b.follower.status.isUp)
    await at.restOnly('1001').putUser('<state>LOGIN</state><extension>1001</extension>')
    await at.restOnly('1001').putUser('<state>READY</state>')
    expect(stateOf(b.follower, '1001')).toBe('LOGOUT')
    xmpp.restore()
    await until(at, isLive)
    await b.same()
    expect(b.follower.figures).toMatchObject({ gaps: 1, missed: 1 })
    const rows = await every(b.follower.engine.history?.rows('user/1001', 0) ?? [])
    const { missed } = rows.at(-1)?.origin ?? {}
    expect(missed?.to).toBeGreaterThan(missed?.from ?? Number.NaN)
    const { history } = b.follower.engine
    const told = history && explanationText(await explain(history, { user: '1001' }))
    expect(told).toContain('found by a read: no notification came from')
  })

  it('that stalls is noticed by a ping without an answer (`notifications 10`)', async () => {
    const at = await site()
    const xmpp = await proxied(at.server.ports.xmpp)
    b = await beside({ sides: [{ ...sideOf(at), xmpp: `xmpp://127.0.0.1:${xmpp.port}` }] }, at)
    await b.follower.live()
    xmpp.stall()
    await until(at, () => !b.follower.status.isUp)
    xmpp.restore()
    await until(at, isLive)
    await b.same()
  })
})

describe('two sides (`notifications 12`)', () => {
  it('the follower moves when its side is lost, and is at one side at a time', async () => {
    const at = await site(TWO_SIDES)
    const [one, two] = [await proxied(at.server.ports.xmpp), await proxied(at.server.sideB?.ports.xmpp)]
    const second = { rest: at.atB.rest, xmpp: `xmpp://127.0.0.1:${two.port}`, domain: 'b.localhost' }
    b = await beside({ sides: [{ ...sideOf(at), xmpp: `xmpp://127.0.0.1:${one.port}` }, second] }, at)
    await b.follower.live()
    expect([b.follower.status.side, two.most]).toEqual(['A', 0])
    await fault(at, 'side', false, at.atB)
    await until(at, () => b.follower.status.side === 'B' && isLive())
    expect(one.open).toBe(0)
    await at.restOnly('1001', undefined, at.atB).putUser('<state>LOGIN</state><extension>1001</extension>')
    await until(at, () => stateOf(b.follower, '1001') === 'NOT_READY')
  })
})

describe('a password that was changed', () => {
  it.runIf(isWhole)('is tried a few times only, and reported; the new one works at once', async () => {
    const at = await site()
    const attempts = new Map<string, number>()
    const changed = ['1001', 'admin']
    let isOld = false
    b = await beside(
      {
        fetch: (url, init) => {
          const { authorization = '', ...headers } = Object.fromEntries(new Headers(init.headers))
          const [user = ''] = atob(authorization.slice('Basic '.length)).split(':')
          if (!isOld || !changed.includes(user)) return fetch(url, init)
          attempts.set(user, (attempts.get(user) ?? 0) + 1)
          return fetch(url, { ...init, headers: { ...headers, authorization: `Basic ${btoa(`${user}:old`)}` } })
        },
        presenceCountsAsDesktop: false,
      },
      at,
    )
    await b.follower.live()
    isOld = true
    await until(at, () => b.follower.status.denied.length === changed.length)
    // The others go on.
    expect(b.follower.certainty('1002')).toMatchObject({ state: 'live' })
    for (let n = 0; n < 12; n += 1) await at.passes(600)
    // Five wrong passwords in a row would lock the account (`user 1.4`).
    for (const user of changed) expect(attempts.get(user)).toBeLessThan(5)
    isOld = false
    for (const { user } of b.follower.status.denied) b.follower.changePassword(user, 'secret')
    await until(at, () => b.follower.status.denied.length === 0 && isLive())
  })
})

describe('after a move', () => {
  it('a sign-in to a medium that was made here is sent again with its settings (`notifications 12`)', async () => {
    const at = await site(TWO_SIDES)
    const second = { rest: at.atB.rest, xmpp: `xmpp://127.0.0.1:${at.server.sideB?.ports.xmpp}`, domain: 'b.localhost' }
    b = await beside({ sides: [sideOf(at), second] }, at)
    await b.follower.live()
    const signIn = {
      type: 'media.signIn',
      user: '1001',
      mrd: '5002',
      maxDialogLimit: 4,
      interruptAction: 'IGNORE',
      dialogLogoutAction: 'TRANSFER',
    } as const
    expect(await b.follower.engine.command(signIn)).toMatchObject({ outcome: 'DONE' })
    await fault(at, 'side', false, at.atB)
    await until(at, () => b.follower.status.side === 'B' && isLive())
    const { maxDialogLimit, interruptAction, dialogLogoutAction } = signIn
    await until(at, () => at.server.engine.get.media('1001', '5002', 'B').status?.maxDialogLimit === maxDialogLimit)
    expect(at.server.engine.get.media('1001', '5002', 'B').status).toMatchObject({
      interruptAction,
      dialogLogoutAction,
    })
  })
})

describe('a team with a new member', () => {
  it('gets a session of the new member at once, where agents have sessions, and ends that of one who has left', async () => {
    const at = await site()
    const agents = { 1001: 'secret', 1002: 'secret', 1004: 'secret' }
    const credentials = { ...BY_AGENTS.credentials, agents }
    b = await beside({ ...BY_AGENTS, credentials, users: [], teams: ['2001'] }, at)
    await b.follower.live()
    const { directory } = await loadDirectory()
    const { sessions } = b.follower.figures
    const teamOf = new Map([
      ['1004', '2001'],
      ['1002', '2002'],
    ])
    const users = directory.users.map((user) => ({ ...user, teamId: teamOf.get(user.id) ?? user.teamId }))
    await at.server.engine.reload({ ...directory, users })
    await at.restOnly('1004').putUser('<state>LOGIN</state><extension>1004</extension>')
    await until(at, () => b.follower.certainty('1004')?.state === 'live')
    const presence = (user: string) => at.server.engine.get.presence(user)?.sides.A
    await until(at, () => presence('1002') !== 'PRESENT' && presence('1004') === 'PRESENT')
    expect(b.follower.figures.sessions).toBe(sessions)
    // A task comes by a notification, and no read is due.
    const agent = at.restOnly('1004')
    await agent.media(
      '5002',
      '<state>LOGIN</state><maxDialogLimit>1</maxDialogLimit><interruptAction>IGNORE</interruptAction>',
    )
    await vi.waitFor(() => expect(b.follower.engine.get.media('1004', '5002').status?.state).toBe('NOT_READY'))
    expect(b.follower.engine.get.user('1002')).toBeUndefined()
  })

  it('is read again, and the member is followed', async () => {
    const at = await site()
    const { users: _, ...watching } = BY_WATCHING
    b = await beside({ ...watching, users: [], teams: ['2001'] }, at)
    await b.follower.live()
    const { directory } = await loadDirectory()
    const moved = directory.users.map((user) => (user.id === '1004' ? { ...user, teamId: '2001' } : user))
    await at.server.engine.reload({ ...directory, users: moved })
    await at.restOnly('1004').putUser('<state>LOGIN</state><extension>1004</extension>')
    await until(at, () => b.follower.certainty('1004')?.state === 'live')
    expect(stateOf(b.follower, '1004')).toBe('NOT_READY')
  })
})
