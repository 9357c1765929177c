/** Events that come too late change nothing, and nothing is published. */
import { describe, expect, it } from 'vitest'
import { agent, heard, MRD } from './agent.ts'

/** An agent with one dialog that is ACTIVE. */
function working() {
  const on = agent()
  on.signInToMedium()
  on.medium('READY')
  on.offer()
  on.act(0, 'ACCEPT', 'START')
  return on
}

describe('the time-out of a transfer', () => {
  it('fails the transfer once, and does not change the dialog', () => {
    const on = working()
    on.act(0, 'TRANSFER')
    expect(heard(on.toDialog(0, 'TRANSFER_TIMEOUT'))).toEqual(['failed TRANSFER_TIMED_OUT'])
    expect(on.toDialog(0, 'TRANSFER_TIMEOUT')).toEqual([])
    expect(heard(on.act(0, 'PAUSE'))).toEqual(['task.changed 1000 PAUSED', 'media PAUSED'])
  })

  it('has no effect without a transfer', () => {
    expect(working().toDialog(0, 'TRANSFER_TIMEOUT')).toEqual([])
  })
})

describe('an offer', () => {
  it('that was taken has no effect if it comes a second time', () => {
    const on = working()
    const task = { id: 't0', scriptSelector: 's', variables: [], queueNumber: '', queueName: '', associatedDialog: '' }
    expect(on.tell({ type: 'OFFER', mrd: MRD, offer: 'o0', task })).toEqual([])
  })
})
