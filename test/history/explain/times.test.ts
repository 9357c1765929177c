/** Times in an explanation are unambiguous, can be read again, and sort, also when clocks are changed. */
import { describe, expect, it } from 'vitest'
import { explanationText } from '../../../src/history/index.ts'
import { readTime } from '../../../src/times/index.ts'
import { Day } from './stage.ts'

const TIME = /(?:\d{4}-\d{2}-\d{2} )?\b\d{2}:\d{2}:\d{2}(?:\.\d{3})?(?:[+-]\d{2}:\d{2})?/g
const MINUTE = 60_000

/** An hour and a half of work from `start`, explained in the time zone `later` ms after its end. */
async function told(zone: string, start: string, later = 0) {
  const day = await Day.begin({ start: Date.parse(start) })
  await day.signIn('1001', 'READY')
  for (const state of ['NOT_READY', 'READY', 'NOT_READY'] as const) {
    await day.ask({ type: 'user.setState', user: '1001', state })
    await day.pass(1800)
  }
  const why = await day.why({ from: Date.parse(start) })
  const now = day.now + later
  return { why, now, text: explanationText(why, { zone, now }) }
}

describe.each([
  ['Europe/Berlin', '2026-10-25T00:10:00Z', 'clocks are set back'],
  ['Europe/Berlin', '2026-03-29T00:10:00Z', 'clocks are set forward'],
  ['Australia/Lord_Howe', '2026-04-04T14:40:00Z', 'clocks are set back by half an hour'],
  ['America/Sao_Paulo', '2018-02-18T01:10:00Z', 'clocks are set back over midnight'],
  ['Europe/Berlin', '2026-06-30T21:10:00Z', 'midnight'],
  ['UTC', '2026-06-30T12:10:00Z', 'an afternoon'],
])('in %s from %s: %s', (zone, start) => {
  it('every time can be read again, and those of the timeline are its times, in order', async () => {
    const { why, now, text } = await told(zone, start)
    for (const [time] of text.matchAll(TIME)) expect(() => readTime(time, { now, zone }), time).not.toThrow()
    const [, timeline = ''] = text.split(/^Timeline .*$/m)
    const begins = timeline
      .split('\n')
      .flatMap((line) => (/^\S/.test(line) ? [...line.matchAll(TIME)].slice(0, 1) : []))
    const times = begins.map(([time]) => time)
    expect(times.map((time) => readTime(time, { now, zone }))).toEqual(why.timeline.episodes.map(({ at }) => at))
    expect(times.toSorted()).toEqual(times)
  })
})

describe('the form of a time', () => {
  const heading = (text: string) => text.split('\n')[0]

  it('has no date today, and a date on another day', async () => {
    const { text } = await told('UTC', '2026-06-30T12:10:00Z')
    expect(heading(text)).toBe('Agent 1001 (Ana Reyes) of First Line Support at 2026-06-30 13:10:00')
    expect(text).toContain('\nAt 13:10:00 agent 1001')
    const { text: later } = await told('UTC', '2026-06-30T12:10:00Z', 24 * 60 * MINUTE)
    expect(later).toContain('\nAt 2026-06-30 13:10:00 agent 1001')
    expect(later).toMatch(/^2026-06-30 12:10:00 {2}/m)
  })

  it('has an offset in all times when one of them is ambiguous, otherwise in none', async () => {
    const offsets = (text: string) => [...text.matchAll(TIME)].map(([time]) => time.slice(-6))
    const { text: night } = await told('Europe/Berlin', '2026-10-25T00:10:00Z')
    expect(new Set(offsets(night))).toEqual(new Set(['+01:00']))
    const { text: day } = await told('Europe/Berlin', '2026-10-25T12:10:00Z')
    expect(offsets(day).filter((end) => /[+-]/.test(end[0] ?? ''))).toEqual([])
  })
})
