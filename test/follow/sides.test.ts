/** Side moves: what is sent again, and what happens to a side whose certificate does not fit. */
import { afterEach, describe, expect, it, vi } from 'vitest'
import { type Site, site, TWO_SIDES } from '../conformance/server.ts'
import { PATIENCE } from '../suite/patience.ts'
import { type Beside, BY_WATCHING, beside, sideOf } from './beside.ts'

let b: Beside
afterEach(() => b.close())

const until = (at: Site, holds: () => boolean) =>
  vi.waitFor(
    async () => {
      await at.passes(0.5)
      if (!holds()) throw new Error(`not yet: ${JSON.stringify(b.follower.status)}`)
    },
    { timeout: PATIENCE, interval: 20 },
  )

const isLiveAt = (side: string, live = 2) => {
  const { isUp, side: now, users } = b.follower.status
  return isUp && now === side && users.live === live
}

const sideB = (at: Site) => ({
  rest: at.atB.rest,
  xmpp: `xmpp://127.0.0.1:${at.server.sideB?.ports.xmpp}`,
  domain: 'b.localhost',
})

const loseSideA = (at: Site) => at.acd('POST', '/faults', { type: 'side', side: 'A', up: false }, at.atB)

describe('after a move', () => {
  it('the sign-in of a mobile agent that was made here is sent again, with mode and number (`notifications 12.4`)', async () => {
    const at = await site(TWO_SIDES)
    const credentials = { watch: { user: 'admin', password: 'secret' }, agents: { 1006: 'secret' } }
    const sides = [sideOf(at), sideB(at)]
    b = await beside({ credentials, users: ['1006'], presenceCountsAsDesktop: false, sides }, at)
    await b.follower.live()
    const mobileAgent = { mode: 'CALL_BY_CALL', dialNumber: '5550123' } as const
    const { engine } = b.follower
    const signIn = engine.command({ type: 'user.signIn', user: '1006', extension: '1006', mobileAgent })
    await b.same('1006')
    expect(await signIn).toMatchObject({ outcome: 'DONE' })
    expect(at.server.engine.get.user('1006', 'A')?.mobileAgent).toEqual(mobileAgent)
    await loseSideA(at)
    await until(at, () => isLiveAt('B', 1))
    await until(at, () => at.server.engine.get.user('1006', 'B')?.mobileAgent !== undefined)
    expect(at.server.engine.get.user('1006', 'B')?.mobileAgent).toEqual(mobileAgent)
    await until(at, () => engine.get.user('1006')?.mobileAgent !== undefined)
    expect(engine.get.user('1006')).toEqual(at.server.engine.get.user('1006', 'B'))
  })

  it('subscribes again on the other side, so that states come at once (`notifications 5.3`)', async () => {
    const at = await site(TWO_SIDES)
    b = await beside({ ...BY_WATCHING, sides: [sideOf(at), sideB(at)], limits: { pollEveryMs: 3_600_000 } }, at)
    await b.follower.live()
    await loseSideA(at)
    await until(at, () => isLiveAt('B'))
    const { notifications } = b.follower.figures
    await at.restOnly('1002', undefined, at.atB).putUser('<state>LOGIN</state><extension>1002</extension>')
    await until(at, () => b.follower.engine.get.user('1002')?.state === 'NOT_READY')
    expect(b.follower.figures.notifications).toBeGreaterThan(notifications)
  })
})

describe('a side whose certificate is not trusted', () => {
  it('is reported and left alone, and the other one is followed', async () => {
    const at = await site({ ...TWO_SIDES, tls: 'self-signed', restTlsPort: 0, httpBindTlsPort: 0, xmppTlsPort: 0 })
    const first = { ...sideOf(at), rest: `https://127.0.0.1:${at.server.ports.restTls}` }
    b = await beside({ ...BY_WATCHING, sides: [first, sideB(at)] }, at)
    await until(at, () => isLiveAt('B'))
    await at.restOnly('1001', undefined, at.atB).putUser('<state>LOGIN</state><extension>1001</extension>')
    await until(at, () => b.follower.engine.get.user('1001')?.state === 'NOT_READY')
  })

  it('of XMPP ends no process: the follower is stale and goes on trying', async () => {
    const at = await site({ tls: 'self-signed', restTlsPort: 0, httpBindTlsPort: 0, xmppTlsPort: 0 })
    b = await beside(
      { ...BY_WATCHING, sides: [{ ...sideOf(at), xmpp: `xmpps://127.0.0.1:${at.server.ports.xmppTls}` }] },
      at,
    )
    const { requests } = b.follower.figures
    for (let second = 0; second < 60; second += 1) {
      await at.passes(1)
      await at.acd('GET', '/tasks')
    }
    expect(b.follower.status).toMatchObject({ isUp: false, users: { stale: 2 } })
    // SystemInfo before each attempt, with pauses that grow to 20 s.
    expect(b.follower.figures.requests - requests).toBeLessThan(20)
  })
})
