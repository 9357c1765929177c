/** Every action on a dialog in every state leads to the listed state or is refused (D2-D20, ruling 13). */
import { describe, expect, it } from 'vitest'
import type { TaskAction, TaskState } from '../../machines/wire.ts'
import { agent, asked, heard } from './agent.ts'

const ACTIONS = ['ACCEPT', 'START', 'PAUSE', 'RESUME', 'WRAP_UP', 'CLOSE', 'TRANSFER'] as const

type Row = Partial<Record<TaskAction, TaskState | 'asks'>>
const TABLE: readonly (readonly [TaskState, readonly TaskAction[], Row])[] = [
  ['OFFERED', [], { ACCEPT: 'ACCEPTED' }],
  ['ACCEPTED', ['ACCEPT'], { START: 'ACTIVE', CLOSE: 'CLOSED', TRANSFER: 'asks' }],
  ['ACTIVE', ['ACCEPT', 'START'], { PAUSE: 'PAUSED', WRAP_UP: 'WRAPPING_UP', CLOSE: 'CLOSED', TRANSFER: 'asks' }],
  [
    'PAUSED',
    ['ACCEPT', 'START', 'PAUSE'],
    { RESUME: 'ACTIVE', WRAP_UP: 'WRAPPING_UP', CLOSE: 'CLOSED', TRANSFER: 'asks' },
  ],
  ['WRAPPING_UP', ['ACCEPT', 'START', 'WRAP_UP'], { PAUSE: 'PAUSED', RESUME: 'ACTIVE', CLOSE: 'CLOSED' }],
]

/** The agent state by the state of the only dialog (`media 4.2`). */
const MEDIA: Readonly<Partial<Record<TaskState, string>>> = {
  OFFERED: 'RESERVED',
  ACCEPTED: 'ACTIVE',
  ACTIVE: 'ACTIVE',
  PAUSED: 'PAUSED',
  WRAPPING_UP: 'WORK_READY',
  UNKNOWN: 'ACTIVE',
  CLOSED: 'READY',
}

function ready() {
  const on = agent()
  on.signIn()
  on.ready()
  on.signInToMedium()
  on.medium('READY')
  on.offer()
  return on
}

describe.each(TABLE)('a dialog %s', (state, before, row) => {
  it.each(ACTIONS)('at %s', (action) => {
    const on = ready()
    on.act(0, ...before)
    expect([on.task(0)?.state, on.view().state]).toEqual([state, MEDIA[state]])
    const effects = on.act(0, action)
    const becomes = row[action]
    if (becomes === undefined) expect(heard(effects)).toEqual(['failed ACTION_OUT_OF_SEQUENCE'])
    else if (becomes === 'asks') expect(asked(effects)).toEqual(['resubmit TRANSFER'])
    else {
      const media = MEDIA[becomes] === MEDIA[state] ? [] : [`media ${MEDIA[becomes]}`]
      const word = becomes === 'CLOSED' ? 'task.removed' : 'task.changed'
      expect(heard(effects)).toEqual([`${word} 1000 ${becomes}`, ...media])
      expect(asked(effects)).toEqual(becomes === 'CLOSED' ? ['handled'] : becomes === 'ACCEPTED' ? ['accepted'] : [])
      expect(on.task(0)?.state).toBe(becomes === 'CLOSED' ? undefined : becomes)
    }
  })

  it('is published again, unchanged, when the link is back (P7)', () => {
    const on = ready()
    on.act(0, ...before)
    on.tell({ type: 'LINK_LOST', side: 'A' })
    expect(heard(on.tell({ type: 'LINK_BACK', side: 'A' }))).toEqual([
      'user READY',
      `media ${MEDIA[state]}`,
      `task.added 1000 ${state}`,
    ])
  })

  it.each([true, false])('is lost only if both gateways fail: %s (P9, P11)', (both) => {
    const on = ready()
    on.act(0, ...before)
    const effects = on.tell({ type: 'PERIPHERAL_LOST', both })
    expect(heard(effects)).toEqual(both ? ['task.removed 1000 CLOSED', 'media READY'] : [])
    expect(asked(effects)).toEqual(both ? ['ended LOST'] : [])
  })
})

/** A dialog that a call has interrupted. */
function interrupted(...actions: readonly TaskAction[]) {
  const on = ready()
  on.act(0, 'ACCEPT', 'START', ...actions)
  on.leg('ALERTING')
  on.leg('ACTIVE')
  expect(on.task(0)?.state).toBe('INTERRUPTED')
  return on
}

describe('a dialog INTERRUPTED', () => {
  it.each(ACTIONS)('refuses %s (D15, I10)', (action) => {
    const on = interrupted()
    expect(heard(on.act(0, action))).toEqual(['failed DIALOG_INTERRUPTED'])
    expect(heard(on.callRemoved())).toContain('media ACTIVE')
  })

  it('is published again when the link is back, with the actions from before the interrupt (P7)', () => {
    const on = interrupted('PAUSE')
    on.tell({ type: 'LINK_LOST', side: 'A' })
    const effects = on.tell({ type: 'LINK_BACK', side: 'A' })
    expect(heard(effects)).toContain('task.added 1000 INTERRUPTED')
    expect(on.task(0)?.actions).toEqual(['RESUME', 'WRAP_UP', 'TRANSFER', 'CLOSE'])
  })

  it('is lost when both gateways fail (P11)', () => {
    const effects = interrupted().tell({ type: 'PERIPHERAL_LOST', both: true })
    expect(heard(effects)).toEqual(['task.removed 1000 CLOSED', 'media READY'])
    expect(asked(effects)).toEqual(['ended LOST'])
  })
})

describe('a dialog UNKNOWN', () => {
  const unknown = () => {
    const on = interrupted()
    on.tell({ type: 'PERIPHERAL_LOST', both: false })
    on.callRemoved()
    expect([on.task(0)?.state, on.view().state]).toEqual(['UNKNOWN', 'ACTIVE'])
    return on
  }

  it.each(ACTIONS.filter((action) => action !== 'CLOSE'))('refuses %s (D14)', (action) => {
    const on = unknown()
    expect(heard(on.act(0, action))).toEqual(['failed ACTION_OUT_OF_SEQUENCE'])
  })

  it('can be closed (D9)', () => {
    const effects = unknown().act(0, 'CLOSE')
    expect(heard(effects)).toEqual(['task.removed 1000 CLOSED', 'media READY'])
    expect(asked(effects)).toEqual(['handled'])
  })

  it('is published again, unchanged, when the link is back (P7)', () => {
    const on = unknown()
    on.tell({ type: 'LINK_LOST', side: 'A' })
    expect(heard(on.tell({ type: 'LINK_BACK', side: 'A' }))).toContain('task.added 1000 UNKNOWN')
  })
})

describe('the disposition code of a dialog that has ended', () => {
  it.each<readonly [string, string, readonly TaskAction[], (on: ReturnType<typeof agent>) => unknown]>([
    ['CD_NORMAL_END_TASK', 'D9', ['ACCEPT'], (on) => on.act(0, 'CLOSE')],
    ['CD_RING_NO_ANSWER', 'D3', [], (on) => on.toDialog(0, 'START_TIMEOUT')],
    ['CD_TASK_ABANDONED_WHILE_OFFERED', 'D4', [], (on) => on.tell({ type: 'CUSTOMER_CANCELS', task: 't0' })],
    ['CD_MAX_DIALOG_LIFETIME_EXCEEDED', 'D16', ['ACCEPT'], (on) => on.toDialog(0, 'MAX_TASK_DURATION')],
    ['CD_AGENT_LOGGED_OUT_DURING_DIALOG', 'D17', ['ACCEPT'], (on) => on.medium('LOGOUT')],
    ['CD_APPLICATION_DISCONNECTED', 'D19', ['ACCEPT'], (on) => on.toDialog(0, 'TASK_LIFE')],
  ])('%s (%s)', (dispositionCode, _, actions, end) => {
    const on = ready()
    on.act(0, ...actions)
    const task = expect.objectContaining({ dispositionCode, state: 'CLOSED' })
    expect(end(on)).toContainEqual(expect.objectContaining({ type: 'task.removed', task }))
  })
})
