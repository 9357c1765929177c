/** Notifications of a Finesse become typed values, whatever their letter case and order; the rest is passed on. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Notification } from '../../src/engine/values.ts'
import { FAILURES, renderUpdate } from '../../src/finesse/index.ts'
import type { Reading } from '../../src/follow/events/reading.ts'
import { parseTree, type Tree, Unreadable } from '../../src/follow/events/tree.ts'
import { readUpdate, type Told, type Update } from '../../src/follow/events/update.ts'
import { HOSTILE } from '../finesse/hostile.ts'
import {
  callValue,
  failureValue,
  mediaStatus,
  mediaValue,
  notification,
  queuesValue,
  queueValue,
  systemInfoValue,
  TEAM_MEETING,
  taskValue,
  userValue,
} from '../finesse/values.ts'

const strange: string[] = []
const reading: Reading = {
  side: 'A',
  agentAt: (extension) => (extension === '1001' ? '1001' : undefined),
  strange: (where, value) => strange.push(`${where} ${value}`),
}

const api = (path: string) => `/finesse/api/${path}`
const DIALOGS = { node: api('User/1001/Dialogs/Media'), shape: 'item' } as const
const CALLS = { node: api('User/1001/Dialogs'), shape: 'item' } as const
const MEDIA = { node: api('User/1001/Media'), source: api('User/1001/Media/5002') } as const
const OF_CHAT = api('User/1001/Media/5002/Dialogs')

const SUPERVISOR = userValue({
  roles: ['Agent', 'Supervisor'],
  supervises: [{ id: '2002', name: 'A & B' }],
  mobileAgent: { mode: 'CALL_BY_CALL', dialNumber: '5550100' },
  reason: TEAM_MEETING,
  reasonCodeId: '16',
  lastName: `O'Hara <"x"> 中`,
})
const TALKING = userValue({ state: 'TALKING', reasonCodeId: null, pendingState: 'NOT_READY', stateChangeTime: null })
const CLOSED = taskValue({ state: 'CLOSED', dispositionCode: 'CD_NORMAL_END_TASK', actions: [] })
const WITH_REASON = mediaValue({ status: mediaStatus({ reason: TEAM_MEETING, reasonCodeId: '16' }) })
const { status: _, ...OUTSIDE } = mediaValue()

/** A notification, and what the follower is told by it. The value of `told` is that of the notification. */
const CASES: Readonly<
  Record<
    string,
    readonly [Notification, { readonly kind: Told['kind']; readonly change?: string; readonly user?: string }]
  >
> = {
  'a whole user with everything': [notification({ value: SUPERVISOR }), { kind: 'user' }],
  'a user without reason': [notification({ value: TALKING }), { kind: 'user' }],
  'a medium': [notification({ value: mediaValue(), ...MEDIA }), { kind: 'media' }],
  'a medium with a reason': [notification({ value: WITH_REASON, ...MEDIA }), { kind: 'media' }],
  'a medium of a user who is not in the MRD': [notification({ value: OUTSIDE, ...MEDIA }), { kind: 'media' }],
  'a task that was offered': [
    notification({ value: taskValue(), ...DIALOGS, shape: 'collection', event: 'POST', source: OF_CHAT }),
    { kind: 'dialog', change: 'added', user: '1001' },
  ],
  'a task that changed': [
    notification({ value: taskValue({ state: 'ACTIVE' }), ...DIALOGS, source: api('Dialog/1001_5_1') }),
    { kind: 'dialog', change: 'changed', user: '1001' },
  ],
  'a task that ended': [
    notification({ value: CLOSED, ...DIALOGS, shape: 'collection', event: 'DELETE', source: OF_CHAT }),
    { kind: 'dialog', change: 'removed', user: '1001' },
  ],
  'a call with its parties and variables': [
    notification({
      value: callValue({ variables: [{ name: 'user.account', value: 'a & b' }], wrapUpReason: '' }),
      ...CALLS,
      shape: 'collection',
      event: 'POST',
      source: CALLS.node,
      requestId: 'r-1',
    }),
    { kind: 'dialog', change: 'added', user: '1001' },
  ],
  'a queue': [notification({ value: queueValue(), node: api('Queue/5002') }), { kind: 'queue' }],
  'queues of a user': [
    notification({ value: queuesValue(), node: api('User/1001/Queues'), event: 'DELETE' }),
    { kind: 'queues' },
  ],
  SystemInfo: [notification({ value: systemInfoValue({ status: 'OUT_OF_SERVICE' }) }), { kind: 'systemInfo' }],
}

const read = (document: string, node = api('User/1001')): Update => readUpdate(document, node, reading)

const withoutData = ({ data: _, ...rest }: Update) => rest

describe('an Update becomes the value that it was made of', () => {
  it.each(Object.entries(CASES))('%s (`notifications 8.1`)', (_, [said, told]) => {
    const { value, node, source, event, requestId } = said
    const expected = { node, source, event, requestId, told: { ...told, value } }
    expect(withoutData(read(renderUpdate(said), node))).toEqual(expected)
  })

  it.each(Object.entries(CASES))('%s, in other letter case and order (`notifications 7.2`)', (_, [said, told]) => {
    const document = markup(turned(parseTree(renderUpdate(said))))
    expect(read(document, said.node).told).toEqual({ ...told, value: said.value })
  })

  it('the summary on the node of a team keeps what only the user needs (`notifications 8.9`)', () => {
    const said = notification({ value: TALKING, shape: 'summary', node: api('Team/2001/Users') })
    const { told } = read(renderUpdate(said), said.node)
    const { kind: _k, loginName: _l, roles: _r, settings: _s, wrapUpTimer: _w, teamId: _t, ...rest } = TALKING
    const { teamName: _n, supervises: _v, ...value } = rest
    expect(told).toEqual({ kind: 'summary', value })
  })

  it('a deleted user has no data (`notifications 8.1`)', () => {
    const said = notification({ value: userValue(), event: 'DELETE' })
    expect(read(renderUpdate(said)).told).toEqual({ kind: 'userDeleted', user: '1001' })
  })
})

describe('an error (`notifications 8.4`, `notifications 8.5`, `notifications 8.8`)', () => {
  it.each(Object.keys(FAILURES))('%s is known by its texts and its number', (name) => {
    const failure = Object.keys(FAILURES).find((each): each is keyof typeof FAILURES => each === name)
    if (!failure) throw new Error(name)
    const said = notification({ value: failureValue(failure, { mrd: '5002', detail: '1001_5_1' }), ...MEDIA })
    const { told, requestId } = read(renderUpdate({ ...said, requestId: 'r-2' }), said.node)
    expect({ told, requestId }).toMatchObject({
      told: { kind: 'error', about: 'media', user: '1001', object: '5002', error: { failure } },
      requestId: 'r-2',
    })
  })

  it('that this product does not know keeps its texts', () => {
    const document =
      '<Update><data><apiErrors><apiError><errorData>9999</errorData><errorMessage>CF_NEW</errorMessage>' +
      '<errorType>New</errorType></apiError></apiErrors></data><event>put</event><requestId>a</requestId>' +
      '<source>/finesse/api/Dialog/7</source></Update>'
    expect(read(document, api('User/1001/Dialogs')).told).toEqual({
      kind: 'error',
      about: 'call',
      user: '1001',
      object: '7',
      error: { type: 'New', message: 'CF_NEW', data: '9999', mrd: '', failure: undefined, detail: 'CF_NEW' },
    })
  })
})

describe('what the contract does not have', () => {
  it('is passed on with the whole object', () => {
    const { told, data } = read(
      '<Update><data><user><loginId>1001</loginId><roles/><state>READY</state><shiftId>7</shiftId></user></data>' +
        '<event>PUT</event><source>/finesse/api/User/1001</source></Update>',
    )
    expect(told).toMatchObject({ kind: 'user', value: { id: '1001', state: 'READY' } })
    expect(data?.children.at(-1)).toEqual({ name: 'shiftId', text: '7', children: [] })
  })

  it('is reported if it is a value of a known element, and the state is UNKNOWN then', () => {
    strange.length = 0
    const { told } = read(renderUpdate(notification({ value: userValue() })).replace('>NOT_READY<', '>SLEEPING<'))
    expect(told).toMatchObject({ value: { state: 'UNKNOWN' } })
    expect(strange).toEqual(['user/state SLEEPING'])
  })

  it('several dialogs at once are not taken, because they have to be read by GET', () => {
    const one = renderUpdate(notification({ value: callValue(), ...CALLS, shape: 'collection', event: 'POST' }))
    const two = one.replace(/<dialogs>(.*)<\/dialogs>/, '<dialogs>$1$1</dialogs>')
    expect(read(two, CALLS.node).told).toEqual({ kind: 'other' })
  })
})

describe('a document that is not readable', () => {
  const BAD: Readonly<Record<string, string>> = {
    'is not well-formed': '<Update><data><user><state>READY</user></data></Update>',
    'has a document type': '<!DOCTYPE a [<!ENTITY b "c">]><Update/>',
    'is no Update': '<User/>',
    'has an unknown event': '<Update><event>PATCH</event></Update>',
    'is empty': '',
    'is nested too deeply': `<Update>${'<a>'.repeat(40)}${'</a>'.repeat(40)}</Update>`,
  }
  it.each(Object.entries(BAD))('%s', (_, document) => {
    expect(() => read(document)).toThrow(Unreadable)
  })

  it.each(Object.keys(HOSTILE))('of %s is refused, or read as something else, and nothing else is thrown', (name) => {
    const document = HOSTILE[name]?.(64 * 1024) ?? ''
    expect(outcomeOf(document)).toMatch(/^(?:read|Unreadable)$/)
  })

  it('never throws anything else for damaged documents', () => {
    const all = Object.values(CASES).map(([said]) => renderUpdate(said))
    const damage = fc.record({
      document: fc.constantFrom(...all),
      at: fc.nat(),
      remove: fc.nat(12),
      insert: fc.oneof(
        fc.string({ maxLength: 6 }),
        fc.constantFrom('<', '&#x;', '<__proto__>', '<constructor/>', ']]>'),
      ),
    })
    fc.assert(
      fc.property(damage, ({ document, at, remove, insert }) => {
        const place = at % document.length
        const damaged = document.slice(0, place) + insert + document.slice(place + remove)
        expect(outcomeOf(damaged)).toMatch(/^(?:read|Unreadable)$/)
      }),
      { numRuns: 2000 },
    )
  })
})

function outcomeOf(document: string): string {
  try {
    read(document)
    return 'read'
  } catch (error) {
    return error instanceof Error ? error.constructor.name : String(error)
  }
}

/** The same document with the other letter case in the names of objects, and with all elements in reverse order. */
function turned({ name, text, children }: Tree): Tree {
  const isList = /s$/i.test(name)
  const others = children.map(turned)
  return { name: swapped(name), text, children: isList ? others : others.toReversed() }
}
const swapped = (name: string): string => {
  const first = name.charAt(0)
  return (first === first.toLowerCase() ? first.toUpperCase() : first.toLowerCase()) + name.slice(1)
}
const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
const markup = ({ name, text, children }: Tree): string =>
  `<${name}>${escaped(text)}${children.map(markup).join('')}</${name}>`
