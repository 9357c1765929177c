/** The status of a side for clients and operators: `notifications 12.1` to 12.3, and `/health`. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Side } from '../../../machines/wire.ts'
import { OUTAGE, restAnswer } from '../finesse-client.ts'
import { type Place, type Site, site, TWO_SIDES } from '../server.ts'

let on: Site
beforeAll(async () => {
  on = await site(TWO_SIDES)
})
afterAll(() => on.close())

const placeOf = (side: Side): Place => (side === 'A' ? on.at : on.atB)

/** SystemInfo of a side, by GET without credentials. */
async function systemInfo(side: Side) {
  const response = await fetch(`${placeOf(side).rest}/finesse/api/SystemInfo`)
  expect(response.status).toBe(200)
  return restAnswer(response, await response.text())
}

async function health(side: Side) {
  const response = await fetch(`${placeOf(side).rest}/health`)
  const found: Readonly<Record<string, unknown>> = JSON.parse(await response.text())
  return [response.status, found] as const
}

const isInService = async (side: Side) => (await systemInfo(side)).value('status') === 'IN_SERVICE'

/** Sends a fault to side B, which works even if side A does not. */
async function fault(fault: object): Promise<void> {
  expect((await on.acd('POST', '/faults', fault, on.atB)).status).toBe(200)
}

const restStatus = async (side: Side) => (await on.restOnly('1001', 'secret', placeOf(side)).get('User/1001')).status

describe('SystemInfo of two sides', () => {
  it('names both hosts on each side, and the XMPP domain of that side', async () => {
    for (const side of ['A', 'B'] as const) {
      const { body, value } = await systemInfo(side)
      expect(body).toContain('<primaryNode><host>localhost</host></primaryNode>')
      expect(body).toContain('<secondaryNode><host>b.localhost</host></secondaryNode>')
      const domain = side === 'A' ? 'localhost' : 'b.localhost'
      expect([value('xmppDomain'), value('xmppPubSubDomain')]).toEqual([domain, `pubsub.${domain}`])
      expect([value('status'), value('statusReason'), value('lastCTIHeartbeatStatus')]).toEqual([
        'IN_SERVICE',
        '',
        'success',
      ])
    }
  })

  it('shows the offset of the time zone of the directory, by GET and in the notification (user 9.1)', async () => {
    const before = on.server.engine.get.directory()
    await on.server.engine.reload({ ...before, settings: { ...before.settings, timeZone: 'Asia/Kolkata' } })
    const agent = await on.client('1001')
    expect((await systemInfo('A')).value('timezoneOffset')).toBe('330')
    await fault({ type: 'acd-link', side: 'A', up: false })
    await fault({ type: 'acd-link', side: 'A', up: true })
    expect((await agent.one()).value('timezoneOffset')).toBe('330')
  })

  it.each([
    ['A', 'B'],
    ['B', 'A'],
  ] as const)('%s may be OUT_OF_SERVICE for its ACD link while %s is IN_SERVICE (12.3)', async (down, up) => {
    const before = Number((await systemInfo(down)).value('lastSuccessCTIHeartbeatTime'))
    await fault({ type: 'acd-link', side: down, up: false })
    await on.clock.advance(7000)
    const { value } = await systemInfo(down)
    expect([value('status'), value('statusReason'), value('lastCTIHeartbeatStatus')]).toEqual([
      'OUT_OF_SERVICE',
      'The link to the ACD is down',
      'failure',
    ])
    expect(Number(value('lastSuccessCTIHeartbeatTime'))).toBe(before)
    const other = await systemInfo(up)
    expect([other.value('status'), other.value('lastCTIHeartbeatStatus')]).toEqual(['IN_SERVICE', 'success'])
    expect(Number(other.value('lastSuccessCTIHeartbeatTime'))).toBe(before + 7000)
    expect([await restStatus(down), await restStatus(up)]).toEqual([503, 200])
    await fault({ type: 'acd-link', side: down, up: true })
    expect([await restStatus(down), await isInService(down)]).toEqual([200, true])
    expect(Number((await systemInfo(down)).value('lastSuccessCTIHeartbeatTime'))).toBe(before + 7000)
  })

  it('the change is sent only to the clients of that side, before all other notifications', async () => {
    const [atA, atB] = await Promise.all([on.client('1001'), on.client('1002', on.atB)])
    const heard: string[] = []
    on.server.engine.on('notification', ({ value }) => {
      if (value.kind === 'systemInfo') heard.push(`${value.side} ${value.status}`)
    })
    await fault({ type: 'acd-link', side: 'A', up: false })
    await fault({ type: 'acd-link', side: 'A', up: true })
    await on.server.engine.delivered()
    expect(heard).toEqual(['A OUT_OF_SERVICE', 'A IN_SERVICE'])
    // Answered on the same stream, by the notification: what was sent before has arrived.
    for (const client of [atA, atB]) await client.putUser('<state>READY</state>', 'barrier')
    const refused = (user: string) => `User/${user} put apiErrors CF_INVALID_OBJECT_STATE #barrier`
    expect(await atA.next(3)).toEqual([...OUTAGE, refused('1001')])
    expect(await atB.next(1)).toEqual([refused('1002')])
  })

  it('a lost side answers no request and accepts no session, and the other side shows it (12.1)', async () => {
    await fault({ type: 'side', side: 'A', up: false })
    await expect(fetch(`${on.at.rest}/finesse/api/SystemInfo`)).rejects.toThrow()
    expect([await isInService('B'), await restStatus('B')]).toEqual([true, 200])
    const [status, found] = await health('B')
    expect([status, found.status]).toEqual([200, 'IN_SERVICE'])
    expect(found.sides).toEqual({
      A: { status: 'OUT_OF_SERVICE', reason: 'The side is lost' },
      B: { status: 'IN_SERVICE' },
    })
    await fault({ type: 'side', side: 'A', up: true })
    expect(await isInService('A')).toBe(true)
  })
})

describe('/health of two sides', () => {
  it('has the status of the requested side, and names both', async () => {
    for (const side of ['A', 'B'] as const) {
      const [status, found] = await health(side)
      expect([status, found.status, found.sides]).toEqual([
        200,
        'IN_SERVICE',
        { A: { status: 'IN_SERVICE' }, B: { status: 'IN_SERVICE' } },
      ])
    }
    await fault({ type: 'acd-link', side: 'A', up: false })
    const sides = {
      A: { status: 'OUT_OF_SERVICE', reason: 'The link to the ACD is down' },
      B: { status: 'IN_SERVICE' },
    }
    const [ofA, atA] = await health('A')
    expect([ofA, atA]).toMatchObject([503, { ...sides.A, sides }])
    const [ofB, atB] = await health('B')
    expect([ofB, atB]).toMatchObject([200, { ...sides.B, sides }])
    expect(atB).not.toHaveProperty('reason')
    await fault({ type: 'acd-link', side: 'A', up: true })
    expect((await health('A'))[0]).toBe(200)
  })
})

describe('a failure of a shared part applies to both sides, whichever is named', () => {
  it.each([
    ['A', 'B'],
    ['B', 'A'],
  ] as const)('both peripheral gateways, named at %s and back at %s (media P11)', async (named, back) => {
    await fault({ type: 'peripheral-gateway', both: true, side: named, up: false })
    for (const side of ['A', 'B'] as const) {
      const { value } = await systemInfo(side)
      expect([value('status'), value('statusReason')]).toEqual(['OUT_OF_SERVICE', 'Both peripheral gateways are down'])
      expect(await restStatus(side)).toBe(503)
    }
    await fault({ type: 'peripheral-gateway', side: back, up: true })
    expect([await isInService('A'), await isInService('B')]).toEqual([true, true])
    expect((await on.acd('GET', '/faults')).body).toEqual([])
  })

  it('the application path: begins and ends on both sides (D19)', async () => {
    await fault({ type: 'app-path', side: 'B', up: false })
    expect((await on.acd('GET', '/faults')).body).toEqual([
      { type: 'app-path', side: 'A', up: false },
      { type: 'app-path', side: 'B', up: false },
    ])
    expect([await isInService('A'), await isInService('B')]).toEqual([true, true])
    await fault({ type: 'app-path', side: 'A', up: true })
    expect((await on.acd('GET', '/faults')).body).toEqual([])
  })
})

describe('the notification service of a side (12.3)', () => {
  it('when it is lost, only that side is out of service', async () => {
    await on.server.notifications.close()
    const { value } = await systemInfo('A')
    expect([value('status'), value('statusReason')]).toEqual([
      'OUT_OF_SERVICE',
      'The notification service is not connected',
    ])
    expect([await restStatus('A'), await restStatus('B'), await isInService('B')]).toEqual([503, 200, true])
    expect((await health('A'))[0]).toBe(503)
    expect((await health('B'))[0]).toBe(200)
    const agent = await on.client('1003', on.atB)
    await agent.putUser('<state>LOGIN</state><extension>1003</extension>')
    expect(await agent.next(1)).toEqual(['User/1003 PUT user NOT_READY'])
  })
})
