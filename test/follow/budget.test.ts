/** A follower never hammers a sick server: so many requests per second, whatever it wants to know. */
import { describe, expect, it } from 'vitest'
import { Accounts } from '../../src/follow/upstream/accounts.ts'
import { RequestBudget } from '../../src/follow/upstream/budget.ts'
import { DEFAULT_LIMITS } from '../../src/follow/upstream/limits.ts'
import { type Fetch, UpstreamRest } from '../../src/follow/upstream/rest.ts'
import { virtualClock } from '../../src/testing/virtual-clock.ts'

const LIMITS = { ...DEFAULT_LIMITS, requestsPerSecond: 10, burst: 5, inFlight: 3, waiting: 200 }
const XML = { headers: { 'content-type': 'application/xml' } }

const ADMIN = { user: 'admin', password: 'old' }

/** A REST client in virtual time, with an account, whose server is a function. */
function client(fetch: Fetch) {
  const clock = virtualClock()
  const accounts = new Accounts(clock, LIMITS.deniedRetryMs, [ADMIN])
  const rest = new UpstreamRest({ rest: 'http://127.0.0.1', clock, limits: LIMITS, accounts, fetch })
  const failures: string[] = []
  const get = () =>
    void rest.get('User/1001', 'admin', 'resync').catch((error: { code: string }) => failures.push(error.code))
  return { clock, accounts, rest, get, failures }
}

describe('the budget of requests', () => {
  it('lets so many through at once, and then so many per second', async () => {
    let requests = 0
    const { clock, get, accounts } = client(async () => {
      requests += 1
      return new Response('<User/>', XML)
    })
    accounts.accept(ADMIN)
    for (let n = 0; n < 100; n += 1) get()
    await clock.settle()
    expect(requests).toBe(5)
    for (const seconds of [1, 2, 3]) {
      await clock.advance(1000)
      expect(requests).toBe(5 + 10 * seconds)
    }
  })

  it('has no more than so many requests without an answer, and each ends after its time', async () => {
    let open = 0
    let most = 0
    const { clock, accounts, get, failures } = client(
      (_, { signal }) =>
        new Promise((_, reject) => {
          open += 1
          most = Math.max(most, open)
          signal?.addEventListener('abort', () => {
            open -= 1
            reject(new Error('aborted'))
          })
        }),
    )
    accounts.accept(ADMIN)
    for (let n = 0; n < 10; n += 1) get()
    await clock.advance(10 * LIMITS.requestTimeoutMs)
    expect([most, open, failures.length]).toEqual([3, 0, 10])
  })

  it('refuses what finds no room to wait', async () => {
    const budget = new RequestBudget(virtualClock(), { ...LIMITS, waiting: 1, inFlight: 1, burst: 1 })
    const never = () => new Promise<void>(() => undefined)
    void budget.run('poll', never)
    void budget.run('poll', never)
    await expect(budget.run('command', never)).rejects.toMatchObject({ code: 'UPSTREAM_BUDGET' })
  })

  it('lets a command pass everything else', async () => {
    const order: string[] = []
    const clock = virtualClock()
    const budget = new RequestBudget(clock, { ...LIMITS, burst: 1, inFlight: 1 })
    for (const urgency of ['poll', 'poll', 'resync', 'command'] as const)
      void budget.run(urgency, async () => void order.push(urgency))
    await clock.advance(1000)
    expect(order).toEqual(['poll', 'command', 'resync', 'poll'])
  })
})

describe('an answer that is not one of Finesse', () => {
  const ANSWERS: Readonly<Record<string, readonly [() => Response, string]>> = {
    'is too long': [() => new Response('a'.repeat(LIMITS.answerBytes + 1)), 'UPSTREAM_UNREADABLE'],
    'is not well-formed': [() => new Response('<User><state></User>'), 'UPSTREAM_UNREADABLE'],
    'has a document type': [() => new Response('<!DOCTYPE User><User/>'), 'UPSTREAM_UNREADABLE'],
    'is empty': [() => new Response(''), 'UPSTREAM_UNREADABLE'],
    'is an error of a proxy': [() => new Response('<html><br></html>', { status: 502 }), 'UPSTREAM_UNREACHABLE'],
    'says that the server is out of service': [() => new Response('', { status: 503 }), 'UPSTREAM_UNREACHABLE'],
  }
  it.each(Object.entries(ANSWERS))('%s', async (_, [answer, code]) => {
    const { clock, get, failures } = client(async () => answer())
    get()
    await clock.settle()
    await new Promise(setImmediate)
    await clock.settle()
    expect(failures).toEqual([code])
  })

  it('is a redirection: the credentials go nowhere else', async () => {
    const asked: RequestInit[] = []
    const { clock, get } = client(async (_, init) => {
      asked.push(init)
      return new Response('<User/>', XML)
    })
    get()
    await clock.settle()
    expect(asked[0]?.redirect).toBe('error')
  })
})

describe('a password that Finesse refuses', () => {
  const refused = () => {
    let requests = 0
    const parts = client(async () => {
      requests += 1
      return new Response('', { status: 401 })
    })
    return { ...parts, requests: () => requests }
  }
  const HOUR_MS = 3_600_000

  it('is tried once, once more later, and then once a day (`user 1.4`)', async () => {
    const { clock, get, accounts, requests } = refused()
    const asked = async (milliseconds: number) => {
      await clock.advance(milliseconds)
      for (let n = 0; n < 20; n += 1) get()
      await clock.advance(10_000)
      return requests()
    }
    expect(await asked(0)).toBe(1)
    expect(accounts.denied).toMatchObject([{ user: 'admin' }])
    expect(await asked(LIMITS.deniedRetryMs - 30_000)).toBe(1)
    expect(await asked(30_000)).toBe(2)
    expect(await asked(20 * HOUR_MS)).toBe(2)
    expect(await asked(5 * HOUR_MS)).toBe(3)
    accounts.change('admin', 'new')
    expect(await asked(0)).toBe(4)
  })

  it('after it was accepted is refused after three answers, because 401 also means missing rights', async () => {
    const { clock, get, accounts, requests } = refused()
    accounts.accept(ADMIN)
    for (let n = 0; n < 20; n += 1) get()
    await clock.advance(10_000)
    expect(requests()).toBe(3)
    expect(accounts.denied).toMatchObject([{ user: 'admin' }])
  })

  it('is not meant by a 401 for the object of somebody else (`user 2`)', async () => {
    const body =
      '<ApiErrors><ApiError><ErrorType>Invalid Authorization User Specified</ErrorType></ApiError></ApiErrors>'
    const { clock, get, accounts, failures } = client(async () => new Response(body, { status: 401 }))
    for (let n = 0; n < 5; n += 1) get()
    await clock.advance(10_000)
    await new Promise(setImmediate)
    expect([failures, accounts.denied]).toEqual([Array(5).fill('UPSTREAM_FORBIDDEN'), []])
  })
})
