/** Words that come when nobody waits for them any more: nothing changes and no client hears of it. */
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
  it('fails the transfer once, and leaves the dialog as it is', () => {
    const on = working()
    on.act(0, 'TRANSFER')
    expect(heard(on.toDialog(0, 'TRANSFER_TIMEOUT'))).toEqual(['failed TRANSFER_TIMED_OUT'])
    expect(on.toDialog(0, 'TRANSFER_TIMEOUT')).toEqual([])
    expect(heard(on.act(0, 'PAUSE'))).toEqual(['task.changed 1000 PAUSED', 'media PAUSED'])
  })

  it('says nothing when no transfer was asked for', () => {
    expect(working().toDialog(0, 'TRANSFER_TIMEOUT')).toEqual([])
  })
})

describe('an offer', () => {
  it('that was taken is not offered a second time', () => {
    const on = working()
    const task = { id: 't0', scriptSelector: 's', variables: [], queueNumber: '', queueName: '', associatedDialog: '' }
    expect(on.tell({ type: 'OFFER', mrd: MRD, offer: 'o0', task })).toEqual([])
  })
})
