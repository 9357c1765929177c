/** The chart of a machine as data, and its drawing. */
import { describe, expect, it } from 'vitest'
import { createMachine } from 'xstate'
import {
  callMachine,
  followedTaskMachine,
  legMachine,
  mediaMachine,
  RULES,
  taskMachine,
  userMachine,
} from '../../../machines/index.ts'
import { drawingOf } from '../../../src/inspect/diagram/drawing.ts'
import { ANY, chartOf } from '../../../src/inspect/diagram/model.ts'

describe('chart', () => {
  it('marks which states rest, which are left at once, and which are final', () => {
    const kinds = (machine: Parameters<typeof chartOf>[0]) =>
      Object.fromEntries(chartOf(machine).states.map(({ name, kind }) => [name, kind]))
    expect(kinds(mediaMachine)).toMatchObject({
      LOGOUT: 'rest',
      SIGNED_IN: 'group',
      LOGIN: 'choice',
      deriving: 'choice',
      READY: 'rest',
    })
    expect(kinds(taskMachine)).toMatchObject({ OFFERED: 'rest', CLOSED: 'final' })
    // A call rings until a guard of its rows without an event holds.
    expect(kinds(callMachine)).toMatchObject({ deriving: 'choice', ALERTING: 'rest', ACTIVE: 'rest' })
    expect(chartOf(userMachine).initial).toBe('LOGOUT')
  })

  it('keeps the rows of one event in the order in which they are tried, with guards and actions by name, and their rules', () => {
    const rows = chartOf(mediaMachine).rows.filter(({ from, event }) => from === 'LOGOUT' && event === 'SIGN_IN')
    expect(rows).toEqual([
      {
        from: 'LOGOUT',
        event: 'SIGN_IN',
        guard: { name: 'isMember', params: {} },
        to: 'LOGIN',
        reenters: false,
        actions: [
          { name: 'takeFirstSettings', params: {} },
          { name: 'signIn', params: {} },
          { name: 'tellSignedIn', params: {} },
        ],
        rules: ['A1', 'media 5.1', 'media 4.3'],
        description: RULES.A1.text,
      },
      {
        from: 'LOGOUT',
        event: 'SIGN_IN',
        guard: null,
        to: null,
        reenters: false,
        actions: [{ name: 'refuse', params: { failure: 'NOT_A_MEMBER_OF_MEDIA' } }],
        rules: ['ruling 35'],
        description: RULES['ruling 35'].text,
      },
    ])
  })

  it('marks rows of all states, rows of a group, and rows that enter their state again', () => {
    const { rows, states } = chartOf(userMachine)
    expect(rows.find(({ event }) => event === 'OFFER')).toMatchObject({ from: ANY, to: null })
    expect(rows.find(({ event, to }) => event === 'FORCED_SIGN_OUT' && to === 'NOT_READY')?.from).toBe('SIGNED_IN')
    expect(rows.find(({ event, to }) => event === 'NOT_READY' && to === 'NOT_READY')?.reenters).toBe(true)
    expect(states.find(({ name }) => name === 'READY')?.within).toBe('SIGNED_IN')
    expect(states.find(({ name }) => name === 'SIGNED_IN')).toMatchObject({ within: null, begins: 'LOGIN' })
    expect(rows.find(({ from, event }) => from === 'deriving' && event === '')?.to).toBe('TALKING')
  })

  it.each([
    ['two states of the same name', { initial: 'a', states: { a: { initial: 'a', states: { a: {} } } } }],
    ['parallel states', { type: 'parallel', states: { a: {}, b: {} } }],
  ] as const)('a machine with %s is refused', (words, config) => {
    expect(() => chartOf(createMachine({ id: 'other', ...config }))).toThrow(`machine other has ${words}`)
  })
})

describe('drawing', () => {
  it('has one arrow per pair of states, and leaves out a state that is left at once in only one way', () => {
    const { edges, nodes } = drawingOf(chartOf(mediaMachine))
    expect(nodes.map(({ key }) => key)).not.toContain('LOGIN')
    expect(edges.filter(({ from }) => from === 'LOGOUT')).toMatchObject([
      { from: 'LOGOUT', to: 'NOT_READY', lines: ['SIGN_IN [isMember]'] },
    ])
    const pairs = edges.map(({ from, to }) => `${from} ${to}`)
    expect(new Set(pairs).size).toBe(pairs.length)
  })

  it('a choice shows the order of its rows', () => {
    const { edges } = drawingOf(chartOf(mediaMachine))
    expect(edges.find(({ from, to }) => from === 'deriving' && to === 'INTERRUPTED')?.lines).toEqual([
      '2. [isInterrupted]',
    ])
    expect(edges.find(({ from, to }) => from === 'deriving' && to === 'READY')?.lines).toEqual(['7. else'])
  })

  it('guards that do not change the target of an event are drawn only together with actions', () => {
    const labels = (options = {}) =>
      drawingOf(chartOf(mediaMachine), options).edges.find(({ from, to }) => from === 'SIGNED_IN' && to === 'deriving')
        ?.lines
    expect(labels()).toEqual(['ROUTABLE', 'NOT_ROUTABLE', 'OFFER [mayTakeTask]', 'DIALOG_CHANGED', 'DIALOGS_RESTORED'])
    expect(labels({ actions: true })).toContain(
      'DIALOG_CHANGED [closesAfterRona] / removeDialog, makeNotRoutable, noteWork',
    )
  })

  it('user events of a followed Finesse are one line, not an arrow to each state', () => {
    const { edges, nodes } = drawingOf(chartOf(followedTaskMachine))
    expect(nodes.find(({ key }) => key === ANY)?.lines).toEqual(['USER_EVENT [isToldToBe]: to the state that it names'])
    expect(edges.flatMap(({ lines }) => lines).filter((label) => label.startsWith('USER_EVENT'))).toEqual([])
  })

  it('rows that change no state, entry and exit are shown on request', () => {
    const lines = (options: Parameters<typeof drawingOf>[1], of = 'ALERTING') =>
      drawingOf(chartOf(legMachine), options).nodes.find(({ key }) => key === of)?.lines
    expect(lines({})).toEqual([])
    expect(lines({ actions: true })).toEqual(['entry / armRing', 'exit / clearRing, forgetRing'])
    expect(lines({ internal: true }, 'WRAP_UP')).toEqual(['AGENT_LEAVES'])
  })
})
