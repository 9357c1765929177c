/** The colours of the pages are readable and distinct. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { contrast, inkOn, luminance } from '../../src/pages/colour.ts'
import { lookOf, PAGE_COLOURS, STATES } from '../../src/pages/states.ts'
import { LINE_COLOURS } from '../../src/simulate/report/page/series.ts'

const STYLE = readFileSync(new URL('../../src/simulate/report/style.css', import.meta.url), 'utf8')

const looks = Object.entries(STATES)

/** The values of a custom property, in the order of the style sheet: light, dark, print. */
function colours(name: string): readonly string[] {
  return [...STYLE.matchAll(new RegExp(`--${name}: (#[0-9a-f]{6})`, 'g'))].map(([, value = '']) => value)
}

describe('contrast', () => {
  it('is 21 between black and white and 1 between equal colours, in both orders', () => {
    expect(contrast('#000000', '#ffffff')).toBeCloseTo(21)
    expect(contrast('#ffffff', '#000000')).toBeCloseTo(21)
    expect(contrast('#777777', '#777777')).toBe(1)
    expect(luminance('#ff0000')).toBeCloseTo(0.2126)
  })
})

describe('states', () => {
  it.each(looks)('%s: its text is readable on its fill (AA)', (_, { fill }) => {
    expect(contrast(fill, inkOn(fill))).toBeGreaterThanOrEqual(4.5)
  })

  it.each(looks)('%s: its bar stands out from a light and a dark page', (_, { fill }) => {
    expect(contrast(fill, PAGE_COLOURS.light)).toBeGreaterThanOrEqual(3)
    expect(contrast(fill, PAGE_COLOURS.dark)).toBeGreaterThanOrEqual(3)
  })

  it('only INTERRUPTED has stripes, and no two states of a medium have the same colour and hatch', () => {
    expect(looks.filter(([, { hatch }]) => hatch === 'stripes').map(([state]) => state)).toEqual(['INTERRUPTED'])
    const hatchesOfMedia = ['NOT_READY', 'READY', 'RESERVED', 'ACTIVE', 'PAUSED', 'WORK_READY', 'INTERRUPTED'].map(
      (state) => lookOf(state),
    )
    expect(new Set(hatchesOfMedia.map(({ fill, hatch }) => `${fill} ${hatch}`)).size).toBe(hatchesOfMedia.length)
    expect(hatchesOfMedia.filter(({ hatch }) => hatch === 'none').map(({ label }) => label)).toEqual([
      'Ready',
      'Active',
    ])
  })

  it.each(['SOMETHING_NEW', 'constructor', '__proto__'])('%s: the label of an unknown state is its name', (state) => {
    expect(lookOf(state)).toMatchObject({ label: state, hatch: 'cross' })
  })
})

describe('the page', () => {
  it.each(['text', 'soft', 'accent', 'good', 'bad'])(
    '--%s is readable on the page, light, dark and printed',
    (name) => {
      const pages = colours('page')
      expect(pages).toEqual([PAGE_COLOURS.light, PAGE_COLOURS.dark, PAGE_COLOURS.light])
      for (const [index, colour] of colours(name).entries()) {
        expect(contrast(colour, pages[index] ?? '')).toBeGreaterThanOrEqual(4.5)
      }
    },
  )

  it('no line has the colour of a state', () => {
    const states = new Set<string>(looks.map(([, { fill }]) => fill))
    expect(LINE_COLOURS.filter((colour) => states.has(colour))).toEqual([])
  })

  it.each(LINE_COLOURS)('a line in %s stands out from the page', (colour) => {
    expect(contrast(colour, PAGE_COLOURS.light)).toBeGreaterThanOrEqual(3)
    expect(contrast(colour, PAGE_COLOURS.dark)).toBeGreaterThanOrEqual(3)
  })
})
