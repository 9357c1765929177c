/**
 * Names and variables that contain markup, and a directory of 2,000 agents.
 *
 * Slow, 20 s: a real browser shows 2,000 agents. More in `npm run test:whole`.
 */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { parseDirectory } from '../../../src/directory/index.ts'
import { describeInBrowser, launchBrowser, type TestBrowser } from '../../browser.ts'
import { isWhole } from '../../suite/extent.ts'
import { type Looking, looking } from './looking.ts'
import { AGENT, EMAIL, World } from './world.ts'

const AGENTS = 2000
/** Changes the title if it is read as markup. */
const ATTACK = '<img src=x onerror="document.title=1">'

/** An id and Enter, and then a state instead of the id, before the page can draw anything. */
const TYPES_AT_ONCE = `{
  const search = document.getElementById('search')
  const types = (text) => {
    search.value = text
    search.dispatchEvent(new InputEvent('input', { bubbles: true }))
  }
  types('2345')
  search.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true }))
  types('')
  const state = document.querySelector('select[aria-label="State"]')
  state.value = 'ACTIVE'
  state.dispatchEvent(new Event('change', { bubbles: true }))
}`

const user = (id: number, name: string) =>
  `  - { id: "${id}", loginName: u${id}, firstName: ${JSON.stringify(name)}, lastName: ${JSON.stringify(`</b>${id}`)}, password: secret, roles: [Agent], teamId: "1", extensions: ["${id}"], mediaRoutingDomains: ["5001", "5002"] }`

const DIRECTORY = `version: 1
platform: CCE
administrators:
  - { id: admin, password: secret }
mediaRoutingDomains:
  - { id: "5001", name: ${JSON.stringify('Mail <svg onload=alert(1)>')}, description: Email, interruptible: true, startTimeoutSeconds: 120, scriptSelectors: [email_support] }
  - { id: "5002", name: Chat, description: Chat, interruptible: false, startTimeoutSeconds: 30, scriptSelectors: [chat_sales] }
teams:
  - { id: "1", name: Team }
users:
${Array.from({ length: AGENTS }, (_, index) => user(1001 + index, ATTACK)).join('\n')}
`

describeInBrowser('the viewer with a large directory and hostile names', () => {
  let browser: TestBrowser
  let world: World
  let look: Looking

  beforeAll(async () => {
    browser = await launchBrowser()
    world = await World.begin({ directory: parseDirectory(DIRECTORY, 'hostile.yaml'), inspectPersonal: true })
    await world.signsIn()
    await world.works(EMAIL, ATTACK)
    look = await looking(browser, world.base)
    await look.signsIn()
  })
  afterAll(async () => {
    await browser?.close()
    await world?.close()
  })

  it('lists all agents, and draws only the visible ones', async () => {
    await look.page.getByText('2,000 agents').waitFor()
    const rows = look.page.locator('.people .row')
    expect(await rows.count()).toBeLessThan(40)
    await look.page.getByRole('listbox', { name: 'Agents' }).press('End')
    await look.page.locator('#agent-3000.chosen').waitFor()
    expect(await rows.count()).toBeLessThan(40)
    await look.page.fill('#search', '299')
    await look.page.getByText('12 of 2,000 agents').waitFor()
    await look.page.fill('#search', '')
    await look.page.getByLabel('State', { exact: true }).selectOption('ACTIVE')
    await look.page.getByText('1 of 2,000 agents').waitFor()
    await look.picture('viewer-2000')
  })

  it('goes by what was typed and chosen, also before the list is drawn again', async () => {
    await look.page.getByLabel('State', { exact: true }).selectOption('')
    await look.page.getByText('2,000 agents').waitFor()
    await look.page.evaluate(TYPES_AT_ONCE)
    await look.page.locator('main.one[aria-label="Agent 2345"]').waitFor()
    await look.page.getByText('1 of 2,000 agents').waitFor()
  })

  it.runIf(isWhole)('lists all agents as they were, while the page shows the past', async () => {
    await look.page.getByLabel('State', { exact: true }).selectOption('')
    await look.chooses(AGENT)
    await look.page.fill('#search', '')
    await look.page.locator('.lane-view').waitFor()
    await look.page.getByRole('button', { name: 'Live', exact: true }).click()
    await look.page.locator('.when', { hasText: 'The past' }).filter({ hasNotText: 'reading' }).waitFor()
    await look.page.getByText('2,000 agents').waitFor()
    expect(await look.page.locator('.people .row').count()).toBeLessThan(40)
    await look.page.getByRole('button', { name: 'Back to now' }).click()
    await look.page.locator('.when').waitFor({ state: 'hidden' })
  })

  it('shows markup in names and in call variables as text', async () => {
    await look.chooses(AGENT)
    await look.page.getByRole('heading', { name: ATTACK.slice(0, 20) }).waitFor()
    await look.sees(`user/${AGENT}/media:${EMAIL}`, 'ACTIVE')
    await look.page.locator(`.tile[data-session^="user/${AGENT}/media:${EMAIL}/task:"] .chart-box`).click()
    await look.page.keyboard.press('c')
    await look.page
      .locator('.members td', { hasText: ATTACK.slice(0, 20) })
      .first()
      .waitFor()
    await look.page.keyboard.press('w')
    await look.page.locator('.why section').first().waitFor()
    await look.picture('viewer-hostile')
    await look.page.keyboard.press('4')
    await look.page.getByRole('listbox', { name: 'Messages between actors' }).waitFor()
    expect(await look.page.locator('img, script:not([src]), svg[onload]').count()).toBe(0)
    expect(await look.page.title()).toBe('mrdian inspector')
    expect([...look.problems, ...look.stopped]).toEqual([])
  })
})
