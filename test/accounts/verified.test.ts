/** Passwords that were right lately, over a restart: which sign-ins need a full check, and what the store keeps. */
import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { createAccounts, hashPassword } from '../../src/accounts/index.ts'
import type { Credential } from '../../src/directory/index.ts'
import type { Json, RecordStore } from '../../src/engine/ports.ts'
import { memoryStore } from '../../src/store/index.ts'

const MINUTE = 60_000
const COLLECTION = 'verified-passwords'
const secretOf = (password: string) => hashPassword(password, { N: 1024, r: 8, p: 1 })
const [ANA, BORIS] = await Promise.all([secretOf('secret'), secretOf('secret')])
const credentials: readonly Credential[] = [
  { id: '1001', loginName: 'areyes', kind: 'user', secret: ANA },
  { id: '1002', loginName: 'bnovak', kind: 'user', secret: BORIS },
  { id: 'admin', kind: 'administrator', secret: 'plain:adminpw' },
]

/** A server that can be started again with the same store. */
function server(records: RecordStore = memoryStore().records) {
  const clock = { now: 1_700_000_000_000 }
  const verifiedKey = randomBytes(32)
  const start = (more: Partial<Parameters<typeof createAccounts>[0]> = {}) => {
    const lockout = { attempts: 5, seconds: 300 }
    const accounts = createAccounts({ credentials, lockout, now: () => clock.now, records, verifiedKey, ...more })
    /** Is the password right, and with how many full checks? */
    return async (name: string, password: string) => {
      const before = accounts.figures.checks
      const principal = await accounts.verify(name, password)
      return [principal?.id, accounts.figures.checks - before]
    }
  }
  return { clock, records, verifiedKey, start, kept: () => records.list(COLLECTION).map(({ key }) => key) }
}

describe('after a restart', () => {
  it('a password that was right lately needs no full check, and a wrong one does', async () => {
    const { start } = server()
    expect(await start()('1001', 'secret')).toEqual(['1001', 1])
    const verify = start()
    expect(await verify('areyes', 'secret')).toEqual(['1001', 0])
    expect(await verify('1001', 'wrong')).toEqual([undefined, 1])
    expect(await verify('1001', 'secret')).toEqual(['1001', 0])
    expect(await verify('1002', 'secret')).toEqual(['1002', 1])
  })

  it('the time since the full check counts, not the time since the start', async () => {
    const { start, clock, kept } = server()
    await start()('1001', 'secret')
    clock.now += 29 * MINUTE
    const verify = start()
    expect(await verify('1001', 'secret')).toEqual(['1001', 0])
    clock.now += MINUTE
    expect(await verify('1001', 'secret')).toEqual(['1001', 1])
    clock.now += 30 * MINUTE
    expect(kept()).toEqual(['1001'])
    start()
    expect(kept()).toEqual([])
  })

  it.each([
    ['another key', { verifiedKey: randomBytes(32) }],
    ['no key', { verifiedKey: undefined }],
    [
      'another secret for the account',
      { credentials: credentials.map((each) => ({ ...each, secret: each.id === '1001' ? BORIS : each.secret })) },
    ],
    ['a shorter life', { cacheMinutes: 29 }],
    ['no cache', { cacheMinutes: 0 }],
  ])('%s needs a full check', async (_, more) => {
    const { start } = server()
    await start()('1001', 'secret')
    expect(await start(more)('1001', 'secret')).toEqual(['1001', 1])
  })

  it('a clock that was set back needs a full check', async () => {
    const { start, clock } = server()
    await start()('1001', 'secret')
    clock.now -= 1
    expect(await start()('1001', 'secret')).toEqual(['1001', 1])
  })

  it('damaged records are deleted and need a full check', async () => {
    const { start, records, kept, clock } = server()
    const tag = randomBytes(32).toString('base64')
    const until = clock.now + MINUTE
    const damaged: readonly Json[] = [
      null,
      7,
      {},
      { tag, until: 'soon' },
      { tag: 'AA==', until },
      { tag, until, more: 1 },
      { tag: '?', until },
    ]
    for (const value of damaged) {
      records.put(COLLECTION, '1001', value)
      expect(await start()('1001', 'secret')).toEqual(['1001', 1])
      expect(kept()).toEqual(['1001'])
    }
  })
})

describe('the store', () => {
  it('keeps neither passwords nor the key, and nothing of plain passwords', async () => {
    const { start, records, verifiedKey } = server()
    const verify = start()
    for (const [name, password] of [
      ['1001', 'secret'],
      ['1002', 'secret'],
      ['admin', 'adminpw'],
    ] as const)
      await verify(name, password)
    const kept = records.list(COLLECTION)
    const tag = expect.stringMatching(/^[\w+/]{43}=$/)
    expect(kept).toEqual(
      ['1001', '1002'].map((key) => ({ key, value: { tag, until: 1_700_000_000_000 + 30 * MINUTE } })),
    )
    // Equal passwords of two accounts do not look equal.
    const text = JSON.stringify(kept)
    expect(new Set(text.match(/[\w+/]{43}=/g)).size).toBe(2)
    for (const hidden of ['secret', verifiedKey.toString('base64'), verifiedKey.toString('hex')])
      expect(text).not.toContain(hidden)
  })

  it('forgets accounts that are removed or have another password', async () => {
    const { records, verifiedKey, clock, kept } = server()
    const accounts = createAccounts({
      credentials,
      lockout: { attempts: 5, seconds: 300 },
      now: () => clock.now,
      records,
      verifiedKey,
    })
    for (const name of ['1001', '1002']) await accounts.verify(name, 'secret')
    accounts.replaceCredentials(
      credentials.flatMap((each) =>
        each.id === '1001' ? [] : [{ ...each, secret: each.secret === BORIS ? ANA : each.secret }],
      ),
    )
    expect(kept()).toEqual([])
  })

  it('forgets passwords half an hour after their check, while others sign in', async () => {
    const { start, clock, kept } = server()
    const verify = start()
    await verify('1001', 'secret')
    clock.now += 31 * MINUTE
    await verify('1002', 'secret')
    expect(kept()).toEqual(['1002'])
  })

  it('may fail, and passwords are still accepted', async () => {
    const { records } = memoryStore()
    const fail = () => {
      throw new Error('disk full')
    }
    const { start } = server({ list: (of) => records.list(of), put: fail, delete: fail })
    const verify = start()
    expect(await verify('1001', 'secret')).toEqual(['1001', 1])
    expect(await verify('1001', 'secret')).toEqual(['1001', 0])
  })
})
