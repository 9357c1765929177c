/**
 * Another directory while the engine runs: added, removed and changed users, MRDs and settings, and the notifications.
 */

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { loadDirectory, RemovalsNotConfirmed } from '../../src/directory/index.ts'
import type { Directory, User } from '../../src/directory/model.ts'
import { DONE } from '../../src/engine/answers/answer.ts'
import type { Engine } from '../../src/engine/api.ts'
import type { DirectoryEvent, NotificationEvent } from '../../src/engine/events.ts'
import type { History, Store } from '../../src/engine/ports.ts'
import { InvalidArgument } from '../../src/errors/index.ts'
import { explain, explanationText } from '../../src/history/index.ts'
import { replay } from '../../src/history/replay.ts'
import { createEngine } from '../../src/index.ts'
import { memoryStore, sqliteStore } from '../../src/store/index.ts'
import { type Bench, bench, fragileStore, startTask } from './harness.ts'

const { directory: SAMPLE } = await loadDirectory()

const withUsers = (change: (users: readonly User[]) => readonly User[]): Directory => ({
  ...SAMPLE,
  users: change(SAMPLE.users),
})
const without = (...ids: readonly string[]) => withUsers((users) => users.filter(({ id }) => !ids.includes(id)))
const withUser = (id: string, changed: Partial<User>) =>
  withUsers((users) => users.map((user) => (user.id === id ? { ...user, ...changed } : user)))
const withoutMrd = (mrd: string): Directory => ({
  ...withUsers((users) =>
    users.map((user) => ({ ...user, mediaRoutingDomains: user.mediaRoutingDomains.filter((id) => id !== mrd) })),
  ),
  mediaRoutingDomains: SAMPLE.mediaRoutingDomains.filter(({ id }) => id !== mrd),
})
const withSettings = (settings: Partial<Directory['settings']>): Directory => ({
  ...SAMPLE,
  settings: { ...SAMPLE.settings, ...settings },
})

const NEW: User = {
  id: '1007',
  loginName: 'gnew',
  firstName: 'Gil',
  lastName: 'New',
  roles: ['Agent'],
  teamId: '2001',
  extensions: ['1007'],
  mediaRoutingDomains: ['5001'],
  settings: { wrapUpOnIncoming: 'OPTIONAL', wrapUpOnOutgoing: 'NOT_ALLOWED', wrapUpSeconds: 30 },
  mobileAgent: false,
  supervises: [],
}

const signIn = async (on: Bench, user = '1001') => {
  await on.command({ type: 'user.signIn', user, extension: user })
  await on.command({ type: 'user.setState', user, state: 'READY' })
  on.news()
}

const heard = (engine: Engine): NotificationEvent[] => {
  const events: NotificationEvent[] = []
  engine.on('notification', (event) => events.push(event))
  return events
}

const presenceOf = async (on: Bench, available: boolean) =>
  on.engine.adapters.presence({ user: '1001', side: 'A', session: '1001@localhost/d', available })

describe('a user who is added', () => {
  it('exists at once, with notifications on the own node and to the team (notifications 8.1, 8.9)', async () => {
    const on = await bench()
    const events = heard(on.engine)
    const changes = await on.engine.reload(withUsers((users) => [...users, NEW]))
    expect(changes.users).toEqual({ added: ['1007'], changed: [], removed: [] })
    expect(events.map(({ node, event, shape }) => [node, event, shape])).toEqual([
      ['/finesse/api/User/1007', 'PUT', 'item'],
      ['/finesse/api/Team/2001/Users', 'PUT', 'summary'],
    ])
    expect(on.engine.get.user('1007')).toMatchObject({ loginName: 'gnew', state: 'LOGOUT' })
    expect(await on.command({ type: 'user.signIn', user: '1007', extension: '1007' })).toEqual(DONE)
  })

  it('can get tasks, and is in the list of users', async () => {
    const on = await bench()
    await on.engine.reload(withUsers((users) => [...users, NEW]))
    await on.ready('1007', '5001')
    expect(await startTask(on, '1007', '5001', 'email_support')).toBe('1000_1007_5001')
    expect(on.engine.get.users().map(({ id }) => id)).toContain('1007')
  })
})

describe('a user who is changed', () => {
  it.each<[string, Partial<User>, readonly string[]]>([
    ['names', { firstName: 'Anna' }, ['User/1001', 'Team/2001/Users']],
    ['roles', { roles: ['Agent', 'Supervisor'] }, ['User/1001']],
    ['team', { teamId: '2002' }, ['User/1001', 'Team/2002/Users']],
    ['wrap-up', { settings: { ...NEW.settings, wrapUpOnIncoming: 'REQUIRED' } }, ['User/1001']],
    ['what no client sees', { mobileAgent: true }, []],
  ])('%s: notifications where clients see it (notifications 8.1, 8.9)', async (_what, changed, nodes) => {
    const on = await bench()
    await signIn(on)
    const events = heard(on.engine)
    await on.engine.reload(withUser('1001', changed))
    expect(events.map(({ node }) => node.replace('/finesse/api/', ''))).toEqual(nodes)
    expect(on.engine.get.user('1001')).toMatchObject({ state: 'READY', extension: '1001' })
  })

  it('keeps state, tasks and sign-in, and only this user gets a notification', async () => {
    const on = await bench()
    await signIn(on)
    await on.ready('1001', '5001')
    const dialog = await startTask(on, '1001', '5001', 'email_support')
    await on.engine.reload(withUser('1001', { lastName: 'Reyes-Ng' }))
    expect(on.news()).toEqual(['user 1001 READY'])
    expect(on.engine.get.dialog(dialog)).toMatchObject({ state: 'ACTIVE' })
  })

  it('the same directory again changes nothing and sends nothing', async () => {
    const on = await bench()
    await signIn(on)
    const before = on.engine.figures.inputs
    const changes = await on.engine.reload(structuredClone(SAMPLE))
    expect(Object.values(changes.users).flat()).toEqual([])
    expect(on.news()).toEqual([])
    expect(on.engine.figures.inputs).toBe(before)
  })
})

describe('a user who is removed', () => {
  it('is signed out of everything, tasks end by dialogLogoutAction, and DELETE comes last (8.1)', async () => {
    const on = await bench()
    await signIn(on)
    await on.ready('1001', '5001', { dialogLogoutAction: 'TRANSFER' })
    const dialog = await startTask(on, '1001', '5001', 'email_support')
    await on.engine.reload(without('1001'))
    expect(on.news()).toEqual([
      `DELETE task ${dialog} CLOSED CD_TASK_TRANSFERRED_ON_AGENT_LOGOUT`,
      'media 1001 5001 LOGOUT',
      'user 1001 LOGOUT (20002)',
      'DELETE user 1001',
    ])
    expect(on.engine.get.user('1001')).toBeUndefined()
    expect(on.engine.get.dialog(dialog)).toBeUndefined()
    expect(on.engine.acd?.tasks().map(({ state }) => state)).toEqual(['resubmitted', 'queued'])
    expect(await on.command({ type: 'user.setState', user: '1001', state: 'READY' })).toMatchObject({
      outcome: 'REJECTED',
      code: 'USER_NOT_FOUND',
    })
  })

  it('is signed out of all media even if the sign-out channel is voice', async () => {
    const on = await bench({ directory: withSettings({ userSignoutChannel: 'voice' }) })
    await on.ready('1001', '5002')
    await on.engine.reload({ ...without('1001'), settings: { ...SAMPLE.settings, userSignoutChannel: 'voice' } })
    expect(on.news()).toEqual(['media 1001 5002 LOGOUT', 'DELETE user 1001'])
  })

  it('leaves a call, which continues without the agent, as after a forced sign-out with LOAD 1 (9.2)', async () => {
    const on = await bench()
    await signIn(on)
    const call = await on.engine.acd?.submitCall({ from: '5550100', to: '1001' })
    const id = call?.id ?? ''
    await on.command({ type: 'call.act', user: '1001', dialog: id, action: 'ANSWER', targetMediaAddress: '1001' })
    on.news()
    await on.engine.reload(without('1001'))
    expect(on.news()).toEqual(['user 1001 LOGOUT (20002)', 'DELETE user 1001'])
    expect(on.engine.acd?.call(id)?.state).toBe('ACTIVE')
    await on.engine.acd?.hangUp(id)
    expect(on.engine.acd?.calls()).toEqual([])
  })

  it('has no grace period any more, and a session that is still connected does not count', async () => {
    const on = await bench()
    await signIn(on)
    await presenceOf(on, true)
    await presenceOf(on, false)
    await on.engine.reload(without('1001'))
    on.news()
    await on.clock.advance(120_000)
    expect(on.news()).toEqual([])
    await presenceOf(on, true)
    await on.engine.reload(SAMPLE)
    await signIn(on)
    await on.clock.advance(120_000)
    expect(on.engine.get.user('1001')?.state).toBe('READY')
  })

  it('is signed out after being added again, and gets new dialog ids', async () => {
    const on = await bench()
    await on.ready('1001', '5001')
    const first = await startTask(on, '1001', '5001', 'email_support')
    await on.engine.reload(without('1001'))
    on.news()
    await on.engine.reload(SAMPLE)
    expect(on.news()).toEqual(['user 1001 LOGOUT'])
    await on.ready('1001', '5001')
    expect(await startTask(on, '1001', '5001', 'email_support')).not.toBe(first)
  })
})

describe('a signed-in user who loses the extension (user 6.3, 6.4)', () => {
  const moved = withUser('1001', { extensions: ['2001'] })

  it('READY: NOT_READY with 65533; the next sign-in has to use the new extension', async () => {
    const on = await bench()
    await signIn(on)
    await on.engine.reload(moved)
    expect(on.news()).toEqual(['user 1001 NOT_READY (65533)'])
    await on.command({ type: 'user.signIn', user: '1001', extension: '1001' })
    expect(on.news()).toEqual(['error INVALID_DEVICE on User/1001'])
    await on.command({ type: 'user.signIn', user: '1001', extension: '2001' })
    expect(on.engine.get.user('1001')).toMatchObject({ state: 'NOT_READY', extension: '2001' })
  })

  it('on a call: the same when the call is over', async () => {
    const on = await bench()
    await signIn(on)
    const call = await on.engine.acd?.submitCall({ from: '5550100', to: '1001' })
    const id = call?.id ?? ''
    await on.command({ type: 'call.act', user: '1001', dialog: id, action: 'ANSWER', targetMediaAddress: '1001' })
    on.news()
    await on.engine.reload(moved)
    expect(on.news()).toEqual(['user 1001 TALKING -> NOT_READY'])
    await on.engine.acd?.hangUp(id)
    expect(on.engine.get.user('1001')).toMatchObject({ state: 'NOT_READY', reason: { code: 65533 } })
  })

  it('on CCX: LOGOUT with 32750', async () => {
    const { parseDirectory } = await import('../../src/directory/index.ts')
    const file = (extension: string) => `
version: 1
platform: CCX
teams: [{ id: "1", name: One }]
users: [{ id: "7", loginName: seven, password: x, teamId: "1", extensions: ["${extension}"] }]
`
    const on = await bench({ directory: parseDirectory(file('70'), 'a').directory })
    await on.command({ type: 'user.signIn', user: '7', extension: '70' })
    on.news()
    await on.engine.reload(parseDirectory(file('71'), 'b').directory)
    expect(on.news()).toEqual(['user 7 LOGOUT (32750)'])
  })

  it('signed out: no notification', async () => {
    const on = await bench()
    await on.engine.reload(moved)
    expect(on.news()).toEqual([])
  })
})

describe('an MRD', () => {
  it('that is added exists for its members, who are signed out of it (8.11)', async () => {
    const on = await bench({ directory: withoutMrd('5003') })
    await on.ready('1001', '5001')
    await on.engine.reload(SAMPLE)
    const news = on.news()
    expect(news).toContain('POST queues 5003 of 1001')
    expect(news).not.toContain('POST queues 5003 of 1006')
    expect(on.engine.get.mediaList('1001')?.map(({ id }) => id)).toEqual(['5001', '5002', '5003'])
    await on.ready('1001', '5003')
    expect(await startTask(on, '1001', '5003', 'social_support')).toBe('1000_1001_5003')
    expect(on.engine.get.media('1001', '5001').status?.state).toBe('READY')
  })

  it('that is removed: users are signed out of it, tasks end by dialogLogoutAction, the queue is deleted (8.10, 8.11)', async () => {
    const on = await bench()
    await on.ready('1001', '5001')
    const dialog = await startTask(on, '1001', '5001', 'email_support')
    const waiting = await on.engine.acd?.submitTask({ mrd: '5001', scriptSelector: 'email_support', agentId: '1002' })
    await on.engine.reload(withoutMrd('5001'))
    const news = on.news()
    expect(news.slice(1, 4)).toEqual([
      `DELETE task ${dialog} CLOSED CD_AGENT_LOGGED_OUT_DURING_DIALOG`,
      'media 1001 5001 LOGOUT',
      'DELETE queues 5001 of 1001',
    ])
    expect(news.at(-1)).toBe('DELETE queue 5001')
    expect(on.engine.get.mediaOrUndefined('1001', '5001')).toBeUndefined()
    expect(on.engine.acd?.task(waiting?.id ?? '')?.state).toBe('lost')
    expect(await on.command({ type: 'media.setState', user: '1001', mrd: '5001', state: 'READY' })).toMatchObject({
      code: 'MRD_NOT_FOUND',
    })
    await expect(on.engine.acd?.submitTask({ mrd: '5001', scriptSelector: 'email_support' })).rejects.toMatchObject({
      code: 'UNKNOWN_SELECTOR',
    })
  })

  it('that is removed: a resubmitted task is lost if its selector is gone, and goes to the new MRD if it has moved', async () => {
    const on = await bench()
    await on.ready('1001', '5001', { dialogLogoutAction: 'TRANSFER' })
    await startTask(on, '1001', '5001', 'email_support')
    await startTask(on, '1001', '5001', 'email_billing')
    const gone = withoutMrd('5001')
    await on.engine.reload({
      ...gone,
      mediaRoutingDomains: gone.mediaRoutingDomains.map((mrd) =>
        mrd.id === '5003' ? { ...mrd, scriptSelectors: [...mrd.scriptSelectors, 'email_billing'] } : mrd,
      ),
    })
    expect(on.engine.acd?.tasks().map(({ mrd, state }) => [mrd, state])).toEqual([
      ['5001', 'lost'],
      ['5001', 'resubmitted'],
      ['5003', 'queued'],
    ])
  })

  it('that is added again gets tasks again', async () => {
    const on = await bench()
    await on.engine.reload(withoutMrd('5001'))
    await on.engine.reload(SAMPLE)
    await on.ready('1001', '5001')
    expect(await startTask(on, '1001', '5001', 'email_support')).toBe('1000_1001_5001')
  })

  it('that a user loses: the user is signed out of it, and stays in the others', async () => {
    const on = await bench()
    await on.ready('1001', '5001')
    await on.ready('1001', '5002')
    await on.engine.reload(withUser('1001', { mediaRoutingDomains: ['5002'] }))
    expect(on.news()).toEqual(['media 1001 5001 LOGOUT', 'DELETE queues 5001 5003 of 1001'])
    expect(on.engine.get.media('1001', '5001').status).toBeUndefined()
    expect(on.engine.get.media('1001', '5002').status?.state).toBe('READY')
  })

  it('with other settings: a signed-in user keeps those of the sign-in (media 5.1)', async () => {
    const on = await bench()
    await on.ready('1001', '5001')
    await on.engine.reload({
      ...SAMPLE,
      mediaRoutingDomains: SAMPLE.mediaRoutingDomains.map((mrd) =>
        mrd.id === '5001' ? { ...mrd, startTimeoutSeconds: 5 } : mrd,
      ),
    })
    await on.engine.acd?.submitTask({ mrd: '5001', scriptSelector: 'email_support', agentId: '1001' })
    await on.clock.advance(119_000)
    expect(on.engine.get.media('1001', '5001').status?.state).toBe('RESERVED')
    await on.clock.advance(1000)
    expect(on.engine.get.media('1001', '5001').status?.state).toBe('READY')
    await on.command({ type: 'media.setState', user: '1001', mrd: '5001', state: 'LOGOUT' })
    await on.ready('1001', '5001')
    await on.engine.acd?.submitTask({ mrd: '5001', scriptSelector: 'email_support', agentId: '1001' })
    await on.clock.advance(5000)
    expect(on.engine.get.media('1001', '5001').status?.routable).toBe(false)
  })
})

describe('settings', () => {
  it('LOAD applies to the next forced sign-out (9.2)', async () => {
    const on = await bench()
    await signIn(on)
    await presenceOf(on, true)
    await presenceOf(on, false)
    await on.engine.reload(withSettings({ logoutOnAgentDisconnect: 1 }))
    await on.clock.advance(60_000)
    expect(on.engine.get.user('1001')).toMatchObject({ state: 'LOGOUT', reason: { code: 50002 } })
  })

  it('a running grace period keeps its end; the next one has the new length', async () => {
    const on = await bench()
    await signIn(on)
    await presenceOf(on, true)
    await presenceOf(on, false)
    await on.engine.reload(withSettings({ presenceGraceSeconds: 600 }))
    await on.clock.advance(60_000)
    expect(on.engine.get.user('1001')).toMatchObject({ state: 'NOT_READY', reason: { code: 50002 } })
    await presenceOf(on, true)
    on.news()
    await presenceOf(on, false)
    await on.clock.advance(599_000)
    expect(on.news()).toEqual([])
    await on.clock.advance(1000)
    expect(on.news()).not.toEqual([])
  })

  it('rules that need the directory only use the new one at once', async () => {
    const on = await bench()
    await signIn(on)
    await on.engine.reload(withSettings({ requireReasonCode: true }))
    expect(await on.command({ type: 'user.setState', user: '1001', state: 'NOT_READY' })).toMatchObject({
      code: 'REASON_CODE_REQUIRED',
    })
  })
})

describe('one commit', () => {
  it('all changes are visible at the event, before the notifications', async () => {
    const on = await bench()
    const before = on.engine.figures.commits
    const seen: DirectoryEvent[] = []
    on.engine.on('directory', (event) => {
      seen.push(event)
      expect(on.engine.get.user('1001')).toBeUndefined()
      expect(on.engine.get.directory()).toBe(event.directory)
      expect(on.news()).toEqual([])
    })
    await on.engine.reload({ ...withoutMrd('5001'), users: withoutMrd('5001').users.filter(({ id }) => id !== '1001') })
    expect(on.engine.figures.commits).toBe(before + 1)
    expect(seen.map(({ changes }) => changes.mediaRoutingDomains.removed)).toEqual([['5001']])
  })

  it('nothing changes if the store refuses it', async () => {
    const store = fragileStore()
    const on = await bench({ store })
    await signIn(on)
    store.broken = true
    await expect(on.engine.reload(without('1001'))).rejects.toThrow('disk full')
    expect(on.engine.get.user('1001')?.state).toBe('READY')
    expect(on.engine.get.directory()).toBe(on.directory)
    store.broken = false
    await on.clock.advance(60_000)
    await on.engine.reload(without('1001'))
    expect(on.engine.get.user('1001')).toBeUndefined()
  })

  it('nothing changes if a secret has an unknown form', async () => {
    const on = await bench()
    const credentials = [{ id: '1001', kind: 'user', secret: 'md5:x' }] as const
    await expect(on.engine.reload({ directory: without('1001'), credentials })).rejects.toThrow(InvalidArgument)
    expect(on.engine.get.user('1001')).toBeDefined()
  })

  it('reloads run one after the other', async () => {
    const on = await bench()
    const changes = await Promise.all([
      on.engine.reload(without('1001')),
      on.engine.reload(without('1002')),
      on.engine.reload(SAMPLE),
    ])
    expect(changes.map(({ users }) => [users.added, users.removed])).toEqual([
      [[], ['1001']],
      [['1001'], ['1002']],
      [['1002'], []],
    ])
    expect(on.engine.get.users()).toHaveLength(SAMPLE.users.length)
  })
})

describe('a restart', () => {
  it('on another directory applies the differences as a reload', async () => {
    const on = await bench()
    await signIn(on)
    await on.ready('1002', '5001')
    await startTask(on, '1002', '5001', 'email_support')
    const events: string[] = []
    const next = await on.restart({ directory: { ...without('1002'), users: [...without('1002').users, NEW] } })
    expect(next.engine.get.users().map(({ id }) => id)).not.toContain('1002')
    expect(next.engine.get.user('1001')?.state).toBe('READY')
    expect(next.engine.get.user('1007')?.state).toBe('LOGOUT')
    expect(next.engine.acd?.tasks().map(({ state }) => state)).toEqual(['handled'])
    events.push(...next.news())
    const again = await next.restart({ directory: SAMPLE })
    expect(again.engine.get.user('1002')?.state).toBe('LOGOUT')
    expect(again.engine.get.user('1007')).toBeUndefined()
  })

  it('on a new store sends no notifications', async () => {
    const on = await bench()
    expect(on.engine.figures.notifications).toBe(0)
  })

  it('remembers removed users', async () => {
    const on = await bench()
    await on.engine.reload(without('1001'))
    await on.engine.close()
    const next = await on.restart({ directory: without('1001') })
    expect(next.engine.figures.inputs).toBe(0)
    expect(next.engine.get.user('1001')).toBeUndefined()
  })
})

describe('the journal', () => {
  it('replays a reload without a difference', async () => {
    const store = memoryStore({ keep: 'history' })
    const on = await bench({ store })
    await signIn(on)
    await on.ready('1001', '5001')
    await startTask(on, '1001', '5001', 'email_support')
    await on.engine.reload(withoutMrd('5001'))
    await on.engine.reload(without('1001', '1004'))
    await on.engine.reload(SAMPLE)
    const report = await replay(historyOf(store))
    expect(report.differing).toBe(0)
    expect(report.rows).toBeGreaterThan(10)
  })

  it('explains the effect of a reload on a user', async () => {
    const store = memoryStore({ keep: 'history' })
    const on = await bench({ store })
    await signIn(on)
    await on.engine.reload(without('1001'), { via: 'acd-control', by: 'admin' })
    const found = await explain(historyOf(store), { user: '1001', at: on.clock.now() })
    const text = explanationText(found)
    expect(text).toContain('agent 1001 was removed from the directory, by administrator admin through /acd')
    expect(text).toContain('LOGOUT')
  })
})

function historyOf({ history }: Store): History {
  if (!history) throw new Error('no history')
  return history
}

describe('many missing users', () => {
  const few = withUsers((users) => users.slice(0, 4))
  const ids = (engine: Engine) => engine.get.users().map(({ id }) => id)
  const ALL = SAMPLE.users.map(({ id }) => id)

  it('are removed only with a confirmation', async () => {
    const on = await bench()
    await expect(on.engine.reload(few)).rejects.toThrow(new RemovalsNotConfirmed(3, 7))
    expect(ids(on.engine)).toEqual(ALL)
    const { users } = await on.engine.reload(few, { via: 'api' }, { confirmRemovals: true })
    expect(users.removed).toEqual(['1004', '1005', '1006'])
    expect(ids(on.engine)).toEqual(ALL.slice(0, 4))
  })

  it('need no confirmation if they are two, or within a given limit', async () => {
    const on = await bench()
    expect((await on.engine.reload(without('1005', '1006'))).users.removed).toEqual(['1005', '1006'])
    const limit = { removalLimit: { share: 0.5, users: 0 } }
    const other = await createEngine({ directory: SAMPLE, ...limit })
    expect((await other.reload(few)).users.removed).toEqual(['1004', '1005', '1006'])
    await other.close()
  })

  it('prevent a start on their store without a confirmation', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'mrdian-start-'))
    const file = join(folder, 'state.db')
    const start = async (directory: Directory, confirmRemovals = false) => {
      const store = sqliteStore(file)
      try {
        return await createEngine({ directory, store, confirmRemovals })
      } catch (error) {
        store.close()
        throw error
      }
    }
    await (await start(SAMPLE)).close()
    await expect(start(few)).rejects.toThrow(new RemovalsNotConfirmed(3, 7))
    const same = await start(SAMPLE)
    expect(ids(same)).toEqual(ALL)
    await same.close()
    const fewer = await start(few, true)
    expect(ids(fewer)).toEqual(ALL.slice(0, 4))
    await fewer.close()
    await (await start(few)).close()
    await rm(folder, { recursive: true })
  })
})
