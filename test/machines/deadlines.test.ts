/** Deadlines are armed for what can end by itself, and cleared when it no longer can (`media R1`, D16, D19). */
import { describe, expect, it } from 'vitest'
import type { Effect } from '../../machines/effects.ts'
import { agent, asked, heard, MRD } from './agent.ts'

const deadlines = (effects: readonly Effect[]) =>
  effects.flatMap((effect) => {
    if (effect.type === 'deadline.armed') return [`${effect.owner} ${effect.name} at ${effect.due}`]
    return effect.type === 'deadline.cleared' ? [`${effect.owner} not ${effect.name}`] : []
  })

function ready() {
  const on = agent()
  on.signInToMedium()
  on.medium('READY')
  const settings = on.config.mrds[MRD]?.settings
  if (!settings) throw new Error(`there is no MRD ${MRD}`)
  return { ...on, settings, path: (type: 'PATH_LOST' | 'PATH_BACK') => on.tell({ type }) }
}

describe('a dialog', () => {
  it('that is offered arms its Start Timeout and its max task duration (R1)', () => {
    const on = ready()
    const effects = on.offer()
    const id = on.dialog(0)
    expect(deadlines(effects)).toEqual([
      `${id} START_TIMEOUT at ${on.now() + on.settings.startTimeoutMs}`,
      `${id} MAX_TASK_DURATION at ${on.now() + on.settings.maxTaskDurationMs}`,
    ])
    expect(deadlines(on.act(0, 'ACCEPT'))).toEqual([`${id} not START_TIMEOUT`])
  })

  it('that is closed clears all its deadlines', () => {
    const on = ready()
    on.offer()
    on.act(0, 'ACCEPT')
    const id = on.dialog(0)
    expect(deadlines(on.act(0, 'CLOSE'))).toEqual([
      `${id} not MAX_TASK_DURATION`,
      `${id} not TRANSFER_TIMEOUT`,
      `${id} not TASK_LIFE`,
    ])
  })

  it('ends at its max task duration (D16)', () => {
    const on = ready()
    on.offer()
    on.act(0, 'ACCEPT', 'START')
    const effects = on.toDialog(0, 'MAX_TASK_DURATION')
    expect(heard(effects)).toEqual(['task.removed 1000 CLOSED', 'media READY'])
    expect(asked(effects)).toEqual(['ended MAX_TASK_DURATION'])
  })

  it('ends at its task life after the loss of the application path, unless the path is back (D19)', () => {
    const on = ready()
    on.offer()
    on.act(0, 'ACCEPT')
    expect(deadlines(on.path('PATH_LOST'))).toEqual([
      `${on.dialog(0)} TASK_LIFE at ${on.now() + on.settings.taskLifeMs}`,
    ])
    expect(asked(on.offer())).toEqual(['refused'])
    expect(deadlines(on.path('PATH_BACK'))).toEqual([`${on.dialog(0)} not TASK_LIFE`])
    expect(asked(on.offer())).toEqual(['offered'])
    on.path('PATH_LOST')
    const effects = on.toDialog(0, 'TASK_LIFE')
    expect(heard(effects)).toEqual(['task.removed 1000 CLOSED', 'media RESERVED'])
    expect(asked(effects)).toEqual(['ended LOST'])
  })

  it('is abandoned when its customer gives up (D4)', () => {
    const on = ready()
    on.offer('t7')
    expect(asked(on.tell({ type: 'CUSTOMER_CANCELS', task: 't8' }))).toEqual([])
    expect(asked(on.tell({ type: 'CUSTOMER_CANCELS', task: 't7' }))).toEqual(['ended ABANDONED'])
  })
})

describe('a wrap-up', () => {
  const wrappingUp = () => {
    const on = agent()
    on.signIn()
    on.ready()
    on.leg('ALERTING')
    on.leg('ACTIVE')
    return { ...on, effects: on.leg('WRAP_UP') }
  }

  it.each(['READY', 'NOT_READY'] as const)(
    'arms its deadline, and ends at once when the agent requests %s (U24, U25, U27, U28, U29, U30)',
    (state) => {
      const on = wrappingUp()
      expect(deadlines(on.effects)).toEqual([`user WRAP_UP_TIMEOUT at ${on.now() + on.config.wrapUpMs}`])
      const effects = state === 'READY' ? on.ready() : on.notReady()
      expect(effects).toContainEqual({ type: 'call.wrapUpOver', dialog: '77' })
      const end = on.callRemoved()
      expect(deadlines(end)).toEqual(['user not WRAP_UP_TIMEOUT'])
      expect(heard(end)).toEqual(['call.removed', `user ${state}`])
    },
  )

  it('of an agent who was NOT_READY is the state WORK, with the same deadline (U24)', () => {
    const on = agent()
    on.signIn()
    on.leg('ALERTING')
    on.leg('ACTIVE')
    const effects = on.leg('WRAP_UP')
    expect(heard(effects)).toEqual(['user WORK', 'call.changed'])
    expect(deadlines(effects)).toEqual([`user WRAP_UP_TIMEOUT at ${on.now() + on.config.wrapUpMs}`])
    expect(deadlines(on.callRemoved())).toEqual(['user not WRAP_UP_TIMEOUT'])
  })

  it('ends at its deadline', () => {
    const on = wrappingUp()
    expect(on.wrapUpIsOver(on.config.wrapUpMs)).toEqual([{ type: 'call.wrapUpOver', dialog: '77' }])
  })

  it('is not prolonged by calls that ring or are answered during it', () => {
    const on = wrappingUp()
    const end = `user WRAP_UP_TIMEOUT at ${on.now() + on.config.wrapUpMs}`
    for (const call of ['78', '79']) expect(new Set(deadlines(on.leg('ALERTING', call)))).toEqual(new Set())
    expect(deadlines(on.callRemoved(true, '79'))).toEqual([end])
    expect(deadlines(on.leg('ACTIVE', '78'))).toEqual([end])
    expect(on.user().state).toBe('TALKING')
    expect(on.wrapUpIsOver(on.config.wrapUpMs - 4000)).toEqual([{ type: 'call.wrapUpOver', dialog: '77' }])
    expect(deadlines(on.callRemoved())).toEqual(['user not WRAP_UP_TIMEOUT'])
    expect(on.user().state).toBe('TALKING')
  })

  it('of each call has its own end, and the agent is READY after the last one', () => {
    const on = wrappingUp()
    const first = on.now() + on.config.wrapUpMs
    on.leg('ALERTING', '78')
    on.leg('ACTIVE', '78')
    const effects = on.leg('WRAP_UP', '78')
    const second = on.now() + on.config.wrapUpMs
    expect(heard(effects)).toEqual(['user WORK_READY', 'call.changed'])
    expect(deadlines(effects)).toEqual([`user WRAP_UP_TIMEOUT at ${first}`])
    expect(on.wrapUpIsOver(first - on.now())).toEqual([{ type: 'call.wrapUpOver', dialog: '77' }])
    expect(deadlines(on.callRemoved())).toEqual([`user WRAP_UP_TIMEOUT at ${second}`])
    expect(on.user().state).toBe('WORK_READY')
    expect(on.wrapUpIsOver(second - on.now())).toEqual([{ type: 'call.wrapUpOver', dialog: '78' }])
    expect(heard(on.callRemoved(false, '78'))).toEqual(['call.removed', 'user READY'])
  })
})
