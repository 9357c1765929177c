/** Finished tasks leave nothing in the tree, in its snapshot and in the actor system. */
import { afterEach, describe, expect, it, vi } from 'vitest'
import { Aggregate } from '../../src/engine/aggregate/aggregate.ts'
import { UserBehaviour } from '../../src/engine/aggregate/user/behaviour.ts'
import { CONFIGURATIONS } from '../walk/configuration.ts'
import type { WalkInput } from '../walk/input.ts'
import { apply, growTree } from '../walk/product.ts'
import { type Bench, bench, startTask } from './harness.ts'

const EMAIL = '5001'
const CHAT = '5002'
const FEW = 10
const MANY = 1000

afterEach(() => {
  vi.restoreAllMocks()
})

/** Finds the behaviour of a user when its aggregate takes a step. */
function watchUser(id: string): () => UserBehaviour {
  const original = Aggregate.prototype.step
  let found: unknown
  vi.spyOn(Aggregate.prototype, 'step').mockImplementation(function (
    this: Aggregate,
    ...given: Parameters<typeof original>
  ) {
    const result = original.apply(this, given)
    if (this.id === id) found = this.behaviour
    return result
  })
  return () => {
    if (!(found instanceof UserBehaviour)) throw new Error(`${id} took no step`)
    return found
  }
}

/** Handles one task: accepted and closed, paused and wrapped up, or abandoned by the customer, by turns. */
async function handle(on: Bench, turn: number): Promise<void> {
  const mrd = turn % 2 === 0 ? EMAIL : CHAT
  const selector = mrd === EMAIL ? 'email_support' : 'chat_sales'
  if (turn % 10 === 9) {
    const task = await on.engine.acd?.submitTask({ mrd, scriptSelector: selector })
    await on.engine.acd?.abandonTask(task?.id ?? '')
    return
  }
  const dialog = await startTask(on, '1001', mrd, selector)
  if (turn % 10 === 4) {
    await on.act(dialog, 'PAUSE')
    await on.act(dialog, 'WRAP_UP')
  }
  await on.act(dialog, 'CLOSE')
}

/** Length of the JSON with every number as one digit, because ids and times become longer. */
const size = (value: unknown) => JSON.stringify(value).replace(/\d+/g, '0').length

describe('finished tasks', () => {
  it(`the snapshot of a user is as large after ${MANY} tasks as after ${FEW}`, async () => {
    const user = watchUser('user/1001')
    const on = await bench()
    await on.ready('1001', EMAIL)
    await on.ready('1001', CHAT)
    const sizes = new Map<number, { readonly tree: number; readonly all: number }>()
    for (let turn = 0; turn < MANY; turn += 1) {
      await handle(on, turn)
      if ([FEW, 100, MANY].includes(turn + 1)) {
        const state = user().persist()
        const tree = typeof state === 'object' && state !== null && 'tree' in state ? state.tree : undefined
        sizes.set(turn + 1, { tree: size(tree), all: size(state) })
        const [email, chat] = [EMAIL, CHAT].map((mrd) => user().snapshot.context.media[mrd]?.getSnapshot())
        expect(Object.keys(email?.children ?? {})).toEqual([])
        expect(Object.keys(chat?.children ?? {})).toEqual([])
        expect(Object.keys(email?.context.dialogs ?? {})).toEqual([])
      }
    }
    expect(on.engine.get.dialogs('1001', 'all')).toEqual([])
    expect(sizes.get(MANY)?.tree).toBe(sizes.get(FEW)?.tree)
    // The user remembers the last 64 offers of the ACD.
    expect(sizes.get(MANY)?.all).toBe(sizes.get(100)?.all)
  }, 240_000)

  it('every actor of a task is stopped and unregistered', () => {
    const { config } = CONFIGURATIONS.b
    const tree = growTree(config)
    const system: object = tree.actor.system
    const registered = new Set<unknown>()
    const onCall = (key: string, then: (given: readonly unknown[]) => void) => {
      const original: unknown = Reflect.get(system, key)
      if (typeof original !== 'function') throw new Error(`the system has no ${key}`)
      Reflect.set(system, key, (...given: unknown[]): unknown => {
        then(given)
        return Reflect.apply(original, system, given)
      })
    }
    let everRegistered = 0
    onCall('_register', ([, actor]) => {
      everRegistered += 1
      registered.add(actor)
    })
    onCall('_unregister', ([actor]) => registered.delete(actor))

    const events = new Map<string, number>()
    tree.actor.system.inspect((event) => events.set(event.type, (events.get(event.type) ?? 0) + 1))
    const media = Object.entries(tree.actor.getSnapshot().context.media)
    for (const [mrd] of media) {
      apply(tree, { do: 'media.signIn', mrd, limit: 1, answer: 'ACCEPT', atSignOut: 'CLOSE' })
      apply(tree, { do: 'media.state', mrd, state: 'READY' })
    }
    const small = JSON.stringify(tree.persist()).length
    for (let dialog = 0; dialog < MANY; dialog += 1)
      for (const [mrd] of media) {
        const act = (action: 'ACCEPT' | 'START' | 'CLOSE'): WalkInput => ({
          do: 'act',
          mrd,
          dialog,
          action,
          target: 'known',
        })
        apply(tree, { do: 'offer', mrd })
        if (dialog % 3 === 0) apply(tree, { do: 'cancel', mrd, dialog })
        else for (const action of ['ACCEPT', 'START', 'CLOSE'] as const) apply(tree, act(action))
      }
    expect(everRegistered).toBe(media.length * MANY)
    expect(registered.size).toBe(0)
    expect(events.get('@xstate.actor')).toBe(media.length * MANY)
    for (const [, medium] of media) expect(Object.keys(medium.getSnapshot().children)).toEqual([])
    expect(Object.keys(tree.actor.getSnapshot().children).sort()).toEqual(
      [...media.map(([mrd]) => `media:${mrd}`), 'presence:A'].sort(),
    )
    // The counters of dialogs have more digits now.
    expect(JSON.stringify(tree.persist()).length - small).toBeLessThan(20)
    tree.stop()
  })
})
