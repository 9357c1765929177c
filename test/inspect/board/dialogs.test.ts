/**
 * The dialogs of the board with the keyboard alone, in a real browser: each takes the focus, keeps it, closes with Escape
 * and gives the focus back.
 *
 * Slow, 8 s: each test opens a page in a real browser.
 */
import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { describeInBrowser } from '../../browser.ts'
import { browsing } from './browsing.ts'
import { boardStage } from './stage.ts'

/** More than any dialog has controls. */
const TABS = 12

/** Where the focus is. At the end of a dialog it may leave for the browser's own controls, but not for the page behind. */
const FOCUS = `(() => {
  const at = document.activeElement
  return at === document.body ? 'browser' : at.closest('dialog[open]') ? 'dialog' : at.outerHTML
})()`

describeInBrowser('the dialogs of the board', () => {
  const shown = browsing()
  const { open } = shown

  async function board(name: string): Promise<Page> {
    const stage = await boardStage()
    open.push(stage.close)
    await stage.command({ type: 'user.signIn', user: '1001', extension: '1001' })
    const { base } = stage
    const watched = await shown.browser.open(`${base}/inspect/board`, { allow: (url) => url.startsWith(base) })
    open.push(() => watched.close())
    const { page } = watched
    await page.fill('#name', name)
    await page.fill('#password', 'secret')
    await page.keyboard.press('Enter')
    await page.locator('main[data-ready] .body .row').first().waitFor()
    return page
  }

  it.each([
    ['1234', 'Ana Reyes: change the state', '', 'dialog button:focus'],
    ['1234', 'Ana Reyes: change the state', 'Make ready: Ana Reyes', 'dialog button:focus >> text=Cancel'],
    ['1234', 'Write a message to a team', '', '#message-text:focus'],
    ['admin', 'Links for wallboards', '', '#kiosk-name:focus'],
  ])('%s: "%s" %s', async (name, opener, next, first) => {
    const page = await board(name)
    const button = page.getByRole('button', { name: opener, exact: true })
    await button.focus()
    await page.keyboard.press('Enter')
    await page.locator('dialog[open]').waitFor()
    if (next !== '') {
      await page.getByRole('button', { name: next }).focus()
      await page.keyboard.press('Enter')
    }
    await page.locator(first).waitFor()
    const seen = new Set<unknown>()
    for (const key of ['Tab', 'Shift+Tab'])
      for (let pressed = 0; pressed < TABS; pressed += 1) {
        await page.keyboard.press(key)
        seen.add(await page.evaluate(FOCUS))
      }
    seen.delete('browser')
    expect([...seen]).toEqual(['dialog'])
    await page.keyboard.press('Escape')
    await page.locator('dialog').waitFor({ state: 'detached' })
    expect(await button.evaluate((node) => node.matches(':focus'))).toBe(true)
  })
})
