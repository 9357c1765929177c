/**
 * The viewer's page in a real browser, with a real server.
 *
 * Slow, 20 s: each test opens a page in a real browser. More in `npm run test:whole`.
 */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { describeInBrowser, launchBrowser, type OpenOptions, type TestBrowser } from '../../browser.ts'
import { isWhole } from '../../suite/extent.ts'
import { type Looking, looking } from './looking.ts'
import { AGENT, CHAT, EMAIL, World } from './world.ts'

/** The name of the focused element. As text, because it runs in the page, which has other types than the tests. */
const FOCUSED =
  "['aria-label', 'name', 'id'].map((name) => document.activeElement.getAttribute(name)).find((name) => name)"

const EMAIL_OF = `user/${AGENT}/media:${EMAIL}`

describeInBrowser('the viewer', () => {
  let browser: TestBrowser
  let world: World
  const opened: Looking[] = []
  let expected: RegExp | undefined

  beforeAll(async () => {
    browser = await launchBrowser()
    world = await World.begin()
  })
  afterAll(async () => {
    await browser?.close()
    await world?.close()
  })
  /** No page has errors, breaks its content security policy, or sends requests to other servers. */
  afterEach(async () => {
    const all = opened.splice(0)
    await Promise.all(all.map((look) => look.close()))
    const isExpected = (problem: string) => expected?.test(problem) ?? false
    expect(
      all.flatMap(({ problems, stopped }) => [...problems.filter((each) => !isExpected(each)), ...stopped]),
    ).toEqual([])
    expected = undefined
  })

  async function opens(hash = '', options: OpenOptions = {}): Promise<Looking> {
    const look = await looking(browser, world.base, hash, options)
    opened.push(look)
    return look
  }

  describe('the interrupt', () => {
    let chat = ''
    let link = ''

    it('is shown live: INTERRUPTED lights up on the e-mail medium, and goes out', async () => {
      const look = await opens()
      await look.signsIn()
      await look.chooses(AGENT)
      await look.sees(EMAIL_OF, 'LOGOUT')
      await world.signsIn()
      const email = await world.works(EMAIL)
      await look.sees(EMAIL_OF, 'ACTIVE')
      chat = await world.works(CHAT)
      await look.sees(EMAIL_OF, 'INTERRUPTED')
      await look.sees(`${EMAIL_OF}/task:${email}`, 'INTERRUPTED')
      await look.picture('viewer-interrupted')
      const edge = look.tile(EMAIL_OF).locator('.edge.taken[data-edge="ACTIVE>INTERRUPTED"]')
      expect(await edge.count()).toBe(1)
      await world.acts(chat, 'CLOSE')
      await look.sees(EMAIL_OF, 'ACTIVE')
      expect(await look.tile(EMAIL_OF).locator('.node.active').count()).toBe(1)
    })

    it('is shown when one steps back in history, and what changed is marked', async () => {
      const look = await opens(`#/user/${AGENT}?mrd=${EMAIL}`)
      await look.signsIn()
      await look.sees(EMAIL_OF, 'ACTIVE')
      const { page } = look
      // The input before the end of the interrupt is its beginning.
      await page.getByRole('button', { name: 'Back to the previous input' }).click()
      await look.sees(EMAIL_OF, 'INTERRUPTED')
      await page.getByRole('tab', { name: 'Context' }).click()
      await page.locator('.members tr.changed', { hasText: 'interrupted' }).filter({ hasText: 'true' }).waitFor()
      await page.keyboard.press('3')
      await page.locator('.chart.large .node.active[data-node="INTERRUPTED"]').waitFor()
      expect(await page.locator('.told').textContent()).toContain('acceptsInterrupt')
      await look.picture('viewer-stepped-back')
      await page.keyboard.press('2')
      await page.keyboard.press('Shift+ArrowRight')
      await look.sees(EMAIL_OF, 'ACTIVE')
      await page.keyboard.press('Shift+ArrowLeft')
      await look.sees(EMAIL_OF, 'INTERRUPTED')
      link = new URL(page.url()).hash
      expect(link).toMatch(/^#\/user\/1001\?at=2026-01-05T08:\d\d:\d\d\.\d{3}Z&mrd=5001$/)
    })

    it('is shown by a link to user and time, after a sign-in, and the page says why', async () => {
      const look = await opens(link, { colorScheme: 'dark' })
      await look.page.getByText(`see agent ${AGENT}`).waitFor()
      expect(await look.page.locator('.tile').count()).toBe(0)
      await look.signsIn()
      await look.sees(EMAIL_OF, 'INTERRUPTED')
      expect(new URL(look.page.url()).hash).toBe(link)
      await look.page.getByRole('tab', { name: 'Why?' }).click()
      const why = look.page.locator('.why section').first()
      await why.getByText('I1', { exact: true }).waitFor()
      expect(await why.textContent()).toContain(`dialog ${chat} was started`)
      await look.picture('viewer-why-dark')
      await look.page.getByRole('button', { name: 'Go live' }).click()
      await look.sees(EMAIL_OF, 'ACTIVE')
      expect(new URL(look.page.url()).hash).toBe(`#/user/${AGENT}?mrd=${EMAIL}`)
    })

    it('is in the list of messages, which lead to their times', async () => {
      const look = await opens(link)
      await look.signsIn()
      await look.page.keyboard.press('4')
      const list = look.page.getByRole('listbox', { name: 'Messages between actors' })
      const interrupt = list.getByRole('option').filter({ has: look.page.getByTitle(/media:5001: INTERRUPT$/) })
      await interrupt.first().waitFor()
      await interrupt.first().click()
      expect(await interrupt.first().locator('.chip').textContent()).toBe('INTERRUPTED')
      await look.page.keyboard.press('s')
      await look.page.locator('.rows', { hasText: 'acceptsInterrupt' }).waitFor()
      await look.picture('viewer-messages')
    })

    it('is found by its state in the list of agents', async () => {
      const look = await opens('', { viewport: { width: 420, height: 900 } })
      await look.signsIn()
      const rows = look.page.locator('.people .row')
      expect(await rows.count()).toBe(7)
      await look.page.getByLabel('State', { exact: true }).selectOption('ACTIVE')
      await look.page.getByText('1 of 7 agents').waitFor()
      expect(await rows.count()).toBe(1)
      await rows.first().click()
      await look.sees(EMAIL_OF, 'ACTIVE')
      await look.picture('viewer-narrow')
    })
  })

  it('can be used without a pointer', async () => {
    const { page } = await opens()
    const focused = () => page.evaluate(FOCUSED)
    expect(await focused()).toBe('user')
    await page.keyboard.type('admin')
    await page.keyboard.press('Tab')
    await page.keyboard.type('secret')
    await page.keyboard.press('Enter')
    await page.getByText('connected', { exact: true }).waitFor()
    await page.keyboard.press('/')
    expect(await focused()).toBe('search')
    await page.keyboard.type(AGENT)
    await page.keyboard.press('Enter')
    await page.locator('.lanes-panel').waitFor()
    // From the search over two filters to the list.
    for (let tabs = 0; tabs < 3; tabs++) await page.keyboard.press('Tab')
    expect(await focused()).toBe('Agents')
    expect(await page.evaluate('getComputedStyle(document.activeElement).outlineStyle')).toBe('solid')
    await page.keyboard.press('3')
    await page.getByLabel(/^Statechart of Voice 1001/).waitFor()
    await page.keyboard.press(']')
    await page.getByLabel(/^Statechart of Email 5001/).waitFor()
    await page.locator('.chart.large').focus()
    const transform = () => page.locator('.chart.large > g').getAttribute('transform')
    const before = await transform()
    await page.keyboard.press('+')
    await page.keyboard.press('ArrowLeft')
    expect(await transform()).not.toBe(before)
    // Tab moves into the chart, whose arrows and states are read one by one.
    await page.keyboard.press('Tab')
    expect(await focused()).toMatch(/ to .*: /)
    expect(await page.locator('.told h3').textContent()).toContain('→')
    await page.keyboard.press('?')
    await page.getByRole('dialog').waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'hidden' })
    await page.keyboard.press('Home')
    await page.getByText(/^step 1 of/).waitFor()
    await page.keyboard.press('l')
    await page.getByRole('button', { name: 'Live', exact: true }).waitFor()
  })

  it.runIf(isWhole)('connects again when the server is back, and asks for a new sign-in', async () => {
    // A server that is stopping answers 503.
    expected = /ERR_CONNECTION_REFUSED|401|503|WebSocket/
    const first = await World.begin()
    const look = await looking(browser, first.base)
    opened.push(look)
    await look.signsIn()
    const restPort = first.server.ports.rest ?? 0
    await first.close()
    await look.page.locator('.connection.waiting').waitFor()
    expect(await look.page.locator('.people .row').count()).toBe(7)
    const second = await World.begin({ restPort })
    try {
      await look.page.getByText('Your session has ended').waitFor()
      await look.signsIn()
    } finally {
      await second.close()
    }
  })

  it('refuses a user who is not an administrator, with a message', async () => {
    expected = /401|403/
    const { page } = await opens()
    await page.getByLabel('Administrator').fill('1001')
    await page.getByLabel('Password').fill('secret')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('alert').waitFor()
    expect(await page.getByRole('alert').textContent()).toMatch(/administrator/i)
    expect(await page.locator('.people').count()).toBe(0)
  })

  it('is served with a strict policy, and contains no data', async () => {
    const answer = await fetch(`${world.base}/inspect/`)
    const policy = answer.headers.get('content-security-policy') ?? ''
    expect(policy).toContain("default-src 'none'")
    expect(policy).not.toContain('unsafe')
    const page = await answer.text()
    expect(page).not.toContain(AGENT)
    expect(page).not.toMatch(/<script>|style=|https?:/)
    const moved = await fetch(`${world.base}/inspect`, { redirect: 'manual' })
    expect([moved.status, moved.headers.get('location')]).toEqual([308, '/inspect/'])
    const script = await fetch(`${world.base}/inspect/viewer.js`)
    const again = await fetch(`${world.base}/inspect/viewer.js`, {
      headers: { 'if-none-match': script.headers.get('etag') ?? '' },
    })
    expect([script.status, again.status]).toEqual([200, 304])
  })
})
