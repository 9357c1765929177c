/** `readTime`: times as people type them. */
import { describe, expect, it } from 'vitest'
import { readTime } from '../../src/times/index.ts'

const BERLIN = 'Europe/Berlin'
/** 17:45:12 in Berlin. */
const NOW = Date.parse('2026-03-01T16:45:12.603Z')
const read = (text: string, zone = BERLIN, now = NOW) => new Date(readTime(text, { now, zone })).toISOString()

describe('a time', () => {
  it.each([
    ['08:30', '2026-03-01T07:30:00.000Z'],
    ['8:30', '2026-03-01T07:30:00.000Z'],
    ['08:30:15', '2026-03-01T07:30:15.000Z'],
    ['17:00:12.603', '2026-03-01T16:00:12.603Z'],
    ['17:00:12.6', '2026-03-01T16:00:12.600Z'],
    ['23:59', '2026-03-01T22:59:00.000Z'],
    ['08:30Z', '2026-03-01T08:30:00.000Z'],
    ['08:30:00+02:00', '2026-03-01T06:30:00.000Z'],
    ['2026-02-28', '2026-02-27T23:00:00.000Z'],
    ['2026-02-28T08:30', '2026-02-28T07:30:00.000Z'],
    ['2026-02-28 08:30:15', '2026-02-28T07:30:15.000Z'],
    ['2026-02-28T08:30:15.25', '2026-02-28T07:30:15.250Z'],
    ['2026-02-28T08:30:15Z', '2026-02-28T08:30:15.000Z'],
    ['2026-02-28 08:30:15 UTC', '2026-02-28T08:30:15.000Z'],
    ['2026-02-28T08:30:15.123+02:00', '2026-02-28T06:30:15.123Z'],
    ['2026-02-28T08:30:15+0200', '2026-02-28T06:30:15.000Z'],
    ['now', '2026-03-01T16:45:12.603Z'],
    ['5m ago', '2026-03-01T16:40:12.603Z'],
    ['90s ago', '2026-03-01T16:43:42.603Z'],
    ['1 h 5 min ago', '2026-03-01T15:40:12.603Z'],
    ['2d ago', '2026-02-27T16:45:12.603Z'],
    [' 1767600000000 ', '2026-01-05T08:00:00.000Z'],
    ['0', '1970-01-01T00:00:00.000Z'],
  ])('%s', (text, expected) => {
    expect(read(text)).toBe(expected)
  })

  it.each(
    [
      '',
      'yesterday',
      '25:00',
      '08:60',
      '08:30:60',
      '2026-02-30',
      '2026-13-01',
      '2026-02-28T25:00',
      '2026-02-28T',
      '-1',
    ].concat(['99999999999999999999', '8640000000000001', '08:30+25:00', '5 ago', '5m', 'ago', '999999999d ago']),
  )('%j is refused, and the error says what is accepted', (text) => {
    expect(() => read(text)).toThrow(RangeError)
    expect(() => read(text)).toThrow(`"${text}" is no time: give 2026-03-01T08:30:00, 08:30`)
  })
})

describe('the nights on which clocks are changed', () => {
  it.each([
    [BERLIN, '2026-10-25 02:30', '2026-10-25T02:30:00+02:00', '2026-10-25T02:30:00+01:00'],
    ['Australia/Lord_Howe', '2026-04-05T01:45', '2026-04-05T01:45:00+11:00', '2026-04-05T01:45:00+10:30'],
    ['America/St_Johns', '2026-11-01 01:00:00.5', '2026-11-01T01:00:00.500-02:30', '2026-11-01T01:00:00.500-03:30'],
    ['America/Sao_Paulo', '2018-02-17 23:30', '2018-02-17T23:30:00-02:00', '2018-02-17T23:30:00-03:00'],
  ])('%s: %s comes twice, and each reading can be given', (zone, text, first, second) => {
    const message = `"${text}" comes twice in ${zone}, where clocks are set back then: give ${first} or ${second}`
    expect(() => read(text, zone)).toThrow(message)
    expect([read(first, zone), read(second, zone)]).toEqual([first, second].map((each) => new Date(each).toISOString()))
  })

  it.each([
    [BERLIN, '2026-03-29 02:30', '2026-03-29T01:30:00+01:00', '2026-03-29T03:30:00+02:00'],
    ['Australia/Lord_Howe', '2026-10-04T02:15', '2026-10-04T01:45:00+10:30', '2026-10-04T02:45:00+11:00'],
    ['America/Sao_Paulo', '2018-11-04 00:30', '2018-11-03T23:30:00-03:00', '2018-11-04T01:30:00-02:00'],
    ['Pacific/Apia', '2011-12-30 12:00', '2011-12-29T12:00:00-10:00', '2011-12-31T12:00:00+14:00'],
    ['Pacific/Apia', '2011-12-30', '2011-12-29T00:00:00-10:00', '2011-12-31T00:00:00+14:00'],
  ])('%s: %s does not exist, and each reading can be given', (zone, text, first, second) => {
    const message = `"${text}" does not exist in ${zone}, where clocks are set forward then: give ${first} or ${second}`
    expect(() => read(text, zone)).toThrow(message)
    expect([read(first, zone), read(second, zone)]).toEqual([first, second].map((each) => new Date(each).toISOString()))
  })

  it('the same is true for a time without a date', () => {
    expect(() => read('02:30', BERLIN, Date.parse('2026-10-25T12:00:00Z'))).toThrow('"02:30" comes twice')
    expect(() => read('02:30', BERLIN, Date.parse('2026-03-29T12:00:00Z'))).toThrow('"02:30" does not exist')
  })

  it('a date means the first moment of the day, also where that is not midnight', () => {
    expect(read('2018-11-04', 'America/Sao_Paulo')).toBe('2018-11-04T03:00:00.000Z')
    expect(read('2026-11-01', 'America/Havana')).toBe('2026-11-01T04:00:00.000Z')
  })
})
