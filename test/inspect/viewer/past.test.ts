/**
 * The past in the viewer: jumps to a time, an interrupt and an error, and the list of agents as it was then. Names, and
 * what is said while they are hidden.
 *
 * Slow, 15 s: a real browser shows many views.
 */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeInBrowser, launchBrowser, type TestBrowser } from '../../browser.ts'
import { type Looking, looking } from './looking.ts'
import { AGENT, CHAT, EMAIL, World } from './world.ts'

const OTHER = '1002'
const HOUR = 3_600_000

describeInBrowser('the past in the viewer', () => {
  let browser: TestBrowser
  let world: World
  let look: Looking
  /** Times of the interrupt and of the missed offer, in milliseconds since 1970 UTC. */
  let [interrupted, missed] = [0, 0]

  beforeAll(async () => {
    browser = await launchBrowser()
    world = await World.begin({ inspectPersonal: true })
    const time = world.server.virtualTime
    await world.signsIn()
    await world.works(EMAIL)
    const chat = await world.works(CHAT)
    interrupted = world.server.engine.now()
    await world.acts(chat, 'CLOSE')
    await time?.advance(6 * HOUR)
    await world.server.engine.acd?.submitTask({ mrd: CHAT, scriptSelector: 'chat_sales', agentId: AGENT })
    await time?.advance(31_000)
    missed = world.server.engine.now()
    await time?.advance(HOUR)
    await world.signsIn(OTHER)
    look = await looking(browser, world.base, `#/user/${AGENT}`)
    await look.signsIn()
    await look.page.locator('.lane-view').waitFor()
  })
  afterAll(async () => {
    await browser?.close()
    await world?.close()
  })

  const placed = () => Date.parse(new URLSearchParams(new URL(look.page.url()).hash.split('?')[1]).get('at') ?? '')
  const chipsOf = (user: string) => look.page.locator(`#agent-${user} .chip`).allTextContents()

  it('is one click away in the lanes of an agent to whom nothing has happened lately', async () => {
    const { page } = look
    await page.locator('.lanes-panel').getByText('Nothing has happened to this agent').waitFor()
    await look.picture('viewer-quiet')
    await page.getByRole('button', { name: /^Show the last step, of / }).click()
    await page.getByText('The past: ').waitFor()
    expect(Math.abs(placed() - missed)).toBeLessThan(2000)
    await page.locator('.lanes-panel').getByText('Nothing has happened').waitFor({ state: 'detached' })
    await page.keyboard.press('l')
  })

  it('is reached by the previous interrupt and the next error, however long ago, and says when there is none', async () => {
    const { page } = look
    await page.keyboard.press('I')
    await look.sees(`user/${AGENT}/media:${EMAIL}`, 'INTERRUPTED')
    expect(placed()).toBe(interrupted)
    await page.getByRole('button', { name: 'Next error' }).click()
    await page.getByRole('tab', { name: 'Step' }).click()
    await page.locator('.panel-body', { hasText: 'START_TIMEOUT' }).waitFor()
    expect(Math.abs(placed() - missed)).toBeLessThan(2000)
    await page.getByRole('button', { name: 'Next interrupt' }).click()
    await page.getByText('There is no later interrupt.').waitFor()
    await page.keyboard.press('Shift+I')
    await page.waitForURL((url) => url.hash.includes(new Date(interrupted).toISOString()))
  })

  it('is reached by a time, and a text that is no time is refused with a sentence', async () => {
    const { page } = look
    await page.keyboard.press('l')
    await page.keyboard.press('t')
    await page.keyboard.type(new Date(interrupted).toISOString())
    await page.keyboard.press('Enter')
    await look.sees(`user/${AGENT}/media:${EMAIL}`, 'INTERRUPTED')
    await page.getByLabel('Go to a time').fill('half past never')
    await page.getByRole('button', { name: 'Go to this time' }).click()
    await page.locator('.jumps [role=status]', { hasText: /./ }).waitFor()
    expect(placed()).toBe(interrupted)
  })

  it('is in the list of agents too, plainly marked, until one goes back to now', async () => {
    const { page } = look
    await page.locator('.when', { hasText: 'The past: 2026-01-05' }).waitFor()
    await page.locator('.when', { hasNotText: 'reading' }).waitFor()
    expect(await chipsOf(AGENT)).toEqual(['voiceNOT_READY', '5001INTERRUPTED', '5002ACTIVE', '5003LOGOUT'])
    expect(await chipsOf(OTHER)).toEqual(['voiceLOGOUT', '5001LOGOUT', '5002LOGOUT', '5003LOGOUT'])
    await page.getByLabel('State', { exact: true }).selectOption('INTERRUPTED')
    await page.getByText('1 of 7 agents').waitFor()
    await page.getByLabel('State', { exact: true }).selectOption('')
    await look.picture('viewer-past')
    await page.locator(`#agent-${OTHER}`).click()
    await page.getByRole('heading', { name: `Agent ${OTHER}` }).waitFor()
    expect(placed()).toBe(interrupted)
    await page.getByRole('button', { name: 'Back to now' }).click()
    await page.locator('.when').waitFor({ state: 'hidden' })
    await page.locator(`#agent-${OTHER} .chip[data-state="READY"]`).first().waitFor()
    // The task that the first agent missed is offered to this one.
    expect(await chipsOf(OTHER)).toEqual(['voiceNOT_READY', '5001READY', '5002RESERVED', '5003LOGOUT'])
  })

  it('has names in the list, and they are found', async () => {
    const { page } = look
    await page.getByLabel('Search agents and dialogs by Name').fill('reyes')
    await page.getByText('1 of 7 agents').waitFor()
    expect(await page.locator('.people .name').allInnerTexts()).toEqual([`${AGENT} Ana Reyes`])
    await page.getByLabel('Search agents and dialogs by Name').fill('')
    expect([...look.problems, ...look.stopped]).toEqual([])
    await look.close()
  })

  it('personal data that are hidden are nowhere on the page: in no list, search, title or explanation, and the page says so', async () => {
    const other = await World.begin()
    try {
      await other.signsIn()
      await other.works(EMAIL, 'wants a refund')
      const { page, signsIn, close, problems, picture } = await looking(browser, other.base, `#/user/${AGENT}`)
      await signsIn()
      const everything = () => page.locator('body').evaluate((body) => body.outerHTML)
      await page.getByLabel('Search agents and dialogs by Agent or dialog id').fill('reyes')
      await page.getByText('0 of 7 agents').waitFor()
      await page.getByLabel('Search agents and dialogs by Agent or dialog id').fill('')
      await page.getByRole('tab', { name: 'Why?' }).click()
      await page.locator('.why section').first().waitFor()
      await page.getByRole('tab', { name: 'Messages' }).click()
      await page
        .getByRole('option')
        .filter({ has: page.getByTitle(/media:5001: OFFER$/) })
        .click()
      await page.locator('.members', { hasText: '(hidden)' }).first().waitFor()
      for (const name of ['Reyes', 'areyes', 'refund']) expect(await everything()).not.toContain(name)
      await page.getByRole('button', { name: 'personal data hidden' }).click()
      const dialog = page.getByRole('dialog', { name: 'Personal data is hidden' })
      await dialog.getByText('names of agents').waitFor()
      expect(await dialog.innerText()).toContain('--inspect-personal')
      await picture('viewer-personal')
      await page.keyboard.press('Escape')
      await dialog.waitFor({ state: 'hidden' })
      expect(problems).toEqual([])
      await close()
    } finally {
      await other.close()
    }
  })
})
