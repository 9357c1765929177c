/**
 * Texts of the viewer: none is small, none is cut, and what a message carried and changed is beside it.
 *
 * Slow, 15 s: a real browser shows every view. More in `npm run test:whole`.
 */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeInBrowser, launchBrowser, type TestBrowser } from '../../browser.ts'
import { isWhole } from '../../suite/extent.ts'
import { PATIENCE } from '../../suite/patience.ts'
import { type Looking, looking } from './looking.ts'
import { AGENT, CHAT, EMAIL, World } from './world.ts'

const EMAIL_OF = `user/${AGENT}/media:${EMAIL}`

/** Texts that are drawn with less than 12 pixels, with their size. As text, because it runs in the page. */
const SMALL = `[...document.querySelectorAll('#viewer *')].flatMap((element) => {
  const own = [...element.childNodes].filter(({ nodeType }) => nodeType === 3).map(({ data }) => data.trim()).join('')
  if (own === '' || element.closest('[hidden], .hidden') || element.tagName === 'OPTION') return []
  const scale = element instanceof SVGElement ? element.getScreenCTM().a : 1
  const size = parseFloat(getComputedStyle(element).fontSize) * scale
  return size < 11.99 ? [own + ': ' + size] : []
})`

/** Texts of messages that are wider than their place, or that lie on the next text. */
const CUT = `[...document.querySelectorAll('.message')].flatMap((message) => {
  const [says, result] = [message.querySelector('.says'), message.querySelector('.result')]
  const reach = document.createRange()
  reach.selectNodeContents(says)
  const text = reach.getBoundingClientRect()
  const box = says.getBoundingClientRect()
  const isCut = text.width > box.width + 1 || (result.childNodes.length > 0 && text.right > result.getBoundingClientRect().left + 1)
  return isCut ? [says.textContent] : []
})`

/** Texts of charts that reach out of their boxes. */
const OUTSIDE = `[...document.querySelectorAll('.chart .node, .chart .label')].flatMap((each) => {
  const [box, text] = [each.querySelector('rect:not(.glow)'), each.querySelector('text')].map((part) => part.getBoundingClientRect())
  return text.left < box.left || text.right > box.right ? [each.textContent] : []
})`

const textsIn = (page: Page, script: string) => page.evaluate<readonly string[]>(script)

describeInBrowser('texts of the viewer', () => {
  let browser: TestBrowser
  let world: World
  let look: Looking
  beforeAll(async () => {
    browser = await launchBrowser()
    world = await World.begin({ inspectPersonal: true })
    await world.signsIn()
    await world.works(EMAIL)
    await world.works(CHAT, 'wants a refund')
    look = await looking(browser, world.base, `#/user/${AGENT}?mrd=${EMAIL}`)
    await look.signsIn()
    await look.page.getByRole('tab', { name: 'All charts' }).click()
    await look.sees(EMAIL_OF, 'INTERRUPTED')
  })
  afterAll(async () => {
    await browser?.close()
    await world?.close()
  })

  it('have 12 pixels at least in every view, on a phone as well', async () => {
    const { page } = look
    for (const size of [
      { width: 1280, height: 900 },
      { width: 360, height: 800 },
    ]) {
      await page.setViewportSize(size)
      for (const tab of ['All charts', 'One chart', 'Messages', 'Context', 'Why?', 'Step']) {
        await page.getByRole('tab', { name: tab }).click()
        if (tab === 'One chart') await page.locator('.chart.large .node').first().waitFor()
        expect(await textsIn(page, SMALL), `${tab} at ${size.width}`).toEqual([])
      }
    }
    await page.setViewportSize({ width: 1280, height: 900 })
  })

  it('of a chart that is larger than its place show the active state', async () => {
    const { page } = look
    await page.setViewportSize({ width: 700, height: 600 })
    await page.getByRole('tab', { name: 'One chart' }).click()
    const chart = page.locator('.chart.large')
    const [box, active] = [await chart.boundingBox(), await chart.locator('.node.active .box').boundingBox()]
    if (box === null || active === null) throw new Error('the chart is not shown')
    expect(active.x).toBeGreaterThanOrEqual(box.x)
    expect(active.x + active.width).toBeLessThanOrEqual(box.x + box.width)
    await page.setViewportSize({ width: 1280, height: 900 })
  })

  it('of the latest message are in sight on a phone', async () => {
    const { page } = look
    await page.setViewportSize({ width: 360, height: 800 })
    await page.getByRole('tab', { name: 'All charts' }).click()
    await page.getByRole('tab', { name: 'Messages' }).click()
    const says = page.locator('.messages .row.chosen .says')
    await expect.poll(async () => (await says.boundingBox())?.x ?? -1, { timeout: PATIENCE }).toBeGreaterThanOrEqual(0)
    expect((await says.boundingBox())?.x).toBeLessThan(300)
    await page.setViewportSize({ width: 1280, height: 900 })
  })

  it('of messages are never cut; a click shows the payload, and before and after side by side', async () => {
    const { page } = look
    await page.getByRole('tab', { name: 'Messages' }).click()
    await page.getByRole('tab', { name: 'Why?' }).click()
    const list = page.getByRole('listbox', { name: 'Messages between actors' })
    await list.getByRole('option').first().waitFor()
    expect(await textsIn(page, CUT)).toEqual([])
    await list
      .getByRole('option')
      .filter({ has: page.getByTitle(/media:5001: INTERRUPT$/) })
      .click()
    const changes = page.locator('.members', { has: page.getByRole('columnheader', { name: 'Before' }) })
    expect(
      await changes.locator('tr', { has: page.getByRole('rowheader', { name: 'interrupted' }) }).allInnerTexts(),
    ).toEqual(['interrupted\tfalse\ttrue'])
    await list
      .getByRole('option')
      .filter({ has: page.getByTitle(/media:5002: OFFER$/) })
      .click()
    await page.locator('.members', { hasText: 'wants a refund' }).first().waitFor()
    await look.picture('viewer-payload')
    expect([...look.problems, ...look.stopped]).toEqual([])
  })

  it.runIf(isWhole)('of charts fit their boxes, also in a font wider than that of the places', async () => {
    const { page } = look
    await page.getByRole('button', { name: 'Go live' }).click()
    await look.sees(EMAIL_OF, 'INTERRUPTED')
    expect(await textsIn(page, OUTSIDE)).toEqual([])
    await page.route(/viewer\.(css|js)$/, async (route) => {
      const response = await route.fetch()
      await route.fulfill({ response, body: (await response.text()).replaceAll('12px system-ui', '15px system-ui') })
    })
    await page.reload()
    await page.getByRole('tab', { name: 'All charts' }).click()
    await look.sees(EMAIL_OF, 'INTERRUPTED')
    expect(await page.evaluate('getComputedStyle(document.querySelector(".chart .node text")).fontSize')).toBe('15px')
    expect(await textsIn(page, OUTSIDE)).toEqual([])
    await page.getByRole('tab', { name: 'One chart' }).click()
    await page.locator('.chart.large .label').first().waitFor()
    expect(await textsIn(page, OUTSIDE)).toEqual([])
    await look.picture('viewer-wide-font')
  })
})
