/**
 * The notifications that the service gets around an outage of a side (ruling 29, `notifications 12.3`): during the
 * outage only SystemInfo; on the return SystemInfo first, and then everything that happened meanwhile.
 */
import { describe, expect, it } from 'vitest'
import type { FaultInput } from '../../src/engine/api.ts'
import { isAnnouncementsLane } from '../../src/engine/delivery/lanes.ts'
import type { Publisher } from '../../src/engine/ports.ts'
import { type Bench, bench, line } from './harness.ts'

const CHAT = '5002'
const OUT = 'system OUT_OF_SERVICE'
const IN = 'system IN_SERVICE'
const LEAVES = `media 1001 ${CHAT} WORK_NOT_READY not routable`
const TIMES_OUT = `DELETE task 1000_1001_${CHAT} CLOSED CD_RING_NO_ANSWER`
const IS_LOST = `DELETE task 1000_1001_${CHAT} CLOSED CD_APPLICATION_DISCONNECTED`
const RETURNS = `media 1001 ${CHAT} READY not routable`

/** A notification service. It accepts SystemInfo when `until` resolves, and refuses it when `until` rejects. */
class Service implements Publisher {
  readonly lines: string[] = []
  until: Promise<void> = Promise.resolve()

  async publish({ itemId, lane, notification }: Parameters<Publisher['publish']>[0]): Promise<void> {
    // Statistics of queues are not stored, and come whenever they have changed.
    if (isAnnouncementsLane(lane)) return
    if (notification.value.kind === 'systemInfo') await this.until
    const text = line({ ...notification, itemId })
    if (text !== undefined) this.lines.push(text)
  }
}

/** Agent 1001 is READY in chat and has an offer. The service has accepted all notifications so far. */
async function offered(): Promise<{ on: Bench; service: Service }> {
  const on = await bench()
  const service = new Service()
  await on.engine.adapters.notificationService('A', true)
  on.engine.adapters.attach('A', service)
  await on.ready('1001', CHAT)
  await on.engine.acd?.submitTask({ mrd: CHAT, scriptSelector: 'chat_sales' })
  await on.clock.settle()
  service.lines.length = 0
  return { on, service }
}

const fault = (type: 'acd-link' | 'peripheral-gateway', up: boolean): FaultInput =>
  type === 'acd-link' ? { type, side: 'A', up } : { type, side: 'A', up, both: true }

describe('an outage: SystemInfo, nothing, SystemInfo, and then the notifications of the time between', () => {
  it.each([
    ['the link to the ACD', ['acd-link'], [TIMES_OUT, RETURNS]],
    ['both peripheral gateways', ['peripheral-gateway'], [IS_LOST, `media 1001 ${CHAT} READY`]],
    ['the link, and then the gateways', ['acd-link', 'peripheral-gateway'], [IS_LOST, `media 1001 ${CHAT} READY`]],
    ['the gateways, and then the link', ['peripheral-gateway', 'acd-link'], [IS_LOST, `media 1001 ${CHAT} READY`]],
  ] as const)('%s', async (_, faults, news) => {
    const { on, service } = await offered()
    for (const type of faults) await on.engine.fault(fault(type, false))
    await on.clock.advance(30_000)
    for (const type of faults) await on.engine.fault(fault(type, true))
    await on.clock.settle()
    expect(service.lines).toEqual([OUT, IN, LEAVES, ...news])
  })

  it('the notification service: it gets SystemInfo of the outage when it is back', async () => {
    const { on, service } = await offered()
    on.engine.adapters.detach('A')
    await on.engine.adapters.notificationService('A', false)
    await on.clock.advance(30_000)
    await on.engine.adapters.notificationService('A', true)
    on.engine.adapters.attach('A', service)
    await on.clock.settle()
    expect(service.lines).toEqual([OUT, IN, TIMES_OUT, RETURNS])
  })

  it('the notification service and meanwhile the link: in service when both are back', async () => {
    const { on, service } = await offered()
    on.engine.adapters.detach('A')
    await on.engine.adapters.notificationService('A', false)
    await on.engine.fault(fault('acd-link', false))
    await on.clock.advance(30_000)
    await on.engine.adapters.notificationService('A', true)
    on.engine.adapters.attach('A', service)
    await on.clock.settle()
    expect(service.lines).toEqual([OUT])
    await on.engine.fault(fault('acd-link', true))
    await on.clock.settle()
    expect(service.lines).toEqual([OUT, IN, LEAVES, TIMES_OUT, RETURNS])
  })

  it.each([
    ['the path to the applications', { type: 'app-path', side: 'A' }],
    ['one peripheral gateway', { type: 'peripheral-gateway', side: 'A', both: false }],
    ['resubmission', { type: 'resubmission', side: 'A', mode: 'refuse' }],
  ] as const)('%s is no outage: notifications are sent at once, and there is no SystemInfo', async (_, failure) => {
    const { on, service } = await offered()
    await on.engine.fault({ ...failure, up: false })
    await on.clock.advance(30_000)
    expect(service.lines).toEqual([TIMES_OUT, RETURNS])
    await on.engine.fault({ ...failure, up: true })
    await on.clock.settle()
    expect(service.lines).toEqual([TIMES_OUT, RETURNS])
  })
})

describe('SystemInfo comes first on return', () => {
  it('before older notifications, which are sent when the service has accepted it', async () => {
    const { on, service } = await offered()
    await on.engine.fault(fault('acd-link', false))
    await on.clock.advance(30_000)
    let take: () => void = () => undefined
    service.until = new Promise((resolve) => {
      take = resolve
    })
    await on.engine.fault(fault('acd-link', true))
    await on.clock.settle()
    expect(service.lines).toEqual([OUT])
    take()
    await on.engine.delivered()
    expect(service.lines).toEqual([OUT, IN, LEAVES, TIMES_OUT, RETURNS])
  })

  it('from the outbox after a crash, too', async () => {
    const { on } = await offered()
    on.engine.adapters.detach('A')
    await on.engine.fault(fault('acd-link', false))
    await on.clock.advance(30_000)
    await on.engine.fault(fault('acd-link', true))
    const again = await on.restart()
    const service = new Service()
    await again.engine.adapters.notificationService('A', true)
    again.engine.adapters.attach('A', service)
    await again.clock.settle()
    expect(service.lines).toEqual([OUT, IN, LEAVES, TIMES_OUT, RETURNS])
  })

  it('unless the service refuses it: then the others do not wait for it', async () => {
    const { on, service } = await offered()
    await on.engine.fault(fault('acd-link', false))
    await on.clock.advance(30_000)
    const refused = Promise.reject(new Error('not now'))
    refused.catch(() => undefined)
    service.until = refused
    await on.engine.fault(fault('acd-link', true))
    await on.clock.settle()
    expect(service.lines).toEqual([OUT, LEAVES, TIMES_OUT, RETURNS])
    service.until = Promise.resolve()
    await on.clock.advance(10_000)
    expect(service.lines).toEqual([OUT, LEAVES, TIMES_OUT, RETURNS, IN])
  })
})
