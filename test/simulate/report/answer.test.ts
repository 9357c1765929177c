/** A comparison in a real browser: the page begins with the answer. More of it in `npm run test:whole`. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { renderHtml } from '../../../src/simulate/report/index.ts'
import type { ShownComparison } from '../../../src/simulate/result.ts'
import { describeInBrowser, launchBrowser, type TestBrowser } from '../../browser.ts'
import { isWhole } from '../../suite/extent.ts'
import { queue, result, work } from './fixture.ts'

const COMPARISON: ShownComparison = {
  title: 'Lunch',
  seeds: [1, 2, 3],
  base: 'accept',
  sentences: ['ignore, compared with accept: nine minutes less.'],
  warnings: ['by what is assumed of people'],
  variants: [
    {
      name: 'ignore',
      differences: [
        {
          label: 'wait',
          base: '20m',
          own: '11m',
          difference: '−9m (−11m to −7m)',
          verdict: 'better',
          mean: -9,
          low: -11,
          high: -7,
        },
        {
          label: 'contacts',
          base: '9',
          own: '9',
          difference: '0 (−1 to 1)',
          verdict: 'same',
          mean: 0,
          low: -1,
          high: 1,
        },
      ],
    },
  ],
  all: { names: ['accept', 'ignore'], figures: [{ label: 'wait', values: ['20m', '11m'] }] },
  runs: ['accept', 'ignore'],
  people: [
    { of: '', about: 'turns, Chat', value: '30s', source: 'the scenario' },
    { of: ' in ignore', about: 'concurrency, Chat', value: '0.1', source: 'the scenario' },
  ],
  notes: ['Means of 3 runs.'],
}

const SWEEP: ShownComparison = {
  ...COMPARISON,
  sentences: ['size=8 is the first that surely meets it.'],
  warnings: [],
  variants: [],
  curve: {
    path: 'chat.size',
    figures: [
      {
        label: 'service level',
        unit: 'share',
        isMain: true,
        target: { text: '5002.serviceLevel>=80%', value: 0.8 },
        lines: [
          {
            name: '',
            points: [
              { value: 6, text: '76% (70% to 82%)', mean: 0.76, low: 0.7, high: 0.82, verdict: 'not met' },
              { value: 8, text: '93% (90% to 96%)', mean: 0.93, low: 0.9, high: 0.96, verdict: 'met' },
            ],
          },
        ],
      },
      { label: 'contacts', unit: 'count', isMain: false, lines: [{ name: '', points: [] }] },
    ],
  },
  all: { names: ['6', '8'], figures: [{ label: 'service level', values: ['76%', '93%'] }] },
}

describeInBrowser('the report of a comparison', () => {
  let folder: string
  let browser: TestBrowser
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'answer-'))
    browser = await launchBrowser()
  })
  afterAll(async () => {
    await browser?.close()
    await rm(folder, { recursive: true, force: true })
  })

  it.runIf(isWhole)('a sweep has a picture and a table for each figure, and all figures on demand', async () => {
    const file = join(folder, 'report.html')
    await writeFile(file, await renderHtml([result(), result({ seed: 8 })], SWEEP))
    const watched = await browser.open(pathToFileURL(file).href)
    const { page } = watched
    const curve = page.locator('#curve .curves').first()
    expect(await curve.locator('figcaption').allTextContents()).toEqual([
      'service level (target: 5002.serviceLevel>=80%)',
    ])
    expect(await curve.locator('svg').getAttribute('aria-label')).toBe(
      'service level, by chat.size. 6: 76% (70% to 82%); 8: 93% (90% to 96%)',
    )
    // The mean of the second value lies above that of the first, and the first below the line of the target.
    const heights = await curve.locator('.line circle').evaluateAll((all) => all.map((each) => each.getAttribute('cy')))
    const target = Number(await curve.locator('line.target').getAttribute('y1'))
    const [six = 0, eight = 0] = heights.map(Number)
    expect(six > target && target > eight).toBe(true)
    expect(await curve.locator('tbody tr').allTextContents()).toEqual([
      '676% (70% to 82%)not met',
      '893% (90% to 96%)met',
    ])
    expect(await page.locator('#all-figures').getAttribute('open')).toBeNull()
    expect(await page.locator('#all-figures tbody tr').allTextContents()).toEqual(['service level76%93%'])
    expect(await page.locator('#people tbody th').allTextContents()).toEqual([
      'turns, Chat',
      'concurrency, Chat in ignore',
    ])
    // The first runs do not differ, so their rows come on demand.
    const rows = page.locator('#figures tbody tr')
    expect(await rows.filter({ visible: true }).count()).toBe(0)
    await page.getByLabel('Also rows that do not differ').check()
    expect(await rows.filter({ visible: true }).count()).toBe(await rows.count())
    await watched.picture('report-sweep')
    expect(watched.problems).toEqual([])
    await watched.close()
  })

  it('begins with the answer, shows what differs with its interval, and leaves out media that nobody used', async () => {
    const used = result({
      queues: [queue('5001', 'Email'), queue('5003', 'Social', { arrived: 0 })],
      work: [work('5001', 'Email'), work('5003', 'Social', { offered: 0 })],
    })
    const file = join(folder, 'report.html')
    await writeFile(file, await renderHtml([used, used], COMPARISON))
    const watched = await browser.open(pathToFileURL(file).href)
    const { page } = watched
    const textOf = (place: string) => page.locator(place).first().textContent()
    const seen = [
      await page.locator('main > *').first().getAttribute('id'),
      await textOf('#answer .sentence'),
      await textOf('#answer .warning'),
      await textOf('#answer tbody tr'),
      await page.locator('#answer tbody tr svg.interval.good line').count(),
      await textOf('#answer details summary'),
      (await textOf('#figures'))?.includes('Social'),
    ]
    expect(seen).toEqual([
      'answer',
      'ignore, compared with accept: nine minutes less.',
      '⚠ by what is assumed of people',
      'wait−9m (−11m to −7m)▲ better20m11m',
      2,
      '1 figures that do not differ',
      false,
    ])
    await watched.close()
  })
})
