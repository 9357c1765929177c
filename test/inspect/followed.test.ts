/** A follower has its own machines: the inspector names them, and the viewer draws them. */
import { afterEach, expect, it } from 'vitest'
import type { CallDialogValue } from '../../src/engine/values.ts'
import { charts } from '../../src/inspect/diagram/index.ts'
import { MACHINES } from '../../src/inspect/diagram/names.ts'
import type { Frame, InspectionFrame } from '../../src/inspect/protocol.ts'
import { fullGraph, smallGraph } from '../../src/inspect/viewer/chart/graph.ts'
import { takenBy } from '../../src/inspect/viewer/page/chart/taken.ts'
import { isReady, reached, type Served, served } from './stage.ts'

const CHAT = 'user/1001/media:5002'
const CALL = 'user/1001/call:16777217'
const DIALOG = '7_1001_5002'

const party = { stateCause: '', actions: [], startTime: 0, stateChangeTime: 0 } as const
const call: CallDialogValue = {
  ...{ kind: 'call', id: '16777217', fromAddress: '5550100', toAddress: '1001', dnis: '1001', dialedNumber: '1001' },
  ...{ callType: 'OTHER_IN', variables: [], state: 'ALERTING' },
  participants: [
    { ...party, mediaAddress: '1001', user: '1001', state: 'ALERTING' },
    { ...party, mediaAddress: '5550100', state: 'INITIATED' },
  ],
}

let on: Served
afterEach(() => on.close())

/** The user events of an agent at work, as a Finesse sends them. */
async function followed(): Promise<void> {
  const user = '1001'
  const { engine } = on
  await engine.userEvent({ kind: 'user', user, state: 'READY', extension: user })
  await engine.userEvent({ kind: 'media', user, mrd: '5002', state: 'READY', routable: true })
  await engine.userEvent({ kind: 'task', user, mrd: '5002', dialog: DIALOG, state: 'ACTIVE' })
  await engine.userEvent({ kind: 'call', user, change: 'added', call })
  await engine.userEvent({ kind: 'call', user, change: 'changed', call: { ...call, state: 'ACTIVE' } })
  await engine.userEvent({ kind: 'call', user, change: 'removed', call })
  await engine.userEvent({ kind: 'media', user, mrd: '5002', state: 'INTERRUPTED' })
}

/** Transitions that were taken but are missing in the chart that the frame names. */
function notDrawn({ mrdian }: InspectionFrame): readonly string[] {
  const chart = charts().get(mrdian.machine ?? '')
  if (!chart) return [`no chart of ${mrdian.machine}`]
  const large = fullGraph(chart)
  return [large, smallGraph(large)].flatMap(({ edges }) => {
    const drawn = new Set(edges.flatMap(({ from, to }) => [`${from}>${to}`, `${to}>${from}`]))
    return takenBy(mrdian.transitions ?? []).edges.filter((edge) => !drawn.has(edge) && !isLoop(edge))
  })
}

/** A small chart has no arrow from a state to itself. */
const isLoop = (edge: string) => edge.split('>')[0] === edge.split('>')[1]

/** A step of one of the follower's own machines. Presence has the same machine as elsewhere. */
const isFollowed = (frame: Frame): frame is InspectionFrame =>
  frame.type === '@xstate.snapshot' && ['user', 'media', 'task', 'call', 'leg'].includes(frame.mrdian.actor.kind)
const machinesOf = (frames: readonly InspectionFrame[]) => new Set(frames.map(({ mrdian }) => mrdian.machine))

it('each step of a follower names its own chart, which has the transitions that were taken, live and in the past', async () => {
  on = await served({ engine: { role: 'follower' } })
  const view = await on.view('?format=mrdian&user=1001')
  await view.until(isReady)
  await followed()
  await view.until(reached(CHAT, 'INTERRUPTED'))
  const live = view.frames.filter(isFollowed)
  expect(machinesOf(live)).toEqual(new Set(MACHINES.filter((name) => name.startsWith('followed-'))))
  expect(live.flatMap(notDrawn)).toEqual([])
  const facts = new Map(live.map(({ sessionId, mrdian }) => [sessionId, mrdian.actor]))
  expect([...facts].filter(([, { mrd }]) => mrd === '1')).toEqual([
    [CALL, { kind: 'call', mrd: '1', dialog: call.id, user: '1001', users: ['1001'] }],
    [`${CALL}/leg:1001`, { kind: 'leg', mrd: '1', dialog: call.id, user: '1001', users: ['1001'] }],
    [`${CALL}/leg:+1`, { kind: 'leg', mrd: '1', dialog: call.id, users: ['1001'] }],
  ])
  const ways = live.flatMap(({ mrdian }) => takenBy(mrdian.transitions ?? []).edges)
  expect(ways).toContain('*>INTERRUPTED')
  const lines = (await (await on.get('/history?user=1001')).text()).trim().split('\n')
  const past = lines.map((line): Frame => JSON.parse(line)).filter(isFollowed)
  expect(machinesOf(past)).toEqual(machinesOf(live))
  expect(past.flatMap(notDrawn)).toEqual([])
  await view.close()
})

it('the definitions of its machines are served', async () => {
  on = await served({ engine: { role: 'follower' } })
  const machines: unknown = await (await on.get('/machines')).json()
  expect(machines).toMatchObject({ 'followed-media': { id: 'media', on: { USER_EVENT: {} } }, media: { id: 'media' } })
})
