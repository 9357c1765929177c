/**
 * A notification for a connected user is delivered after a restart, however often the process crashes before that, and
 * whether or not the service or the client is back in between. `explain` shows what happened to it.
 */
import { describe, expect, it } from 'vitest'
import type { Side } from '../../machines/wire.ts'
import type { Publication, Publisher, Taken } from '../../src/engine/ports.ts'
import { explain, explanationText } from '../../src/history/index.ts'
import { memoryStore } from '../../src/store/index.ts'
import { type Bench, bench, line } from './harness.ts'

const EMAIL = '5001'
const CHAT = '5002'
const GRACE = 60_000

/** A notification service that never accepts a notification, so that all of them stay in the outbox. */
const deaf: Publisher = { publish: () => new Promise(() => undefined) }

/** A notification service with sessions. It records the notifications that connected users get. */
class Clients implements Publisher {
  readonly heard: string[] = []
  readonly #there = new Set<string>()
  readonly #side: Side

  constructor(side: Side = 'A') {
    this.#side = side
  }

  async publish({ itemId, notification }: Publication): Promise<Taken> {
    const [, user = ''] = /^\/finesse\/api\/User\/([^/]+)/.exec(notification.node) ?? []
    const text = line({ ...notification, itemId })
    const toOwner = this.#there.has(user)
    if (text !== undefined && toOwner) this.heard.push(text)
    if (this.heard.length === this.leavesAfter) this.#there.delete(user)
    return { toOwner }
  }

  async come(on: Bench, user: string): Promise<void> {
    this.#there.add(user)
    await come(on, user, this.#side)
  }

  /** A session that ends before anything can be written to it. The service reports both changes of its presence. */
  async comeAndLeave(on: Bench, user: string): Promise<void> {
    await come(on, user, this.#side)
    await come(on, user, this.#side, false)
  }

  /** The session ends after this number of notifications. */
  leavesAfter = Number.POSITIVE_INFINITY
}

const come = async (on: Bench, user: string, side: Side = 'A', available = true) => {
  await on.engine.adapters.presence({ user, side, session: `${user}@localhost/desk`, available })
  await on.clock.settle()
}

/** The notification service becomes available, with this publisher. */
async function serve(on: Bench, publisher: Publisher, side: Side = 'A'): Promise<void> {
  await on.engine.adapters.notificationService(side, true)
  on.engine.adapters.attach(side, publisher)
  await on.clock.settle()
}

/** A centre with a notification service. 1001 is connected and has got all notifications so far. */
async function centre(prepare: (on: Bench) => Promise<unknown>, sides: readonly Side[] = ['A']): Promise<Bench> {
  const store = memoryStore({ id: 'test', keep: 'history' })
  const on = await bench({ store, serves: sides, sides })
  // The harness restarts from its own store.
  const kept = { ...on, store, restart: () => reopened({ ...on, store }, sides) }
  for (const side of sides) await serve(kept, { publish: async () => undefined }, side)
  await come(kept, '1001')
  await prepare(kept)
  await kept.clock.settle()
  for (const side of sides) kept.engine.adapters.attach(side, deaf)
  return kept
}

async function reopened(on: Bench, sides: readonly Side[]): Promise<Bench> {
  const store = on.store.reopen()
  const next = await bench({ store, serves: sides, sides, clock: on.clock, directory: on.directory })
  return { ...next, clock: on.clock, store, restart: () => reopened({ ...next, clock: on.clock, store }, sides) }
}

const signIn = async (on: Bench) => {
  await on.command({ type: 'user.signIn', user: '1001', extension: '1001' })
  await on.ready('1001', EMAIL)
  await on.ready('1001', CHAT)
}
const offered = async (on: Bench) => {
  await signIn(on)
  await on.engine.acd?.submitTask({ mrd: CHAT, scriptSelector: 'chat_sales', agentId: '1001' })
}
const out = async (on: Bench) => {
  for (const mrd of [EMAIL, CHAT]) await on.command({ type: 'media.setState', user: '1001', mrd, state: 'LOGOUT' })
  await on.command({ type: 'user.setState', user: '1001', state: 'LOGOUT' })
}

const isSame = (heard: readonly string[], lines: Said['lines']) =>
  heard.length === lines.length && lines.every((each, index) => each.test(heard[index] ?? ''))

interface Said {
  readonly what: string
  prepare(on: Bench): Promise<unknown>
  say(on: Bench): Promise<unknown>
  readonly lines: readonly RegExp[]
}

const SAID: readonly Said[] = [
  {
    what: 'the sign-out of everything',
    prepare: signIn,
    say: out,
    lines: [/^media 1001 5001 LOGOUT$/, /^media 1001 5002 LOGOUT$/, /^user 1001 LOGOUT/],
  },
  {
    what: 'a state of the agent',
    prepare: signIn,
    say: (on) => on.command({ type: 'user.setState', user: '1001', state: 'READY' }),
    lines: [/^user 1001 READY$/],
  },
  {
    what: 'a state in a medium',
    prepare: signIn,
    say: (on) => on.command({ type: 'media.setState', user: '1001', mrd: EMAIL, state: 'NOT_READY' }),
    lines: [/^media 1001 5001 NOT_READY$/],
  },
  {
    what: 'an error for a client that is signed out',
    prepare: async () => undefined,
    say: (on) => on.command({ type: 'user.setState', user: '1001', state: 'READY', requestId: 'r' }),
    lines: [/^error .* #r$/],
  },
  {
    what: 'an offered dialog',
    prepare: signIn,
    say: (on) =>
      on.engine.acd?.submitTask({ mrd: CHAT, scriptSelector: 'chat_sales', agentId: '1001' }) ?? Promise.resolve(),
    lines: [/^media 1001 5002 RESERVED$/, /^POST task 1000_1001_5002 OFFERED$/],
  },
  {
    what: 'the end of a dialog, and the sign-out behind it',
    prepare: offered,
    say: out,
    lines: [
      /^media 1001 5001 LOGOUT$/,
      /^DELETE task 1000_1001_5002 CLOSED/,
      /^media 1001 5002 LOGOUT$/,
      /^user 1001 LOGOUT/,
    ],
  },
]

/** Processes that crash before anything is delivered, and what happens in each before that. */
const LIVES: Readonly<Record<string, (on: Bench) => Promise<unknown>>> = {
  'crashes at once': async () => undefined,
  'crashes when the service is back': (on) => serve(on, deaf),
  'crashes when the client is back, too': async (on) => {
    await serve(on, deaf)
    await come(on, '1001')
  },
  'crashes when the client was back before the service': async (on) => {
    await come(on, '1001')
    await serve(on, deaf)
  },
  'crashes after the client has connected and disconnected at once': async (on) => {
    const clients = new Clients()
    await serve(on, clients)
    await clients.comeAndLeave(on, '1001')
  },
  'crashes after the service was back and lost again': async (on) => {
    await serve(on, deaf)
    on.engine.adapters.detach('A')
    await on.engine.adapters.notificationService('A', false)
  },
}
const NAMES = Object.keys(LIVES)
/** All pairs of crashes in a row, and some groups of three. */
const SEVERAL: readonly (readonly string[])[] = [
  [],
  ...NAMES.map((life) => [life]),
  ...NAMES.flatMap((first) => NAMES.map((second) => [first, second])),
  ...NAMES.map((life) => [life, 'crashes when the service is back', life]),
]
const SOME = SEVERAL.filter((lives) => lives.length < 2)

async function through(on: Bench, lives: readonly string[]): Promise<Bench> {
  let next = await on.restart()
  for (const life of lives) {
    await LIVES[life]?.(next)
    next = await next.restart()
  }
  return next
}

describe('a notification for a connected user is delivered after restarts', () => {
  it.each(SAID)('$what', async ({ prepare, say, lines, what }) => {
    const wrong: string[] = []
    for (const lives of what === SAID[0]?.what ? SEVERAL : SOME) {
      const on = await centre(prepare)
      await say(on)
      const last = await through(on, lives)
      const clients = new Clients()
      await serve(last, clients)
      await clients.come(last, '1001')
      if (!isSame(clients.heard, lines)) wrong.push(`${lives.join(', then ')}: ${clients.heard.join(', ')}`)
    }
    expect(wrong).toEqual([])
  })

  it('when the client is connected before the engine is, as with an external XMPP server that keeps running', async () => {
    const on = await centre(signIn)
    await out(on)
    const last = await through(on, ['crashes when the service is back'])
    const clients = new Clients()
    await clients.come(last, '1001')
    await serve(last, clients)
    expect(clients.heard).toHaveLength(3)
  })

  it('with an orderly stop in between, which stores that the user is awaited', async () => {
    const on = await centre(signIn)
    await out(on)
    const between = await on.restart()
    await serve(between, deaf)
    await between.engine.close()
    const last = await between.restart()
    const clients = new Clients()
    await serve(last, clients)
    await clients.come(last, '1001')
    expect(clients.heard).toEqual(['media 1001 5001 LOGOUT', 'media 1001 5002 LOGOUT', 'user 1001 LOGOUT'])
  })

  it('when it was published while the service was lost', async () => {
    const on = await centre(signIn)
    on.engine.adapters.detach('A')
    await on.engine.adapters.notificationService('A', false)
    await out(on)
    const last = await through(on, ['crashes when the service is back'])
    const clients = new Clients()
    await serve(last, clients)
    await clients.come(last, '1001')
    expect(clients.heard).toHaveLength(3)
  })

  it('when it was published while the user was awaited, signed out, after an earlier restart', async () => {
    const on = await centre(async (at) => {
      await signIn(at)
      await out(at)
    })
    const next = await on.restart()
    await serve(next, deaf)
    await next.command({ type: 'user.signIn', user: '1001', extension: '1001' })
    const last = await next.restart()
    const clients = new Clients()
    await serve(last, clients)
    await clients.come(last, '1001')
    expect(clients.heard).toEqual([expect.stringMatching(/^user 1001 NOT_READY/)])
  })

  it('when the client reconnects to the other one of two sides', async () => {
    const on = await centre(signIn, ['A', 'B'])
    await out(on)
    const between = await on.restart()
    for (const side of ['A', 'B'] as const) await serve(between, deaf, side)
    const last = await between.restart()
    const [a, b] = [new Clients('A'), new Clients('B')]
    await serve(last, a, 'A')
    await serve(last, b, 'B')
    await b.come(last, '1001')
    expect({ a: a.heard, b: b.heard }).toEqual({
      a: [],
      b: ['media 1001 5001 LOGOUT', 'media 1001 5002 LOGOUT', 'user 1001 LOGOUT'],
    })
  })
})

describe('a session that ends too early', () => {
  const SIGN_OUT = ['media 1001 5001 LOGOUT', 'media 1001 5002 LOGOUT', 'user 1001 LOGOUT']

  it('gets nothing, and the next session gets everything', async () => {
    const on = await centre(signIn)
    await out(on)
    const last = await on.restart()
    const clients = new Clients()
    await serve(last, clients)
    for (const _ of [1, 2]) await clients.comeAndLeave(last, '1001')
    expect(clients.heard).toEqual([])
    await clients.come(last, '1001')
    expect(clients.heard).toEqual(SIGN_OUT)
  })

  it('gets a part, and the next session gets the rest', async () => {
    const on = await centre(signIn)
    await out(on)
    const last = await on.restart()
    const clients = new Clients()
    clients.leavesAfter = 1
    await serve(last, clients)
    await clients.come(last, '1001')
    await come(last, '1001', 'A', false)
    clients.leavesAfter = Number.POSITIVE_INFINITY
    expect(clients.heard).toEqual(SIGN_OUT.slice(0, 1))
    await clients.come(last, '1001')
    expect(clients.heard).toEqual(SIGN_OUT)
  })

  it('the next session connects before the service answers that the first one got nothing', async () => {
    const on = await centre(signIn)
    await out(on)
    const last = await on.restart()
    const heard: string[] = []
    let answers: ((taken: Taken) => void)[] = []
    await serve(last, {
      publish: ({ itemId, notification }) => {
        heard.push(line({ ...notification, itemId }) ?? '')
        return new Promise((resolve) => answers.push(resolve))
      },
    })
    const answer = async (toOwner: boolean) => {
      for (const resolve of answers.splice(0)) resolve({ toOwner })
      await last.clock.settle()
    }
    await come(last, '1001')
    await last.engine.adapters.presence({ user: '1001', side: 'A', session: '1001@localhost/desk', available: false })
    await come(last, '1001')
    await answer(false)
    for (const _ of [1, 2, 3, 4, 5]) await answer(true)
    expect(heard.filter((each) => /LOGOUT/.test(each))).toEqual(
      heard[0] === SIGN_OUT[0] ? [heard[0], ...SIGN_OUT] : SIGN_OUT,
    )
    answers = []
  })

  it('a session that gets nothing: at the end of the grace period its user has missed the notifications', async () => {
    const on = await centre(signIn)
    await out(on)
    const last = await on.restart()
    await serve(last, new Clients())
    await come(last, '1001')
    await last.clock.advance(GRACE - 1)
    expect(await lefts(last)).toBeGreaterThan(3)
    await last.clock.advance(1)
    expect(await lefts(last)).toBe(0)
  })
})

describe('an accepted notification that reached no session of its user', () => {
  /** Accepts everything. `isHeard`: writes it to a session of the owner. */
  const service = (published: string[], isHeard = false): Publisher => ({
    publish: async ({ itemId, lane }) => {
      published.push(`${lane} ${itemId}`)
      return { toOwner: isHeard }
    },
  })
  const ofUser = (published: readonly string[]) => published.filter((each) => each.includes('user/1001'))

  it('is not sent again when the grace period of the user is over', async () => {
    const on = await centre(signIn)
    await out(on)
    const last = await on.restart()
    const published: string[] = []
    await serve(last, service(published))
    await come(last, '1001')
    expect(ofUser(published)).toHaveLength(1)
    await last.clock.advance(GRACE)
    expect(await lefts(last)).toBe(0)
    expect(ofUser(published).length).toBeGreaterThan(3)
    expect(published).toEqual([...new Set(published)])
  })

  it('is not sent again when the user has got everything on the other side', async () => {
    const on = await centre(signIn, ['A', 'B'])
    await out(on)
    const last = await on.restart()
    const published: string[] = []
    await serve(last, service(published), 'A')
    await serve(last, service(published, true), 'B')
    await come(last, '1001')
    expect(ofUser(published)).toHaveLength(1)
    await come(last, '1001', 'A', false)
    await come(last, '1001', 'B')
    expect(await lefts(last)).toBe(0)
    expect(ofUser(published).filter((each) => each.startsWith('A:')).length).toBeGreaterThan(3)
    expect(published).toEqual([...new Set(published)])
  })

  it('is sent again to each new session with the same id, and the later ones follow it', async () => {
    const on = await centre(signIn)
    await out(on)
    const last = await on.restart()
    const published: string[] = []
    await serve(last, service(published))
    for (const _ of [1, 2, 3]) await come(last, '1001')
    const [first] = ofUser(published)
    expect(ofUser(published)).toEqual([first, first, first])
    last.engine.adapters.attach('A', service(published, true))
    await come(last, '1001')
    expect(await lefts(last)).toBe(0)
    const rest = ofUser(published).slice(3)
    expect(rest[0]).toBe(first)
    expect(rest.length).toBeGreaterThan(3)
    expect(rest).toEqual([...new Set(rest)])
  })
})

const lefts = async (on: Bench, user = '1001') =>
  (await on.store.history?.outbox())?.filter(({ lane }) => lane === `A:user/${user}`).length

describe('the wait for a user ends', () => {
  it.each([[[]], [['crashes when the service is back']]])(
    'after the grace period, if the client does not reconnect: %j',
    async (lives) => {
      const on = await centre(signIn)
      await out(on)
      const last = await through(on, lives)
      await serve(last, new Clients())
      await last.clock.advance(GRACE - 1)
      expect(await lefts(last)).toBeGreaterThan(3)
      await last.clock.advance(1)
      expect(await lefts(last)).toBe(0)
      // After later restarts the user is not awaited any more.
      const later = await last.restart()
      await serve(later, deaf)
      await later.command({ type: 'user.signIn', user: '1001', extension: '1001' })
      const end = await later.restart()
      await serve(end, new Clients())
      expect(await lefts(end)).toBe(0)
    },
  )

  it('with the forced sign-out, if a signed-in agent does not reconnect', async () => {
    const on = await centre(signIn)
    await on.command({ type: 'user.setState', user: '1001', state: 'READY' })
    const last = await on.restart()
    await serve(last, new Clients())
    await last.clock.advance(GRACE + 1)
    expect(last.engine.get.media('1001', EMAIL).status?.state).toBe('LOGOUT')
    expect(await lefts(last)).toBe(0)
  })

  it('at once, if the user was never connected', async () => {
    const on = await centre(async () => undefined)
    await on.command({ type: 'user.signIn', user: '1002', extension: '1002' })
    const last = await on.restart()
    await serve(last, new Clients())
    expect(await lefts(last, '1002')).toBe(0)
  })

  it('at once, if the user disconnected before the notification', async () => {
    const on = await centre(async () => undefined)
    await come(on, '1001', 'A', false)
    await on.command({ type: 'user.signIn', user: '1001', extension: '1001' })
    const last = await on.restart()
    await serve(last, new Clients())
    expect(await lefts(last)).toBe(0)
  })
})

describe('explain shows the delivery of a notification', () => {
  const last = async (on: Bench) => {
    const { history } = on.store
    if (!history) throw new Error('no history')
    const why = await explain(history, { user: '1001', now: on.clock.now() })
    const sent = why.timeline.episodes
      .flatMap(({ notifications }) => notifications)
      .findLast(({ node, text }) => node === '/finesse/api/User/1001' && text.startsWith('agent 1001 is LOGOUT'))
    const [, words] = /.*is LOGOUT[^[]*\[([^\]]*?) on side A/s.exec(explanationText(why)) ?? []
    return { delivery: sent?.delivery, words }
  }

  it('waiting, over restarts, and delivered when the client reconnects', async () => {
    const on = await centre(signIn)
    await out(on)
    const waiting = { delivery: 'waiting', words: 'waiting to be delivered' }
    expect(await last(on)).toEqual(waiting)
    const between = await on.restart()
    await serve(between, deaf)
    expect(await last(between)).toEqual(waiting)
    const end = await between.restart()
    const clients = new Clients()
    await serve(end, clients)
    expect(await last(end)).toEqual(waiting)
    await clients.come(end, '1001')
    await end.clock.advance(1)
    expect(await last(end)).toEqual({ delivery: 'delivered', words: 'delivered' })
  })

  it('missed: the client did not come back in time', async () => {
    const on = await centre(signIn)
    await out(on)
    const end = await on.restart()
    const clients = new Clients()
    await serve(end, clients)
    await end.clock.advance(GRACE + 1)
    const missed = { delivery: 'missed', words: 'missed: the agent did not come back in time' }
    expect(await last(end)).toEqual(missed)
    await clients.come(end, '1001')
    expect(await last(end)).toEqual(missed)
    expect(clients.heard).toEqual([])
  })

  it('waiting after a session that ended too early, and missed in the end', async () => {
    const on = await centre(signIn)
    await out(on)
    const end = await on.restart()
    const clients = new Clients()
    await serve(end, clients)
    await clients.comeAndLeave(end, '1001')
    expect(await last(end)).toEqual({ delivery: 'waiting', words: 'waiting to be delivered' })
    await end.clock.advance(GRACE + 1)
    expect(await last(end)).toEqual({ delivery: 'missed', words: 'missed: the agent did not come back in time' })
  })

  it('missed: the new session got nothing', async () => {
    const on = await centre(signIn)
    await out(on)
    const end = await on.restart()
    await serve(end, new Clients())
    await come(end, '1001')
    await end.clock.advance(GRACE + 1)
    expect((await last(end)).delivery).toBe('missed')
  })

  it('for nobody: the client was not connected', async () => {
    const on = await centre(signIn)
    await come(on, '1001', 'A', false)
    const clients = new Clients()
    on.engine.adapters.attach('A', clients)
    await out(on)
    await on.clock.advance(1)
    expect(await last(on)).toEqual({ delivery: 'unowed', words: 'for nobody: the agent was not connected' })
  })

  it('delivered, without a restart', async () => {
    const on = await centre(signIn)
    on.engine.adapters.attach('A', new Clients())
    await out(on)
    await on.clock.advance(1)
    expect(await last(on)).toEqual({ delivery: 'delivered', words: 'delivered' })
  })
})
