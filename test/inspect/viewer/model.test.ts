/** The computations of the viewer's page before it draws. */
import { describe, expect, it } from 'vitest'
import { mediaMachine, RULES, taskMachine, userMachine } from '../../../machines/index.ts'
import { ANY, chartOf } from '../../../src/inspect/diagram/model.ts'
import type { FrameJson } from '../../../src/inspect/protocol.ts'
import { fullGraph, smallGraph } from '../../../src/inspect/viewer/chart/graph.ts'
import { takenBy } from '../../../src/inspect/viewer/page/chart/taken.ts'
import { callsAt } from '../../../src/inspect/viewer/page/model/calls.ts'
import { differences } from '../../../src/inspect/viewer/page/model/difference.ts'
import { placeHash, readPlace } from '../../../src/inspect/viewer/page/model/link.ts'
import { sequenceOf } from '../../../src/inspect/viewer/page/model/messages.ts'
import { heardOf, readFrame } from '../../../src/inspect/viewer/page/model/read.ts'
import { Roster } from '../../../src/inspect/viewer/page/model/roster.ts'
import { choices, found } from '../../../src/inspect/viewer/page/model/rows.ts'
import { actorsAt } from '../../../src/inspect/viewer/page/model/scene.ts'
import { Story } from '../../../src/inspect/viewer/page/model/story.ts'
import { Timeline } from '../../../src/inspect/viewer/page/model/timeline.ts'
import { eventFrame, snapshotFrame } from './frames.ts'

const EMAIL = 'user/1001/media:5001'

describe('the address of a user and a time', () => {
  it('is read as it was written', () => {
    const place = { user: '1001', at: Date.UTC(2026, 10, 27, 10, 41, 36, 387), mrd: '5001' }
    expect(placeHash(place)).toBe('#/user/1001?at=2026-11-27T10:41:36.387Z&mrd=5001')
    expect(readPlace(placeHash(place))).toEqual(place)
    expect(placeHash({ user: undefined, at: undefined, mrd: undefined })).toBe('#/')
  })

  it('ignores what cannot be read', () => {
    const nothing = { user: undefined, at: undefined, mrd: undefined }
    expect(readPlace('#/user/%E0%A4%A?at=yesterday')).toEqual(nothing)
    expect(readPlace('')).toEqual(nothing)
    expect(readPlace('#/user/a%2Fb')).toEqual({ ...nothing, user: 'a/b' })
  })
})

describe('a timeline', () => {
  const snapshot = (state: string, at: number) => heardOf(snapshotFrame(EMAIL, 'E', state, { at, position: at }))

  it('has the state of an actor at every moment', () => {
    const timeline = new Timeline()
    for (const [state, at] of [
      ['READY', 10],
      ['ACTIVE', 20],
      ['INTERRUPTED', 30],
    ] as const)
      timeline.add(snapshot(state, at))
    expect([0, 1, 2].map((index) => timeline.seenAt(EMAIL, index)?.seen?.state)).toEqual([
      'READY',
      'ACTIVE',
      'INTERRUPTED',
    ])
    expect(timeline.seenBefore(EMAIL, 2)?.seen?.state).toBe('ACTIVE')
    expect([5, 10, 25, 99].map((at) => timeline.indexAt(at))).toEqual([-1, 0, 1, 2])
  })

  it('keeps a frame once, forgets the oldest when it is full, but never the present state', () => {
    const timeline = new Timeline(100)
    timeline.add(heardOf(snapshotFrame('user/1001', 'E', 'READY', { at: 1, position: 1 })))
    const twice = snapshot('READY', 2)
    expect([timeline.add(twice)?.index, timeline.add(twice)]).toEqual([1, undefined])
    for (let at = 3; at < 1000; at++) timeline.add(snapshot(String(at), at))
    expect(timeline.moments.length).toBeLessThanOrEqual(100)
    expect(timeline.seenAt('user/1001', timeline.last)?.seen?.state).toBe('READY')
    expect(timeline.seenAt(EMAIL, timeline.last)?.seen?.state).toBe('999')
    expect(timeline.moment(timeline.first)?.index).toBe(timeline.first)
  })
})

/** A chat is started, the e-mail is interrupted, and a queue gets the agent's availability. */
function interrupted(): Story {
  const story = new Story('1001', true)
  const step = { at: 100, position: 7 }
  story.hear(snapshotFrame(EMAIL, 'START', 'ACTIVE', { at: 50, position: 6 }))
  story.hear(eventFrame('user/1001', 'DIALOG_ACTION', step))
  story.hear(eventFrame(EMAIL, 'INTERRUPT', step, 'user/1001'))
  const taken = {
    source: 'media.ACTIVE',
    target: ['media.INTERRUPTED'],
    event: 'INTERRUPT',
    guard: 'acceptsInterrupt',
    rules: ['I1'],
    description: RULES.I1.text,
  }
  story.hear(snapshotFrame(EMAIL, 'INTERRUPT', 'INTERRUPTED', step, { interrupted: true }, [taken]))
  story.hear(snapshotFrame('user/1001', 'DIALOG_ACTION', 'NOT_READY', step))
  story.hear(eventFrame('queue/5001', 'availability', { at: 100, position: 8, cause: 7 }, 'user/1001'))
  story.hear(eventFrame('queue/5001', 'availability', { at: 100, position: 9 }, 'user/1002'))
  story.hear(snapshotFrame('user/1002', 'E', 'READY', { at: 100, position: 9 }))
  return story
}

describe('the story of one user', () => {
  it('has only frames that concern the user', () => {
    const { timeline, steps } = interrupted()
    expect([...timeline.tracks.keys()]).toEqual([EMAIL, 'user/1001', 'queue/5001'])
    expect(timeline.moments).toHaveLength(6)
    expect(steps.map(({ seen }) => seen?.state)).toEqual(['ACTIVE', 'INTERRUPTED', 'NOT_READY'])
  })

  it('an input and its results in other aggregates are one step', () => {
    const story = interrupted()
    const [email] = actorsAt(story, story.timeline.last).filter(({ session }) => session === EMAIL)
    expect([email?.before?.seen?.state, email?.moment.seen?.state, email?.isChanged]).toEqual([
      'ACTIVE',
      'INTERRUPTED',
      true,
    ])
    expect(actorsAt(story, 0).map(({ session }) => session)).toEqual([EMAIL])
  })

  it('as a sequence: sender, receiver, and result of each message', () => {
    const { columns, messages } = sequenceOf(interrupted())
    expect(columns.map(({ key }) => key)).toEqual(['outside', 'queue/5001', 'user/1001', EMAIL])
    expect(messages.map(({ from, to, text, result }) => [from, to, text, result?.seen?.state])).toEqual([
      ['outside', 'user/1001', 'DIALOG_ACTION', 'NOT_READY'],
      ['user/1001', EMAIL, 'INTERRUPT', 'INTERRUPTED'],
      ['user/1001', 'queue/5001', 'availability', undefined],
    ])
  })
})

describe('the calls of a user', () => {
  const legs: readonly FrameJson[] = [
    { mediaAddress: '(hidden)', user: '1001', state: 'HELD', stateCause: '' },
    { mediaAddress: '(hidden)', state: 'ACTIVE', stateCause: '' },
  ]
  const context = { legs: { '16777217': { state: 'HELD', call: { callType: 'OTHER_IN', state: 'ACTIVE', legs } } } }

  it('have the states of all their legs, at each moment', () => {
    const story = new Story('1001', true)
    story.hear(snapshotFrame('user/1001', 'CALL_CHANGED', 'HOLD', { at: 1, position: 1 }, context))
    story.hear(snapshotFrame('user/1001', 'CALL_REMOVED', 'READY', { at: 2, position: 2 }, { legs: {} }))
    expect(callsAt(story, 0)).toEqual([
      {
        dialog: '16777217',
        type: 'OTHER_IN',
        state: 'ACTIVE',
        legs: [
          { user: '1001', state: 'HELD', cause: '' },
          { user: '', state: 'ACTIVE', cause: '' },
        ],
      },
    ])
    expect(callsAt(story, 1)).toEqual([])
  })

  it('are none where the context is not known', () => {
    const story = new Story('1001', true)
    story.hear(eventFrame('user/1001', 'READY', { at: 1, position: 1 }))
    expect(callsAt(story, 0)).toEqual([])
  })

  it('are in the story with all their legs, whichever agent came first', () => {
    const story = new Story('1002', true)
    for (const [session, user] of [
      ['call/16777217', '1001'],
      ['call/16777217/leg:+1', undefined],
      ['call/16777218', '1001'],
    ] as const) {
      const { mrdian, ...frame } = snapshotFrame(session, 'E', 'ACTIVE', { at: 1, position: 1 })
      const users = session.startsWith('call/16777217') ? ['1001', '1002'] : ['1001']
      const actor = { ...mrdian.actor, users, ...(user === undefined ? {} : { user }) }
      story.hear({ ...frame, mrdian: { ...mrdian, actor } })
    }
    expect([...story.timeline.tracks.keys()]).toEqual(['call/16777217', 'call/16777217/leg:+1'])
  })
})

describe('the roster', () => {
  it('is searched by id, name and dialog, and filtered by state and MRD', () => {
    const roster = new Roster()
    const step = { at: 1, position: 1 }
    roster.hear(snapshotFrame('user/1002', 'E', 'READY', step))
    roster.hear(snapshotFrame('user/1001', 'E', 'NOT_READY', step))
    roster.hear(snapshotFrame(EMAIL, 'E', 'INTERRUPTED', step))
    roster.hear(snapshotFrame(`${EMAIL}/task:77_1001_5001`, 'E', 'INTERRUPTED', step))
    roster.hear(snapshotFrame('user/1002/media:5001', 'E', 'LOGOUT', step))
    const names = { ofUser: (user: string) => (user === '1002' ? 'Bea Novak' : '') }
    const users = (text: string, state = '', mrd = '') =>
      found(roster.people, { text, state, mrd }, names).map(({ user }) => user)
    expect(users('')).toEqual(['1001', '1002'])
    expect(users('77_')).toEqual(['1001'])
    expect(users('novak')).toEqual(['1002'])
    expect(users('', 'INTERRUPTED')).toEqual(['1001'])
    expect(users('', 'LOGOUT', '5001')).toEqual(['1002'])
    expect(users('', '', '5001')).toEqual(['1001'])
    expect(choices(roster.people).mrds).toEqual(['5001'])
    expect(roster.size).toBe(5)
  })
})

describe('differences of contexts', () => {
  it('are listed before unchanged members, with paths for nested members', () => {
    const before = { state: 'ACTIVE', settings: { interruptible: true }, reason: { code: 1 } }
    const now = { state: 'INTERRUPTED', settings: { interruptible: true }, dialogs: {}, startTime: 1795771628131 }
    expect(differences(now, before).map(({ path, before: old, value }) => [path, old, value])).toEqual([
      ['state', 'ACTIVE', 'INTERRUPTED'],
      ['dialogs', undefined, '{}'],
      ['startTime', undefined, '2026-11-27T09:27:08.131Z'],
      ['reason.code', '1', undefined],
      ['settings.interruptible', 'true', 'true'],
    ])
    expect(differences(now, undefined).some(({ isChanged }) => isChanged)).toBe(false)
  })
})

describe('charts', () => {
  const media = fullGraph(chartOf(mediaMachine))

  it('have an arrow for every transition between states', () => {
    const ways = media.edges.map(({ from, to }) => `${from}>${to}`)
    expect(ways).toContain('ACTIVE>INTERRUPTED')
    expect(ways).toContain('deriving>INTERRUPTED')
    expect(ways).toContain('SIGNED_IN>LOGOUT')
    expect(ways.filter((way) => way.startsWith('SIGNED_IN'))).toHaveLength(4)
    expect(ways.filter((way) => way.startsWith(ANY))).toEqual([])
    expect(media.nodes.find(({ key }) => key === 'deriving')?.kind).toBe('choice')
  })

  it('rows of a state that is left at once are numbered', () => {
    const labels = media.edges.filter(({ from }) => from === 'deriving').flatMap(({ lines }) => lines)
    expect(labels).toContain('2. [isInterrupted]')
    expect(labels).toContain('7. else')
  })

  it.each([userMachine, mediaMachine, taskMachine])('small ones have every state that has an arrow: $id', (machine) => {
    const graph = fullGraph(chartOf(machine))
    const joined = new Set(graph.edges.flatMap(({ from, to }) => [from, to]))
    expect(smallGraph(graph).nodes.map(({ key }) => key)).toEqual(
      graph.nodes.map(({ key }) => key).filter((key) => joined.has(key)),
    )
  })

  it('a step marks its arrows, also through states that are left at once', () => {
    const taken = takenBy([
      { source: 'media.SIGNED_IN', target: ['media.SIGNED_IN.deriving'] },
      { source: 'media.SIGNED_IN.deriving', target: ['media.SIGNED_IN.ACTIVE'] },
    ])
    expect(taken).toEqual({ edges: ['SIGNED_IN>deriving', 'deriving>ACTIVE'], through: ['deriving'] })
    const drawn = new Set(media.edges.map(({ from, to }) => `${from}>${to}`))
    expect(taken.edges.filter((edge) => !drawn.has(edge))).toEqual([])
  })
})

describe('frames', () => {
  it('invalid frames are ignored', () => {
    expect(['', '{', 'null', '{"type":"@xstate.event"}', '{"type":"other"}'].map(readFrame)).toEqual(
      Array(5).fill(undefined),
    )
    expect(readFrame('{"type":"@mrdian.ready","now":1}')).toEqual({ type: '@mrdian.ready', now: 1 })
  })
})
