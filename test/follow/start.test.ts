/**
 * A follower starts beside a Finesse that is down, and on the store of an earlier run: nothing is lost. More of it in `npm run test:whole`.
 */
import { afterEach, describe, expect, it, vi } from 'vitest'
import { loadDirectory } from '../../src/directory/index.ts'
import type { Store } from '../../src/engine/ports.ts'
import { explain, explanationText } from '../../src/history/index.ts'
import { memoryStore } from '../../src/store/index.ts'
import { type Site, site } from '../conformance/server.ts'
import { every } from '../store/rows.ts'
import { isWhole } from '../suite/extent.ts'
import { PATIENCE } from '../suite/patience.ts'
import { type Beside, BY_WATCHING, beside, sideOf, stateOf } from './beside.ts'
import { type Network, networkTo } from './network.ts'
import { machinesOf, readsOf, statesOf } from './reads-of.ts'

let b: Beside | undefined
const proxies: Network[] = []
afterEach(async () => {
  await b?.close()
  b = undefined
  await Promise.all(proxies.splice(0).map((each) => each.close()))
})

/** The Finesse behind networks that can be cut. */
async function behind(at: Site) {
  const [rest, xmpp] = [await networkTo(port(at.at.rest)), await networkTo(Number(at.server.ports.xmpp))]
  proxies.push(rest, xmpp)
  const side = { ...sideOf(at), rest: `http://127.0.0.1:${rest.port}`, xmpp: `xmpp://127.0.0.1:${xmpp.port}` }
  return {
    side,
    cut() {
      for (const each of proxies) each.cut()
    },
    restore() {
      for (const each of proxies) each.restore()
    },
  }
}

const port = (url: string) => Number(new URL(url).port)

const until = (at: Site, holds: () => boolean) =>
  vi.waitFor(
    async () => {
      await at.passes(0.5)
      if (!holds()) throw new Error(`not yet: ${JSON.stringify(b?.follower.status)}`)
    },
    { timeout: PATIENCE, interval: 20 },
  )

const isLive = (count = 2) => b?.follower.status.isUp === true && b.follower.status.users.live === count

/** A call that agent 1001 answers, and puts on hold. */
async function callTo(at: Site, from: string): Promise<string> {
  const { body } = await at.acd('POST', '/calls', { from, to: '1001' })
  const id = String(body.id)
  for (const action of ['ANSWER', 'HOLD'])
    await at.restOnly('1001').dialog(id, action, '', '<targetMediaAddress>1001</targetMediaAddress>')
  return id
}

const signIn = (at: Site, user: string) =>
  at.restOnly(user).putUser(`<state>LOGIN</state><extension>${user}</extension>`)

describe('a start while the Finesse is down', () => {
  it('says that everything is stale, and follows as soon as it can', async () => {
    const at = await site()
    const { side, cut, restore } = await behind(at)
    cut()
    b = await beside({ sides: [side] }, at)
    const { engine, status } = b.follower
    expect(status).toMatchObject({ isUp: false, users: { live: 0, stale: 2 }, oldestProofMs: null })
    expect(b.follower.certainty('1001')).toMatchObject({ state: 'stale', proof: null })
    expect(engine.get.system().status).toBe('OUT_OF_SERVICE')
    expect(await engine.command({ type: 'user.setState', user: '1001', state: 'READY' })).toMatchObject({
      outcome: 'REJECTED',
      code: 'OUT_OF_SERVICE',
    })
    await signIn(at, '1001')
    restore()
    await until(at, isLive)
    await b.same()
    expect(engine.get.user('1001')).toMatchObject({ teamId: '2001', state: 'NOT_READY' })
  })

  it('learns the members of its teams when it can, and `live` waits for that', async () => {
    const at = await site()
    const { side, cut, restore } = await behind(at)
    cut()
    const { users: _, ...watching } = BY_WATCHING
    b = await beside({ ...watching, users: [], teams: ['2001'], sides: [side] }, at)
    let isKnown = false
    void b.follower.live().then(() => {
      isKnown = true
    })
    expect(b.follower.engine.get.users()).toEqual([])
    expect(isKnown).toBe(false)
    restore()
    await until(at, () => isKnown)
    const members = at.server.engine.get.users().filter(({ teamId }) => teamId === '2001')
    expect(b.follower.engine.get.users().map(({ id }) => id)).toEqual(members.map(({ id }) => id))
  })

  it('reports a password that is refused then, and goes on when there is a right one', async () => {
    const at = await site()
    const { side, cut, restore } = await behind(at)
    cut()
    const credentials = { watch: { user: 'admin', password: 'wrong' } }
    b = await beside({ credentials, presenceCountsAsDesktop: false, sides: [side] }, at)
    restore()
    await until(at, () => b?.follower.status.denied.length === 1)
    expect(b.follower.status).toMatchObject({ isUp: false, denied: [{ user: 'admin' }] })
    b.follower.changePassword('admin', 'secret')
    await until(at, isLive)
  })
})

describe('a start of a follower that watches', () => {
  const { users: _, ...watching } = BY_WATCHING
  const ofTeam = { ...watching, users: [], teams: ['2001'] }

  it('reads users and media once, and asks the list of the team whether they are still so', async () => {
    const at = await site()
    await signIn(at, '1001')
    const asked: string[] = []
    const send: typeof fetch = (url, init) => {
      asked.push(String(url).replace(/.*\/finesse\/api\//, ''))
      return fetch(url, init)
    }
    b = await beside({ ...ofTeam, fetch: send }, at)
    await b.follower.live()
    const members = ['1001', '1002', '1003']
    expect(asked.filter((path) => path !== 'SystemInfo').sort()).toEqual([
      // Whom to follow, whether that is still so before the connection, and the states after it.
      ...[1, 2, 3].map(() => 'Team/2001?includeLoggedOutAgents=true'),
      ...members.flatMap((id) => [`User/${id}`, `User/${id}/Dialogs`, `User/${id}/Media`]),
    ])
    await b.same(...members)
  })

  it('knows the agent of a call that is there already', async () => {
    const at = await site()
    await signIn(at, '1001')
    await at.restOnly('1001').putUser('<state>READY</state>')
    await callTo(at, '5550100')
    b = await beside(ofTeam, at)
    await b.follower.live()
    expect(readsOf(b.follower.engine, '1001').dialogs).toEqual(readsOf(at.server.engine, '1001').dialogs)
    expect(machinesOf(b.follower.engine, '1001')).toEqual(statesOf(at.server.engine, '1001'))
  })

  it('reads a user again who has changed before the connection', async () => {
    const at = await site()
    const { side } = await behind(at)
    const [, xmpp] = proxies
    xmpp?.cut()
    b = await beside({ ...ofTeam, sides: [side] }, at)
    await signIn(at, '1001')
    xmpp?.restore()
    await until(at, () => isLive(3))
    expect(stateOf(b.follower, '1001')).toBe('NOT_READY')
    expect(b.follower.figures).toMatchObject({ missed: 0, flagged: 0 })
    await b.same('1001', '1002', '1003')
  })

  it('reads only the new member when a team gets one', async () => {
    const at = await site()
    const asked: string[] = []
    const send: typeof fetch = (url, init) => {
      asked.push(String(url).replace(/.*\/finesse\/api\//, ''))
      return fetch(url, init)
    }
    // Without regular reads, which would read the others meanwhile.
    b = await beside({ ...ofTeam, fetch: send, limits: { pollEveryMs: 3_600_000 } }, at)
    await b.follower.live()
    const { directory } = await loadDirectory()
    const users = directory.users.map((user) => (user.id === '1004' ? { ...user, teamId: '2001' } : user))
    asked.length = 0
    await at.server.engine.reload({ ...directory, users })
    await signIn(at, '1004')
    await until(at, () => isLive(4) && b?.follower.certainty('1004')?.state === 'live')
    expect(asked.filter((path) => path.startsWith('User/') && !path.startsWith('User/1004'))).toEqual([])
  })
})

describe('a start on the store of an earlier run', () => {
  /** A store that outlives its engine. */
  const kept = (store: Store): Store => ({ ...bound(store), close: () => undefined })

  async function restarted(at: Site, store: Store, meanwhile: () => Promise<void>) {
    // Without sessions of agents: when they end, Finesse signs the agents out.
    const options = { ...BY_WATCHING, store: kept(store) }
    b = await beside(options, at)
    await b.follower.live()
    await b.same()
    await b.follower.close()
    await at.passes(120)
    await meanwhile()
    b = await beside(options, at)
    const before = stateOf(b.follower, '1001')
    const certainty = b.follower.certainty('1001')
    await until(at, isLive)
    await b.same()
    return { before, certainty, engine: b.follower.engine, figures: b.follower.figures }
  }

  const lastRow = async (engine: Beside['follower']['engine'], user: string) =>
    (await every(engine.history?.rows(`user/${user}`, 0) ?? [])).at(-1)

  it('shows the states of before as stale, and records what was missed with the time', async () => {
    const at = await site()
    const store = memoryStore({ keep: 'history' })
    await signIn(at, '1001')
    await signIn(at, '1002')
    const stopped = at.clock.now()
    const { before, certainty, engine, figures } = await restarted(at, store, async () => {
      await at.restOnly('1001').putUser('<state>READY</state>')
    })
    expect([before, certainty]).toMatchObject(['NOT_READY', { state: 'stale', proof: expect.any(Number) }])
    // Only what has changed was missed. What the documents say beside that is no news for the machines.
    expect(figures).toMatchObject({ missed: 1, flagged: 0 })
    const missed = (await lastRow(engine, '1001'))?.origin?.missed
    expect([missed?.from, missed?.to]).toEqual([stopped, expect.any(Number)])
    expect(missed?.to).toBeGreaterThanOrEqual(stopped + 120_000)
    expect((await lastRow(engine, '1002'))?.origin?.missed).toBeUndefined()
    const told = engine.history && explanationText(await explain(engine.history, { user: '1001' }))
    expect(told).toContain('found by a read: no notification came from')
  })

  it('ends tasks that ended meanwhile, so that no ghost is left in a medium', async () => {
    const at = await site()
    const agent = at.restOnly('1001')
    await signIn(at, '1001')
    await agent.media(
      '5002',
      '<state>LOGIN</state><maxDialogLimit>3</maxDialogLimit><interruptAction>ACCEPT</interruptAction>',
    )
    await agent.media('5002', '<state>READY</state>')
    await at.acd('POST', '/tasks', { scriptSelector: 'chat_sales' })
    const [task] = at.server.engine.get.dialogs('1001', 'nonvoice') ?? []
    for (const action of ['ACCEPT', 'START']) await agent.dialog(String(task?.id), action)
    const store = memoryStore({ keep: 'history' })
    const { engine } = await restarted(at, store, async () => {
      await agent.dialog(String(task?.id), 'CLOSE')
    })
    expect(engine.get.dialogs('1001', 'nonvoice')).toEqual([])
    const told = engine.history && explanationText(await explain(engine.history, { user: '1001', mrd: '5002' }))
    expect(told).toContain('found by a read: no notification came from')
    // The machines have no task either.
    await b?.follower.close()
    b = await beside({ store: kept(store), sides: [{ ...sideOf(at), rest: 'http://127.0.0.1:9' }] }, at)
    expect(b.follower.engine.get.dialogs('1001', 'nonvoice')).toEqual([])
  })

  it('shows calls of before, which the machines have, and ends those that ended meanwhile', async () => {
    const at = await site()
    await signIn(at, '1001')
    await at.restOnly('1001').putUser('<state>READY</state>')
    const calls = [await callTo(at, '5550100'), await callTo(at, '5550200')]
    const store = memoryStore({ keep: 'history' })
    const { engine, figures } = await restarted(at, store, async () => {
      await at.acd('POST', `/calls/${calls[1]}`, { action: 'HANGUP' })
    })
    expect(engine.get.dialogs('1001', 'voice')).toMatchObject([{ id: calls[0], state: 'ACTIVE' }])
    // The call that goes on is no news for the machines, and the end of the other one is what was missed.
    expect(figures).toMatchObject({ missed: 1 })
    expect(machinesOf(engine, '1001')).toEqual(statesOf(at.server.engine, '1001'))
    await b?.follower.close()
    b = await beside({ store: kept(store), sides: [{ ...sideOf(at), rest: 'http://127.0.0.1:9' }] }, at)
    const upstream = at.server.engine.get.dialogs('1001', 'voice') ?? []
    expect(readsOf(b.follower.engine, '1001').dialogs).toMatchObject(upstream)
    expect(b.follower.certainty('1001')).toMatchObject({ state: 'stale' })
  })

  it.runIf(isWhole)(
    'forgets the names of users who are not followed any more, when their retention is over',
    async () => {
      const at = await site()
      const store = memoryStore({ keep: 'history' })
      const { users: _, ...watching } = BY_WATCHING
      const options = { ...watching, users: [], store: kept(store), retention: { journal: 3_600_000 } }
      b = await beside({ ...options, teams: ['2001'] }, at)
      await b.follower.live()
      await b.follower.close()
      expect(JSON.stringify(store.records.list('follow'))).toContain('Reyes')
      // Others are followed now, and their Finesse is down, so nothing new is read that takes the place of the old.
      const { side, cut } = await behind(at)
      cut()
      b = await beside({ ...options, users: ['1004'], sides: [side] }, at)
      await at.passes(3_000)
      expect(JSON.stringify(store.records.list('follow'))).toContain('Reyes')
      await vi.waitFor(
        async () => {
          await at.passes(600)
          expect(JSON.stringify([store.records.list('follow'), await store.load()])).not.toContain('Reyes')
        },
        { timeout: PATIENCE },
      )
    },
  )

  it('while the Finesse is down shows the users and states of before', async () => {
    const at = await site()
    const store = memoryStore({ keep: 'history' })
    await signIn(at, '1001')
    const { users: _, ...watching } = BY_WATCHING
    const options = { ...watching, users: [], teams: ['2001'], store: kept(store) }
    b = await beside(options, at)
    await until(at, () => b?.follower.status.users.stale === 0)
    await b.follower.live()
    const before = b.follower.engine.get.user('1001')
    await b.follower.close()
    const { side, cut, restore } = await behind(at)
    cut()
    b = await beside({ ...options, sides: [side] }, at)
    const { id, state, extension, teamId, firstName } = b.follower.engine.get.user('1001') ?? {}
    expect({ id, state, extension, teamId, firstName }).toEqual({
      id: '1001',
      state: 'NOT_READY',
      extension: '1001',
      teamId: '2001',
      firstName: before?.firstName,
    })
    expect(b.follower.certainty('1001')).toMatchObject({ state: 'stale', proof: expect.any(Number) })
    restore()
    await b.same('1001')
  })
})

/** The methods of a store as a plain object. */
function bound(store: Store): Store {
  return {
    id: store.id,
    records: store.records,
    history: store.history,
    load: () => store.load(),
    commit: (batch) => store.commit(batch),
    compact: (before) => store.compact(before),
    rewrite: (rewriting, from) => store.rewrite(rewriting, from),
    clear: () => store.clear(),
    close: () => store.close(),
  }
}
