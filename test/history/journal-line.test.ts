/** A journal row as a readable line, without personal data. */
import { expect, it } from 'vitest'
import type { JournalRow } from '../../src/engine/ports.ts'
import { journalLine, withoutPeople } from '../../src/history/journal-line.ts'

const row: JournalRow = {
  position: 12,
  aggregate: 'queue/1',
  sequence: 3,
  at: Date.UTC(2026, 0, 5, 8),
  machineVersion: 2,
  outcome: 'applied',
  error: null,
  input: {
    kind: 'submitCall',
    from: '5550100',
    to: '1001',
    user: '1001',
    variables: [{ name: 'callVariable1', value: 'Rosebud' }],
    wrapUp: false,
  },
  origin: { via: 'acd-control', by: 'admin' },
  cause: null,
  made: '16777217',
  outbox: null,
}

it('has time, position, aggregate, input, origin and the id of what was made', () => {
  expect(journalLine(row)).toBe(
    '2026-01-05T08:00:00.000Z     #12 queue/1:3        submitCall from=5550100 to=1001 user=1001 variables=[1] ' +
      'wrapUp=false (acd-control, admin) -> 16777217',
  )
})

it('hides callers and values of variables, but not their names', () => {
  expect(withoutPeople(row).input).toMatchObject({
    from: '(hidden)',
    to: '(hidden)',
    user: '1001',
    variables: [{ name: 'callVariable1', value: '(hidden)' }],
  })
})

it('has the sender and cause of a message, and the reason of a failure, in one line', () => {
  const message: JournalRow = {
    ...row,
    aggregate: 'user/1001',
    outcome: 'failed',
    error: 'no such\n offer',
    input: { kind: 'message', from: 'queue/5001', number: 4, body: { type: 'customerCancels', task: '5001-1' } },
    origin: null,
    cause: 11,
    made: null,
  }
  expect(journalLine(withoutPeople(message))).toBe(
    '2026-01-05T08:00:00.000Z     #12 user/1001:3      from queue/5001 customerCancels task=5001-1 ' +
      '(because of #11) FAILED: no such offer',
  )
})
