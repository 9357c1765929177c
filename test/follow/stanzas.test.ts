/**
 * Slow, 12 s: each disturbance has a server of its own. Notifications that are lost, late, repeated, in another order or
 * not true: the follower finds out, and is right again.
 */
import { afterEach, describe, expect, it, vi } from 'vitest'
import { explain, explanationText } from '../../src/history/index.ts'
import { type Site, site } from '../conformance/server.ts'
import { every } from '../store/rows.ts'
import { PATIENCE } from '../suite/patience.ts'
import { type Beside, beside, sideOf, stateOf } from './beside.ts'
import { type Meddler, meddlerFor } from './meddler.ts'

let b: Beside
let meddler: Meddler
afterEach(async () => {
  await b.close()
  await meddler.close()
})

async function besideMeddler(limits = {}): Promise<Site> {
  const at = await site()
  meddler = await meddlerFor(Number(at.server.ports.xmpp))
  b = await beside({ sides: [{ ...sideOf(at), xmpp: `xmpp://127.0.0.1:${meddler.port}` }], limits }, at)
  await b.follower.live()
  return at
}

const holds = (what: () => void) => vi.waitFor(what, { timeout: PATIENCE, interval: 10 })

/** Waits until the state is shown: the notification came. */
const shows = (state: string, user = '1001') => holds(() => expect(stateOf(b.follower, user)).toBe(state))

/** Waits until so many more messages have come to the meddler. */
const heard = (more: number, before = meddler.messages) =>
  holds(() => expect(meddler.messages).toBeGreaterThanOrEqual(before + more))

const explained = async (user = '1001') => {
  const { history } = b.follower.engine
  return history ? explanationText(await explain(history, { user })) : ''
}

/** Every row of the journal that a read caused because something was missed. */
const missedRows = async (user = '1001') =>
  (await every(b.follower.engine.history?.rows(`user/${user}`, 0) ?? [])).filter(({ origin }) => origin?.missed)

const login = (at: Site) => at.restOnly('1001').putUser('<state>LOGIN</state><extension>1001</extension>')
const ready = (at: Site) => at.restOnly('1001').putUser('<state>READY</state>')
const notReady = (at: Site) => at.restOnly('1001').putUser('<state>NOT_READY</state><reasonCodeId>17</reasonCodeId>')

const isOfUser = (stanza: string) => stanza.includes('/finesse/api/User/1001')

describe('a notification that is lost', () => {
  it('is found by a regular read, and recorded with the time in which nothing came', async () => {
    const at = await besideMeddler({ checkEveryMs: 60_000 })
    await login(at)
    await b.same()
    const lastProof = at.clock.now()
    meddler.meddle((stanza, send) => {
      if (!isOfUser(stanza)) send(stanza)
    })
    const before = meddler.messages
    await ready(at)
    await heard(1, before)
    expect(stateOf(b.follower, '1001')).toBe('NOT_READY')
    await holds(async () => {
      await at.passes(2)
      expect(stateOf(b.follower, '1001')).toBe('READY')
    })
    await b.same()
    expect(b.follower.figures).toMatchObject({ missed: 1, gaps: 0 })
    expect((await missedRows()).map(({ origin }) => origin?.missed?.from)).toEqual([lastProof])
    expect(await explained()).toContain('found by a read: no notification came from')
  })

  it('is found at once if the next one does not fit', async () => {
    const at = await besideMeddler()
    await login(at)
    await b.same()
    const agent = at.restOnly('1001')
    meddler.meddle((stanza, send) => {
      if (!stanza.includes('RESERVED')) send(stanza)
    })
    await agent.media(
      '5002',
      '<state>LOGIN</state><maxDialogLimit>1</maxDialogLimit><interruptAction>ACCEPT</interruptAction>',
    )
    await agent.media('5002', '<state>READY</state>')
    await b.same()
    // The offer is lost: the task and its medium. The next notification tells of a task that is not known.
    await at.acd('POST', '/tasks', { scriptSelector: 'chat_sales' })
    meddler.meddle()
    const [task] = at.server.engine.get.dialogs('1001', 'nonvoice') ?? []
    await agent.dialog(String(task?.id), 'ACCEPT')
    await b.same()
  })
})

describe('a notification that comes', () => {
  it('late, after a newer one, is accepted, and the user is read again', async () => {
    const at = await besideMeddler()
    /** On the node of the agent, and on that of the team. */
    const both = async (asks: () => Promise<unknown>) => {
      const { notifications } = b.follower.figures
      await asks()
      await holds(() => expect(b.follower.figures.notifications).toBe(notifications + 2))
    }
    await both(() => login(at))
    await b.same()
    await at.passes(1)
    const late: (() => void)[] = []
    meddler.meddle((stanza, send) => {
      if (isOfUser(stanza)) late.push(() => send(stanza))
      else send(stanza)
    })
    await ready(at)
    await holds(() => expect(late.length).toBe(2))
    meddler.meddle()
    await at.passes(1)
    await both(() => notReady(at))
    expect(b.follower.engine.get.user('1001')?.reasonCodeId).toBe('17')
    const { resyncs } = b.follower.figures
    for (const send of late) send()
    await holds(() => expect(b.follower.figures.resyncs).toBeGreaterThan(resyncs))
    await b.same()
    // What the read found after the late one.
    await holds(async () => expect(await missedRows()).toHaveLength(1))
    await b.same()
    expect(await explained()).toContain('found by a read')
  })

  it('after the end of its task, does not bring the task back', async () => {
    const at = await besideMeddler()
    const agent = at.restOnly('1001')
    await login(at)
    await agent.media(
      '5002',
      '<state>LOGIN</state><maxDialogLimit>1</maxDialogLimit><interruptAction>ACCEPT</interruptAction>',
    )
    await agent.media('5002', '<state>READY</state>')
    await at.acd('POST', '/tasks', { scriptSelector: 'chat_sales' })
    const [task] = at.server.engine.get.dialogs('1001', 'nonvoice') ?? []
    await b.same()
    const late: (() => void)[] = []
    meddler.meddle((stanza, send) => {
      if (stanza.includes('ACCEPTED')) late.push(() => send(stanza))
      else send(stanza)
    })
    for (const action of ['ACCEPT', 'START', 'CLOSE']) await agent.dialog(String(task?.id), action)
    await b.same()
    expect(late.length).toBeGreaterThan(0)
    const { notifications } = b.follower.figures
    for (const send of late) send()
    await holds(() => expect(b.follower.figures.notifications).toBeGreaterThan(notifications))
    await b.same()
    expect(b.follower.engine.get.dialogs('1001', 'nonvoice')).toEqual([])
  })

  it('twice, is applied once', async () => {
    const at = await besideMeddler()
    meddler.meddle((stanza, send) => send(stanza + stanza))
    await login(at)
    await ready(at)
    await shows('READY')
    await b.same()
    await holds(() => expect(b.follower.figures.repeated).toBeGreaterThanOrEqual(2))
    const states = (await every(b.follower.engine.history?.rows('user/1001', 0) ?? [])).flatMap(({ input, origin }) =>
      origin?.via === 'finesse' && JSON.stringify(input).includes('"USER_EVENT"') ? [input] : [],
    )
    // The first read, the sign-in, READY; the last two also in the list of the team.
    expect(states.length).toBeLessThanOrEqual(5)
    expect(b.follower.figures.missed).toBe(0)
  })

  it('in reverse order, ends in the state of the Finesse', async () => {
    const at = await besideMeddler()
    await login(at)
    await b.same()
    const held: (() => void)[] = []
    meddler.meddle((stanza, send) => held.push(() => send(stanza)))
    for (const change of [ready, notReady, ready, notReady]) {
      await at.passes(1)
      await change(at)
    }
    await holds(() => expect(held.length).toBeGreaterThanOrEqual(4))
    meddler.meddle()
    for (const send of held.reverse()) send()
    await b.same()
    await holds(() => expect(b.follower.certainty('1001')?.state).toBe('live'))
  })

  it('in other letter case, says the same (`notifications 7.2`)', async () => {
    const at = await besideMeddler()
    meddler.meddle((stanza, send) =>
      send(stanza.replace(/&lt;(\/?)User&gt;/g, '&lt;$1user&gt;').replace(/&lt;(\/?)data&gt;/g, '&lt;$1Data&gt;')),
    )
    await login(at)
    await ready(at)
    await b.same()
    expect(b.follower.figures).toMatchObject({ missed: 0, unreadable: 0, strange: 0 })
  })
})

describe('a server that lies', () => {
  it('about a state: it is accepted, flagged if the charts do not have the step, and put right by a read', async () => {
    const at = await besideMeddler()
    await login(at)
    await b.same()
    meddler.meddle((stanza, send) => send(stanza.replaceAll('&gt;READY&lt;', '&gt;WORK_READY&lt;')))
    await ready(at)
    await holds(() => expect(b.follower.figures.flagged).toBeGreaterThan(0))
    meddler.meddle()
    await b.same()
    await holds(() => expect(b.follower.certainty('1001')?.state).toBe('live'))
    expect(await explained()).toContain('READY')
  })

  it('with documents that are hostile or not well-formed: they are counted, and their user is read', async () => {
    const at = await besideMeddler()
    await login(at)
    await b.same()
    const HOSTILE = [
      '&lt;!DOCTYPE a [&lt;!ENTITY b "c">]&gt;&lt;Update/&gt;',
      `${'&lt;a&gt;'.repeat(5000)}`,
      '&lt;Update&gt;&lt;data&gt;&lt;user&gt;&lt;state&gt;READY',
      '&lt;Update&gt;&lt;event&gt;PUT&lt;/event&gt;&lt;__proto__&gt;1&lt;/__proto__&gt;&lt;/Update&gt;',
      'no XML',
      '',
    ]
    for (const document of HOSTILE) {
      meddler.meddle((stanza, send) =>
        send(isOfUser(stanza) ? stanza.replace(/(<notification[^>]*>)[^<]*/, `$1${document}`) : stanza),
      )
      const before = meddler.messages
      await (stateOf(b.follower, '1001') === 'READY' ? notReady(at) : ready(at))
      await heard(2, before)
      meddler.meddle()
      await b.same()
    }
    const { unreadable } = b.follower.figures
    expect(unreadable).toBeGreaterThanOrEqual(4)
    expect(b.follower.status).toMatchObject({ isUp: true, users: { live: 2 } })
  })

  it('that floods with notifications of nobody: the follower asks nothing, and the others go on', async () => {
    const at = await besideMeddler()
    const flood = (n: number) =>
      `<message from='pubsub.localhost' to='1001@localhost'><event xmlns='http://jabber.org/protocol/pubsub#event'><items node='/finesse/api/User/x${n}'><item id='f-${n}'><notification xmlns='http://jabber.org/protocol/pubsub'>&lt;Update&gt;&lt;event&gt;PUT&lt;/event&gt;&lt;data&gt;&lt;user&gt;&lt;loginId&gt;x${n}&lt;/loginId&gt;&lt;state&gt;READY&lt;/state&gt;&lt;/user&gt;&lt;/data&gt;&lt;/Update&gt;</notification></item></items></event></message>`
    const { requests } = b.follower.figures
    for (let n = 0; n < 3000; n += 1) meddler.inject(flood(n))
    await login(at)
    await b.same()
    await holds(() => expect(b.follower.figures.notifications).toBeGreaterThan(3000))
    expect(b.follower.figures.requests - requests).toBeLessThan(20)
  })
})
