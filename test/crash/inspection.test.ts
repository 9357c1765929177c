/**
 * The checks of a crash for awaited users. The wait ends when a session has received everything or when the grace
 * period is over. A short visit does not end it.
 */
import { beforeEach, describe, expect, it } from 'vitest'
import type { Input } from '../../src/engine/input.ts'
import type { Session } from './client.ts'
import type { FileOutboxRow } from './data-file.ts'
import { type Beginning, beginningAfter, endsOfWaitWrong, goneWhileAwaited, sessionWrong } from './inspection.ts'
import { Ledger } from './ledger.ts'

const USER = '1001'
const LANE = `A:user/${USER}`
const NODE = `/finesse/api/User/${USER}`
/** As in `directory.yaml`. */
const GRACE = 3000
const BACK = 1_700_000_000_000

let ledger: Ledger
beforeEach(() => {
  ledger = new Ledger()
  ledger.storeId = 'store'
  note('side/A', { kind: 'side', change: 'BACK', dependency: 'notification-service' }, 0)
})

/** Adds a row of the journal, `after` ms after the return of the service. */
function note(aggregate: string, input: Input, after: number): void {
  ledger.notes.push({
    position: 11 + ledger.notes.length,
    ...{ aggregate, at: BACK + after, outcome: 'applied', input },
  })
}

const presence = (available: boolean, session = `${USER}@localhost/one`) =>
  note(
    `user/${USER}`,
    { kind: 'user', event: { type: 'PRESENCE', side: 'A', session, available }, untilHeard: true },
    100,
  )
const visit = () => {
  presence(true)
  presence(false)
}
const heard = (after = 200) => note(`user/${USER}`, { kind: 'heard', missed: [] }, after)
const notBack = (after: number) => note(`user/${USER}`, { kind: 'notBack', side: 'A', missed: [] }, after)

/** The undelivered notification of the user's sign-out, number 5. */
const waiting: FileOutboxRow = { number: 5, lane: LANE, payload: { node: NODE, value: {} } }
const beginning: Beginning = { generation: 2, position: 10, outbox: [waiting], awaited: new Set([USER]) }

const session = (name: string, items: readonly number[] = []): Session => ({
  ...{ user: USER, jid: `${USER}@localhost/${name}`, generation: 2, end: 'left' },
  items: items.map((number) => ({ id: `store-${number}`, node: NODE, text: 'signed out' })),
})

describe('whether the next process awaits a user as well', () => {
  it.each<readonly [string, () => void, boolean]>([
    ['yes: the user has not reconnected', () => undefined, true],
    ['yes: the visit of the user was short', visit, true],
    ['yes: the user has reconnected and has not received everything', () => presence(true), true],
    [
      'yes: everything is reported as received, but no session is connected any more',
      () => {
        visit()
        heard()
      },
      true,
    ],
    [
      'no: the user has received everything',
      () => {
        presence(true)
        heard()
      },
      false,
    ],
    ['no: the user did not reconnect in time', () => notBack(GRACE), false],
    [
      'yes: the user reconnected at the last moment',
      () => {
        presence(true)
        notBack(GRACE)
      },
      true,
    ],
  ])('%s', (_, happens, isAwaited) => {
    happens()
    expect(beginningAfter(beginning, 3, ledger, []).awaited.has(USER)).toBe(isAwaited)
  })
})

describe('a notification that waits for an awaited user', () => {
  const gone = (sessions: readonly Session[], outbox: readonly FileOutboxRow[] = []) =>
    goneWhileAwaited(beginning, ledger, outbox, sessions)
  const left = [expect.stringMatching(/^5 was sent while 1001 was awaited/)]

  it('must not be sent without a session, or in a visit that received nothing', () => {
    expect(gone([])).toEqual(left)
    expect(gone([], [waiting])).toEqual([])
    visit()
    expect(gone([session('one')])).toEqual(left)
    expect(gone([session('one', [5])])).toEqual([])
    expect(gone([{ ...session('one', [5]), generation: 1 }])).toEqual(left)
  })

  it('may be sent when the grace period is over', () => {
    notBack(GRACE)
    expect(gone([])).toEqual([])
  })

  it('may be sent when the user had left before the kill, and the grace period ended before the start', () => {
    const graceIsOver = () =>
      note(`user/${USER}`, { kind: 'deadline', owner: 'presence:A', name: 'PRESENCE_GRACE_OVER', due: BACK }, -500)
    graceIsOver()
    expect(gone([])).toEqual([])
    ledger.notes.length = 1
    note(`user/${USER}`, { kind: 'awaited', sides: ['A'] }, -600)
    graceIsOver()
    expect(gone([])).toEqual(left)
  })

  it('is due to the second session when the first one did not receive it', () => {
    const notification = { user: USER, node: NODE, event: 'PUT', value: { kind: 'user' } } as const
    const made = { number: 5, position: 9, lane: LANE, text: 'signed out', isOwed: true }
    const lane = [Object.assign(Object.create(null), { ...made, notification, payload: notification })]
    ledger.lanes.set(LANE, lane)
    ledger.committed.set(5, lane[0])
    visit()
    presence(true, `${USER}@localhost/two`)
    const wrong = (first: readonly number[], second: readonly number[]) => {
      const sessions = [session('one', first), { ...session('two', second), end: undefined }]
      return sessions.flatMap((each) =>
        sessionWrong(each, ledger, beginning, { outbox: [], sessions, isSettled: true }),
      )
    }
    expect(wrong([], [])).toEqual([expect.stringMatching(/two, process 2: 5 is missing/)])
    expect(wrong([], [5])).toEqual([])
    expect(wrong([5], [])).toEqual([])
  })
})

describe('the end of a wait', () => {
  it('must not come before the grace period is over', () => {
    notBack(GRACE - 600)
    expect(endsOfWaitWrong(beginning, ledger, [])).toEqual([
      'the wait for user/1001 ended at 12, 2400 ms after the return',
    ])
  })

  it('may come when the grace period is over', () => {
    notBack(GRACE)
    expect(endsOfWaitWrong(beginning, ledger, [])).toEqual([])
  })

  it('by "heard" requires that everything was sent', () => {
    presence(true)
    heard()
    expect(endsOfWaitWrong(beginning, ledger, [waiting])).toEqual([
      '5 is undelivered, but the journal says that 1001 has received everything',
    ])
    expect(endsOfWaitWrong(beginning, ledger, [])).toEqual([])
  })
})
