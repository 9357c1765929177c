/**
 * Every view of the board in a real browser: contrast in both themes, names for screen readers, widths from a telephone
 * to a wall, the server gone and back, and the way from a waiting customer to the reason.
 *
 * Slow, 20 s: it opens many pages in a real browser. More in `npm run test:whole`.
 */
import { expect, it } from 'vitest'
import { startServer } from '../../../src/cli/server.ts'
import { describeInBrowser, type OpenOptions, type WatchedPage } from '../../browser.ts'
import { isWhole } from '../../suite/extent.ts'
import { browsing } from './browsing.ts'
import { cutRows, GOOD, looksOf } from './looks.ts'
import { boardStage, CHAT, EMAIL, type Stage } from './stage.ts'

const MINUTE = 60_000
const SIZES = [
  [360, 740],
  [768, 1024],
  [1280, 900],
  [2560, 1440],
] as const

/** As text, because it runs in the page. */
const IS_FOCUS_IN_SIGHT = `(() => {
  const [row, grid] = ['.row:has(:focus)', '.grid'].map((each) => document.querySelector(each).getBoundingClientRect())
  return row.top >= grid.top - 1 && row.bottom <= grid.bottom + 1
})()`

describeInBrowser('the views of the board', () => {
  const shown = browsing()
  const { open } = shown

  async function opened({ base }: { readonly base: string }, options: OpenOptions = {}): Promise<WatchedPage> {
    const watched = await shown.browser.open(`${base}/inspect/board`, {
      ...options,
      allow: (url) => url.startsWith(base),
    })
    open.push(() => watched.close())
    return watched
  }

  async function signIn({ page }: WatchedPage, name: string): Promise<void> {
    await page.fill('#name', name)
    await page.fill('#password', 'secret')
    await page.click('button[type=submit]')
    await page.locator('main[data-ready] .body .row').first().waitFor()
  }

  /** A centre with a past of two hours: agents at work, an interrupt, and mail and calls that wait. */
  async function atWork(): Promise<Stage> {
    const stage = await boardStage({ history: true })
    open.push(stage.close)
    const { engine, clock } = stage
    for (const user of ['1001', '1002', '1003']) {
      await stage.command({ type: 'user.signIn', user, extension: user })
      for (const mrd of [EMAIL, CHAT]) await stage.ready(user, mrd)
      await stage.works(user, EMAIL, 'email_support')
    }
    await stage.works('1001', CHAT, 'chat_sales')
    await stage.works('1002', CHAT, 'chat_sales')
    for (let quarter = 0; quarter < 8; quarter += 1) {
      const waiting = quarter < 5 ? 2 + quarter : 1
      for (let each = 0; each < waiting; each += 1) {
        const task = await engine.acd?.submitTask({ mrd: '5003', scriptSelector: 'social_support' })
        await clock.advance(5 * MINUTE)
        if (quarter < 7) await engine.acd?.abandonTask(task?.id ?? '')
      }
      await clock.advance(5 * MINUTE)
    }
    await engine.acd?.submitTask({ mrd: EMAIL, scriptSelector: 'email_support', agentId: '1001', keepAgent: true })
    await engine.acd?.submitCall({ from: '5550100', queue: '701' })
    await clock.advance(3 * MINUTE)
    return stage
  }

  it('every view can be read in both themes, and every control has a name', async () => {
    const stage = await atWork()
    const watched = await opened(stage)
    const { page } = watched
    const seen = async (view: string) => {
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme })
        expect([view, colorScheme, await looksOf(page)]).toEqual([view, colorScheme, GOOD])
        await watched.picture(`view-${view}-${colorScheme}`)
      }
    }
    await seen('sign-in')
    await page.fill('#name', 'admin')
    await page.fill('#password', 'wrong')
    await page.click('button[type=submit]')
    await page.locator('.problem', { hasText: 'is wrong' }).waitFor()
    await seen('sign-in-refused')
    await signIn(watched, 'admin')
    await page.locator('.day .bar-of-day').first().waitFor({ state: 'attached' })
    await seen('board')
    await page.click('text=Wallboards')
    await page.fill('#kiosk-name', 'Hall')
    await page.keyboard.press('Enter')
    await page.locator('.kiosks li').waitFor()
    await seen('wallboards')
    await page.keyboard.press('Escape')
    await page.click('text=Sign out')
    await signIn(watched, '1234')
    await page.click('[data-user="1003"] button.name')
    await seen('agent')
    await page.locator('dialog').getByText('Make ready', { exact: true }).click()
    await seen('agent-question')
    await page.keyboard.press('Escape')
    await page.click('.me >> text=Message')
    await seen('message')
    stage.cut()
  })

  it('Voice shows the calls that wait, and the chart says what happened in the last day', async () => {
    const watched = await opened(await atWork())
    const { page } = watched
    await signIn(watched, 'admin')
    expect(await page.locator('.card[data-mrd="1"] .queue').textContent()).toBe('1 waiting · longest 3:00')
    const social = page.locator('.card[data-mrd="5003"] .day')
    await social.locator('.bar-of-day').first().waitFor({ state: 'attached' })
    expect(await social.locator('svg').getAttribute('aria-label')).toMatch(
      /^Social, last 24 hours: most 1 at .*, longest 1?\d:\d\d, 0 taken$/,
    )
    const heights = await page.locator('.card').evaluateAll((cards) => cards.map((card) => card.clientHeight))
    expect(new Set(heights).size).toBe(1)
  })

  it('nothing sticks out, from a telephone to a wall', async () => {
    const watched = await opened(await atWork())
    const { page } = watched
    const seen = async (view: string) => {
      for (const [width, height] of SIZES) {
        await page.setViewportSize({ width, height })
        expect([view, width, await looksOf(page)]).toEqual([view, width, GOOD])
        await watched.picture(`view-${view}-${width}`)
      }
    }
    await seen('form')
    await signIn(watched, '1234')
    await page.locator('.day .bar-of-day').first().waitFor({ state: 'attached' })
    await seen('board')
    await page.click('.me >> text=Message')
    await seen('message')
  })

  it('on a telephone every word of a row can be read, and the keyboard reaches the last row', async () => {
    const watched = await opened(await atWork(), { viewport: { width: 360, height: 740 } })
    const { page } = watched
    await signIn(watched, 'admin')
    const more = page.locator(`[data-user="1001"] [data-mrd="${EMAIL}"] .more`)
    expect(await more.textContent()).toBe('1 of 3 tasks · held by Chat')
    expect([await looksOf(page), await cutRows(page)]).toEqual([GOOD, []])
    await more.scrollIntoViewIfNeeded()
    await watched.picture('view-board-360-rows')
    await page.locator('[data-user="1001"] a').first().focus()
    await page.keyboard.press('Control+End')
    const last = page.locator('.body .row:has(:focus)')
    expect(await last.getAttribute('aria-rowindex')).toBe('8')
    await page.waitForFunction(IS_FOCUS_IN_SIGHT)
    expect(await cutRows(page)).toEqual([])
  })

  it('says that the server is gone, signs in when it is back, and shows the state of then', async () => {
    const ports = { httpBindPort: 'off', xmppPort: 'off', data: ':memory:', board: true } as const
    const first = await startServer({ restPort: 0, ...ports })
    const base = `http://127.0.0.1:${first.ports.rest}`
    const watched = await opened({ base })
    const { page } = watched
    await first.close()
    await page.fill('#name', 'admin')
    await page.fill('#password', 'secret')
    await page.click('button[type=submit]')
    await page.getByText('The server cannot be reached. Try again.').waitFor()
    const second = await startServer({ restPort: first.ports.rest ?? 0, ...ports })
    open.push(() => second.close())
    await signIn(watched, 'admin')
    await second.close()
    await page.getByText('Connection lost; trying again.').waitFor()
    expect(await looksOf(page)).toEqual(GOOD)
    await watched.picture('view-board-lost')
  })

  it.runIf(isWhole)('on a telephone, three clicks lead from a waiting customer to the reason', async () => {
    const off = { httpBindPort: 'off', xmppPort: 'off' } as const
    const server = await startServer({ restPort: 0, ...off, data: ':memory:', inspect: 'viewer' })
    open.push(() => server.close())
    const { engine } = server
    for (const mrd of [EMAIL, CHAT]) {
      await engine.command({ type: 'media.signIn', user: '1001', mrd, maxDialogLimit: 1, interruptAction: 'ACCEPT' })
      await engine.command({ type: 'media.setState', user: '1001', mrd, state: 'READY' })
    }
    await engine.acd?.submitTask({ mrd: CHAT, scriptSelector: 'chat_sales', agentId: '1001' })
    const [chat] = engine.get.dialogs('1001', 'nonvoice') ?? []
    for (const action of ['ACCEPT', 'START'] as const)
      await engine.command({ type: 'dialog.act', user: '1001', dialog: chat?.id ?? '', action })
    await engine.acd?.submitTask({ mrd: EMAIL, scriptSelector: 'email_support' })
    const base = `http://127.0.0.1:${server.ports.rest}`
    const watched = await opened({ base }, { viewport: { width: 360, height: 740 }, hasTouch: true })
    const { page } = watched
    await signIn(watched, 'admin')
    await page.locator(`.card[data-mrd="${EMAIL}"] .queue`, { hasText: '1 waiting' }).waitFor()
    // Who prevents it, where the agent is, and why.
    await page.locator(`.card[data-mrd="${EMAIL}"] .why button`, { hasText: 'held by Chat' }).click()
    await page.locator('.count', { hasText: '1 of 7 agents' }).waitFor()
    await watched.picture('three-clicks-1')
    await page.locator(`[data-user="1001"] [data-mrd="${EMAIL}"] a`).click()
    await page.waitForURL(`${base}/inspect/#/user/1001?mrd=5001`)
    await page
      .getByRole('tab', { name: 'Why' })
      .or(page.getByRole('button', { name: 'Why' }))
      .first()
      .click()
    await page.getByText('it gets no tasks, because Chat (5002) dialog 1000_1001_5002 was started').waitFor()
    await watched.picture('three-clicks-3')
  })
})
