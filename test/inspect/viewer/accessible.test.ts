/**
 * Every view of the viewer in both themes: contrast, names for screen readers, and widths from 360 to 2,560 pixels.
 *
 * Slow, 30 s: a real browser shows every view in every theme and width.
 */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { describeInBrowser, launchBrowser, type TestBrowser } from '../../browser.ts'
import { type Looking, looking } from './looking.ts'
import { AGENT, CHAT, EMAIL, World } from './world.ts'

const WIDTHS = [360, 768, 1280, 2560]
const VIEWS = ['Lanes', 'All charts', 'One chart', 'Messages'] as const
const PANELS = ['Step', 'Context', 'Why?'] as const

/** Texts with a contrast below 4.5 to 1. As text, because it runs in the page. */
const FAINT = `(() => {
  const pen = document.createElement('canvas').getContext('2d', { willReadFrequently: true })
  const channels = (colour) => {
    pen.clearRect(0, 0, 1, 1)
    pen.fillStyle = colour
    pen.fillRect(0, 0, 1, 1)
    const [red, green, blue, alpha] = pen.getImageData(0, 0, 1, 1).data
    return { rgb: [red, green, blue], alpha: alpha / 255 }
  }
  const over = (top, alpha, below) => top.map((each, index) => each * alpha + below[index] * (1 - alpha))
  const behind = (element) => {
    if (element === null) return channels(getComputedStyle(document.documentElement).getPropertyValue('--page')).rgb
    const { rgb, alpha } = channels(getComputedStyle(element).backgroundColor)
    return alpha === 1 ? rgb : over(rgb, alpha, behind(element.parentElement))
  }
  const linear = (each) => (each / 255 <= 0.04045 ? each / 255 / 12.92 : ((each / 255 + 0.055) / 1.055) ** 2.4)
  const light = ([red, green, blue]) => 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
  const contrast = (one, other) => {
    const [high, low] = [light(one), light(other)].sort((a, b) => b - a)
    return (high + 0.05) / (low + 0.05)
  }
  return [...document.querySelectorAll('#viewer *')].flatMap((element) => {
    const own = [...element.childNodes].filter(({ nodeType }) => nodeType === 3).map(({ data }) => data.trim()).join('')
    if (own === '' || element.closest(':disabled, [hidden], .hidden, dialog:not([open]), option')) return []
    const style = getComputedStyle(element)
    const svg = element.closest('svg')
    const box = svg && element.closest('g').querySelector('rect:not(.glow)')
    const ground = box ? channels(getComputedStyle(box).fill).rgb : behind(element)
    let opacity = 1
    for (let each = element; each; each = each.parentElement) opacity *= Number(getComputedStyle(each).opacity)
    const { rgb, alpha } = channels(svg ? style.fill : style.color)
    const found = contrast(over(rgb, alpha * opacity, ground), ground)
    return found < 4.49 ? [own + ': ' + found.toFixed(2)] : []
  })
})()`

/** Controls without a name, as the browser tells assistive technology. */
async function nameless(page: Page): Promise<readonly string[]> {
  const roles = new Set(['button', 'textbox', 'searchbox', 'combobox', 'slider', 'listbox', 'tab', 'option', 'dialog'])
  const devtools = await page.context().newCDPSession(page)
  const { nodes } = await devtools.send('Accessibility.getFullAXTree')
  await devtools.detach()
  return nodes.flatMap(({ ignored, role, name }) => {
    const kind = String(role?.value)
    return !ignored && roles.has(kind) && String(name?.value ?? '').trim() === '' ? [kind] : []
  })
}

describeInBrowser('the viewer', () => {
  let browser: TestBrowser
  let world: World
  beforeAll(async () => {
    browser = await launchBrowser()
    world = await World.begin()
    await world.signsIn()
    await world.works(EMAIL)
    await world.works(CHAT)
  })
  afterAll(async () => {
    await browser?.close()
    await world?.close()
  })

  describe.each(['light', 'dark'] as const)('in its %s theme', (colorScheme) => {
    let look: Looking
    beforeAll(async () => {
      look = await looking(browser, world.base, `#/user/${AGENT}?mrd=${EMAIL}`, { colorScheme })
      await look.signsIn()
    })
    afterAll(() => look?.close())

    const opens = async (tab: string) => {
      await look.page.getByRole('tab', { name: tab }).click()
      if (tab === 'One chart') await look.page.locator('.chart.large .node').first().waitFor()
      if (tab === 'Lanes') await look.page.locator('.lanes-canvas canvas').waitFor()
      if (tab === 'Why?') await look.page.locator('.why section').first().waitFor()
    }

    it.each([...VIEWS, ...PANELS])('%s can be read, and every control has a name', async (tab) => {
      await look.page.setViewportSize({ width: 1280, height: 900 })
      await opens(tab)
      expect(await look.page.evaluate(FAINT)).toEqual([])
      expect(await nameless(look.page)).toEqual([])
      await look.picture(`viewer-${tab.replace(/\W/g, '').toLowerCase()}-${colorScheme}`)
    })

    it.each(WIDTHS)('fits %d pixels', async (width) => {
      const { page } = look
      await page.setViewportSize({ width, height: 900 })
      for (const tab of VIEWS) {
        await opens(tab)
        expect(await page.evaluate('document.documentElement.scrollWidth'), tab).toBeLessThanOrEqual(width)
        await look.picture(`viewer-${tab.replace(/\W/g, '').toLowerCase()}-${width}-${colorScheme}`)
      }
    })
  })
})
