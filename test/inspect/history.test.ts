/** The past through the inspector: the same frames as in the live stream. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { EndFrame, Frame, InspectionFrame } from '../../src/inspect/protocol.ts'
import { memoryStore } from '../../src/store/memory/store.ts'
import { isReady, reached, type Served, served } from './stage.ts'
import { interrupts, SECRETS, signIn } from './story.ts'

const MEDIUM = 'user/1001/media:5001'

let on: Served
beforeEach(async () => {
  on = await served()
})
afterEach(() => on.close())

async function past(query: string): Promise<readonly Frame[]> {
  const answer = await on.get(`/history?${query}`)
  if (!answer.ok) throw new Error(await answer.text())
  expect(answer.headers.get('content-type')).toContain('application/x-ndjson')
  const lines = (await answer.text()).trimEnd().split('\n')
  return lines.map((line): Frame => JSON.parse(line))
}

const isInspection = (frame: Frame): frame is InspectionFrame => frame.type.startsWith('@xstate.')
const isEnd = (frame: Frame | undefined): frame is EndFrame => frame?.type === '@mrdian.end'

describe('history', () => {
  it('equals the live stream of the same time, frame by frame', async () => {
    await signIn(on)
    const from = on.clock.now() + 1
    const view = await on.view('?format=mrdian&user=1001')
    await view.until(isReady)
    const { call } = await interrupts(on)
    await view.until(reached(`call/${call}`, 'DROPPED'))
    await view.until((frame) => frame.type === '@xstate.snapshot' && frame.event.type === 'CALL_REMOVED')
    await view.close()
    // Calls were not in the focus, so their live frames have no contexts.
    const ofUser = (frame: Frame) => isInspection(frame) && frame.rootId === 'user/1001'
    const live = view.frames.filter(ofUser)
    const told = await past(`user=1001&from=${from}`)
    const happened = told.filter((frame) => isInspection(frame) && frame.mrdian.position !== undefined)
    expect(happened.filter(ofUser)).toEqual(live)
    expect(happened.filter((frame) => isInspection(frame) && frame.rootId === `call/${call}`)).not.toEqual([])
    const positions = happened.flatMap((frame) => (isInspection(frame) ? [frame.mrdian.position ?? 0] : []))
    expect(positions).toEqual(positions.toSorted((a, b) => a - b))
  })

  it('begins with the actors in their states at that time', async () => {
    await signIn(on)
    const { email } = await interrupts(on)
    const lit = (await past(`user=1001&from=${on.clock.now() - 60_000}`)).find(reached(MEDIUM, 'INTERRUPTED'))
    const at = lit && isInspection(lit) ? lit.mrdian.at : 0
    const [user, ...others] = await past(`user=1001&from=${at + 1}&to=${at + 2}`)
    expect(user).toMatchObject({ type: '@xstate.actor', sessionId: 'user/1001', mrdian: { actor: { user: '1001' } } })
    expect(others.find((frame) => isInspection(frame) && frame.sessionId === MEDIUM)).toMatchObject({
      snapshot: { value: { SIGNED_IN: 'INTERRUPTED' }, context: { signIns: { A: { interruptAction: 'ACCEPT' } } } },
    })
    expect(others.find((frame) => isInspection(frame) && frame.sessionId === `${MEDIUM}/task:${email}`)).toMatchObject({
      snapshot: { value: 'INTERRUPTED', context: { beforeInterrupt: 'ACTIVE' } },
    })
    expect(others.at(-1)).toEqual({ type: '@mrdian.end', complete: true, frames: others.length })
  })

  it('is found by dialog and by aggregate, and narrowed by MRD', async () => {
    await signIn(on)
    const { email, chat, call } = await interrupts(on)
    const actorsIn = async (query: string) => {
      const frames = (await past(query)).filter(isInspection)
      return [...new Set(frames.map(({ sessionId }) => sessionId))].toSorted()
    }
    expect(await actorsIn(`dialog=${email}`)).toEqual(['user/1001', MEDIUM, `${MEDIUM}/task:${email}`])
    expect(await actorsIn(`dialog=${call}`)).toEqual([`call/${call}`, `call/${call}/leg:+1`, `call/${call}/leg:1001`])
    expect(await actorsIn('aggregate=queue/5002')).toEqual(['queue/5002'])
    const ofChat = await actorsIn('user=1001&mrd=5002')
    expect(ofChat).toContain(`user/1001/media:5002/task:${chat}`)
    expect(ofChat).not.toContain(MEDIUM)
  })

  it('has a limit, and gives the time to continue from', async () => {
    await signIn(on)
    await interrupts(on)
    const first = await past('user=1001&limit=40')
    const end = first.at(-1)
    if (!isEnd(end)) throw new Error('no end')
    expect(end).toMatchObject({ complete: false, next: expect.any(Number) })
    const all = await past('user=1001')
    const rest = await past(`user=1001&from=${end.next}`)
    const ids = (frames: readonly Frame[]) =>
      frames.flatMap((frame) => (isInspection(frame) && frame.mrdian.position !== undefined ? [frame.id] : []))
    expect([...new Set([...ids(first), ...ids(rest)])]).toEqual(ids(all))
  })

  it('contains no personal data', async () => {
    await signIn(on)
    await interrupts(on)
    const text = JSON.stringify(await past('user=1001&aggregate=queue/5001&aggregate=queue/1'))
    for (const secret of [SECRETS.variable, SECRETS.caller, ...SECRETS.names]) expect(text).not.toContain(secret)
  })

  it('is the same later', async () => {
    await signIn(on)
    await interrupts(on)
    const before = await past('user=1001')
    await on.clock.advance(120_000)
    expect((await past(`user=1001&to=${on.clock.now() - 120_000}`)).slice(0, -1)).toEqual(before.slice(0, -1))
  })

  it.each([
    ['', 'MISSING_PARAMETER'],
    ['user=1001&from=yesterday', 'INVALID_PARAMETER'],
    ['user=1001&from=2026-01-05T10:00Z&to=2026-01-05T09:00Z', 'INVALID_PARAMETER'],
    ['user=1001&from=2026-01-01T10:00Z&to=2026-01-05T09:00Z', 'INVALID_PARAMETER'],
    ['user=1001&at=2026-01-05T10:00Z&to=2026-01-05T10:00Z', 'INVALID_PARAMETER'],
    ['user=1001&limit=0', 'INVALID_PARAMETER'],
    ['user=1001&limit=100001', 'INVALID_PARAMETER'],
    ['user=1001&span=5&span=6', 'INVALID_PARAMETER'],
    ['user=1001&who=1001', 'UNKNOWN_PARAMETER'],
    ['user=nobody', 'NOT_KEPT'],
    [`user=${'&user=1001'.repeat(9)}`, 'INVALID_PARAMETER'],
  ])('refuses ?%s', async (query, error) => {
    await signIn(on)
    expect(await (await on.get(`/history?${query}`)).json()).toMatchObject({ error })
  })

  it('is refused with NO_HISTORY when the store keeps only the present', async () => {
    await on.close()
    on = await served({ engine: { store: memoryStore() } })
    expect(await (await on.get('/history?user=1001')).json()).toMatchObject({ error: 'NO_HISTORY' })
  })
})
