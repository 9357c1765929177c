/** Erasure of JSON: every form in which the engine keeps personal data. */
import { describe, expect, it } from 'vitest'
import { ERASED, erase, eraseAgent, rewritingFor } from '../../src/engine/erasure/erase.ts'
import { ownerOf, sightings } from '../../src/engine/erasure/places.ts'
import type { JournalRow, Json } from '../../src/engine/ports.ts'

const variables = [
  { name: 'callVariable1', value: 'Alice' },
  { name: 'callVariable2', value: '' },
]
const gone = [
  { name: 'callVariable1', value: ERASED },
  { name: 'callVariable2', value: '' },
]
const ids = new Set(['5002-1', '1000_1001_5002', '16777217'])

const row = (aggregate: string, input: Json, made: string | null = null): JournalRow => ({
  position: 7,
  aggregate,
  sequence: 1,
  at: 0,
  machineVersion: 2,
  outcome: 'applied',
  error: null,
  input,
  origin: null,
  cause: null,
  made,
  outbox: null,
})

const facts = (id: string, associatedDialog = '') => ({ id, scriptSelector: 'chat_sales', variables, associatedDialog })
const call = { dialog: '16777217', fromAddress: '5550001', toAddress: '1003', dnis: '1003', variables }
const legs: Json = [{ mediaAddress: '1003', user: '1003' }, { mediaAddress: '5550001' }]

/** Journal rows, with the input that an erasure leaves. An erasure of another contact changes nothing. */
const SHAPES: readonly (readonly [string, JournalRow, Json])[] = [
  [
    'a submission, found by the task that it made',
    row('queue/5002', { kind: 'submitTask', variables }, '5002-1'),
    { kind: 'submitTask', variables: gone },
  ],
  [
    'a submitted call',
    row('queue/1', { kind: 'submitCall', from: '5550001', to: '1003', variables }, '16777217'),
    { kind: 'submitCall', from: ERASED, to: '1003', variables: gone },
  ],
  [
    'an offer',
    row('user/1001', { kind: 'message', from: 'queue/5002', body: { type: 'offer', task: facts('5002-1') } }),
    {
      kind: 'message',
      from: 'queue/5002',
      body: { type: 'offer', task: { ...facts('5002-1'), variables: gone } },
    },
  ],
  [
    'an offer of an external ACD, resubmitted from a dialog',
    row('user/1001', { kind: 'acd', event: { type: 'offer', task: facts('x', '1000_1001_5002') } }),
    { kind: 'acd', event: { type: 'offer', task: { ...facts('x', '1000_1001_5002'), variables: gone } } },
  ],
  [
    'a task on its way to another queue',
    row('queue/5001', { kind: 'message', body: { type: 'enqueue', original: '5002-1', variables } }),
    { kind: 'message', body: { type: 'enqueue', original: '5002-1', variables: gone } },
  ],
  [
    'an arriving call',
    row('call/16777217', { kind: 'message', from: 'queue/1', body: { event: { from: '5550001', variables } } }),
    { kind: 'message', from: 'queue/1', body: { event: { from: ERASED, variables: gone } } },
  ],
  [
    'a leg of a call',
    row('user/1003', { kind: 'message', from: 'call/16777217', body: { type: 'leg', call: { ...call, legs } } }),
    {
      kind: 'message',
      from: 'call/16777217',
      body: {
        type: 'leg',
        call: {
          ...call,
          fromAddress: ERASED,
          variables: gone,
          legs: [{ mediaAddress: '1003', user: '1003' }, { mediaAddress: ERASED }],
        },
      },
    },
  ],
  [
    'a task of a followed Finesse',
    row('user/1001', { kind: 'user', event: { type: 'TASK_EVENT', dialog: '1000_1001_5002', variables } }),
    { kind: 'user', event: { type: 'TASK_EVENT', dialog: '1000_1001_5002', variables: gone } },
  ],
]

describe('erasing JSON', () => {
  it.each(SHAPES)('%s', (_, stored, expected) => {
    const { input } = rewritingFor({ ids, agents: new Set() })
    expect(input(stored)).toEqual(expected)
    // A second erasure, or one of another contact, returns the same object.
    const again = { ...stored, input: input(stored) }
    expect(input(again)).toBe(again.input)
    expect(rewritingFor({ ids: new Set(['5002-9']), agents: new Set() }).input(stored)).toBe(stored.input)
  })

  it('erases only what belongs to the contact in a queue, a user and a notification', () => {
    const queue = { open: [facts('5002-2')], finished: [{ ...facts('5002-1'), dialog: '1000_1001_5002' }] }
    expect(erase(queue, ids)).toEqual({
      open: [facts('5002-2')],
      finished: [{ ...facts('5002-1'), dialog: '1000_1001_5002', variables: gone }],
    })
    const tree = { context: { dialog: '1000_1001_5002', task: facts('other') }, children: { a: facts('5002-2') } }
    expect(erase(tree, new Set(['other']))).toEqual({
      context: { dialog: '1000_1001_5002', task: { ...facts('other'), variables: gone } },
      children: { a: facts('5002-2') },
    })
    const notification = {
      node: 'n',
      value: { kind: 'call', id: '16777217', fromAddress: '5550001', variables, participants: legs },
    }
    expect(erase(notification, ids)).toMatchObject({
      value: {
        fromAddress: ERASED,
        variables: gone,
        participants: [{ mediaAddress: '1003' }, { mediaAddress: ERASED }],
      },
    })
  })

  it('erases only names and dial numbers of an agent', () => {
    const setup = { profile: { id: '1001', loginName: 'areyes', firstName: 'Ana', lastName: '', teamName: 'Sales' } }
    expect(eraseAgent(setup)).toEqual({
      profile: { id: '1001', loginName: ERASED, firstName: ERASED, lastName: '', teamName: 'Sales' },
    })
    const signIn = row('user/1001', {
      kind: 'user',
      event: { mobileAgent: { mode: 'CALL_BY_CALL', dialNumber: '0151' } },
    })
    const { input } = rewritingFor({ ids: new Set(), agents: new Set(['1001']) })
    expect(JSON.stringify(input(signIn))).not.toContain('0151')
    expect(input(row('user/10010', signIn.input))).toBe(signIn.input)
  })

  it('sightings gives the ids that belong together', () => {
    const seen = [...sightings({ task: facts('5002-1', 'd0'), dialog: 'd1' })]
    expect(seen[0]?.ids).toEqual(['5002-1', 'd1'])
    expect(seen[1]).toMatchObject({ ids: ['5002-1', 'd0'], variables })
    expect(ownerOf(row('queue/5002', {}))).toBe('row 7')
    expect(ownerOf(row('call/3', {}))).toBe('3')
  })
})
