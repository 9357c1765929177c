/** Going back to a time in an aggregate's past, and the restore of aggregates. */
import { describe, expect, it } from 'vitest'
import { Aggregates } from '../../src/engine/aggregate/aggregates.ts'
import { retrace } from '../../src/history/retrace.ts'
import { setTraps } from '../engine/traps.ts'
import { historyOf } from './golden/read.ts'
import { Stage } from './golden/stage.ts'

const CHAT = '5002'

describe('a stored state', () => {
  it('can be restored more than once, because the restored trees share nothing', async () => {
    const stage = await Stage.open()
    await stage.ready('1001', [CHAT])
    await stage.close()
    const snapshot = stage.snapshots.findLast(({ aggregate }) => aggregate === 'user/1001')
    if (!snapshot) throw new Error('no snapshot')
    const text = JSON.stringify(snapshot)
    const [first, second] = [new Aggregates(), new Aggregates()].map((each) => each.open('user/1001', snapshot))
    const at = snapshot.at + 1
    const asks = { kind: 'user', event: { type: 'MEDIA_STATE', mrd: CHAT, state: 'NOT_READY', reason: null } } as const
    expect(first?.step(asks, at)).toMatchObject({ outcome: 'applied', messages: [{ to: `queue/${CHAT}` }] })
    expect(JSON.stringify(snapshot)).toBe(text)
    expect(JSON.stringify(second?.snapshot().state)).toBe(JSON.stringify(snapshot.state))
    expect(second?.step(asks, at)).toMatchObject({ outcome: 'applied', messages: [{ to: `queue/${CHAT}` }] })
  })

  it('keeps its deadlines after a restart and a failed step', async () => {
    const stage = await Stage.open()
    await stage.ready('1001', [CHAT])
    await stage.pass(90)
    await stage.crash()
    await stage.submit(CHAT, 'chat_sales')
    const traps = setTraps()
    traps.arm('task context')
    await stage.submit('5001', 'email_support', '1001').finally(() => traps.remove())
    const before = stage.rows.length
    await stage.pass(31)
    const due = stage.rows.slice(before).filter(({ aggregate }) => aggregate === 'user/1001')
    expect(due).toContainEqual(
      expect.objectContaining({ input: expect.objectContaining({ kind: 'deadline', name: 'START_TIMEOUT' }) }),
    )
    await stage.close()
  })
})

describe('retracing', () => {
  it('goes back to the newest snapshot before a time and repeats every step from there', async () => {
    const stage = await Stage.open()
    await stage.ready('1001', [CHAT])
    await stage.pass(90)
    const time = stage.clock.now()
    await stage.pass(1)
    await stage.say({ type: 'media.setState', user: '1001', mrd: CHAT, state: 'NOT_READY' })
    await stage.close()
    const retracing = await retrace(historyOf(stage), 'user/1001', time)
    const { sequence } = retracing.aggregate
    const step = await retracing.next()
    expect(step?.row.sequence).toBe(sequence + 1)
    expect(step?.messages.map(({ to, input }) => [to, input.body.type])).toEqual([[`queue/${CHAT}`, 'availability']])
    expect(await retracing.next()).toBeUndefined()
    await retracing.close()
  })
})
