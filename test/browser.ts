/**
 * A real browser for tests of pages: Debian's Chromium, headless, by playwright-core. Every page is watched: what it
 * complains about and what it asks for are collected, and no request leaves this machine. A page that is closed leaves its
 * window, empty, for the next page.
 */
import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { type Browser, type BrowserContextOptions, chromium, type Page, type Request } from 'playwright-core'
import { afterEach, describe } from 'vitest'
import { isWhole } from './suite/extent.ts'
import { PATIENCE } from './suite/patience.ts'
import { stays } from './suite/stays.ts'

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

/** CSS pixels. */
const VIEWPORT = { width: 1280, height: 900 }

/** Nobody answers there. Chromium asks loopback without it. */
const NO_PROXY = 'http://127.0.0.1:9'

/** Where pictures go: git ignores it. */
const ARTEFACTS = fileURLToPath(new URL('../test-artefacts/', import.meta.url))

/** A suite that needs a browser. Without one it is skipped and says why; where `CI` is set it fails instead. */
export function describeInBrowser(name: string, tests: () => void): void {
  const isMissing = !existsSync(CHROMIUM) && !process.env.CI
  describe.skipIf(isMissing)(isMissing ? `${name} (needs ${CHROMIUM}: apt-get install chromium)` : name, () => {
    afterEach(async ({ task }) => {
      if (task.result?.state === 'fail') for (const each of inUse) await tell(each)
    })
    tests()
  })
}

/** Most characters of a page that are printed. */
const TOLD_MOST = 4000

/** Prints what a page shows, because a failure that is rare can seldom be seen again. */
async function tell({ page, watch }: Window): Promise<void> {
  const text = String(await page.evaluate('document.body.innerText').catch(String))
  console.error(
    `${page.url()} shows:\n${text.slice(0, TOLD_MOST)}\nIt complains: ${watch?.problems.join('\n') || 'no'}`,
  )
}

export interface OpenOptions extends BrowserContextOptions {
  /** Requests beside that for the page itself which are allowed, such as those to the server under test. Default: none. */
  readonly allow?: (url: string) => boolean
  /** No other page gets its window, to which functions or scripts are added. Default: false. */
  readonly hasOwnWindow?: boolean
}

/** A page, and what happened to it so far. */
export interface WatchedPage {
  readonly page: Page
  /** Console errors and warnings, uncaught errors, violations of its content security policy. */
  readonly problems: readonly string[]
  /** Requests that were not allowed. Those to other machines did not leave. */
  readonly stopped: readonly string[]
  /** Keeps a picture in `test-artefacts/`, in whole runs only; `name` is without its ending. */
  picture(name: string): Promise<void>
  close(): Promise<void>
}

export interface TestBrowser {
  open(url: string, options?: OpenOptions): Promise<WatchedPage>
  close(): Promise<void>
}

/** Options of a page that can be changed while it is open. A page with others has a window of its own. */
const CHANGEABLE: readonly string[] = ['viewport', 'colorScheme'] satisfies (keyof BrowserContextOptions)[]

/** A window with its own cookies. Opening one costs more than the page in it, so it is used again. */
interface Window {
  readonly page: Page
  /** What is watched now; `undefined` while nobody uses the window. */
  watch: Watch | undefined
}

interface Watch {
  readonly url: string
  readonly allow: OpenOptions['allow']
  readonly problems: string[]
  readonly stopped: string[]
}

/** Lists a request that is not allowed. Playwright could stop it, but then nothing is cached, and preflights are not real. */
function check(request: Request, watch: Watch | undefined): void {
  const asked = request.url()
  if (watch !== undefined && asked !== watch.url && !watch.allow?.(asked)) watch.stopped.push(asked)
}

/** What moves is drawn again and again, so nothing moves unless a test wants it. */
async function newWindow(browser: Browser, options: BrowserContextOptions): Promise<Window> {
  const context = await browser.newContext({ viewport: VIEWPORT, reducedMotion: 'reduce', ...options })
  context.setDefaultTimeout(PATIENCE)
  const page = await context.newPage()
  const made: Window = { page, watch: undefined }
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) made.watch?.problems.push(message.text())
  })
  page.on('pageerror', (error) => made.watch?.problems.push(String(error)))
  await page.addInitScript(
    'addEventListener("securitypolicyviolation", (event) => console.error("CSP", event.violatedDirective, event.blockedURI))',
  )
  page.on('request', (request) => check(request, made.watch))
  return made
}

/** Leaves nothing of a page for the next one: no other page, no route, no cookie, no data. */
async function emptied({ page }: Window): Promise<void> {
  const context = page.context()
  const [{ origin }, others] = [new URL(page.url()), context.pages().filter((each) => each !== page)]
  await Promise.all(others.map((each) => each.close()))
  await page.unrouteAll({ behavior: 'ignoreErrors' })
  // By the page itself, because it keeps its process then. That of the next page of this machine is the same.
  await Promise.all([page.waitForURL('about:blank'), page.evaluate('location.replace("about:blank")')])
  await context.clearCookies()
  if (origin !== 'null') {
    const devtools = await context.newCDPSession(page)
    await devtools.send('Storage.clearDataForOrigin', { origin, storageTypes: 'all' })
    await devtools.detach()
  }
}

/** The browser of this process, once a test has needed it, and its windows that nobody uses. */
let shared: Promise<Browser> | undefined
const idle: Window[] = []
/** Those that show a page. */
const inUse = new Set<Window>()

/** One for all test files of a process, because a start costs more than most tests. It ends with the process. */
async function sharedBrowser(): Promise<Browser> {
  if (shared !== undefined && (await shared).isConnected()) return shared
  idle.length = 0
  shared = chromium.launch({
    executablePath: CHROMIUM,
    // Signals are for the tests. The browser ends when its pipe to this process closes.
    ...{ handleSIGHUP: false, handleSIGINT: false, handleSIGTERM: false },
    args: [
      ...['--no-sandbox', '--disable-background-networking', `--disable-features=${WITHOUT}`],
      // The pages of a test are of one server, so one process can show them.
      '--renderer-process-limit=1',
      `--proxy-server=${NO_PROXY}`,
    ],
  })
  const browser = await shared
  browser.once('disconnected', stays())
  return browser
}

async function open(browser: Browser, windows: Set<Window>, url: string, options: OpenOptions): Promise<WatchedPage> {
  const { allow, hasOwnWindow = false, ...rest } = options
  const isUsual = !hasOwnWindow && Object.keys(rest).every((each) => CHANGEABLE.includes(each))
  const again = isUsual ? idle.pop() : undefined
  const used = again ?? (await newWindow(browser, rest))
  windows.add(used)
  inUse.add(used)
  const { page } = used
  if (again !== undefined) {
    await page.setViewportSize(rest.viewport ?? VIEWPORT)
    await page.emulateMedia({ colorScheme: rest.colorScheme ?? null, media: null })
  }
  const watch: Watch = { url, allow, problems: [], stopped: [] }
  used.watch = watch
  await page.goto(url)
  return {
    page,
    problems: watch.problems,
    stopped: watch.stopped,
    picture: async (name) => {
      if (!isWhole) return
      await mkdir(ARTEFACTS, { recursive: true })
      await page.screenshot({ path: `${ARTEFACTS}${name}.png`, fullPage: true })
    },
    close: async () => {
      if (used.watch !== watch) return
      used.watch = undefined
      windows.delete(used)
      inUse.delete(used)
      if (!isUsual || page.isClosed()) return page.context().close()
      await emptied(used)
      idle.push(used)
    },
  }
}

/** Close it in `afterAll`: pages that are still open are closed. */
export async function launchBrowser(): Promise<TestBrowser> {
  const browser = await sharedBrowser()
  const windows = new Set<Window>()
  return {
    open: (url, options = {}) => open(browser, windows, url, options),
    close: async () => {
      for (const each of windows) inUse.delete(each)
      await Promise.all([...windows].map(({ page }) => page.context().close()))
      windows.clear()
    },
  }
}
