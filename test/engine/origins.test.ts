/**
 * Arguments of programs that do not use the types: origins, faults and user events. What the journal cannot hold is
 * refused, so that the store can always be read again.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { loadDirectory } from '../../src/directory/index.ts'
import type { FaultInput, UserEventInput } from '../../src/engine/api.ts'
import type { Origin, Store } from '../../src/engine/ports.ts'
import { createEngine, type Engine } from '../../src/index.ts'
import { memoryStore, sqliteStore } from '../../src/store/index.ts'
import { virtualClock } from '../../src/testing/index.ts'
import { every } from '../store/rows.ts'

const { directory } = await loadDirectory()
const CALLER = { name: 'Ann', at: 5 }

/** As if it came from JavaScript. */
const untyped = <T>(value: unknown): T => value as T

const INVALID: Readonly<Record<string, unknown>> = {
  'an unknown via': { via: 'service' },
  'no via': {},
  'a name of an inherited member': { via: 'constructor' },
  'a request that is no text': { via: 'api', request: 42 },
  'a caller that is no text': { via: 'api', by: CALLER },
  'a request without end': { via: 'api', request: 'x'.repeat(1025) },
  'a text': 'api',
  null: null,
}

let folder: string
let store: Store
let engine: Engine
const open = async (): Promise<void> => {
  store = sqliteStore(join(folder, 'data.db'))
  engine = await createEngine({ directory, store, clock: virtualClock() })
}
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mrdian-origins-'))
  await open()
})
afterEach(async () => {
  await engine.close()
  await rm(folder, { recursive: true, force: true })
})

const SIGN_IN = { type: 'user.signIn', user: '1001', extension: '1001' } as const
const FAULT: FaultInput = { type: 'resubmission', side: 'A', mode: 'refuse', up: false }

/** Every entry of the engine that takes an origin. */
const ENTRIES: Readonly<Record<string, (origin: Origin) => Promise<unknown>>> = {
  command: (origin) => engine.command(SIGN_IN, origin),
  fault: (origin) => engine.fault(FAULT, origin),
  drain: (origin) => engine.drain(origin),
  resume: (origin) => engine.resume(origin),
  reload: (origin) => engine.reload(renamed(), origin),
  'acd.submitTask': async (origin) =>
    engine.acd?.submitTask({ mrd: '5002', scriptSelector: 'chat_sales', agentId: '1001' }, origin),
  'acd.submitCall': async (origin) => {
    await engine.command(SIGN_IN)
    return engine.acd?.submitCall({ from: '5550100', to: '1001' }, origin)
  },
  'erasures.erase': (origin) => engine.erasures.erase({ callers: ['5550100'] }, origin),
}

/** Another directory than the one in force, so that a reload has something to store. */
function renamed(): typeof directory {
  const [first, ...others] = directory.users
  if (!first) throw new Error('no user')
  return { ...directory, users: [{ ...first, firstName: 'Kim' }, ...others] }
}

const codeOf = (error: unknown): unknown =>
  typeof error === 'object' && error !== null && 'code' in error ? error.code : error

/** The code with which an entry refuses; `undefined` if it does not. */
async function refusal(asked: Promise<unknown>): Promise<unknown> {
  try {
    const answer = await asked
    const isAnswer = typeof answer === 'object' && answer !== null && 'accepted' in answer && !answer.accepted
    return isAnswer ? codeOf(answer) : undefined
  } catch (error) {
    return codeOf(error)
  }
}

describe.each(Object.entries(ENTRIES))('%s', (name, entry) => {
  it.each(Object.entries(INVALID))('refuses %s as the origin, and the store can be opened again', async (_, origin) => {
    expect(await refusal(entry(untyped<Origin>(origin)))).toBe(
      name === 'command' ? 'INVALID_COMMAND' : 'INVALID_ARGUMENT',
    )
    store.close()
    await open()
  })

  it('stores the fields of an origin that the journal has, and no others', async () => {
    const given = { via: 'api', by: 'Ann', request: 'r1', extra: 'x', at: CALLER } as const
    expect(await refusal(entry(given))).toBeUndefined()
    // As after a kill: the engine is not closed.
    store.close()
    await open()
    const rows = await every(engine.history?.all(0) ?? [])
    const origins = rows.map(({ origin }) => origin).filter((origin) => origin?.via === 'api' && origin.by === 'Ann')
    // The end of a drain that has not begun, and an erasure that finds nothing, are no inputs.
    expect(origins.length > 0).toBe(!['resume', 'erasures.erase'].includes(name))
    for (const origin of origins) expect(origin).toEqual({ via: 'api', by: 'Ann', request: 'r1' })
  })
})

it.each<[string, unknown]>([
  ['an unknown type', { type: 'quake', side: 'A', up: false }],
  ['a name of an inherited member', { type: 'toString', side: 'A', up: false }],
  ['no side', { type: 'side', up: false }],
  ['no direction', { type: 'side', side: 'A' }],
  ['an unknown mode', { type: 'resubmission', side: 'A', mode: 'never', up: false }],
  ['no `both`', { type: 'peripheral-gateway', side: 'A', up: false }],
  ['nothing', undefined],
])('a fault with %s is refused with INVALID_ARGUMENT', async (_, fault) => {
  expect(await refusal(engine.fault(untyped<FaultInput>(fault)))).toBe('INVALID_ARGUMENT')
})

it.each<[string, unknown]>([
  ['an unknown kind', { kind: 'weather', user: '1001', state: 'READY' }],
  ['an unknown state of a user', { kind: 'user', user: '1001', state: 'ASLEEP' }],
  ['a state of a user for a medium', { kind: 'media', user: '1001', mrd: '5002', state: 'TALKING' }],
  ['an unknown state of a task', { kind: 'task', user: '1001', mrd: '5002', dialog: '1_1001_5002', state: 'LOST' }],
  ['nothing', undefined],
])('a user event with %s is refused with INVALID_ARGUMENT', async (_, event) => {
  const follower = await createEngine({ directory, store: memoryStore(), clock: virtualClock(), role: 'follower' })
  expect(await refusal(follower.userEvent(untyped<UserEventInput>(event)))).toBe('INVALID_ARGUMENT')
  await follower.close()
})
