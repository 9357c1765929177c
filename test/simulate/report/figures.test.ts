/** The computations of the page before it draws. */
import { describe, expect, it } from 'vitest'
import { clock, difference, duration, exact, percent, short } from '../../../src/pages/lanes/format.ts'
import { isFound, pack, rowsOf } from '../../../src/pages/lanes/rows.ts'
import { OVERALL, queuesOf, resultNames, stateFigures, workOf } from '../../../src/simulate/report/page/figures.ts'
import { agent, HOUR, MINUTE, queue, result, spans, work } from './fixture.ts'

const handling = (dialog: string, from: number, to: number) => ({
  dialog,
  contact: dialog,
  mrd: '5001',
  spans: spans(to, ['ACTIVE', from]),
  dispositionCode: '',
})

describe('times', () => {
  it('are exact to the millisecond since the start', () => {
    expect(exact(0)).toBe('0:00:00.000')
    expect(exact(25 * HOUR + 61_007)).toBe('25:01:01.007')
    expect(clock(Date.UTC(2026, 0, 1, 8) + MINUTE)).toBe('08:01:00')
  })

  it('are as short as they can be on an axis', () => {
    expect([2 * HOUR, 2 * HOUR + 5000, 1500].map(short)).toEqual(['2:00', '2:00:05', '0:00:01.500'])
  })

  it('durations carry their unit', () => {
    expect([850, 12_500, 90_000, 3 * HOUR + 90_000].map(duration)).toEqual([
      '850 ms',
      '12.5 s',
      '1:30 min',
      '3:01:30 h',
    ])
  })

  it('a difference has a sign, and is `=` when it is too small to show', () => {
    expect(difference(0.7, 0.825, percent)).toBe('\u221212.5 %')
    expect(difference(90_000, 30_000, duration)).toBe('+1:00 min')
    expect(difference(0.70001, 0.7, percent)).toBe('=')
  })
})

describe('figures', () => {
  it('occupancy is weighted by the time signed in', () => {
    const agents = [
      agent('1', 'One', { occupancy: 1, signedInMs: HOUR }),
      agent('2', 'Two', { occupancy: 0, signedInMs: 3 * HOUR }),
    ]
    const occupancy = OVERALL.find(({ label }) => label === 'Occupancy')
    expect(occupancy?.value(result({ agents }))).toBe(0.25)
    expect(occupancy?.value(result({ agents: [] }))).toBeUndefined()
  })

  it('queues and MRDs of several results are matched by id', () => {
    const one = result({ queues: [queue('5001', 'Email')] })
    const other = result({ queues: [queue('5002', 'Chat'), queue('5001', 'Email')], work: [work('5002', 'Chat')] })
    expect(queuesOf([one, other]).map(({ name, of }) => [name, ...of.map((each) => each?.queue.mrd)])).toEqual([
      ['Email', '5001', '5001'],
      ['Chat', undefined, '5002'],
    ])
    expect(workOf([one, other]).map(({ of }) => of.map((each) => each !== undefined))).toEqual([
      [true, false],
      [true, true],
    ])
  })

  it('there is a figure for each agent state that occurs', () => {
    const figures = stateFigures([result({ work: [work('5001', 'Email', { stateMs: { READY: 5, ACTIVE: 6 } })] })])
    expect(figures.map(({ label }) => label)).toEqual(['Ready', 'Active'])
  })

  it('results of the same scenario get different names', () => {
    expect(resultNames([result()])).toEqual(['A morning of interrupts'])
    expect(resultNames([result(), result({ seed: 8 })])).toEqual([
      'A: A morning of interrupts (seed 7)',
      'B: A morning of interrupts (seed 8)',
    ])
  })
})

describe('rows', () => {
  it('dialogs at the same time are in different lines, dialogs one after the other in one line', () => {
    const lines = pack([handling('c', 20, 30), handling('a', 0, 10), handling('b', 5, 15), handling('d', 10, 20)])
    expect(lines.map((line) => line.map(({ dialog }) => dialog))).toEqual([['a', 'd', 'c'], ['b']])
  })

  it('dialogs are below the track of their MRD', () => {
    const rows = rowsOf(result(), 'reyes')
    expect(rows.map(({ kind, subject }) => `${kind} ${subject}`)).toEqual([
      'track voice',
      'track 5001',
      'dialogs 5001',
      'track 5002',
      'dialogs 5002',
    ])
    for (const [index, { top }] of rows.entries()) {
      const before = rows[index - 1]
      expect(top).toBe(before ? before.top + before.height : 0)
    }
  })

  it('agents are found by name, id and team, and agents without lanes are left out', () => {
    const someone = agent('1007', 'Gil Tan', { team: 'Sales' })
    expect(['gil', '1007', ' SALES ', '', 'nobody'].map((text) => isFound(someone, text))).toEqual([
      true,
      true,
      true,
      true,
      false,
    ])
    const { tracks: _, handlings: __, ...bare } = someone
    expect(rowsOf(result({ agents: [bare] }), '')).toEqual([])
  })
})
