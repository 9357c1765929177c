/** The viewer's page, with what a user does and sees there. */
import type { Locator, Page } from 'playwright-core'
import type { OpenOptions, TestBrowser, WatchedPage } from '../../browser.ts'

export interface Looking extends WatchedPage {
  signsIn(password?: string): Promise<void>
  /** Opens a user with the search field. */
  chooses(user: string): Promise<void>
  /** The tile of an actor in the view of all charts. */
  tile(session: string): Locator
  /** Resolves when an actor is shown in a state, by its chip and in its chart. */
  sees(session: string, state: string): Promise<void>
}

/** Opens the page of a server. Requests to other servers are not allowed. */
export async function looking(
  browser: TestBrowser,
  base: string,
  hash = '',
  options: OpenOptions = {},
): Promise<Looking> {
  const watched = await browser.open(`${base}/inspect/${hash}`, {
    allow: (url) => url.startsWith(`${base}/`),
    ...options,
  })
  const { page } = watched
  const tile = (session: string) => page.locator(`.tile[data-session="${session}"]`)
  return {
    ...watched,
    tile,
    signsIn: (password = 'secret') => signsIn(page, password),
    chooses: async (user) => {
      await page.fill('#search', user)
      await page.press('#search', 'Enter')
      await page.locator(`main.one[aria-label="Agent ${user}"]`).waitFor()
    },
    sees: async (session, state) => {
      const charts = page.getByRole('tab', { name: 'All charts' })
      if ((await charts.getAttribute('aria-selected')) !== 'true') await charts.click()
      await tile(session).locator(`header .chip[data-state="${state}"]`).waitFor()
      await tile(session).locator(`.node.active[data-node="${state}"]`).waitFor({ state: 'attached' })
    },
  }
}

async function signsIn(page: Page, password: string): Promise<void> {
  await page.getByLabel('Administrator').fill('admin')
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByText('connected', { exact: true }).waitFor()
}
