/** Sign-ins of pages and links of wallboards, over a restart of the server with each store, and what the store keeps. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { createAccounts, Kiosks, PageSignIns } from '../../src/accounts/index.ts'
import type { Credential } from '../../src/directory/index.ts'
import type { RecordStore, Store } from '../../src/engine/ports.ts'
import { memoryStore, sqliteStore } from '../../src/store/index.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const ADMIN = { principal: { id: 'admin', kind: 'administrator' }, byToken: false } as const
const credentials: readonly Credential[] = [{ id: 'admin', kind: 'administrator', secret: 'plain:adminpw' }]

const cleanup: (() => void)[] = []
afterEach(() => {
  for (const step of cleanup.splice(0).reverse()) step()
})

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'mrdian-sign-ins-'))
  cleanup.push(() => rmSync(made, { recursive: true }))
  return made
}

/** A server that can be started again with the same store. */
function server(records: () => RecordStore) {
  const clock = { now: 1_700_000_000_000 }
  const start = (given = credentials) => {
    const accounts = createAccounts({
      credentials: given,
      lockout: { attempts: 5, seconds: 300 },
      now: () => clock.now,
    })
    const used = records()
    const signIns = new PageSignIns({ records: used, now: () => clock.now })
    return { accounts, signIns, records: used, has: (secret: string) => signIns.holder(secret, accounts) !== undefined }
  }
  return { clock, start }
}

function stores(): readonly (readonly [string, () => () => RecordStore])[] {
  return [
    [
      'memory',
      () => {
        const { records } = memoryStore()
        return () => records
      },
    ],
    [
      'SQLite',
      () => {
        const file = join(folder(), 'state.db')
        let open: Store | undefined
        cleanup.push(() => open?.close())
        return () => {
          open?.close()
          open = sqliteStore(file)
          return open.records
        }
      },
    ],
  ]
}

describe.each(stores())('with the %s store', (_, make) => {
  it('a sign-in survives a restart, and a sign-out too', async () => {
    const { start } = server(make())
    const first = start()
    const [kept, left] = [
      await first.signIns.begin(ADMIN, first.accounts),
      await first.signIns.begin(ADMIN, first.accounts),
    ]
    await first.signIns.end(left)
    const { has } = start()
    expect([has(kept), has(left)]).toEqual([true, false])
  })

  it('a link of a wallboard survives a restart, until it is revoked', async () => {
    const opened = make()
    const kiosksOf = () => new Kiosks({ adapters: { records: opened() }, now: () => 1_700_000_000_000 })
    const secret = (await kiosksOf().create('hall', 'admin'))?.secret ?? ''
    const again = kiosksOf()
    expect(again.holder(secret)).toEqual({ id: '1', name: 'hall', by: 'admin', at: 1_700_000_000_000 })
    expect([await again.revoke('1'), await again.revoke('1'), again.holder(secret)]).toEqual([true, false, undefined])
    expect(kiosksOf().list()).toEqual([])
  })
})

describe('after a restart', () => {
  const remembered = () => {
    const { records } = memoryStore()
    return server(() => records)
  }

  it('the last use counts, to the minute, and twelve hours are the most', async () => {
    const { start, clock } = remembered()
    const first = start()
    const secret = await first.signIns.begin(ADMIN, first.accounts)
    for (let passed = 0; passed < 12 * HOUR - 10 * MINUTE; passed += 10 * MINUTE) {
      clock.now += 10 * MINUTE
      expect(start().has(secret)).toBe(true)
    }
    clock.now += 10 * MINUTE
    expect(start().has(secret)).toBe(false)
  })

  it('a sign-in that nobody used for a quarter of an hour is over, and its record is deleted', async () => {
    const { start, clock } = remembered()
    const first = start()
    const secret = await first.signIns.begin(ADMIN, first.accounts)
    clock.now += 15 * MINUTE
    const { has, records } = start()
    expect([has(secret), records.list('sign-ins')]).toEqual([false, []])
  })

  it('another password, or an account that is gone, ends it', async () => {
    const changed: Credential = { id: 'admin', kind: 'administrator', secret: 'plain:another' }
    for (const now of [[changed], []]) {
      const { start } = remembered()
      const first = start()
      const secret = await first.signIns.begin(ADMIN, first.accounts)
      expect(start(now).has(secret)).toBe(false)
      // It does not come back with the old password.
      expect(start().has(secret)).toBe(false)
    }
  })

  it('a reload with another password ends it at once', async () => {
    const { accounts, signIns, has } = remembered().start()
    const secret = await signIns.begin(ADMIN, accounts)
    accounts.replaceCredentials([{ id: 'admin', kind: 'administrator', secret: 'plain:another' }])
    expect(has(secret)).toBe(false)
  })

  it('sign-ins by access tokens and by links are over', async () => {
    const { start } = remembered()
    const first = start()
    const byToken = await first.signIns.begin({ ...ADMIN, byToken: true }, first.accounts)
    const byLink = await first.signIns.begin(ADMIN, undefined)
    expect([first.has(byToken), first.has(byLink)]).toEqual([true, true])
    const { has } = start()
    expect([has(byToken), has(byLink)]).toEqual([false, false])
  })

  it('a wall clock that was set back prolongs no sign-in', async () => {
    const { start, clock } = remembered()
    const first = start()
    const secret = await first.signIns.begin(ADMIN, first.accounts)
    clock.now -= HOUR
    expect(start().has(secret)).toBe(false)
  })
})

it('there are at most a thousand sign-ins, and a hundred links of wallboards', async () => {
  const { records } = memoryStore()
  const { accounts, signIns, has } = server(() => records).start()
  const secrets = await Promise.all(Array.from({ length: 1001 }, () => signIns.begin(ADMIN, accounts)))
  expect([has(secrets[0] ?? ''), has(secrets[1] ?? ''), has(secrets[1000] ?? '')]).toEqual([false, true, true])
  expect(records.list('sign-ins')).toHaveLength(1000)
  const kiosks = new Kiosks({ adapters: { records }, now: () => 0 })
  const made = await Promise.all(Array.from({ length: 101 }, (_, index) => kiosks.create(`wall ${index}`, 'admin')))
  expect([made[99]?.kiosk.id, made[100]]).toEqual(['100', undefined])
})

it('a store that fails changes nothing for sign-ins, and refuses links of wallboards', async () => {
  const fail = () => {
    throw new Error('the disk is full')
  }
  const records: RecordStore = { list: () => [], put: fail, delete: fail }
  const { accounts, signIns, has } = server(() => records).start()
  const secret = await signIns.begin(ADMIN, accounts)
  expect(has(secret)).toBe(true)
  await signIns.end(secret)
  expect(has(secret)).toBe(false)
  const kiosks = new Kiosks({ adapters: { records }, now: () => 0 })
  await expect(kiosks.create('hall', 'admin')).rejects.toThrow('the store does not take the change')
})

it('the data file has no secret and no password', async () => {
  const file = join(folder(), 'state.db')
  const store = sqliteStore(file)
  const { accounts, signIns } = server(() => store.records).start()
  const secret = await signIns.begin(ADMIN, accounts)
  const kiosk = (await new Kiosks({ adapters: store, now: () => 0 }).create('hall', 'admin'))?.secret ?? ''
  const kept = JSON.stringify([...store.records.list('sign-ins'), ...store.records.list('kiosks')])
  store.close()
  for (const text of [kept, readFileSync(file, 'latin1')])
    for (const hidden of [secret, kiosk, 'adminpw']) expect(text).not.toContain(hidden)
  expect(kept).toContain('"name":"hall"')
})
