import { beforeAll, describe, expect, it } from 'vitest'
import { AccountsBusyError, createAccounts, hashPassword } from '../../src/accounts/index.ts'
import { Verified } from '../../src/accounts/verified.ts'
import type { Credential } from '../../src/directory/index.ts'
import { parseSecret } from '../../src/directory/secret.ts'
import { InvalidArgument } from '../../src/errors/index.ts'
import { memoryStore } from '../../src/store/index.ts'
import { Turns } from '../../src/waiting/turns.ts'

const CHEAP = { N: 1024, r: 8, p: 1 }
const MINUTE = 60_000
const areyes = { id: '1001', loginName: 'areyes', kind: 'user' as const }
const principal = { id: '1001', kind: 'user' }
const plain: readonly Credential[] = [
  { ...areyes, secret: 'plain:secret' },
  { id: 'admin', kind: 'administrator', secret: 'plain:adminpw' },
]
let hashed: readonly Credential[] = []
beforeAll(async () => {
  hashed = [{ ...areyes, secret: await hashPassword('secret', CHEAP) }, ...plain.slice(1)]
})

function setUp(credentials: readonly Credential[] = plain, records = memoryStore().records) {
  const clock = { now: 1_700_000_000_000 }
  const options = { credentials, lockout: { attempts: 5, seconds: 300 }, now: () => clock.now, records }
  const accounts = createAccounts(options)
  const fail = async (times: number, name = '1001') => {
    for (let n = 0; n < times; n += 1) expect(await accounts.verify(name, 'wrong')).toBeUndefined()
  }
  return { accounts, clock, records, fail, restart: () => createAccounts(options) }
}

describe('verify', () => {
  it.each(['plain', 'hashed'])('accepts id and login name in any case, with %s passwords', async (form) => {
    const { accounts } = setUp(form === 'plain' ? plain : hashed)
    for (const name of ['1001', 'areyes', 'AReyes']) expect(await accounts.verify(name, 'secret')).toEqual(principal)
    expect(await accounts.verify('ADMIN', 'adminpw')).toEqual({ id: 'admin', kind: 'administrator' })
    for (const wrong of ['', 'Secret', 'secret ', 'adminpw', 'x'.repeat(100_000)]) {
      expect(await setUp(form === 'plain' ? plain : hashed).accounts.verify('1001', wrong)).toBeUndefined()
    }
    for (const name of ['', 'nobody', 'x'.repeat(100_000)]) {
      expect(await accounts.verify(name, 'secret')).toBeUndefined()
    }
  })

  it('treats composed and decomposed letters as equal', async () => {
    const { accounts } = setUp([{ ...areyes, secret: await hashPassword('pass\u00e9', CHEAP) }])
    expect(await accounts.verify('1001', 'passe\u0301')).toEqual(principal)
  })

  it('refuses secrets of an unknown form', () => {
    for (const secret of ['secret', 'plain:', 'scrypt$3$8$1$x$y']) {
      expect(() => setUp([{ ...areyes, secret }])).toThrow('the secret of account "1001" has an unknown form')
    }
  })
})

describe('lock-out (user 1.4)', () => {
  it('locks after five wrong passwords in a row, for five minutes, under every name', async () => {
    const { accounts, clock, fail } = setUp()
    await fail(4)
    await fail(1, 'AREYES')
    expect(await accounts.verify('1001', 'secret')).toBeUndefined()
    clock.now += 5 * MINUTE - 1
    expect(await accounts.verify('areyes', 'secret')).toBeUndefined()
    expect(await accounts.verify('admin', 'adminpw')).toBeDefined()
    clock.now += 1
    expect(await accounts.verify('1001', 'secret')).toEqual(principal)
    await fail(4)
    expect(await accounts.verify('1001', 'secret')).toEqual(principal)
  })

  it('counts from zero after a right password, also after a cached one', async () => {
    const { accounts, fail } = setUp(hashed)
    for (let round = 0; round < 3; round += 1) {
      await fail(4)
      expect(await accounts.verify('1001', 'secret')).toEqual(principal)
    }
  })

  it('is not extended by attempts while it lasts', async () => {
    const { accounts, clock, fail } = setUp()
    await fail(5)
    clock.now += 4 * MINUTE
    await fail(20)
    clock.now += MINUTE
    expect(await accounts.verify('1001', 'secret')).toEqual(principal)
  })

  it('refuses checks that were under way when it began', async () => {
    const { accounts } = setUp(hashed)
    const guesses = ['a', 'b', 'c', 'd', 'e', 'f', 'secret'].map((guess) => accounts.verify('1001', guess))
    expect(await Promise.all(guesses)).toEqual(Array(7).fill(undefined))
  })

  it('refuses a password that is cached', async () => {
    const { accounts, fail } = setUp(hashed)
    expect(await accounts.verify('1001', 'secret')).toEqual(principal)
    await fail(5)
    expect(await accounts.verify('1001', 'secret')).toBeUndefined()
  })

  it('continues after a restart and ends in time', async () => {
    const { clock, fail, records, restart } = setUp()
    await fail(5)
    expect(records.list('lockouts')).toHaveLength(1)
    const accounts = restart()
    expect(await accounts.verify('1001', 'secret')).toBeUndefined()
    clock.now += 5 * MINUTE
    expect(await accounts.verify('1001', 'secret')).toEqual(principal)
    expect(records.list('lockouts')).toEqual([])
  })

  it('ignores records that are damaged or of unknown accounts, and no record locks longer than the setting', async () => {
    const { records } = memoryStore()
    records.put('lockouts', 'admin', 'x')
    records.put('lockouts', 'gone', { lockedUntil: 1_800_000_000_000 })
    records.put('lockouts', '1001', { lockedUntil: 9_000_000_000_000 })
    const { accounts, clock } = setUp(plain, records)
    expect(records.list('lockouts').map(({ key }) => key)).toEqual(['1001'])
    expect(await accounts.verify('admin', 'adminpw')).toBeDefined()
    expect(await accounts.verify('1001', 'secret')).toBeUndefined()
    clock.now += 5 * MINUTE
    expect(await accounts.verify('1001', 'secret')).toEqual(principal)
  })

  it('keeps no record about unknown names', async () => {
    const { fail, records } = setUp()
    await fail(20, 'nobody')
    expect(records.list('lockouts')).toEqual([])
  })
})

describe('reload', () => {
  it('changes passwords, accounts and limits at once', async () => {
    const { accounts, fail } = setUp(hashed)
    expect(await accounts.verify('1001', 'secret')).toEqual(principal)
    accounts.replaceCredentials([{ ...areyes, secret: await hashPassword('new', CHEAP) }], { attempts: 1, seconds: 10 })
    expect(await accounts.verify('admin', 'adminpw')).toBeUndefined()
    expect(await accounts.verify('1001', 'new')).toEqual(principal)
    await fail(1)
    expect(await accounts.verify('1001', 'new')).toBeUndefined()
  })

  it('keeps a lock while the password is the same, and removes it when the password is new', async () => {
    const { accounts, fail, records } = setUp()
    await fail(5)
    accounts.replaceCredentials(plain)
    expect(await accounts.verify('1001', 'secret')).toBeUndefined()
    accounts.replaceCredentials([{ ...areyes, secret: 'plain:new' }])
    expect(records.list('lockouts')).toEqual([])
    expect(await accounts.verify('1001', 'new')).toEqual(principal)
  })

  it('decides a check that is under way by the new credentials', async () => {
    const { accounts } = setUp(hashed)
    const old = accounts.verify('1001', 'secret')
    accounts.replaceCredentials([{ ...areyes, secret: 'plain:new' }])
    expect(await old).toBeUndefined()
  })

  it('replaces nothing when a secret is not valid', async () => {
    const { accounts } = setUp()
    expect(() => accounts.replaceCredentials([{ ...areyes, secret: 'x' }])).toThrow(InvalidArgument)
    expect(await accounts.verify('1001', 'secret')).toEqual(principal)
  })
})

describe('the parts', () => {
  it('hashPassword uses a new salt each time, and its result has the cost', async () => {
    const [one, two] = [await hashPassword('secret'), await hashPassword('secret')]
    expect(one).toMatch(/^scrypt\$32768\$8\$1\$[\w-]{22}\$[\w-]{43}$/)
    expect(one).not.toBe(two)
    expect(parseSecret(one)).toMatchObject({ kind: 'scrypt', cost: { N: 32_768, r: 8, p: 1 } })
    await expect(hashPassword('')).rejects.toThrow(InvalidArgument)
  })

  it('Verified removes a right password after its time, and the least recently used account when it is full', () => {
    let now = 0
    const verified = new Verified({ now: () => now, lifetime: 1000, capacity: 2 })
    verified.add('a', 's', 'p', false)
    verified.add('b', 's', 'p', false)
    expect(verified.has('a', 's', 'p')).toBe(true)
    expect(verified.has('a', 's', 'q')).toBe(false)
    expect(verified.has('a', 't', 'p')).toBe(false)
    verified.add('c', 's', 'p', false)
    expect(verified.has('b', 's', 'p')).toBe(false)
    now = 999
    expect(verified.has('a', 's', 'p')).toBe(true)
    now = 1000
    expect(verified.has('a', 's', 'p')).toBe(false)
  })

  it('Turns runs a limited number at a time, in order, and refuses when too many wait', async () => {
    const turns = new Turns({ running: 2, waiting: 1 }, () => new AccountsBusyError('full'))
    const started: number[] = []
    const gates = [0, 1, 2].map(() => Promise.withResolvers<void>())
    const run = (n: number) =>
      turns.run(async () => {
        started.push(n)
        await gates[n]?.promise
      })
    const runs = [run(0), run(1), run(2)]
    await expect(run(3)).rejects.toThrow(AccountsBusyError)
    expect(started).toEqual([0, 1])
    gates[1]?.reject(new Error('failed'))
    await expect(runs[1]).rejects.toThrow('failed')
    expect(started).toEqual([0, 1, 2])
    gates[0]?.resolve()
    gates[2]?.resolve()
    await Promise.all([runs[0], runs[2]])
    await turns.run(async () => {})
  })

  it('equal checks that are under way share one computation, and each is counted', async () => {
    const { accounts } = setUp(hashed)
    const all = await Promise.all(Array.from({ length: 5000 }, () => accounts.verify('1001', 'secret')))
    expect(all.every((each) => each?.id === '1001')).toBe(true)
    await Promise.all(Array.from({ length: 5 }, () => accounts.verify('1001', 'wrong')))
    expect(await accounts.verify('1001', 'secret')).toBeUndefined()
  })
})
