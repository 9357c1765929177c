/** One leg of a call: the steps of `dialog 2.2`, and what it reports to its call. */
import { describe, expect, it } from 'vitest'
import { createActor } from 'xstate'
import { effects, type LegBeginning, type LegEvent, type LegState, legMachine, legView } from '../../machines/index.ts'

type Untimed<E> = E extends { readonly at: number } ? Omit<E, 'at'> : never

/** A leg that begins at 1000. Each event comes a second after the one before. */
function leg(begins: LegBeginning, wrapUp = false) {
  const input = {
    dialog: '7',
    leg: '7#1001',
    begins,
    mediaAddress: '1001',
    user: '1001',
    wrapUp,
    ringMs: 500,
    at: 1000,
  }
  const actor = createActor(legMachine, { input })
  const reports: string[] = []
  effects(actor, (effect) => {
    if (effect.type === 'reported' && effect.report.type === 'LEG_CHANGED')
      reports.push(`${effect.report.was} ${effect.report.view.state} by ${effect.report.cause}`)
  })
  actor.start()
  let at = 1000
  const tell = (...events: readonly Untimed<LegEvent>[]) => {
    for (const event of events) {
      at += 1000
      // An event is complete once it has its time.
      actor.send({ ...event, at } as LegEvent)
    }
    return reports.splice(0)
  }
  return { tell, view: () => legView(actor.getSnapshot()), state: (): LegState => legView(actor.getSnapshot()).state }
}

describe('a leg', () => {
  it.each(['INITIATING', 'INITIATED', 'ALERTING', 'ACTIVE'] as const)('begins as %s, and reports nothing', (begins) => {
    const on = leg(begins)
    expect([on.state(), on.tell()]).toEqual([begins, []])
  })

  it('of a party that calls is dialled and connected, or fails', () => {
    const on = leg('INITIATING')
    expect(on.tell({ type: 'DIALLED' }, { type: 'CONNECTED' })).toEqual([
      'INITIATING INITIATED by DIALLED',
      'INITIATED ACTIVE by CONNECTED',
    ])
    const busy = leg('INITIATED')
    expect(busy.tell({ type: 'FAILS', stateCause: 'BUSY' })).toEqual(['INITIATED FAILED by FAILS'])
    expect(busy.view()).toMatchObject({ state: 'FAILED', stateCause: 'BUSY', startTime: 1000, stateChangeTime: 2000 })
    expect(busy.tell({ type: 'DROP' })).toEqual(['FAILED DROPPED by DROP'])
  })

  it('has a start time that begins anew when it is connected', () => {
    const on = leg('ALERTING')
    on.tell({ type: 'ANSWER' })
    expect(on.view()).toMatchObject({ state: 'ACTIVE', startTime: 2000, stateChangeTime: 2000 })
  })

  it('of a caller is not cleared by the network (V10)', () => {
    expect(leg('INITIATED').tell({ type: 'CLEARED' })).toEqual([])
  })

  it.each([
    ['DROP', true, 'ACTIVE WRAP_UP by DROP'],
    ['DROP', false, 'ACTIVE DROPPED by DROP'],
    ['CLEARED', true, 'ACTIVE WRAP_UP by CLEARED'],
    ['CLEARED', false, 'ACTIVE DROPPED by CLEARED'],
  ] as const)('leaves the call by %s, wrap-up %s (V6, V9)', (type, wrapUp, report) => {
    expect(leg('ACTIVE', wrapUp).tell({ type })).toEqual([report])
  })

  it('of an agent who is signed out has no wrap-up (ruling 47)', () => {
    const on = leg('ACTIVE', true)
    expect(on.tell({ type: 'AGENT_LEAVES', leaves: true }, { type: 'AGENT_LEAVES', leaves: false })).toEqual([])
    expect(on.tell({ type: 'AGENT_SIGNED_OUT' }, { type: 'DROP' })).toEqual(['ACTIVE DROPPED by DROP'])
    const wrapping = leg('ACTIVE', true)
    wrapping.tell({ type: 'CLEARED' })
    expect(wrapping.tell({ type: 'AGENT_LEAVES', leaves: false })).toEqual([])
    expect(wrapping.tell({ type: 'AGENT_LEAVES', leaves: true })).toEqual(['WRAP_UP DROPPED by AGENT_LEAVES'])
  })

  it('that has left takes nothing any more', () => {
    const on = leg('ACTIVE')
    on.tell({ type: 'DROP' })
    expect(on.tell({ type: 'ANSWER' }, { type: 'CLEARED' }, { type: 'AGENT_SIGNED_OUT' })).toEqual([])
  })
})
