/** Limits for password guessing. A guesser can lock out users, as in Finesse (ruling 20), but not administrators. */
import { scryptSync } from 'node:crypto'
import { beforeEach, describe, expect, it } from 'vitest'
import { Counts } from '../../src/accounts/counts.ts'
import { Familiar } from '../../src/accounts/familiar.ts'
import { AccountsBusyError, createAccounts, hashPassword, LockOutLog } from '../../src/accounts/index.ts'
import { sourceKey } from '../../src/accounts/source.ts'
import type { Credential } from '../../src/directory/index.ts'
import { scryptSecret } from '../../src/directory/secret.ts'
import { memoryStore } from '../../src/store/index.ts'
import { Turns } from '../../src/waiting/turns.ts'

const admin: Credential = { id: 'admin', kind: 'administrator', secret: 'plain:adminpw' }
const users = (count: number): Credential[] =>
  Array.from({ length: count }, (_, n) => ({ id: String(1001 + n), kind: 'user', secret: 'plain:secret' }))

const OFFICE = '192.0.2.1'
const STRANGER = '198.51.100.7'
const stranger = (n: number) => `203.0.113.${n}`

let clock: { now: number }
let store: ReturnType<typeof memoryStore>
beforeEach(() => {
  clock = { now: 1_700_000_000_000 }
  store = memoryStore()
})

function made(credentials: readonly Credential[] = [admin, ...users(9)], seconds = 300) {
  const lockout = { attempts: 5, seconds }
  const lines: object[] = []
  const lockOuts = new LockOutLog(() => clock.now, { warn: (about, msg) => void lines.push({ ...about, msg }) })
  const accounts = createAccounts({
    ...{ credentials, lockout, now: () => clock.now, records: store.records },
    lockedOut: (each) => lockOuts.tell(each),
  })
  const says = async (name: string, password: string, from?: string) => {
    try {
      return (await accounts.verify(name, password, from)) === undefined ? 'refused' : 'in'
    } catch (error) {
      if (error instanceof AccountsBusyError) return error.message
      throw error
    }
  }
  const guess = async (times: number, name: string, from?: string) => {
    const heard = new Set<string>()
    for (let n = 0; n < times; n += 1) heard.add(await says(name, `wrong ${n}`, from))
    return [...heard]
  }
  return { accounts, says, guess, lines, lockOuts }
}

const LATER = 'too many wrong passwords from this address'

describe('an administrator', () => {
  it('is not locked out by a guesser at another address, but the guesser is', async () => {
    const { says, guess } = made()
    expect(await guess(100, 'admin', STRANGER)).toEqual(['refused'])
    expect(await says('admin', 'adminpw', STRANGER)).toBe('refused')
    expect(await says('admin', 'adminpw', OFFICE)).toBe('in')
    clock.now += 300_000
    expect(await says('admin', 'adminpw', STRANGER)).toBe('in')
  })

  it('a lock begins with the fifth wrong password, lasts five minutes, and further ones do not extend it', async () => {
    const { says, guess } = made()
    await guess(4, 'admin', STRANGER)
    clock.now += 200_000
    await guess(1, 'admin', STRANGER)
    clock.now += 299_999
    await guess(10, 'admin', STRANGER)
    expect(await says('admin', 'adminpw', STRANGER)).toBe('refused')
    clock.now += 1
    expect(await says('admin', 'adminpw', STRANGER)).toBe('in')
  })

  it('can still sign in from an address that is known, while somebody guesses from it, up to a limit', async () => {
    const { says, guess } = made()
    expect(await says('admin', 'adminpw', OFFICE)).toBe('in')
    await guess(5, 'admin', OFFICE)
    for (let n = 0; n < 90; n += 1) {
      await guess(1, 'admin', OFFICE)
      expect(await says('admin', 'adminpw', OFFICE)).toBe('in')
    }
    await guess(5, 'admin', OFFICE)
    expect(await says('admin', 'adminpw', OFFICE)).toBe('refused')
    // A password that was not checked does not count for the address, so other accounts can sign in from it.
    expect(await says('1001', 'secret', OFFICE)).toBe('in')
    clock.now += 300_000
    expect(await says('admin', 'adminpw', OFFICE)).toBe('in')
  })

  it('a right password resets the count: four wrong ones before it and four after it lock nothing', async () => {
    // The lock lasts longer than a right password is cached, so the sign-in below is a new check.
    const { says, guess, lines } = made([admin], 2 * 3600)
    await guess(4, 'admin', OFFICE)
    expect(await says('admin', 'adminpw', OFFICE)).toBe('in')
    clock.now += 31 * 60_000
    await guess(4, 'admin', OFFICE)
    expect([await says('admin', 'adminpw', OFFICE), lines]).toEqual(['in', []])
    await guess(5, 'admin', OFFICE)
    expect(lines).toHaveLength(1)
  })

  it('a password that was right at another address does not bypass the lock', async () => {
    const { says, guess } = made()
    expect(await says('admin', 'adminpw', OFFICE)).toBe('in')
    await guess(5, 'admin', STRANGER)
    expect(await says('admin', 'adminpw', STRANGER)).toBe('refused')
  })

  it('unknown addresses have fifty guesses together; known addresses and loopback can still sign in', async () => {
    const { says, guess } = made()
    expect(await says('admin', 'adminpw', OFFICE)).toBe('in')
    for (let n = 1; n <= 10; n += 1) await guess(5, 'admin', stranger(n))
    expect(await says('admin', 'adminpw', stranger(11))).toBe('refused')
    for (const from of [OFFICE, '127.0.0.1', '::1', '::ffff:127.0.0.1'])
      expect(await says('admin', 'adminpw', from)).toBe('in')
    clock.now += 300_000
    expect(await says('admin', 'adminpw', stranger(11))).toBe('in')
  })

  it('a lock that an earlier version has stored is removed', async () => {
    store.records.put('lockouts', 'admin', { lockedUntil: clock.now + 300_000 })
    const { says } = made()
    expect(await says('admin', 'adminpw', OFFICE)).toBe('in')
    expect(store.records.list('lockouts')).toEqual([])
  })

  it('a new password resets the counts', async () => {
    const { accounts, says, guess } = made()
    await guess(5, 'admin', OFFICE)
    for (let n = 1; n <= 10; n += 1) await guess(5, 'admin', stranger(n))
    accounts.replaceCredentials([{ ...admin, secret: 'plain:new' }])
    expect(await says('admin', 'new', stranger(12))).toBe('in')
  })

  it('has no known addresses after a new password, so the old one does not help to bypass the lock', async () => {
    const { accounts, says, guess } = made()
    expect(await says('admin', 'adminpw', OFFICE)).toBe('in')
    accounts.replaceCredentials([{ ...admin, secret: 'plain:new' }])
    for (let n = 1; n <= 10; n += 1) await guess(5, 'admin', stranger(n))
    expect([await says('admin', 'new', OFFICE), await says('admin', 'new', '127.0.0.1')]).toEqual(['refused', 'in'])
  })

  it('a reset deletes the counts of guesses', async () => {
    const { accounts, says, guess } = made()
    await guess(5, 'admin', STRANGER)
    for (let n = 0; n < 95; n += 1) await guess(1, `nobody ${n}`, STRANGER)
    expect(await says('1001', 'secret', STRANGER)).toBe(LATER)
    for (let n = 1; n <= 10; n += 1) await guess(5, 'admin', stranger(n))
    expect(await says('admin', 'adminpw', stranger(11))).toBe('refused')
    accounts.forget()
    for (const [name, password] of [
      ['admin', 'adminpw'],
      ['1001', 'secret'],
    ] as const)
      expect(await says(name, password, STRANGER)).toBe('in')
    expect(await says('admin', 'adminpw', stranger(11))).toBe('in')
  })
})

describe('a user', () => {
  it('is locked for every address by five wrong passwords in a row from any addresses (ruling 20)', async () => {
    const { says, guess } = made()
    expect(await says('1001', 'secret', OFFICE)).toBe('in')
    for (let n = 1; n <= 5; n += 1) await guess(1, '1001', stranger(n))
    expect(await says('1001', 'secret', OFFICE)).toBe('refused')
  })

  it('a client that signs in all the time gives a guesser no more than fifty guesses', async () => {
    const { says, guess } = made()
    let guesses = 0
    while ((await says('1001', 'secret', OFFICE)) === 'in') {
      await guess(1, '1001', stranger(guesses % 200))
      guesses += 1
    }
    expect(guesses).toBe(50)
    clock.now += 300_000
    expect(await says('1001', 'secret', OFFICE)).toBe('in')
  })
})

describe('a source', () => {
  it('has a hundred wrong passwords for all accounts; accounts that signed in from it before can still do so', async () => {
    const { says, guess } = made(users(40))
    expect(await says('1040', 'secret', OFFICE)).toBe('in')
    for (let n = 0; n < 25; n += 1) await guess(4, String(1001 + n), OFFICE)
    expect(await says('1030', 'secret', OFFICE)).toBe(LATER)
    expect(await says('nobody', 'secret', OFFICE)).toBe(LATER)
    expect(await says('1040', 'secret', OFFICE)).toBe('in')
    expect(await says('1030', 'secret', '192.0.2.2')).toBe('in')
    clock.now += 300_000
    expect(await says('1030', 'secret', OFFICE)).toBe('in')
  })

  it('has as many wrong passwords as there are accounts when these are more than a hundred', async () => {
    const { says, guess } = made(users(120))
    for (let n = 0; n < 119; n += 1) await guess(1, String(1001 + n), OFFICE)
    expect(await says('1120', 'secret', OFFICE)).toBe('in')
    await guess(1, '1001', OFFICE)
    expect(await says('1119', 'secret', OFFICE)).toBe(LATER)
  })

  it('a client that always repeats one wrong password does not lock out others at its address', async () => {
    const { says, guess } = made()
    await guess(1000, '1001', OFFICE)
    await guess(1000, 'gone', OFFICE)
    expect(await says('1002', 'secret', OFFICE)).toBe('in')
  })

  it('requests without an address have no limit of their own', async () => {
    const { says, guess } = made(users(40))
    for (let n = 0; n < 39; n += 1) await guess(4, String(1001 + n))
    expect(await says('1040', 'secret')).toBe('in')
  })

  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:DB8:1:2::9', '2001:db8:1:2::/64'],
    ['2001:db8::9', '2001:db8:0:0::/64'],
    ['2001:0db8:0000:0001::', '2001:db8:0:1::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['::ffff:c000:201', '192.0.2.1'],
    ['64:ff9b::192.0.2.1', '64:ff9b:0:0::/64'],
    ['::192.0.2.1', '0:0:0:0::/64'],
    ['1:2:3:4:5:6:192.0.2.1', '1:2:3:4::/64'],
    ['::1', '::1'],
    ['::ffff:127.0.0.1', '127.0.0.1'],
    ['XMPP server at ::1', 'XMPP server at ::1'],
    ['', ''],
  ])('%s is %s', (address, key) => expect(sourceKey(address)).toBe(key))
})

describe('work', () => {
  it('sources take turns, and a source with too many checks is refused', async () => {
    const turns = new Turns({ running: 1, waiting: 100 }, () => new AccountsBusyError('full'))
    const order: string[] = []
    const gate = Promise.withResolvers<void>()
    const run = (lane: string) =>
      turns.run(
        async () => {
          order.push(lane)
          await gate.promise
        },
        { lane, most: 3 },
      )
    const all = ['a', 'a', 'a', 'a', 'b', 'c', 'b'].map(run)
    await expect(run('a')).rejects.toThrow(AccountsBusyError)
    gate.resolve()
    await Promise.all(all)
    expect(order).toEqual(['a', 'a', 'b', 'c', 'a', 'b', 'a'])
  })

  it('hundreds of checks from one source do not keep another source from signing in', async () => {
    // The lowest cost that is allowed.
    const cost = { N: 2, r: 1, p: 1 }
    const salt = Buffer.alloc(16, 'salt')
    const secret = scryptSecret(cost, salt, scryptSync('secret', salt, 32, cost))
    const { says } = made([{ id: '1001', kind: 'user', secret }, ...users(1).map((user) => ({ ...user, id: '1002' }))])
    const flood = Array.from({ length: 300 }, (_, n) => says(`name ${n}`, 'wrong', STRANGER))
    const office = says('1001', 'secret', OFFICE)
    expect(await office).toBe('in')
    const heard = await Promise.all(flood)
    // Two checks run, and 256 of one source may wait.
    expect(heard.filter((each) => each === 'too many sign-ins at once')).toHaveLength(300 - 2 - 256)
  })

  it('locked accounts and unknown names are refused without a hash, so the time does not show which names exist', async () => {
    const secret = await hashPassword('secret')
    const { says, guess } = made([
      { id: '1001', kind: 'user', secret },
      { ...admin, secret },
    ])
    const names = ['1001', 'admin', 'nobody']
    for (const name of names) await guess(5, name, STRANGER)
    // If a hash were computed for each, most would be refused with "too many sign-ins at once".
    const asked = names.flatMap((name) => Array.from({ length: 300 }, (_, n) => says(name, `more ${n}`, STRANGER)))
    expect(new Set(await Promise.all(asked))).toEqual(new Set(['refused']))
  })
})

describe('a lock-out is logged once, when it begins', () => {
  const NONE = { account: 0, address: 0, administrator: 0, administratorEverywhere: 0 }

  it('of a user', async () => {
    const { guess, lines, lockOuts } = made()
    await guess(4, '1001', STRANGER)
    expect([lines, lockOuts.figures]).toEqual([[], NONE])
    await guess(10, '1001', OFFICE)
    expect([lines, lockOuts.figures]).toEqual([
      [{ account: '1001', address: OFFICE, seconds: 300, msg: 'too many wrong passwords: the account is locked' }],
      { ...NONE, account: 1 },
    ])
    clock.now += 300_000
    await guess(5, '1001', STRANGER)
    expect(lockOuts.figures).toEqual({ ...NONE, account: 2 })
  })

  it('of an address from an administrator, and of all unknown addresses from there', async () => {
    const { guess, lines, lockOuts } = made()
    for (let n = 1; n <= 10; n += 1) await guess(7, 'admin', stranger(n))
    const here =
      "too many wrong passwords for an administrator: this address is locked out from the administrator's account"
    const all =
      'too many wrong passwords for an administrator: only addresses that have sent the right password before may sign in'
    const line = (n: number, msg: string) => ({ account: 'admin', address: stranger(n), seconds: 300, msg })
    const one = Array.from({ length: 10 }, (_, index) => line(index + 1, here))
    expect([lines, lockOuts.figures]).toEqual([
      [...one.slice(0, 9), line(10, all), line(10, here)],
      { ...NONE, administrator: 10, administratorEverywhere: 1 },
    ])
  })

  it('of an address, without the names that were typed, because one may be a password', async () => {
    const { guess, lines, lockOuts } = made(users(120))
    await guess(10, 'hunter2', STRANGER)
    expect([lines, lockOuts.figures]).toEqual([[], NONE])
    for (let n = 0; n < 200; n += 1) await guess(1, `hunter${n}`, OFFICE)
    const msg =
      'too many wrong passwords from this address: it has to try again later, except for accounts that it has signed in to before'
    expect([lines, lockOuts.figures]).toEqual([[{ address: OFFICE, seconds: 300, msg }], { ...NONE, address: 1 }])
  })

  it('in at most twenty lines a minute; the next line says how many were left out', async () => {
    const { guess, lines, lockOuts } = made(users(60))
    for (let n = 1; n <= 50; n += 1) await guess(5, String(1000 + n))
    expect([lines.length, lockOuts.figures.account]).toEqual([20, 50])
    clock.now += 60_000
    await guess(5, '1051')
    expect(lines.slice(20)).toEqual([
      { account: '1051', seconds: 300, untold: 30, msg: 'too many wrong passwords: the account is locked' },
    ])
  })
})

describe('counts', () => {
  const counts = (most = 100) => new Counts({ now: () => clock.now, seconds: () => 300, most })

  it('last from the wrong password that reaches the limit, and later ones do not extend them', () => {
    const made = counts()
    expect([1, 2, 3].map(() => made.add('a', 3))).toEqual([false, false, true])
    clock.now += 200_000
    expect([made.add('a', 3), made.of('a')]).toEqual([false, 4])
    clock.now += 99_999
    expect(made.of('a')).toBe(4)
    clock.now += 1
    expect(made.of('a')).toBe(0)
  })

  it('end in time after the clock was set back', () => {
    const made = counts()
    made.add('a', 3)
    clock.now -= 3_600_000
    expect(made.of('a')).toBe(1)
    clock.now += 300_000
    expect(made.of('a')).toBe(0)
  })

  it('an account has up to sixteen known addresses, those that were used last', () => {
    const familiar = new Familiar()
    for (let n = 1; n <= 16; n += 1) familiar.add('admin', stranger(n))
    familiar.add('admin', stranger(1))
    familiar.add('admin', OFFICE)
    familiar.add('1001', STRANGER)
    expect([1, 2, 3].map((n) => familiar.has('admin', stranger(n)))).toEqual([true, false, true])
    expect([familiar.has('admin', OFFICE), familiar.has('admin', STRANGER)]).toEqual([true, false])
  })

  it('are kept for a limited number of keys; the oldest is removed', () => {
    const made = counts(2)
    for (const key of ['a', 'b', 'a', 'c']) made.add(key, 3)
    expect(['a', 'b', 'c'].map((key) => made.of(key))).toEqual([2, 0, 1])
  })
})
