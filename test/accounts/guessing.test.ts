/** Whoever guesses passwords is slowed down, and keeps nobody out but users, as Finesse does (ruling 20). */
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
  it('is not locked out by a stranger, who is', async () => {
    const { says, guess } = made()
    expect(await guess(100, 'admin', STRANGER)).toEqual(['refused'])
    expect(await says('admin', 'adminpw', STRANGER)).toBe('refused')
    expect(await says('admin', 'adminpw', OFFICE)).toBe('in')
    clock.now += 300_000
    expect(await says('admin', 'adminpw', STRANGER)).toBe('in')
  })

  it('a lock begins with the fifth wrong password, lasts five minutes, and is not prolonged by more', async () => {
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

  it('goes on with a password that was right here, while somebody guesses beside it, within bounds', async () => {
    const { says, guess } = made()
    expect(await says('admin', 'adminpw', OFFICE)).toBe('in')
    await guess(5, 'admin', OFFICE)
    for (let n = 0; n < 90; n += 1) {
      await guess(1, 'admin', OFFICE)
      expect(await says('admin', 'adminpw', OFFICE)).toBe('in')
    }
    await guess(5, 'admin', OFFICE)
    expect(await says('admin', 'adminpw', OFFICE)).toBe('refused')
    // What was not checked does not count for the address: its others get in.
    expect(await says('1001', 'secret', OFFICE)).toBe('in')
    clock.now += 300_000
    expect(await says('admin', 'adminpw', OFFICE)).toBe('in')
  })

  it('a right password begins anew: four wrong ones before it and four behind it are no five in a row', async () => {
    // Longer than a right password is remembered: what lets in below is a new check.
    const { says, guess, lines } = made([admin], 2 * 3600)
    await guess(4, 'admin', OFFICE)
    expect(await says('admin', 'adminpw', OFFICE)).toBe('in')
    clock.now += 31 * 60_000
    await guess(4, 'admin', OFFICE)
    expect([await says('admin', 'adminpw', OFFICE), lines]).toEqual(['in', []])
    await guess(5, 'admin', OFFICE)
    expect(lines).toHaveLength(1)
  })

  it('a password that was right elsewhere opens no way round the lock', async () => {
    const { says, guess } = made()
    expect(await says('admin', 'adminpw', OFFICE)).toBe('in')
    await guess(5, 'admin', STRANGER)
    expect(await says('admin', 'adminpw', STRANGER)).toBe('refused')
  })

  it('many strangers have fifty guesses together; who was here before, and the machine itself, get in', async () => {
    const { says, guess } = made()
    expect(await says('admin', 'adminpw', OFFICE)).toBe('in')
    for (let n = 1; n <= 10; n += 1) await guess(5, 'admin', stranger(n))
    expect(await says('admin', 'adminpw', stranger(11))).toBe('refused')
    for (const from of [OFFICE, '127.0.0.1', '::1', '::ffff:127.0.0.1'])
      expect(await says('admin', 'adminpw', from)).toBe('in')
    clock.now += 300_000
    expect(await says('admin', 'adminpw', stranger(11))).toBe('in')
  })

  it('a lock of an earlier version is no lock any more', async () => {
    store.records.put('lockouts', 'admin', { lockedUntil: clock.now + 300_000 })
    const { says } = made()
    expect(await says('admin', 'adminpw', OFFICE)).toBe('in')
    expect(store.records.list('lockouts')).toEqual([])
  })

  it('another password begins anew', async () => {
    const { accounts, says, guess } = made()
    await guess(5, 'admin', OFFICE)
    for (let n = 1; n <= 10; n += 1) await guess(5, 'admin', stranger(n))
    accounts.replaceCredentials([{ ...admin, secret: 'plain:new' }])
    expect(await says('admin', 'new', stranger(12))).toBe('in')
  })

  it('with another password is known from nowhere: who has the old one has no way round the lock', async () => {
    const { accounts, says, guess } = made()
    expect(await says('admin', 'adminpw', OFFICE)).toBe('in')
    accounts.replaceCredentials([{ ...admin, secret: 'plain:new' }])
    for (let n = 1; n <= 10; n += 1) await guess(5, 'admin', stranger(n))
    expect([await says('admin', 'new', OFFICE), await says('admin', 'new', '127.0.0.1')]).toEqual(['refused', 'in'])
  })

  it('a reset forgets guesses', async () => {
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
  it('is locked for everybody by five in a row, from wherever they come (ruling 20)', async () => {
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
  it('has a hundred wrong passwords for all accounts; who was here before is not concerned', async () => {
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

  it('or as many as there are accounts', async () => {
    const { says, guess } = made(users(120))
    for (let n = 0; n < 119; n += 1) await guess(1, String(1001 + n), OFFICE)
    expect(await says('1120', 'secret', OFFICE)).toBe('in')
    await guess(1, '1001', OFFICE)
    expect(await says('1119', 'secret', OFFICE)).toBe(LATER)
  })

  it('a client that repeats one wrong password for ever keeps its neighbours in', async () => {
    const { says, guess } = made()
    await guess(1000, '1001', OFFICE)
    await guess(1000, 'gone', OFFICE)
    expect(await says('1002', 'secret', OFFICE)).toBe('in')
  })

  it('callers whose address is not known have no bound of their own', async () => {
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
  it('sources take turns, and one that asks too much is told to come later', async () => {
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

  it('accounts check each source in its turn: whoever asks for hundreds keeps nobody else out', async () => {
    // As cheap as the form allows.
    const cost = { N: 2, r: 1, p: 1 }
    const salt = Buffer.alloc(16, 'salt')
    const secret = scryptSecret(cost, salt, scryptSync('secret', salt, 32, cost))
    const { says } = made([{ id: '1001', kind: 'user', secret }, ...users(1).map((user) => ({ ...user, id: '1002' }))])
    const flood = Array.from({ length: 300 }, (_, n) => says(`name ${n}`, 'wrong', STRANGER))
    const office = says('1001', 'secret', OFFICE)
    expect(await office).toBe('in')
    const heard = await Promise.all(flood)
    // Two at work, and as many in wait as one source may have.
    expect(heard.filter((each) => each === 'too many sign-ins at once')).toHaveLength(300 - 2 - 256)
  })

  it('who is locked, or nobody, costs nothing any more: neither tells by its time who exists', async () => {
    const secret = await hashPassword('secret')
    const { says, guess } = made([
      { id: '1001', kind: 'user', secret },
      { ...admin, secret },
    ])
    const names = ['1001', 'admin', 'nobody']
    for (const name of names) await guess(5, name, STRANGER)
    // If each of these were computed, most would be told that too many sign in at once.
    const asked = names.flatMap((name) => Array.from({ length: 300 }, (_, n) => says(name, `more ${n}`, STRANGER)))
    expect(new Set(await Promise.all(asked))).toEqual(new Set(['refused']))
  })
})

describe('a lock-out is told once, as it begins', () => {
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

  it('of an address from an administrator, and of all that are new from there', async () => {
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

  it('of an address, with no name that was typed: it may be a password', async () => {
    const { guess, lines, lockOuts } = made(users(120))
    await guess(10, 'hunter2', STRANGER)
    expect([lines, lockOuts.figures]).toEqual([[], NONE])
    for (let n = 0; n < 200; n += 1) await guess(1, `hunter${n}`, OFFICE)
    const msg =
      'too many wrong passwords from this address: it has to try again later, except for accounts that it has signed in to before'
    expect([lines, lockOuts.figures]).toEqual([[{ address: OFFICE, seconds: 300, msg }], { ...NONE, address: 1 }])
  })

  it('in twenty lines a minute; the next one says how many had none', async () => {
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

describe('what is counted', () => {
  const counts = (most = 100) => new Counts({ now: () => clock.now, seconds: () => 300, most })

  it('lasts from the one that reaches the limit, and later ones prolong nothing', () => {
    const made = counts()
    expect([1, 2, 3].map(() => made.add('a', 3))).toEqual([false, false, true])
    clock.now += 200_000
    expect([made.add('a', 3), made.of('a')]).toEqual([false, 4])
    clock.now += 99_999
    expect(made.of('a')).toBe(4)
    clock.now += 1
    expect(made.of('a')).toBe(0)
  })

  it('is over in time after the clock was set back', () => {
    const made = counts()
    made.add('a', 3)
    clock.now -= 3_600_000
    expect(made.of('a')).toBe(1)
    clock.now += 300_000
    expect(made.of('a')).toBe(0)
  })

  it('sixteen addresses of an account are familiar, those that were used last', () => {
    const familiar = new Familiar()
    for (let n = 1; n <= 16; n += 1) familiar.add('admin', stranger(n))
    familiar.add('admin', stranger(1))
    familiar.add('admin', OFFICE)
    familiar.add('1001', STRANGER)
    expect([1, 2, 3].map((n) => familiar.has('admin', stranger(n)))).toEqual([true, false, true])
    expect([familiar.has('admin', OFFICE), familiar.has('admin', STRANGER)]).toEqual([true, false])
  })

  it('is kept of so many keys, the oldest goes', () => {
    const made = counts(2)
    for (const key of ['a', 'b', 'a', 'c']) made.add(key, 3)
    expect(['a', 'b', 'c'].map((key) => made.of(key))).toEqual([2, 0, 1])
  })
})
