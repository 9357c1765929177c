/** The calls of an agent on the board, in words. */
import { expect, it } from 'vitest'
import { callsWords, callWords, legsLine, mobileWords } from '../../../src/inspect/board/page/calls.ts'
import type { BoardCall, BoardParty } from '../../../src/inspect/board/protocol.ts'

const outside = (state: BoardParty['state']): BoardParty => ({ name: '', state })
const boris = (state: BoardParty['state']): BoardParty => ({ name: 'Boris Novak', state })

const call = (type: string, state: BoardCall['state'], ...others: BoardParty[]): BoardCall => ({
  id: '16777217',
  type,
  state,
  since: 0,
  others,
})

it.each<[string, BoardCall]>([
  ['call: outside', call('OTHER_IN', 'ACTIVE', outside('ACTIVE'))],
  ['rings: outside', call('PREROUTE_ACD_IN', 'ALERTING', outside('INITIATED'))],
  ['held: outside', call('OTHER_IN', 'HELD', outside('ACTIVE'))],
  ['consult: Boris Novak rings', call('CONSULT', 'INITIATED', boris('ALERTING'))],
  ['consult, held: Boris Novak', call('CONSULT', 'HELD', boris('ACTIVE'))],
  ['consult, failed: Boris Novak left', call('CONSULT', 'FAILED', boris('DROPPED'))],
  ['conference: outside, Boris Novak held', call('CONFERENCE', 'ACTIVE', outside('ACTIVE'), boris('HELD'))],
  ['transferred: outside', call('TRANSFER', 'ACTIVE', outside('ACTIVE'))],
  ['wrap-up: outside left', call('OTHER_IN', 'WRAP_UP', outside('DROPPED'))],
  ['consult: waits in Support Line', { ...call('CONSULT', 'INITIATED'), waitsIn: 'Support Line' }],
  [
    'conference: outside, waits in Support Line',
    { ...call('CONFERENCE', 'ACTIVE', outside('ACTIVE')), waitsIn: 'Support Line' },
  ],
  ['preview, rings: outside', call('OUTBOUND_PREVIEW', 'ALERTING', outside('INITIATED'))],
  ['preview, accepted: outside', call('OUTBOUND_DIRECT_PREVIEW', 'ACCEPTED', outside('INITIATED'))],
  ['preview of a callback, rings: outside', call('OUTBOUND_CALLBACK_PREVIEW', 'ALERTING', outside('INITIATED'))],
  ['campaign: outside', call('OUTBOUND', 'ACTIVE', outside('ACTIVE'))],
  ['off hook: nobody', call('AGENT_INSIDE', 'INITIATING')],
])('%s', (words, given) => {
  expect(callWords(given)).toBe(words)
})

it('a call by which a supervisor listens, at both', () => {
  const heard = { ...call('SUPERVISOR_MONITOR', 'ACTIVE', boris('ACTIVE')), monitors: 'agent' } as const
  expect(callWords(heard)).toBe('heard by Boris Novak')
  expect(callWords({ ...heard, monitors: 'supervisor' })).toBe('listens to Boris Novak')
})

it('several calls have their times, and the one on hold is last', () => {
  const held = { ...call('OTHER_IN', 'HELD', outside('ACTIVE')), since: 1000 }
  const consult = { ...call('CONSULT', 'ACTIVE', boris('ACTIVE')), since: 61_000 }
  expect(callsWords([held, consult], 131_000)).toEqual(['consult 1:10: Boris Novak', 'held 2:10: outside'])
  expect(callsWords([held], 131_000)).toEqual(['held: outside'])
})

it('all legs, with their states', () => {
  const conference = call('CONFERENCE', 'HELD', outside('ACTIVE'), boris('ACTIVE'))
  expect(legsLine(conference, 'Ana Reyes')).toBe(
    'Call 16777217 CONFERENCE: Ana Reyes Held, outside Active, Boris Novak Active',
  )
})

it('how a mobile agent is reached', () => {
  expect(mobileWords({ mode: 'CALL_BY_CALL' })).toBe('mobile, called for each call')
  expect(mobileWords({ mode: 'NAILED_CONNECTION' })).toBe('mobile, nailed connection')
  expect(mobileWords({ mode: 'NAILED_CONNECTION', nailed: 'RINGS' })).toBe('mobile, connection rings')
  expect(mobileWords({ mode: 'NAILED_CONNECTION', nailed: 'UP' })).toBe('mobile, connection is up')
})
