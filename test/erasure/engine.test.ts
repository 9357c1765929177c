/** Erasure in a running engine: what is found, what is erased, what stays, and what happens after an interruption. */

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { QueueBehaviour } from '../../src/engine/aggregate/queue/behaviour.ts'
import { StillOpen } from '../../src/engine/erasure/api.ts'
import type { ErasedElsewhere } from '../../src/engine/erasure/elsewhere.ts'
import type { AcdPort, Store } from '../../src/engine/ports.ts'
import type { CallDialogValue } from '../../src/engine/values.ts'
import { InvalidArgument } from '../../src/errors/index.ts'
import { memoryStore, sqliteStore } from '../../src/store/index.ts'
import { temporaryDirectory } from '../store/directories.ts'
import { PATIENCE } from '../suite/patience.ts'
import {
  act,
  CHAT,
  differences,
  EMAIL,
  endedCall,
  kept,
  keptStore,
  ready,
  type Stage,
  stage,
  submitted,
  transferredChat,
} from './stage.ts'

/** An engine with agents 1001 and 1002, who are READY for chats and e-mail. */
async function staffed(store: Store = keptStore(), more: Parameters<typeof stage>[1] = {}): Promise<Stage> {
  const on = await stage(store, more)
  await ready(on, '1001', CHAT)
  await ready(on, '1002', CHAT)
  await ready(on, '1001', EMAIL)
  await ready(on, '1002', EMAIL)
  return on
}

/** A customer on a call of a followed Finesse, and a second number that takes part. */
interface Told {
  readonly from: string
  readonly also: string
  readonly value: string
}

/** A call of agent 1001 as a followed Finesse tells it. */
function toldCall(id: string, state: 'ACTIVE' | 'DROPPED', { from, also, value }: Told): CallDialogValue {
  const party = (mediaAddress: string, user?: string): CallDialogValue['participants'][number] => ({
    ...{ mediaAddress, state, stateCause: '', actions: [], startTime: 0, stateChangeTime: 0 },
    ...(user === undefined ? {} : { user }),
  })
  return {
    ...{ kind: 'call', id, fromAddress: from, toAddress: '1001', dnis: '1001', dialedNumber: '1001' },
    ...{ callType: 'CONFERENCE', variables: [{ name: 'callVariable1', value }], state },
    participants: [party('1001', '1001'), party(from), party(also)],
  }
}

/** Whether the store has this text anywhere. */
const has = async (on: Stage, text: string) => (await kept(on)).includes(text)

describe('erasing a customer', () => {
  it('finds all tasks and dialogs of a contact from each of them, and does not change other customers', async () => {
    const on = await staffed()
    const task = await transferredChat(on, 'Alice')
    await transferredChat(on, 'Bob')
    await endedCall(on, '5550001', 'Carol')
    const found = await on.engine.erasures.find({ tasks: [task] })
    expect(found).toHaveLength(1)
    expect(found[0]).toMatchObject({ open: null })
    expect(found[0]?.ids.length).toBeGreaterThanOrEqual(6)
    for (const subjects of [
      { variables: [{ value: 'Alice' }] },
      { variables: [{ name: 'user.customer', value: 'Alice-number' }] },
      { tasks: [on.engine.acd?.tasks().findLast((each) => each.variables[0]?.value === 'Alice')?.id ?? ''] },
      { dialogs: [found[0]?.ids.find((id) => id.includes('_1001_') || id.includes('_1002_')) ?? ''] },
    ])
      expect((await on.engine.erasures.find(subjects)).map(({ ids }) => ids.toSorted())).toEqual([
        found[0]?.ids.toSorted(),
      ])
    expect(await on.engine.erasures.find({ variables: [{ name: 'callVariable2', value: 'Alice' }] })).toEqual([])
    expect(await has(on, 'Alice')).toBe(true)

    const { erasure } = await on.engine.erasures.erase({ tasks: [task] }, { via: 'api', by: 'officer' })
    expect(erasure).toMatchObject({ state: 'done', by: 'officer', contacts: 1 })
    expect(erasure?.rows).toBeGreaterThan(5)
    expect(await has(on, 'Alice')).toBe(false)
    for (const other of ['Bob', 'Carol', '5550001', 'user.customer']) expect(await has(on, other)).toBe(true)
    expect(on.engine.acd?.task(task)?.variables).toEqual([
      { name: 'callVariable1', value: 'erased' },
      { name: 'user.customer', value: 'erased' },
    ])
    expect(await differences(on)).toEqual([])
    expect(JSON.stringify(on.engine.erasures.list())).not.toContain('Alice')
    expect(on.engine.erasures.list()).toEqual([erasure])
  })

  it('erases a caller everywhere, also in ended calls', async () => {
    const on = await staffed()
    const call = await endedCall(on, '5550001', 'Carol')
    await endedCall(on, '5550002', 'Dave')
    await on.engine.erasures.erase({ callers: ['5550001'] })
    for (const gone of ['5550001', 'Carol']) expect(await has(on, gone)).toBe(false)
    for (const other of ['5550002', 'Dave']) expect(await has(on, other)).toBe(true)
    expect(JSON.stringify(on.engine.acd?.call(call))).not.toMatch(/5550001|Carol/)
    expect(on.engine.acd?.call(call)).toMatchObject({ fromAddress: 'erased', toAddress: '1003' })
    expect(await differences(on)).toEqual([])
  })

  it('does not disturb the engine, nor one that is started from the same store afterwards', async () => {
    const store = keptStore()
    const on = await staffed(store)
    await transferredChat(on, 'Alice')
    const waiting = await submitted(on, CHAT, 'chat_sales', 'Bob')
    await on.engine.erasures.erase({ variables: [{ value: 'Alice' }] })
    await act(on, waiting.dialog, 'ACCEPT')
    expect(on.engine.get.dialog(waiting.dialog)).toMatchObject({ state: 'ACCEPTED', variables: [{ value: 'Bob' }, {}] })
    const again = await stage(store.reopen(), {}, on.clock)
    expect(again.engine.get.dialog(waiting.dialog)).toEqual(on.engine.get.dialog(waiting.dialog))
    expect(again.engine.acd?.tasks()).toEqual(on.engine.acd?.tasks())
    expect(await has(again, 'Alice')).toBe(false)
    expect(await differences(again)).toEqual([])
  })

  it('is refused while a task, a dialog or a call of the customer is open, and then changes nothing', async () => {
    const on = await staffed()
    const { task, dialog } = await submitted(on, CHAT, 'chat_sales', 'Alice')
    const before = await has(on, 'Alice')
    const refused = on.engine.erasures.erase({ variables: [{ value: 'Alice' }] })
    await expect(refused).rejects.toThrow(StillOpen)
    await expect(refused).rejects.toThrow(`task ${task} is still open`)
    await act(on, dialog, 'ACCEPT')
    await act(on, dialog, 'START')
    await expect(on.engine.erasures.erase({ tasks: [task] })).rejects.toThrow(StillOpen)
    expect(on.engine.erasures.list()).toEqual([])
    await act(on, dialog, 'CLOSE')
    expect(await has(on, 'Alice')).toBe(before)
    expect((await on.engine.erasures.erase({ tasks: [task] })).erasure).toMatchObject({ state: 'done' })

    await on.engine.command({ type: 'user.signIn', user: '1003', extension: '1003' })
    await on.engine.command({ type: 'user.setState', user: '1003', state: 'READY' })
    const call = await on.engine.acd?.submitCall({ from: '5550001', to: '1003' })
    await expect(on.engine.erasures.erase({ callers: ['5550001'] })).rejects.toThrow(`call ${call?.id} is still open`)
    expect(await has(on, 'Alice')).toBe(false)
  })

  it('erases undelivered notifications', async () => {
    const on = await staffed(keptStore(), { serves: ['A'] })
    await on.engine.adapters.notificationService('A', true)
    const { task, dialog } = await submitted(on, CHAT, 'chat_sales', 'Alice')
    await act(on, dialog, 'ACCEPT')
    await act(on, dialog, 'CLOSE')
    expect(JSON.stringify(await on.store.history?.outbox())).toContain('Alice')
    await on.engine.erasures.erase({ tasks: [task] })
    expect(await has(on, 'Alice')).toBe(false)
    const sent: string[] = []
    on.engine.adapters.attach('A', {
      publish: async ({ notification }) => {
        sent.push(JSON.stringify(notification))
      },
    })
    await on.clock.settle()
    expect(sent.join()).toContain(dialog)
    expect(sent.join()).not.toContain('Alice')
  })

  it('erases submissions that have failed', async () => {
    const on = await staffed()
    // There is no notification and no task, so only the journal has the value.
    const failing = { mrd: CHAT, scriptSelector: 'chat_sales', variables: [{ name: 'callVariable1', value: 'Alice' }] }
    vi.spyOn(QueueBehaviour.prototype, 'step').mockImplementationOnce(() => {
      throw new Error('a bug')
    })
    await expect(on.engine.acd?.submitTask(failing)).rejects.toThrow('a bug')
    expect(await has(on, 'Alice')).toBe(true)
    const { found } = await on.engine.erasures.erase({ variables: [{ value: 'Alice' }] })
    expect(found).toMatchObject([{ places: 1 }])
    expect(await has(on, 'Alice')).toBe(false)
    expect(await differences(on)).toEqual([])
  })

  it('lets agents work between its slices', async () => {
    const on = await stage(keptStore())
    for (let each = 0; each < 500; each += 1) {
      const { task } = await submitted(on, CHAT, 'chat_sales', `customer ${each}`)
      await on.engine.acd?.abandonTask(task)
    }
    let isDone = false
    const erasing = on.engine.erasures.erase({ variables: [{ value: 'customer 7' }] }).then(() => {
      isDone = true
    })
    await on.engine.command({ type: 'user.signIn', user: '1001', extension: '1001' })
    await on.engine.command({ type: 'user.setState', user: '1001', state: 'READY' })
    expect(on.engine.get.user('1001')?.state).toBe('READY')
    expect(isDone).toBe(false)
    await erasing
    expect(await has(on, 'customer 7-number')).toBe(false)
    expect(await has(on, 'customer 8-number')).toBe(true)
    expect(await differences(on)).toEqual([])
  })

  it('has nothing to erase the second time, and refuses empty subjects', async () => {
    const on = await staffed()
    const task = await transferredChat(on, 'Alice')
    await on.engine.erasures.erase({ tasks: [task] })
    const { found, erasure } = await on.engine.erasures.erase({ tasks: [task] })
    expect(found).toHaveLength(1)
    expect(erasure).toBeUndefined()
    expect(await on.engine.erasures.erase({ callers: ['nobody'] })).toEqual({ found: [], erasure: undefined })
    for (const subjects of [{}, { tasks: [''] }, { variables: [{ value: 'erased' }] }, { callers: ['erased'] }])
      await expect(on.engine.erasures.find(subjects)).rejects.toThrow(InvalidArgument)
  })
})

/** A store whose `rewrite` fails after so many pieces, until `mend` is called. */
const failing = (inner: Store, pieces: number) => {
  let left = pieces
  const store: Store = {
    id: inner.id,
    records: inner.records,
    history: inner.history,
    load: () => inner.load(),
    commit: (batch) => inner.commit(batch),
    compact: (before) => inner.compact(before),
    clear: () => inner.clear(),
    close: () => inner.close(),
    rewrite: (rewriting, from) => {
      if (left === 0) throw new Error('somebody reads old content')
      left -= 1
      return inner.rewrite(rewriting, from)
    },
  }
  return { store, mend: () => (left = Number.POSITIVE_INFINITY) }
}

describe('an erasure that is interrupted', () => {
  it.each([0, 1, 2])('is finished at the next start when the process was killed after %i pieces', async (pieces) => {
    const inner = keptStore()
    const on = await staffed(failing(inner, pieces).store)
    const task = await transferredChat(on, 'Alice')
    await expect(on.engine.erasures.erase({ tasks: [task] })).rejects.toThrow('will be tried again')
    expect(on.engine.erasures.list()).toMatchObject([{ state: 'begun' }])
    expect(await has(on, 'Alice')).toBe(pieces < 2)

    const again = await stage(inner.reopen(), {}, on.clock)
    await again.clock.settle()
    expect(again.engine.erasures.list()).toMatchObject([{ state: 'done', contacts: 1 }])
    expect(await has(again, 'Alice')).toBe(false)
    expect(again.engine.acd?.task(task)?.variables[0]?.value).toBe('erased')
    expect(await differences(again)).toEqual([])
  })

  it('continues without a restart when the store works again', async () => {
    const { store, mend } = failing(keptStore(), 1)
    const on = await staffed(store)
    const task = await transferredChat(on, 'Alice')
    await expect(on.engine.erasures.erase({ tasks: [task] })).rejects.toThrow('somebody reads old content')
    mend()
    await on.clock.advance(60_000)
    expect(on.engine.erasures.list()).toMatchObject([{ state: 'done' }])
    expect(await has(on, 'Alice')).toBe(false)
    expect(await differences(on)).toEqual([])
  })
})

describe('a data file', () => {
  const bytes = (directory: string) =>
    readdirSync(directory)
      .map((name) => readFileSync(join(directory, name), 'latin1'))
      .join('')

  it('has no erased value in the bytes of the file or its log', async () => {
    const directory = temporaryDirectory()
    const store = sqliteStore(join(directory, 'state.db'), { historySpacing: 0 })
    const on = await staffed(store)
    await transferredChat(on, 'Alice')
    await transferredChat(on, 'Bob')
    await endedCall(on, '5550001', 'Carol')
    expect(bytes(directory).includes('Alice')).toBe(true)
    await on.engine.erasures.erase({ variables: [{ value: 'Alice' }], callers: ['5550001'] })
    expect(/Alice|5550001|Carol/.test(bytes(directory))).toBe(false)
    expect(bytes(directory).includes('Bob')).toBe(true)
    expect(await differences(on)).toEqual([])
    await on.engine.close()
    expect(/Alice|5550001|Carol/.test(bytes(directory))).toBe(false)

    const again = await stage(sqliteStore(join(directory, 'state.db')), {}, on.clock)
    expect(again.engine.erasures.list()).toMatchObject([{ state: 'done', contacts: 2 }])
    expect(await differences(again)).toEqual([])
    await again.engine.close()
  })
})

describe('data outside of the store', () => {
  it('are erased before the erasure is done, and again after an interruption', async () => {
    const asked: ErasedElsewhere[] = []
    let fails = true
    const eraseElsewhere = async (which: ErasedElsewhere) => {
      asked.push(which)
      if (fails) throw new Error('not now')
    }
    const store = keptStore()
    const on = await staffed(store, { eraseElsewhere })
    const before = on.clock.now()
    await on.clock.advance(1000)
    await transferredChat(on, 'Alice')
    await expect(on.engine.erasures.erase({ variables: [{ value: 'Alice' }] })).rejects.toThrow('not now')
    expect(on.engine.erasures.list()).toMatchObject([{ state: 'begun' }])
    await on.engine.close()
    fails = false
    const again = await stage(store.reopen(), { eraseElsewhere }, on.clock)
    await again.clock.advance(1)
    await vi.waitFor(() => expect(again.engine.erasures.list()).toMatchObject([{ state: 'done' }]), {
      timeout: PATIENCE,
    })
    const once = { since: before + 1000, before: undefined, users: new Set() }
    // The rounds of retention ask too, for old data.
    expect(asked.filter(({ since }) => since !== undefined)).toEqual([once, once])
    await again.engine.close()
  })
})

describe("retention of customers' data", () => {
  const DAY = 86_400_000
  const WEEK = 7 * DAY

  it('erases contacts that ended longer ago than the retention, and keeps later ones', async () => {
    const on = await staffed(keptStore(), { retention: { customerData: DAY } })
    await transferredChat(on, 'Alice')
    await endedCall(on, '5550001', 'Carol')
    const long = await submitted(on, EMAIL, 'email_support', 'Dora')
    await act(on, long.dialog, 'ACCEPT')
    await on.clock.advance(DAY / 2)
    await on.engine.command({ type: 'media.setRoutable', user: '1001', mrd: CHAT, routable: true })
    const bob = await submitted(on, CHAT, 'chat_sales', 'Bob', '1001')
    await act(on, bob.dialog, 'ACCEPT')
    await act(on, bob.dialog, 'CLOSE')
    expect(await on.engine.erasures.find({ variables: [{ value: 'Dora' }] })).toMatchObject([{ open: null }])
    await on.clock.advance(0.75 * DAY)
    for (const gone of ['Alice', 'Carol', '5550001']) expect(await has(on, gone)).toBe(false)
    expect(await has(on, 'Bob')).toBe(true)
    expect(await differences(on)).toEqual([])
    await on.clock.advance(DAY)
    for (const gone of ['Bob', 'Dora']) expect(await has(on, gone)).toBe(false)
    expect(on.engine.erasures.list()).toEqual([])
    expect(await differences(on)).toEqual([])
  })

  it('erases no open contact and none of its earlier tasks, however old they are', async () => {
    const on = await staffed(keptStore(), { retention: { customerData: DAY } })
    const { task, dialog } = await submitted(on, CHAT, 'chat_sales', 'Alice')
    await on.clock.advance(30_000)
    const [again] = on.engine.acd?.tasks().filter(({ state }) => state === 'reserved') ?? []
    expect(again?.id).not.toBe(task)
    await act(on, again?.dialogId ?? '', 'ACCEPT')
    for (let hours = 0; hours < 7; hours += 1) await on.clock.advance(3_600_000)
    expect(on.engine.get.dialog(again?.dialogId ?? '')).toMatchObject({ associatedDialog: dialog })
    const waiting = await submitted(on, '5003', 'social_support', 'Wanda')
    await on.clock.advance(3 * DAY)
    expect(on.engine.acd?.task(waiting.task)).toMatchObject({ state: 'queued', variables: [{ value: 'Wanda' }, {}] })
    expect(await has(on, 'Alice')).toBe(false)
    await on.engine.acd?.abandonTask(waiting.task)
    await on.clock.advance(DAY / 2)
    expect(await has(on, 'Wanda')).toBe(true)
    await on.clock.advance(DAY)
    expect(await has(on, 'Wanda')).toBe(false)
    expect(await differences(on)).toEqual([])
  })

  it('continues after a restart, and erases removed agents when the retention of the journal is over', async () => {
    const store = keptStore()
    const on = await staffed(store, { retention: { customerData: WEEK, journal: WEEK } })
    await transferredChat(on, 'Alice')
    const { directory } = on
    const left = { ...directory, users: directory.users.filter(({ id }) => id !== '1005') }
    const { firstName = '', lastName = '', loginName = '' } = directory.users.find(({ id }) => id === '1005') ?? {}
    await on.engine.close()
    const again = await stage(
      store.reopen(),
      { directory: left, retention: { customerData: WEEK, journal: WEEK } },
      on.clock,
    )
    await again.clock.advance(6 * DAY)
    for (const name of ['Alice', firstName, lastName, loginName]) expect(await has(again, name)).toBe(true)
    await again.clock.advance(3 * DAY)
    for (const name of ['Alice', firstName, lastName, loginName]) expect(await has(again, name)).toBe(false)
    expect(await has(again, 'areyes')).toBe(true)
    expect(await differences(again)).toEqual([])
    await again.engine.close()
    const back = await stage(store.reopen(), { directory }, on.clock)
    expect(back.engine.get.user('1005')).toMatchObject({ firstName, lastName, loginName })
    expect(await differences(back)).toEqual([])
  })

  it('what is kept elsewhere is erased too: by its age, and of agents who left; an error stops nothing', async () => {
    const asked: ErasedElsewhere[] = []
    const eraseElsewhere = async (which: ErasedElsewhere) => {
      asked.push(which)
      if (asked.length === 1) throw new Error('the disk is full')
    }
    const { directory } = await stage(keptStore())
    const left = { ...directory, users: directory.users.filter(({ id }) => id !== '1005') }
    const store = keptStore()
    const on = await staffed(store)
    await transferredChat(on, 'Alice')
    await on.engine.close()
    const retention = { customerData: DAY, journal: WEEK }
    const again = await stage(store.reopen(), { directory: left, retention, eraseElsewhere }, on.clock)
    const start = on.clock.now()
    await again.clock.advance(1.2 * DAY)
    expect(await has(again, 'Alice')).toBe(false)
    expect(asked[0]).toEqual({ since: undefined, before: asked[0]?.before, users: new Set() })
    expect(asked.every(({ before = 0 }, round) => before >= start - DAY + round)).toBe(true)
    await again.clock.advance(WEEK)
    expect(asked.filter(({ users }) => users.has('1005'))).toHaveLength(1)
    await again.engine.close()
  })

  it('a round that was interrupted is finished by the next process, even without a retention', async () => {
    const inner = keptStore()
    const on = await staffed(failing(inner, 1).store, { retention: { customerData: DAY } })
    await transferredChat(on, 'Alice')
    await on.clock.advance(2 * DAY)
    expect(await has(on, 'Alice')).toBe(true)
    const again = await stage(inner.reopen(), {}, on.clock)
    await again.clock.settle()
    expect(await has(again, 'Alice')).toBe(false)
    expect(await differences(again)).toEqual([])
  })

  it('refuses a negative retention', async () => {
    await expect(stage(keptStore(), { retention: { customerData: -1 } })).rejects.toThrow(InvalidArgument)
  })
})

describe('the values of customers', () => {
  /** Plays the same story with this name in a new engine, erases it, and gives what the store keeps. */
  async function told(name: string): Promise<string> {
    const on = await staffed(memoryStore({ id: 'story', keep: 'history', historySpacing: 0 }))
    await transferredChat(on, name)
    await endedCall(on, `555${name.length}`, `${name}-call`)
    await on.engine.fault({ type: 'resubmission', side: 'A', mode: 'late', up: false })
    await on.engine.command({ type: 'media.setRoutable', user: '1001', mrd: CHAT, routable: true })
    const { dialog } = await submitted(on, CHAT, 'chat_sales', name, '1001')
    await act(on, dialog, 'ACCEPT')
    await act(on, dialog, 'TRANSFER', 'email_support')
    await on.clock.advance(60_000)
    await act(on, dialog, 'CLOSE')
    expect(await has(on, name)).toBe(true)
    await on.engine.erasures.erase({ variables: [{ value: name }, { value: `${name}-call` }] })
    expect(await has(on, name)).toBe(false)
    expect(await differences(on)).toEqual([])
    return kept(on)
  }

  it('have no influence: the same story with other values leaves the same data after an erasure', async () => {
    expect((await told('Alice')) === (await told('Someone with a much longer name'))).toBe(true)
  })
})

describe('other sources of work', () => {
  it('tasks of an external ACD are erased', async () => {
    const acd: AcdPort = { start: () => undefined, request: async () => undefined }
    const on = await stage(keptStore(), { acd })
    await ready(on, '1001', CHAT)
    const facts = { mrd: CHAT, scriptSelector: 'chat_sales' }
    await on.engine.acdEvents.offer('1001', 'o1', {
      ...facts,
      id: 'ext-1',
      variables: [{ name: 'user.a', value: 'Alice' }],
    })
    await on.engine.acdEvents.offer('1001', 'o2', {
      ...facts,
      id: 'ext-2',
      variables: [{ name: 'user.a', value: 'Bob' }],
    })
    await expect(on.engine.erasures.erase({ tasks: ['ext-1'] })).rejects.toThrow(StillOpen)
    const [first] = on.engine.get.dialogs('1001', 'nonvoice') ?? []
    await act(on, first?.id ?? '', 'ACCEPT')
    await act(on, first?.id ?? '', 'CLOSE')
    const again = { ...facts, associatedDialog: first?.id ?? '' }
    const variables = [{ name: 'user.a', value: 'Alice' }]
    await on.engine.acdEvents.offer('1001', 'o3', { ...again, id: 'ext-3', variables })
    await expect(on.engine.erasures.erase({ tasks: ['ext-1'] })).rejects.toThrow(StillOpen)
    const second = on.engine.get.dialogs('1001', 'nonvoice')?.at(-1)?.id ?? ''
    await act(on, second, 'ACCEPT')
    await act(on, second, 'CLOSE')
    const found = await on.engine.erasures.find({ tasks: ['ext-1'] })
    expect(found.map(({ ids }) => ids.toSorted())).toEqual([['ext-1', 'ext-3', first?.id, second].toSorted()])
    expect(await on.engine.erasures.erase({ dialogs: [first?.id ?? ''] })).toMatchObject({ erasure: { contacts: 1 } })
    expect(await has(on, 'Alice')).toBe(false)
    expect(await has(on, 'Bob')).toBe(true)
    expect(await differences(on)).toEqual([])
  })

  it('tasks of a followed Finesse are erased', async () => {
    const on = await stage(keptStore(), { role: 'follower' })
    await on.engine.userEvent({ kind: 'media', user: '1001', mrd: CHAT, state: 'ACTIVE' })
    const event = { kind: 'task', user: '1001', mrd: CHAT, dialog: '77_1001_5002' } as const
    await on.engine.userEvent({ ...event, state: 'ACTIVE', variables: [{ name: 'user.a', value: 'Alice' }] })
    await expect(on.engine.erasures.erase({ variables: [{ value: 'Alice' }] })).rejects.toThrow(StillOpen)
    await on.engine.userEvent({ ...event, state: 'CLOSED' })
    await on.engine.erasures.erase({ variables: [{ value: 'Alice' }] })
    expect(await has(on, 'Alice')).toBe(false)
    expect(await differences(on)).toEqual([])
  })

  it('calls of a followed Finesse are erased: numbers, values, and those of all parties', async () => {
    const on = await stage(keptStore(), { role: 'follower' })
    const tells = (change: 'added' | 'changed' | 'removed', id: string, state: 'ACTIVE' | 'DROPPED', who: Told) =>
      on.engine.userEvent({ kind: 'call', user: '1001', change, call: toldCall(id, state, who) })
    const alice = { from: '5550001', also: '5550003', value: 'Alice' }
    await tells('added', '7', 'ACTIVE', alice)
    await tells('changed', '7', 'ACTIVE', alice)
    const told = [alice.from, alice.also, alice.value]
    for (const there of told) expect(await has(on, there)).toBe(true)
    await expect(on.engine.erasures.erase({ callers: [alice.from] })).rejects.toThrow(StillOpen)
    await tells('removed', '7', 'DROPPED', alice)
    await tells('added', '8', 'ACTIVE', { from: '5550002', also: '5550004', value: 'Bob' })
    const { erasure } = await on.engine.erasures.erase({ callers: [alice.from] })
    expect(erasure).toMatchObject({ state: 'done', contacts: 1 })
    for (const gone of told) expect([gone, await has(on, gone)]).toEqual([gone, false])
    for (const other of ['5550002', '5550004', 'Bob']) expect(await has(on, other)).toBe(true)
    expect(await differences(on)).toEqual([])
  })

  it('finished tasks are erased in a store without history', async () => {
    const on = await staffed(memoryStore())
    const task = await transferredChat(on, 'Alice')
    await on.engine.erasures.erase({ tasks: [task] })
    expect(JSON.stringify([on.engine.acd?.tasks(), await on.store.load()]).includes('Alice')).toBe(false)
  })
})
