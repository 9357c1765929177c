/**
 * Every view of the viewer in both themes: contrast, names for screen readers, and widths from 360 to 2,560 pixels. Its
 * sign-in form and its dialogs, with the keyboard alone. The short form tries every view in the narrowest width, and in
 * each other width only one.
 *
 * Slow, 15 s: a real browser shows every view.
 */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeInBrowser, launchBrowser, type TestBrowser } from '../../browser.ts'
import { extent } from '../../suite/extent.ts'
import { type Looking, looking } from './looking.ts'
import { AGENT, CHAT, EMAIL, World } from './world.ts'

/** They are tried in one theme only, because a theme changes colours and no sizes. */
const WIDTHS = [360, 768, 1280, 2560]
const VIEWS = ['Lanes', 'All charts', 'One chart', 'Messages'] as const
/** All views have to fit the narrowest width, and each wider width is tried with one of them. */
const viewsAt = (width: number) =>
  extent(width === WIDTHS[0] ? VIEWS : [VIEWS[WIDTHS.indexOf(width)] ?? 'Lanes'], VIEWS)
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

/** True if the open dialog is inside the window. As text, because it runs in the page. */
const IS_DIALOG_WITHIN = `(() => {
  const { left, right, top, bottom } = document.querySelector('dialog[open]').getBoundingClientRect()
  return left >= 0 && right <= innerWidth && top >= 0 && bottom <= innerHeight
})()`

/** Gives the agent a long name. Returns the middles of the tabs and of the button, in pixels from the top. */
const WITH_LONG_NAME = `(() => {
  document.querySelector('.stage-head h2').textContent = 'Agent 1001, Maximiliana Wolkenstein-Hohenfels'
  return ['.tabs', '.widen'].map((each) => {
    const { top, bottom } = document.querySelector('.stage-head ' + each).getBoundingClientRect()
    return Math.round((top + bottom) / 2)
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

/** Opens a tab, and waits until what it shows is there. */
async function opens({ page }: Looking, tab: string): Promise<void> {
  await page.getByRole('tab', { name: tab }).click()
  if (tab === 'One chart') await page.locator('.chart.large .node').first().waitFor()
  if (tab === 'Lanes') await page.locator('.lanes-canvas canvas').waitFor()
  if (tab === 'Why?') await page.locator('.why section').first().waitFor()
}

/** What is in sight can be read in both themes, and every control in it has a name. Keeps pictures. */
async function isGood(look: Looking, view: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await look.page.emulateMedia({ colorScheme })
    expect([view, colorScheme, await look.page.evaluate(FAINT)]).toEqual([view, colorScheme, []])
    await look.picture(`viewer-${view.replace(/\W/g, '').toLowerCase()}-${colorScheme}`)
  }
  expect([view, await nameless(look.page)]).toEqual([view, []])
}

describeInBrowser('the viewer', () => {
  let browser: TestBrowser
  let world: World
  let look: Looking
  beforeAll(async () => {
    browser = await launchBrowser()
    world = await World.begin()
    await world.signsIn()
    await world.works(EMAIL)
    await world.works(CHAT)
    look = await looking(browser, world.base, `#/user/${AGENT}?mrd=${EMAIL}`)
  })
  afterAll(async () => {
    await browser?.close()
    await world?.close()
  })

  it('its sign-in form can be read, empty and after a wrong password', async () => {
    const { page } = look
    await page.locator('input[name=user]:focus').waitFor()
    await isGood(look, 'signin')
    await page.keyboard.type('admin')
    await page.keyboard.press('Tab')
    await page.keyboard.type('wrong')
    await page.keyboard.press('Enter')
    await page.getByRole('alert').waitFor()
    await isGood(look, 'signin-refused')
    await page.setViewportSize({ width: 360, height: 740 })
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360)
    await page.setViewportSize({ width: 1280, height: 900 })
    await look.signsIn()
  })

  it.each([...VIEWS, ...PANELS])('%s can be read, and every control has a name', async (tab) => {
    await opens(look, tab)
    await isGood(look, tab)
  })

  it.each(['Keys and help', 'personal data hidden'])('the dialog "%s" opens and closes by keyboard', async (name) => {
    const { page } = look
    await page.getByRole('button', { name, exact: true }).focus()
    await page.keyboard.press('Enter')
    await page.locator('dialog[open] button:focus', { hasText: 'Close' }).waitFor()
    await isGood(look, `dialog-${name}`)
    await page.setViewportSize({ width: 360, height: 740 })
    expect(await page.evaluate(IS_DIALOG_WITHIN)).toBe(true)
    await look.picture(`viewer-dialog-${name.replace(/\W/g, '').toLowerCase()}-360`)
    await page.keyboard.press('Escape')
    await page.locator('dialog[open]').waitFor({ state: 'detached' })
    expect(await page.locator('button:focus').textContent()).toBe(name === 'Keys and help' ? '?' : name)
    await page.setViewportSize({ width: 1280, height: 900 })
  })

  it('the past is marked, and the mark can be read', async () => {
    const { page } = look
    await page.getByRole('button', { name: 'One step back' }).click()
    await page.getByText('The past: ').waitFor()
    await isGood(look, 'past')
    await page.getByRole('button', { name: 'Back to now' }).click()
  })

  it.each(WIDTHS)('fits %d pixels', async (width) => {
    const { page } = look
    await page.setViewportSize({ width, height: 900 })
    for (const tab of viewsAt(width)) {
      await opens(look, tab)
      expect(await page.evaluate('document.documentElement.scrollWidth'), tab).toBeLessThanOrEqual(width)
      await look.picture(`viewer-${tab.replace(/\W/g, '').toLowerCase()}-${width}`)
    }
  })

  it('the button for the state machines alone stays beside a long name', async () => {
    const { page } = look
    await page.setViewportSize({ width: 1280, height: 900 })
    const [tabs, button] = await page.evaluate<readonly number[]>(WITH_LONG_NAME)
    expect(button).toBe(tabs)
    await look.picture('viewer-longname')
  })
})
