/** `stateChangeTime`: every change of a state has its own time (`media 8`, ruling 12). */
import { describe, expect, it } from 'vitest'
import type { Effect } from '../../machines/effects.ts'
import type { TaskAction } from '../../machines/wire.ts'
import { agent, heard, MRD } from './agent.ts'

const REASON = { id: '7', code: 42, label: 'Lunch', category: 'NOT_READY', forAll: true, systemCode: false } as const

function offered() {
  const on = agent()
  on.signIn()
  on.signInToMedium()
  on.medium('READY')
  on.offer()
  return on
}

/** The times in the notifications about dialogs. */
const ofTasks = (effects: readonly Effect[]) =>
  effects.flatMap((effect) =>
    effect.type === 'task.changed' || effect.type === 'task.removed' ? [effect.task.stateChangeTime] : [],
  )
const ofMedia = (effects: readonly Effect[]) =>
  effects.flatMap((effect) => (effect.type === 'media.changed' ? [effect.media.stateChangeTime] : []))

describe('a dialog', () => {
  it.each<readonly [TaskAction, readonly TaskAction[]]>([
    ['ACCEPT', []],
    ['START', ['ACCEPT']],
    ['PAUSE', ['ACCEPT', 'START']],
    ['RESUME', ['ACCEPT', 'START', 'PAUSE']],
    ['WRAP_UP', ['ACCEPT', 'START']],
    ['CLOSE', ['ACCEPT', 'START']],
  ])('has the time of its change by %s', (action, before) => {
    const on = offered()
    on.act(0, ...before)
    expect(ofTasks(on.act(0, action))).toEqual([on.now()])
  })

  it('keeps its start time at later changes', () => {
    const on = offered()
    const came = on.now()
    on.act(0, 'ACCEPT', 'START')
    expect(on.task(0)).toMatchObject({ startTime: came, stateChangeTime: on.now() })
  })

  it('has the times of an interrupt and of its end, which are not published (D12, D13)', () => {
    const on = offered()
    on.act(0, 'ACCEPT', 'START')
    on.leg('ALERTING')
    on.leg('ACTIVE')
    expect(on.task(0)).toMatchObject({ state: 'INTERRUPTED', stateChangeTime: on.now() })
    on.callRemoved()
    expect(on.task(0)).toMatchObject({ state: 'ACTIVE', stateChangeTime: on.now() })
  })

  it('that was transferred has the time at which the ACD took the task back (D10)', () => {
    const on = offered()
    on.act(0, 'ACCEPT', 'TRANSFER')
    const effects = on.tell({ type: 'RESUBMITTED', mrd: MRD, dialog: on.dialog(0), task: 't0', attempt: 1 })
    expect(ofTasks(effects)).toEqual([on.now()])
    expect(heard(effects)).toEqual(['task.removed 1000 CLOSED', 'media READY'])
  })
})

describe('a medium', () => {
  it('has the time of its change of state', () => {
    const on = offered()
    expect(ofMedia(on.act(0, 'ACCEPT'))).toEqual([on.now()])
    expect(ofMedia(on.medium('NOT_READY'))).toEqual([on.now()])
  })

  it('keeps its time at a change of the mode alone, but not at one of the reason (ruling 12)', () => {
    const on = agent()
    on.signInToMedium()
    on.medium('READY')
    const since = on.now()
    expect(ofMedia(on.mode(false))).toEqual([since])
    expect(ofMedia(on.medium('NOT_READY'))).toEqual([on.now()])
    expect(ofMedia(on.medium('NOT_READY', REASON))).toEqual([on.now()])
  })
})

describe('a user', () => {
  it('has the time of every change of state or reason', () => {
    const on = agent()
    const since = (effects: readonly Effect[]) =>
      effects.flatMap((effect) => (effect.type === 'user.changed' ? [effect.user.stateChangeTime] : []))
    expect(since(on.signIn())).toEqual([on.now()])
    expect(since(on.notReady(REASON))).toEqual([on.now()])
    expect(since(on.ready())).toEqual([on.now()])
    const then = on.now()
    // A second sign-in does not change the state (`user 4.1`).
    expect(since(on.signIn())).toEqual([then])
  })
})
