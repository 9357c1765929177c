/** A comparison in a real browser: the page begins with the answer. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, it } from 'vitest'
import { renderHtml } from '../../../src/simulate/report/index.ts'
import type { ShownComparison } from '../../../src/simulate/result.ts'
import { describeInBrowser, launchBrowser } from '../../browser.ts'
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
  notes: ['Means of 3 runs.'],
}

describeInBrowser('the report of a comparison', () => {
  it('begins with the answer, shows what differs with its interval, and leaves out media that nobody used', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'answer-'))
    const browser = await launchBrowser()
    try {
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
        'wait20m11m−9m (−11m to −7m)▲ better',
        2,
        '1 figures that do not differ',
        false,
      ])
      await watched.close()
    } finally {
      await browser.close()
      await rm(folder, { recursive: true, force: true })
    }
  })
})
