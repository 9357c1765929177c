/**
 * A real browser for tests of pages: Debian's Chromium, headless, by playwright-core. Every page is watched: what it
 * complains about and what it asks for are collected, and a request that nobody allowed does not leave.
 */
import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { type Browser, type BrowserContextOptions, chromium, type Page, type Request } from 'playwright-core'
import { describe } from 'vitest'
import { PATIENCE } from './suite/patience.ts'

const CHROMIUM = '/usr/bin/chromium'

/**
 * What no test needs and costs most of the time of a page: Chromium makes two hidden pages for the suggestions below the
 * address line of each window, and a spare process for the next site. The list replaces that of playwright, so what tests
 * need of it is repeated.
 */
const WITHOUT = [
  ...['WebUIOmniboxPopup', 'WebUIOmniboxAimPopup', 'SpareRendererForSitePerProcess'],
  ...['AvoidUnnecessaryBeforeUnloadCheckSync', 'DestroyProfileOnBrowserClose', 'HttpsUpgrades'],
  ...[
    'HttpsFirstBalancedModeAutoEnable',
    'LensOverlay',
    'MediaRouter',
    'PaintHolding',
    'ThirdPartyStoragePartitioning',
  ],
  ...['AvoidCorsURLLoaderRestartOnRedirect', 'OptimizationHints', 'NetworkTimeServiceQuerying', 'AimEnabled'],
  'PreconnectToSearch',
]

/** Where pictures go: git ignores it. */
const ARTEFACTS = fileURLToPath(new URL('../test-artefacts/', import.meta.url))

/** A suite that needs a browser. Without one it is skipped and says why; where `CI` is set it fails instead. */
export function describeInBrowser(name: string, tests: () => void): void {
  const isMissing = !existsSync(CHROMIUM) && !process.env.CI
  describe.skipIf(isMissing)(isMissing ? `${name} (needs ${CHROMIUM}: apt-get install chromium)` : name, tests)
}

export interface OpenOptions extends BrowserContextOptions {
  /** Requests beside that for the page itself which may leave, such as those to the server under test. Default: none. */
  readonly allow?: (url: string) => boolean
  /**
   * For tests of CORS. Playwright answers preflights itself while it stops requests, so nothing is stopped: requests that
   * are not allowed leave, and are only listed in `stopped`. Default: false.
   */
  readonly realPreflights?: boolean
}

/** A page, and what happened to it so far. */
export interface WatchedPage {
  readonly page: Page
  /** Console errors and warnings, uncaught errors, violations of its content security policy. */
  readonly problems: readonly string[]
  /** Requests that were not allowed. They were stopped, except with `realPreflights`. */
  readonly stopped: readonly string[]
  /** Keeps a picture in `test-artefacts/`; `name` is without its ending. */
  picture(name: string): Promise<void>
  close(): Promise<void>
}

export interface TestBrowser {
  open(url: string, options?: OpenOptions): Promise<WatchedPage>
  close(): Promise<void>
}

async function open(
  browser: Browser,
  url: string,
  { allow, realPreflights = false, ...options }: OpenOptions,
): Promise<WatchedPage> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options })
  context.setDefaultTimeout(PATIENCE)
  const page = await context.newPage()
  const problems: string[] = []
  const stopped: string[] = []
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) problems.push(message.text())
  })
  page.on('pageerror', (error) => problems.push(String(error)))
  await page.addInitScript(
    'addEventListener("securitypolicyviolation", (event) => console.error("CSP", event.violatedDirective, event.blockedURI))',
  )
  const isStopped = (request: Request): boolean => {
    const asked = request.url()
    if (asked === url || allow?.(asked)) return false
    stopped.push(asked)
    return true
  }
  if (realPreflights) page.on('request', isStopped)
  else await page.route('**/*', (route) => (isStopped(route.request()) ? route.abort() : route.continue()))
  await page.goto(url)
  return {
    page,
    problems,
    stopped,
    picture: async (name) => {
      await mkdir(ARTEFACTS, { recursive: true })
      await page.screenshot({ path: `${ARTEFACTS}${name}.png`, fullPage: true })
    },
    close: () => context.close(),
  }
}

/** Close it in `afterAll`. */
export async function launchBrowser(): Promise<TestBrowser> {
  const browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: [
      ...['--no-sandbox', '--disable-background-networking', `--disable-features=${WITHOUT}`],
      // The pages of a test are of one server, so one process can show them.
      '--renderer-process-limit=1',
    ],
  })
  return {
    open: (url, options = {}) => open(browser, url, options),
    close: () => browser.close(),
  }
}
