/**
 * The lanes of an agent in the viewer: a row per medium, interrupts as links, zoomed by mouse, keys and two fingers.
 *
 * Slow, 12 s: two pages in a real browser. More in `npm run test:whole`.
 */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeInBrowser, launchBrowser, type TestBrowser } from '../../browser.ts'
import { isWhole } from '../../suite/extent.ts'
import { PATIENCE } from '../../suite/patience.ts'
import { type Looking, looking } from './looking.ts'
import { AGENT, CHAT, EMAIL, World } from './world.ts'

interface Lanes {
  readonly bars: readonly {
    readonly subject: string
    readonly dialog: string
    readonly state: string
    readonly x: number
    readonly y: number
  }[]
  readonly links: readonly { readonly at: number; readonly to: number; readonly by: string; readonly of: string }[]
  readonly from: number
  readonly to: number
}

const lanesOf = (page: Page) =>
  page.evaluate<Lanes>('({ ...mrdianLanes, bars: mrdianLanes.bars, from: mrdianLanes.from, to: mrdianLanes.to })')
const widthOf = async (page: Page) => {
  const { from, to } = await lanesOf(page)
  return to - from
}

/** The policy of the page forbids playwright to wait for a function inside it. */
const POLL = { timeout: PATIENCE }

/** Resolves when the lanes are drawn. */
const drawn = (page: Page) => page.locator('.lanes-canvas canvas').waitFor()

describeInBrowser('the lanes of the viewer', () => {
  let browser: TestBrowser
  let world: World
  let look: Looking
  let email = ''

  beforeAll(async () => {
    browser = await launchBrowser()
    world = await World.begin()
    await world.signsIn()
    email = await world.works(EMAIL)
    const chat = await world.works(CHAT)
    await world.server.virtualTime?.advance(30_000)
    await world.acts(chat, 'CLOSE')
    const call = await world.calls()
    await world.does({ type: 'user.setState', user: AGENT, state: 'READY' }).catch(() => undefined)
    await world.onCall(call, 'ANSWER')
    await world.server.virtualTime?.advance(20_000)
    look = await looking(browser, world.base)
    await look.signsIn()
    await drawn(look.page)
  })
  afterAll(async () => {
    await browser?.close()
    await world?.close()
  })

  it('are what the page opens with, of an agent who is interrupted', async () => {
    expect(new URL(look.page.url()).hash).toBe(`#/user/${AGENT}`)
    expect(await look.page.getByRole('tab', { name: 'Lanes' }).getAttribute('aria-selected')).toBe('true')
  })

  it('have a row per medium with its dialogs, and a link for each interrupt', async () => {
    const { bars, links } = await lanesOf(look.page)
    const states = (subject: string, dialog: string) =>
      bars.filter((bar) => bar.subject === subject && bar.dialog === dialog).map(({ state }) => state)
    expect(states(EMAIL, '')).toEqual(expect.arrayContaining(['ACTIVE', 'INTERRUPTED']))
    expect(states(EMAIL, email).filter((state) => state === 'INTERRUPTED')).toHaveLength(2)
    expect(states(CHAT, '')).toContain('ACTIVE')
    expect(states('voice', '')).toContain('TALKING')
    expect(links.map(({ by, of }) => [by, of])).toEqual([
      [CHAT, EMAIL],
      ['voice', EMAIL],
    ])
    expect(links[0] && links[0].to - links[0].at).toBe(31_000)
    expect(await look.page.getByRole('region', { name: 'Interrupts' }).getByRole('listitem').allInnerTexts()).toEqual([
      expect.stringMatching(/ Chat interrupts Email, for 31 s$/),
      expect.stringMatching(/ Voice interrupts Email, for 2\d s$/),
    ])
    await look.picture('viewer-lanes')
  })

  it('are zoomed with wheel, buttons and keys', async () => {
    const { page } = look
    const all = await widthOf(page)
    const box = page.getByRole('region', { name: `Lanes of agent ${AGENT}` })
    await box.press('+')
    expect(await widthOf(page)).toBeCloseTo(all / 2, -1)
    await box.press('0')
    expect(await widthOf(page)).toBe(all)
    await page.getByRole('button', { name: 'Zoom in' }).click()
    const closer = await lanesOf(page)
    await box.press('ArrowRight')
    expect((await lanesOf(page)).from).toBeGreaterThan(closer.from)
    await page.getByRole('button', { name: 'Show the whole time' }).click()
    const place = await box.boundingBox()
    if (place === null) throw new Error('no lanes')
    await page.mouse.move(place.x + place.width / 2, place.y + 20)
    await page.keyboard.down('Control')
    await page.mouse.wheel(0, -400)
    await page.keyboard.up('Control')
    await expect.poll(() => widthOf(page), POLL).toBeLessThan(all * 0.95)
    await box.press('0')
  })

  it('lead to the moment and the actor that is clicked; arrows of the keyboard still step', async () => {
    const { page } = look
    const { bars } = await lanesOf(page)
    const bar = bars.find(({ subject, dialog, state }) => subject === EMAIL && dialog === '' && state === 'INTERRUPTED')
    if (bar === undefined) throw new Error('no such bar')
    await page.mouse.click(bar.x, bar.y)
    await page.getByRole('button', { name: 'Go live' }).waitFor()
    await page.keyboard.press('c')
    await page.locator('.actor-name', { hasText: `user/${AGENT}/media:${EMAIL}` }).waitFor()
    expect(await page.locator('.actor-name .chip').textContent()).toBe('INTERRUPTED')
    await page.keyboard.press('l')
    await page.getByRole('button', { name: 'Live', exact: true }).waitFor()
  })

  it('follow what happens, and have a table of the same', async () => {
    const { page } = look
    await world.server.virtualTime?.advance(5000)
    const before = (await lanesOf(page)).to
    await world.works(CHAT).catch(() => undefined)
    await expect.poll(async () => (await lanesOf(page)).to, POLL).toBeGreaterThan(before)
    await page.getByText('Lanes as a table').click()
    await page.getByRole('cell', { name: 'Interrupted (INTERRUPTED)' }).first().waitFor()
    expect([...look.problems, ...look.stopped]).toEqual([])
  })

  it.runIf(isWhole)('are zoomed with two fingers on a phone', async () => {
    const phone = await looking(browser, world.base, `#/user/${AGENT}`, {
      viewport: { width: 390, height: 844 },
      hasTouch: true,
      isMobile: true,
    })
    await phone.signsIn()
    const { page } = phone
    await drawn(page)
    const all = await widthOf(page)
    const box = page.getByRole('region', { name: `Lanes of agent ${AGENT}` })
    await box.scrollIntoViewIfNeeded()
    const place = await box.boundingBox()
    if (place === null) throw new Error('no lanes')
    const devtools = await page.context().newCDPSession(page)
    const [x, y] = [place.x + place.width * 0.6, place.y + 20]
    const fingers = (apart: number) => [
      { x: x - apart, y, id: 1 },
      { x: x + apart, y, id: 2 },
    ]
    await devtools.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: fingers(10) })
    for (let apart = 15; apart <= 70; apart += 5)
      await devtools.send('Input.dispatchTouchEvent', { type: 'touchMove', touchPoints: fingers(apart) })
    await devtools.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] })
    await expect.poll(() => widthOf(page), POLL).toBeLessThan(all * 0.8)
    await phone.picture('viewer-lanes-phone')
    await phone.close()
  })
})
