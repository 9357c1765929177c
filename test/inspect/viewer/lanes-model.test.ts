/**
 * What the lanes and the jumps of the viewer are made of: spans, links and incidents of a story, also of a long one.
 *
 * Slow, 5 s: one story has 100,000 steps.
 */
import { expect, it } from 'vitest'
import { incidentBeside } from '../../../src/inspect/viewer/page/model/incidents.ts'
import { lanesOf } from '../../../src/inspect/viewer/page/model/lanes.ts'
import { Story } from '../../../src/inspect/viewer/page/model/story.ts'
import { linksOf } from '../../../src/pages/lanes/links.ts'
import { snapshotFrame } from './frames.ts'

const USER = 'user/1001'
const EMAIL = `${USER}/media:5001`
const CHAT = `${USER}/media:5002`
const HOUR = 3_600_000
const NAMES = { ofUser: () => '', ofMedium: (mrd: string) => ({ '5001': 'Email', '5002': 'Chat' })[mrd] ?? '' }

/** Steps of one second each, beginning at one o'clock. */
function storyOf(
  ...steps: readonly (readonly [session: string, event: string, state: string, second: number])[]
): Story {
  const story = new Story('1001', true)
  for (const [index, [session, event, state, second]] of steps.entries())
    story.hear(snapshotFrame(session, event, state, { at: HOUR + second * 1000, position: second * 1000 + index }))
  return story
}

it('a story becomes a row per medium with its tasks, in ms since the full hour, and a second more', () => {
  const story = storyOf(
    [USER, 'E', 'NOT_READY', 1],
    [CHAT, 'E', 'READY', 2],
    [EMAIL, 'E', 'ACTIVE', 3],
    [`${EMAIL}/task:7_1001_5001`, 'E', 'ACTIVE', 3],
    [EMAIL, 'E', 'ACTIVE', 4],
    [EMAIL, 'E', 'INTERRUPTED', 5],
  )
  const { result, begin, end } = lanesOf(story, HOUR + 9000, NAMES)
  expect([result.startsAt, begin, end]).toEqual([HOUR, 1000, 10_000])
  expect(result.agents).toEqual([
    {
      ...{ user: '1001', name: '1001', team: '' },
      tracks: [
        { subject: 'voice', name: 'Voice', spans: [{ state: 'NOT_READY', from: 1000, to: 10_000 }] },
        {
          ...{ subject: '5001', name: 'Email' },
          spans: [
            { state: 'ACTIVE', from: 3000, to: 5000 },
            { state: 'INTERRUPTED', from: 5000, to: 10_000 },
          ],
        },
        { subject: '5002', name: 'Chat', spans: [{ state: 'READY', from: 2000, to: 10_000 }] },
      ],
      handlings: [
        {
          ...{ dialog: '7_1001_5001', contact: '', mrd: '5001', dispositionCode: '' },
          spans: [{ state: 'ACTIVE', from: 3000, to: 10_000 }],
        },
      ],
    },
  ])
})

it('states that are hours old begin shortly before the first step', () => {
  const story = new Story('1001', true)
  const actor = { sessionId: EMAIL, facts: { kind: 'media', user: '1001', mrd: '5001' }, machine: 'media' } as const
  const snapshot = { status: 'active', value: 'READY' } as const
  story.replace({ type: '@mrdian.actors', aggregate: USER, at: HOUR, sequence: 1, actors: [{ ...actor, snapshot }] })
  const at = 12 * HOUR + 90_000
  story.hear(snapshotFrame(EMAIL, 'E', 'ACTIVE', { at, position: 2 }))
  const { result, begin } = lanesOf(story, at + 4000, NAMES)
  expect([result.startsAt, begin]).toEqual([12 * HOUR, 30_000])
  expect(result.agents[0]?.tracks?.[0]?.spans).toEqual([
    { state: 'READY', from: 30_000, to: 90_000 },
    { state: 'ACTIVE', from: 90_000, to: 95_000 },
  ])
})

it('an interrupt is linked to the work that began last before it, and never to the same medium', () => {
  const span = (state: string, from: number, to: number) => ({ state, from, to })
  const handling = (mrd: string, ...spans: readonly ReturnType<typeof span>[]) => ({
    ...{ dialog: '', contact: '', mrd, dispositionCode: '' },
    spans,
  })
  const tracks = [
    { subject: 'voice', name: 'Voice', spans: [span('READY', 0, 35), span('TALKING', 35, 50)] },
    {
      subject: '5001',
      name: 'Email',
      spans: [span('ACTIVE', 0, 10), span('INTERRUPTED', 10, 30), span('INTERRUPTED', 40, 50)],
    },
  ]
  const handlings = [
    handling('5002', span('ACCEPTED', 5, 10), span('ACTIVE', 10, 30)),
    handling('5001', span('ACTIVE', 0, 10), span('ACTIVE', 36, 40)),
  ]
  expect(linksOf({ user: '1', name: '', team: '', tracks, handlings })).toEqual([
    { at: 10, to: 30, by: '5002', of: '5001' },
    { at: 40, to: 50, by: 'voice', of: '5001' },
  ])
})

it('interrupts and errors are found in both directions, each once', () => {
  const story = storyOf(
    [EMAIL, 'E', 'ACTIVE', 1],
    [EMAIL, 'INTERRUPT', 'INTERRUPTED', 2],
    [EMAIL, 'E', 'INTERRUPTED', 3],
    [CHAT, 'START_TIMEOUT', 'READY', 4],
    [`${USER}/presence:A`, 'UNAVAILABLE', 'GRACE', 5],
    [EMAIL, 'INTERRUPT_DONE', 'ACTIVE', 6],
    [EMAIL, 'INTERRUPT', 'INTERRUPTED', 7],
  )
  const found = (kind: 'interrupt' | 'error', from: number, by: 1 | -1) => {
    const moment = incidentBeside(story, kind, from, by)
    return moment && (moment.at - HOUR) / 1000
  }
  expect([found('interrupt', 0, 1), found('interrupt', 1, 1), found('interrupt', 6, 1)]).toEqual([2, 7, undefined])
  expect([found('interrupt', 6, -1), found('interrupt', 1, -1)]).toEqual([2, undefined])
  expect([found('error', 0, 1), found('error', 3, 1), found('error', 4, 1)]).toEqual([4, 5, undefined])
})

it('a story of 100,000 steps keeps a bounded number of moments, steps and spans', () => {
  const story = new Story('1001', true)
  for (let step = 0; step < 100_000; step++)
    story.hear(snapshotFrame(EMAIL, 'E', step % 2 === 0 ? 'READY' : 'ACTIVE', { at: HOUR + step * 10, position: step }))
  const { result } = lanesOf(story, HOUR + 1_000_000, NAMES)
  const spans = result.agents.flatMap(({ tracks = [] }) => tracks.flatMap((track) => track.spans))
  for (const kept of [story.timeline.moments, story.steps, spans]) {
    expect(kept.length).toBeGreaterThan(15_000)
    expect(kept.length).toBeLessThanOrEqual(20_001)
  }
})
