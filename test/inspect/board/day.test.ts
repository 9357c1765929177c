/** The last day of the queues on the board: what is counted, what is read, and that nothing else waits for it. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { parseDirectory } from '../../../src/directory/index.ts'
import type { History } from '../../../src/engine/ports.ts'
import { QueuesOfDay } from '../../../src/inspect/board/day.ts'
import { boardStage, CHAT, EMAIL, isReady, type Stage, watch } from './stage.ts'

const MINUTE = 60_000
const DIRECTORY = `version: 1
administrators: [{ id: admin, password: secret }]
mediaRoutingDomains:
  - { id: "5001", name: Email, interruptible: true, startTimeoutSeconds: 3600, scriptSelectors: [email] }
  - { id: "5002", name: Chat, interruptible: false, startTimeoutSeconds: 30, scriptSelectors: [chat] }
teams: [{ id: "1", name: One }]
queues: [{ id: "701", name: Support, numbers: ["7000"], agents: ["1001"], policy: longest-available, timeoutSeconds: 3600 }]
users:
  - { id: "1001", loginName: a, firstName: A, lastName: A, password: secret, roles: [Agent], teamId: "1", extensions: ["1001"], mediaRoutingDomains: ["5001", "5002"] }
`

const open: Stage[] = []
afterEach(async () => {
  for (const stage of open.splice(0)) await stage.close()
})

async function staged(): Promise<Stage & { readonly begin: number }> {
  const stage = await boardStage({ history: true, directory: parseDirectory(DIRECTORY, 'day.yaml') })
  open.push(stage)
  // Everything begins with a whole quarter.
  await stage.clock.advance(15 * MINUTE - (stage.clock.now() % (15 * MINUTE)))
  return { ...stage, begin: stage.clock.now() }
}

const failed = (error: unknown) => {
  throw error
}

/** The history, and how many rows were read from it. */
function counted(history: History | undefined) {
  if (!history) throw new Error('the store keeps the history')
  let rows = 0
  const read: History = Object.create(history, {
    rows: {
      value: async function* (...given: Parameters<History['rows']>) {
        for await (const row of history.rows(...given)) {
          rows += 1
          yield row
        }
      },
    },
  })
  return { read, rows: () => rows }
}

describe('the day of a queue', () => {
  it('has for each quarter the most who waited at once, who was taken, and the longest wait', async () => {
    const { engine, clock, begin, command, ready } = await staged()
    const day = new QueuesOfDay(engine, failed)
    const mail = () => engine.acd?.submitTask({ mrd: EMAIL, scriptSelector: 'email' })
    await mail()
    await clock.advance(5 * MINUTE)
    await mail()
    await clock.advance(20 * MINUTE)
    await ready('1001', EMAIL)
    for (const { id } of engine.get.dialogs('1001', 'nonvoice') ?? [])
      await command({ type: 'dialog.act', user: '1001', dialog: id, action: 'ACCEPT' })
    await clock.advance(45 * MINUTE)
    expect(await day.refresh()).toBe(true)
    expect(day.value).toEqual({
      [EMAIL]: [
        [begin, 2, 0, 15 * MINUTE],
        [begin + 15 * MINUTE, 2, 2, 25 * MINUTE],
      ],
      [CHAT]: [],
      '1': [],
    })
    expect(await day.refresh()).toBe(false)
  })

  it('of calls counts those that an agent answered, and not those that were given up', async () => {
    const { engine, clock, begin, command } = await staged()
    const call = () => engine.acd?.submitCall({ from: '5550100', queue: '701' })
    await call()
    const lost = await call()
    await clock.advance(2 * MINUTE)
    await engine.acd?.hangUp(lost?.id ?? '')
    await command({ type: 'user.signIn', user: '1001', extension: '1001' })
    await command({ type: 'user.setState', user: '1001', state: 'READY' })
    const [ringing] = engine.get.dialogs('1001', 'voice') ?? []
    const answer = { dialog: ringing?.id ?? '', action: 'ANSWER', targetMediaAddress: '1001' } as const
    await command({ type: 'call.act', user: '1001', ...answer })
    const day = new QueuesOfDay(engine, failed)
    await day.refresh()
    expect(day.value['1']).toEqual([[begin, 2, 1, 2 * MINUTE]])
  })

  it('forgets what is older than a day, and who waits all the time is in every quarter', async () => {
    const { engine, clock } = await staged()
    const day = new QueuesOfDay(engine, failed)
    await engine.acd?.submitTask({ mrd: EMAIL, scriptSelector: 'email' })
    await clock.advance(20 * 60 * MINUTE)
    await day.refresh()
    await clock.advance(20 * 60 * MINUTE)
    await day.refresh()
    const quarters = day.value[EMAIL] ?? []
    expect([quarters.length, quarters[0]?.[0], quarters.at(-1)?.[3]]).toEqual([
      96,
      clock.now() - 24 * 60 * MINUTE,
      40 * 60 * MINUTE,
    ])
    // Somebody who looks for the first time sees the same.
    const late = new QueuesOfDay(engine, failed)
    await late.refresh()
    expect(late.value[EMAIL]).toEqual(quarters)
  })
})

it('of a long journal other work runs in between, and later only what is new is read', async () => {
  const { engine, clock } = await staged()
  const mails = async (count: number) => {
    for (let each = 0; each < count; each += 1) await engine.acd?.submitTask({ mrd: EMAIL, scriptSelector: 'email' })
  }
  await mails(3000)
  await clock.advance(MINUTE)
  const { read, rows } = counted(engine.history)
  const day = new QueuesOfDay({ history: read, get: engine.get, now: () => engine.now() }, failed)
  let turns = 0
  let isOver = false
  const others = (async () => {
    for (; !isOver; turns += 1) await nextTurn()
  })()
  await day.refresh()
  isOver = true
  await others
  expect(turns).toBeGreaterThan(3)
  expect(day.value[EMAIL]?.[0]?.[1]).toBe(3000)
  const before = rows()
  await mails(10)
  await day.refresh()
  expect(rows() - before).toBe(10)
  expect(day.value[EMAIL]?.[0]?.[1]).toBe(3010)
})

it('nothing is read any more when the board is closed, even if the store is', async () => {
  const { engine, clock } = await staged()
  for (let each = 0; each < 2000; each += 1) await engine.acd?.submitTask({ mrd: EMAIL, scriptSelector: 'email' })
  await clock.advance(MINUTE)
  const { read, rows } = counted(engine.history)
  const day = new QueuesOfDay({ history: read, get: engine.get, now: () => engine.now() }, failed)
  const reading = day.refresh()
  day.close()
  await reading
  expect(rows()).toBeLessThan(2000)
  expect(await day.refresh()).toBe(false)
})

it('the stream has the day of each queue, and its changes', async () => {
  const stage = await staged()
  await stage.engine.acd?.submitTask({ mrd: EMAIL, scriptSelector: 'email' })
  await stage.clock.advance(MINUTE)
  const page = await watch(stage, `?ticket=${await stage.ticket('admin:secret')}`)
  await page.until(isReady)
  const isDay = (message: (typeof page.messages)[number]) => message.type === 'change' && message.history !== undefined
  await page.until(({ messages }) => messages.some(isDay))
  expect(page.messages.find(isDay)).toMatchObject({ history: { [EMAIL]: [[stage.begin, 1, 0, MINUTE]] } })
  const again = await watch(stage, `?ticket=${await stage.ticket('admin:secret')}`)
  await again.until(isReady)
  expect(again.messages[0]).toMatchObject({ type: 'begin', history: { [EMAIL]: [[stage.begin, 1, 0, MINUTE]] } })
  page.socket.close()
  again.socket.close()
})
