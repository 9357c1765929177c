/** `requirePresenceAfterSignIn` over restarts, reloads and losses of the notification service (`notifications 9.1`). */

import { describe, expect, it } from 'vitest'
import { loadDirectory } from '../../src/directory/index.ts'
import type { Directory } from '../../src/directory/model.ts'
import { DONE } from '../../src/engine/answers/answer.ts'
import { type Bench, bench } from './harness.ts'

const { directory: OFF } = await loadDirectory()
const ON: Directory = { ...OFF, settings: { ...OFF.settings, requirePresenceAfterSignIn: true } }

const FORCED = ['user 1001 NOT_READY (50002)']

/** A sign-in without XMPP. Its notifications are discarded. */
async function signsIn(on: Bench): Promise<void> {
  expect(await on.command({ type: 'user.signIn', user: '1001', extension: '1001' })).toEqual(DONE)
  on.news()
}

const comes = (on: Bench) =>
  on.engine.adapters.presence({ user: '1001', side: 'A', session: '1001@localhost/d', available: true })

async function passes(on: Bench, seconds: number): Promise<readonly string[]> {
  await on.clock.advance(seconds * 1000)
  return on.news()
}

describe('a restart', () => {
  it('in the grace period of a sign-in begins a new one when the notification service is back', async () => {
    const before = await bench({ directory: ON, serves: ['A'] })
    await before.engine.adapters.notificationService('A', true)
    await signsIn(before)
    await passes(before, 59)
    const on = await before.restart()
    expect(await passes(on, 600)).toEqual([])
    await on.engine.adapters.notificationService('A', true)
    on.news()
    expect(await passes(on, 59)).toEqual([])
    expect(await passes(on, 1)).toEqual(FORCED)
  })

  it('with the setting turned off still ends a grace period from before with a forced sign-out', async () => {
    const before = await bench({ directory: ON })
    await signsIn(before)
    const on = await before.restart({ directory: OFF })
    await on.engine.adapters.notificationService('A', true)
    on.news()
    expect(await passes(on, 60)).toEqual(FORCED)
    await signsIn(on)
    expect(await passes(on, 600)).toEqual([])
  })
})

describe('a directory', () => {
  it('that turns the setting on applies to the next sign-in', async () => {
    const on = await bench({ directory: OFF })
    await signsIn(on)
    await on.engine.reload(ON)
    expect(await passes(on, 600)).toEqual([])
    await signsIn(on)
    expect(await passes(on, 60)).toEqual(FORCED)
  })

  it('that turns the setting off does not end a running grace period', async () => {
    const on = await bench({ directory: ON })
    await signsIn(on)
    await on.engine.reload(OFF)
    expect(await passes(on, 60)).toEqual(FORCED)
  })

  it('without the setting makes no inputs at a restart', async () => {
    const before = await bench({ directory: OFF })
    await before.engine.close()
    const rows = before.engine.figures.inputs
    const on = await before.restart()
    expect(rows).toBeGreaterThan(0)
    expect(on.engine.figures.inputs).toBe(0)
  })
})

describe('while the notification service is lost', () => {
  it('the grace period of a sign-in begins when the service is back', async () => {
    const on = await bench({ directory: ON, serves: ['A'] })
    await signsIn(on)
    expect(await passes(on, 600)).toEqual([])
    expect(on.engine.get.presence('1001')?.sides).toEqual({ A: 'UNKNOWN' })
    await on.engine.adapters.notificationService('A', true)
    on.news()
    expect(await passes(on, 59)).toEqual([])
    await comes(on)
    expect(await passes(on, 600)).toEqual([])
  })

  it('the same holds for a sign-in to a medium, but not for a refused one', async () => {
    const on = await bench({ directory: ON, serves: ['A'] })
    const settings = { maxDialogLimit: 1, interruptAction: 'ACCEPT' } as const
    await on.command({ type: 'media.signIn', user: '1006', mrd: '5003', ...settings })
    await on.command({ type: 'media.signIn', user: '1006', mrd: '99', ...settings })
    expect(on.engine.get.presence('1006')?.sides).toEqual({ A: 'ABSENT' })
    await on.command({ type: 'media.signIn', user: '1006', mrd: '5002', ...settings })
    expect(on.engine.get.presence('1006')?.sides).toEqual({ A: 'UNKNOWN' })
  })

  it('a sign-in without the setting begins no grace period', async () => {
    const on = await bench({ directory: OFF, serves: ['A'] })
    await signsIn(on)
    expect(on.engine.get.presence('1001')?.sides).toEqual({ A: 'ABSENT' })
  })
})
