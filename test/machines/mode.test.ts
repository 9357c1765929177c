/** A request for not routable that waits for the last unstarted dialog: the state follows from the others (A18). */
import { describe, expect, it } from 'vitest'
import { agent, asked, heard } from './agent.ts'

/** Dialog 0 is ACTIVE, dialog 1 is OFFERED, and a request for not routable waits. */
function withAnOfferLeft() {
  const on = agent()
  on.signInToMedium()
  on.medium('READY')
  on.offer()
  on.act(0, 'ACCEPT', 'START')
  on.offer('t1')
  expect(heard(on.mode(false))).toEqual([])
  return on
}

describe('a request for not routable takes effect when no dialog is unstarted', () => {
  it('at the start of the last one, published with the state', () => {
    const on = withAnOfferLeft()
    expect(heard(on.act(1, 'ACCEPT'))).toEqual(['task.changed 1001 ACCEPTED'])
    expect(heard(on.act(1, 'START'))).toEqual(['task.changed 1001 ACTIVE', 'media ACTIVE not routable'])
  })

  it('at the end of the last one, published with the state of the other dialog', () => {
    const on = withAnOfferLeft()
    const effects = on.tell({ type: 'CUSTOMER_CANCELS', task: 't1' })
    expect(heard(effects)).toEqual(['task.removed 1001 CLOSED', 'media ACTIVE not routable'])
    expect(heard(on.act(0, 'CLOSE'))).toEqual(['task.removed 1000 CLOSED', 'media READY not routable'])
  })

  it('at the end of the last one, published as NOT_READY if the agent requested NOT_READY', () => {
    const on = agent()
    on.signInToMedium()
    on.medium('READY')
    on.offer('t0')
    on.act(0, 'ACCEPT')
    on.mode(false)
    on.medium('NOT_READY')
    expect(heard(on.act(0, 'CLOSE'))).toEqual(['task.removed 1000 CLOSED', 'media NOT_READY not routable'])
  })
})

describe('in WORK_NOT_READY', () => {
  it.each([true, false])(
    'a change of a dialog is kept, and the mode is restored when the link is back (routable: %s)',
    (routable) => {
      const on = agent()
      on.signInToMedium()
      on.medium('READY')
      on.offer()
      on.act(0, 'ACCEPT', 'START')
      if (!routable) on.mode(false)
      on.tell({ type: 'LINK_LOST', side: 'A' })
      expect(heard(on.act(0, 'PAUSE'))).toEqual(['task.changed 1000 PAUSED'])
      expect(heard(on.tell({ type: 'LINK_BACK', side: 'A' }))).toEqual([
        `media PAUSED${routable ? '' : ' not routable'}`,
        'task.added 1000 PAUSED',
      ])
    },
  )

  it.each<readonly [string, (on: ReturnType<typeof agent>) => unknown, string]>([
    ['is started', (on) => on.act(0, 'START'), 'media ACTIVE not routable'],
    [
      'is given up by its customer',
      (on) => on.tell({ type: 'CUSTOMER_CANCELS', task: 't0' }),
      'media READY not routable',
    ],
    ['is closed', (on) => on.act(0, 'CLOSE'), 'media READY not routable'],
  ])(
    'a waiting request takes effect when the link is back if the last unstarted dialog %s (A18)',
    (what, end, told) => {
      const on = agent()
      on.signInToMedium()
      on.medium('READY')
      on.offer()
      if (!what.includes('customer')) on.act(0, 'ACCEPT')
      on.mode(false)
      on.tell({ type: 'LINK_LOST', side: 'A' })
      end(on)
      expect(heard(on.tell({ type: 'LINK_BACK', side: 'A' }))).toContain(told)
    },
  )

  it('a dialog that ends frees its slot', () => {
    const on = agent()
    on.signInToMedium()
    on.medium('READY')
    on.offer()
    on.act(0, 'ACCEPT')
    on.mode(false)
    on.tell({ type: 'LINK_LOST', side: 'A' })
    on.act(0, 'CLOSE')
    on.tell({ type: 'LINK_BACK', side: 'A' })
    on.mode(true)
    expect([on.offer(), on.offer(), on.offer()].map(asked)).toEqual([['offered'], ['offered'], ['refused']])
  })

  it('the end of an interrupt does not end the state', () => {
    const on = agent()
    on.signIn()
    on.ready()
    on.signInToMedium()
    on.medium('READY')
    on.offer()
    on.act(0, 'ACCEPT', 'START')
    on.leg('ALERTING')
    on.leg('ACTIVE')
    on.tell({ type: 'LINK_LOST', side: 'A' })
    on.callRemoved()
    expect(on.view().state).toBe('WORK_NOT_READY')
    expect(heard(on.tell({ type: 'LINK_BACK', side: 'A' }))).toContain('media ACTIVE')
  })

  it('without autoWorkModeStateChange only a request for ACTIVE leads to the state that follows from the dialogs', () => {
    const on = agent({ autoWorkModeStateChange: false })
    on.signInToMedium()
    on.medium('READY')
    on.offer()
    on.act(0, 'ACCEPT', 'START', 'PAUSE')
    on.tell({ type: 'LINK_LOST', side: 'A' })
    expect(heard(on.tell({ type: 'LINK_BACK', side: 'A' }))).toEqual(['task.added 1000 PAUSED'])
    expect(heard(on.medium('ACTIVE'))).toEqual(['media PAUSED'])
  })
})
