/** One browser for the tests of a file. What a test opens is closed after it, the newest first. */
import { afterAll, afterEach, beforeAll } from 'vitest'
import { launchBrowser, type TestBrowser } from '../../browser.ts'

export interface Browsing {
  readonly browser: TestBrowser
  /** Functions that close what the present test has opened. */
  readonly open: (() => Promise<void> | void)[]
}

/** To be called once in a suite, before its tests. */
export function browsing(): Browsing {
  let browser: TestBrowser | undefined
  beforeAll(async () => {
    browser = await launchBrowser()
  })
  afterAll(() => browser?.close())
  const open: Browsing['open'] = []
  afterEach(async () => {
    for (const close of open.splice(0).reverse()) await close()
  })
  return {
    open,
    get browser() {
      if (browser === undefined) throw new Error('the browser is launched before the first test')
      return browser
    },
  }
}
