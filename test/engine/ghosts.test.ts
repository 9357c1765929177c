/**
 * Stores of older versions may have calls that no event would end. Their agents were signed out while a call rang or
 * was in wrap-up, or the agent state does not fit the call. A start corrects this (ruling 47).
 */
import { describe, expect, it } from 'vitest'
import { loadDirectory } from '../../src/directory/index.ts'
import type { Json, SnapshotRow, Store } from '../../src/engine/ports.ts'
import { type Bench, bench } from './harness.ts'

const AGENT = '1001'
const { directory: sample } = await loadDirectory()
const directory = {
  ...sample,
  users: sample.users.map((user) =>
    user.id === AGENT ? { ...user, settings: { ...user.settings, wrapUpOnIncoming: 'REQUIRED' as const } } : user,
  ),
}

const isObject = (value: Json | undefined): value is { readonly [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The snapshot with another value at a path. */
function withAt(value: Json | undefined, [key, ...path]: readonly string[], put: Json): Json {
  if (key === undefined) return put
  if (!isObject(value)) throw new Error(`no object at ${key}`)
  return { ...value, [key]: withAt(value[key], path, put) }
}

const MACHINE = ['state', 'tree']

/** Changes a store so that the agent has this state and no deadline, as older versions could leave it. */
function left(store: Store, state: string): Store {
  const old = (row: SnapshotRow): SnapshotRow => {
    if (row.aggregate !== `user/${AGENT}`) return row
    const changes: readonly (readonly [readonly string[], Json])[] = [
      [[...MACHINE, 'value'], state === 'LOGOUT' ? state : { SIGNED_IN: state }],
      [[...MACHINE, 'context', 'pending'], { state: '', reason: null }],
      [['deadlines'], []],
    ]
    return { ...row, state: changes.reduce((kept, [path, put]) => withAt(kept, path, put), row.state) }
  }
  const load = store.load.bind(store)
  store.load = async () => {
    const stored = await load()
    return { ...stored, snapshots: stored.snapshots.map(old) }
  }
  return store
}

async function signedInAndCalled(answered: boolean): Promise<{ readonly on: Bench; readonly call: string }> {
  const on = await bench({ directory })
  await on.command({ type: 'user.signIn', user: AGENT, extension: AGENT })
  await on.command({ type: 'user.setState', user: AGENT, state: 'READY' })
  const call = (await on.engine.acd?.submitCall({ from: '5550100', to: AGENT }))?.id ?? ''
  if (answered)
    await on.command({ type: 'call.act', user: AGENT, dialog: call, action: 'ANSWER', targetMediaAddress: AGENT })
  return { on, call }
}

/** The engine ends, its store is changed to that of an older version, and another engine starts on it. */
async function startsAgain(on: Bench, state: string): Promise<Bench> {
  await on.engine.close()
  const reopen = on.store.reopen.bind(on.store)
  on.store.reopen = () => {
    const store = reopen()
    left(store, state)
    return store
  }
  return on.restart()
}

const shown = ({ engine }: Bench) => [
  engine.get.user(AGENT)?.state,
  ...(engine.acd?.calls() ?? []).map(({ participants }) => participants.map((party) => party.state).join('/')),
]

describe('a start on the store of an older version', () => {
  it('ends a call that rings at a signed-out agent', async () => {
    const { on } = await signedInAndCalled(false)
    const later = await startsAgain(on, 'LOGOUT')
    expect(shown(later)).toEqual(['LOGOUT'])
    expect(later.engine.get.dialogs(AGENT, 'voice')).toEqual([])
  })

  it('ends the wrap-up of a signed-out agent', async () => {
    const { on, call } = await signedInAndCalled(true)
    await on.engine.acd?.hangUp(call)
    expect(shown(on)).toEqual(['WORK_READY', 'WRAP_UP/DROPPED'])
    const later = await startsAgain(on, 'LOGOUT')
    expect(shown(later)).toEqual(['LOGOUT'])
  })

  it('keeps the active call of a signed-out agent, which ends without wrap-up', async () => {
    const { on, call } = await signedInAndCalled(true)
    const later = await startsAgain(on, 'LOGOUT')
    expect(shown(later)).toEqual(['LOGOUT', 'ACTIVE/ACTIVE'])
    await later.engine.acd?.hangUp(call)
    expect(shown(later)).toEqual(['LOGOUT'])
  })

  it('corrects READY to TALKING for an agent on a call', async () => {
    const { on, call } = await signedInAndCalled(true)
    const later = await startsAgain(on, 'READY')
    expect(shown(later)).toEqual(['TALKING', 'ACTIVE/ACTIVE'])
    await later.engine.acd?.hangUp(call)
    await later.clock.advance(3_600_000)
    expect(shown(later)).toEqual(['READY'])
  })

  it('gives a wrap-up its missing deadline', async () => {
    const { on, call } = await signedInAndCalled(true)
    await on.engine.acd?.hangUp(call)
    const later = await startsAgain(on, 'TALKING')
    await later.clock.advance(3_600_000)
    expect(shown(later)).toEqual(['READY'])
  })

  it('writes nothing if there is nothing to correct', async () => {
    const { on } = await signedInAndCalled(false)
    await on.engine.close()
    const later = await on.restart()
    const inputs = (await later.store.load()).tail.filter(({ aggregate }) => aggregate === `user/${AGENT}`)
    expect(inputs).toEqual([])
    expect(shown(later)).toEqual(['RESERVED', 'ALERTING/INITIATED'])
  })
})
