/**
 * The board in a real browser: what a supervisor sees.
 *
 * Slow, 25 s: each test opens pages in a real browser. More in `npm run test:whole`.
 */
import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { startServer } from '../../../src/cli/server.ts'
import { loadDirectory, parseDirectory } from '../../../src/directory/index.ts'
import { describeInBrowser, type OpenOptions, type WatchedPage } from '../../browser.ts'
import { isWhole } from '../../suite/extent.ts'
import { browsing } from './browsing.ts'
import { boardStage, CHAT, EMAIL, type Stage } from './stage.ts'

const PORTS = { restPort: 0, httpBindPort: 'off', xmppPort: 'off' } as const
const SAMPLE = new URL('../../../src/directory/sample.yaml', import.meta.url)

describeInBrowser('the board', () => {
  const shown = browsing()
  const { open } = shown

  async function staged(options: Parameters<typeof boardStage>[0] = {}): Promise<Stage> {
    const stage = await boardStage(options)
    open.push(stage.close)
    return stage
  }

  async function form({ base }: Stage, options: OpenOptions = {}, hash = ''): Promise<WatchedPage> {
    const page = await shown.browser.open(`${base}/inspect/board${hash}`, {
      ...options,
      allow: (url) => url.startsWith(`${base}/inspect/board`),
    })
    open.push(() => page.close())
    return page
  }

  async function signIn({ page }: WatchedPage, name: string, password = 'secret'): Promise<void> {
    await page.fill('#name', name)
    await page.fill('#password', password)
    await page.click('button[type=submit]')
  }

  /** The page with the board on it. */
  async function board(stage: Stage, name = 'admin', options: OpenOptions = {}, hash = ''): Promise<WatchedPage> {
    const watched = await form(stage, options, hash)
    await signIn(watched, name)
    await watched.page.locator('main[data-ready] .body .row').first().waitFor()
    return watched
  }

  const cell = (user: string, mrd: string) => `[data-user="${user}"] [data-mrd="${mrd}"]`
  const inState = ({ page }: WatchedPage, user: string, mrd: string, state: string) =>
    page.locator(`${cell(user, mrd)} [data-state="${state}"]`).waitFor()
  const names = ({ page }: WatchedPage) => page.locator('.body .name').allTextContents()

  /** Agent 1001 with an e-mail that a chat interrupts. */
  async function interrupted(stage: Stage): Promise<string> {
    await stage.engine.adapters.presence({ user: '1001', side: 'A', session: '1001@localhost/d', available: true })
    for (const mrd of [EMAIL, CHAT]) await stage.ready('1001', mrd)
    await stage.works('1001', EMAIL, 'email_support')
    return stage.works('1001', CHAT, 'chat_sales')
  }

  it('shows an interrupt as it happens, and its end, with the time in the state', async () => {
    const stage = await staged()
    const watched = await board(stage)
    const { page } = watched
    await inState(watched, '1001', EMAIL, 'LOGOUT')
    const chat = await interrupted(stage)
    await inState(watched, '1001', EMAIL, 'INTERRUPTED')
    await inState(watched, '1001', CHAT, 'ACTIVE')
    expect(await page.locator(`${cell('1001', EMAIL)} .more`).textContent()).toBe('1 of 3 tasks · held by Chat')
    expect(await page.locator('[data-user="1001"] .presence').getAttribute('aria-label')).toBe('side A: connected')
    await stage.clock.advance(65_000)
    // The time of the server arrives with the next change.
    await stage.engine.acd?.submitTask({ mrd: '5003', scriptSelector: 'social_support' })
    await page.locator('[data-mrd="5003"] .queue.waits').waitFor()
    await page.locator(`${cell('1001', EMAIL)} .time`, { hasText: '1:05' }).waitFor()
    await watched.picture('board-interrupted')
    await stage.act('1001', chat, 'CLOSE')
    await inState(watched, '1001', EMAIL, 'ACTIVE')
    expect(watched.problems).toEqual([])
    expect(watched.stopped).toEqual([])
  })

  it('the card of a queue says why its tasks wait, and shows the agents whom other work holds (media 4.5)', async () => {
    const stage = await staged()
    const watched = await board(stage)
    const { page } = watched
    for (const user of ['1001', '1002']) for (const mrd of [EMAIL, CHAT]) await stage.ready(user, mrd)
    await stage.works('1001', CHAT, 'chat_sales')
    await stage.works('1002', CHAT, 'chat_sales')
    await stage.engine.acd?.submitTask({ mrd: EMAIL, scriptSelector: 'email_support' })
    const card = page.locator(`.card[data-mrd="${EMAIL}"]`)
    await card.locator('.queue.waits').waitFor()
    expect(await card.locator('.queue').textContent()).toBe('1 waiting · longest 0:00')
    expect(await card.locator('.why').textContent()).toBe('nobody is free2 held by Chat5 not signed in')
    expect(await page.locator(`${cell('1001', EMAIL)} .more`).textContent()).toBe('0 of 3 tasks · held by Chat')
    const held = card.locator('.why button', { hasText: '2 held by Chat' })
    await held.click()
    await page.locator('.count', { hasText: '2' }).waitFor()
    expect(await names(watched)).toEqual(['Ana Reyes', 'Boris Novak'])
    // The link of the cell leads to the reasons of the state.
    expect(await page.locator(`${cell('1001', EMAIL)} a`).getAttribute('href')).toBe('/inspect/#/user/1001?mrd=5001')
    expect(new URL(page.url()).hash).toBe('#mrd=5001&why=BUSY_ELSEWHERE+5002')
    await watched.picture('board-why')
    await card.locator('.why button', { hasText: '2 held by Chat' }).click()
    await page.locator(`[data-user="1003"]`).waitFor()
    expect(watched.problems).toEqual([])
  })

  it('shows the calls of an agent with all parties, and that they interrupt', async () => {
    const stage = await staged()
    const watched = await board(stage)
    const { page } = watched
    await stage.command({ type: 'user.signIn', user: '1001', extension: '1001' })
    await stage.ready('1001', EMAIL)
    await stage.works('1001', EMAIL, 'email_support')
    const call = await stage.answers('1001')
    await inState(watched, '1001', EMAIL, 'INTERRUPTED')
    expect(await page.locator(`${cell('1001', EMAIL)} .more`).textContent()).toBe(`1 of 3 tasks · by call ${call}`)
    await stage.onCall('1001', call, 'HOLD')
    await inState(watched, '1001', '1', 'HOLD')
    const more = page.locator(`${cell('1001', '1')} .more`)
    expect(await more.textContent()).toBe('held: outside')
    expect(await more.getAttribute('title')).toBe(`Call ${call} OTHER_IN: Ana Reyes Held, outside Active`)
    await watched.picture('board-held')
    await stage.onCall('1001', call, 'DROP')
    await inState(watched, '1001', EMAIL, 'ACTIVE')
    expect(await more.textContent()).toBe('')
    expect(watched.problems).toEqual([])
  })

  it('shows a consult and a conference at both agents', async () => {
    const stage = await staged()
    const watched = await board(stage)
    const says = (user: string, text: string) =>
      watched.page.locator(`${cell(user, '1')} .more`, { hasText: new RegExp(`^${text}$`) }).waitFor()
    for (const user of ['1001', '1002']) await stage.command({ type: 'user.signIn', user, extension: user })
    const call = await stage.answers('1001')
    const own = { user: '1001', dialog: call, targetMediaAddress: '1001' } as const
    await stage.command({ ...own, type: 'call.consult', toAddress: '1002' })
    await says('1001', 'consult 0:00: Boris Novak rings · held 0:00: outside')
    await says('1002', 'consult, rings: Ana Reyes')
    await watched.picture('board-consult')
    const consult = stage.engine.get.dialogs('1002', 'voice')?.at(-1)?.id ?? ''
    await stage.onCall('1002', consult, 'ANSWER')
    await stage.command({ ...own, type: 'call.join', action: 'CONFERENCE' })
    await says('1001', 'conference: outside, Boris Novak')
    await says('1002', 'conference: Ana Reyes, outside')
    await stage.onCall('1002', call, 'HOLD')
    await says('1001', 'conference: outside, Boris Novak held')
    await watched.picture('board-conference')
    expect(watched.problems).toEqual([])
  })

  it('a supervisor sees only their own teams, and an agent is refused', async () => {
    const stage = await staged()
    const supervisor = await board(stage, '1234')
    expect(await names(supervisor)).not.toContain('Chris Smith')
    expect(await supervisor.page.locator('.count').textContent()).toBe('6 agents')
    const agent = await form(stage)
    await signIn(agent, '1001')
    const problem = agent.page.locator('.problem', { hasText: '1001 is not a supervisor or an administrator.' })
    await problem.waitFor()
    await signIn(agent, '1234', 'wrong')
    await agent.page.locator('.problem', { hasText: 'is wrong, or the account is locked' }).waitFor()
    expect(await agent.page.locator('main').count()).toBe(0)
  })

  it.runIf(isWhole)(
    'each cell links to its agent and medium in the viewer, and without a viewer there is no link',
    async () => {
      const stage = await staged()
      const { page } = await board(stage)
      expect(await page.locator(`${cell('1001', EMAIL)} a`).getAttribute('href')).toBe('/inspect/#/user/1001?mrd=5001')
      expect(await page.locator(`${cell('1006', '1')} a`).getAttribute('href')).toBe('/inspect/#/user/1006?mrd=1')
      const alone = await board(await staged({ hasInspector: false }))
      expect(await alone.page.locator('.body a').count()).toBe(0)
    },
  )

  it('markup in names and reasons is shown as text, and no script runs', async () => {
    const attack = '<img src=x onerror=alert(1)>'
    const text = (await readFile(SAMPLE, 'utf8'))
      .replace('firstName: Ana', `firstName: ${JSON.stringify(attack)}`)
      .replace('name: First Line Support', `name: ${JSON.stringify(attack)}`)
      .replace('label: Lunch', `label: ${JSON.stringify(attack)}`)
    const stage = await staged({ directory: parseDirectory(text, 'attack.yaml') })
    await stage.command({ type: 'user.signIn', user: '1001', extension: '1001' })
    await stage.command({ type: 'user.setState', user: '1001', state: 'NOT_READY', reasonCodeId: '17' })
    const watched = await board(stage)
    const { page } = watched
    expect(await page.locator('[data-user="1001"] .name').textContent()).toBe(`${attack} Reyes`)
    expect(await page.locator('[data-user="1001"] .about').textContent()).toBe(`1001 · ${attack}`)
    expect(await page.locator(`${cell('1001', '1')} .more`).textContent()).toBe(attack)
    expect(await page.locator('img, #board script').count()).toBe(0)
    expect(watched.problems).toEqual([])
    await page.evaluate(
      "document.body.append(Object.assign(document.createElement('img'), { src: 'http://evil.example.com/x.png' }))",
    )
    await expect.poll(() => watched.problems.join()).toContain('CSP img-src')
    await expect(page.evaluate("document.body.innerHTML = '<b>x</b>'")).rejects.toThrow('TrustedHTML')
  })

  it('team, medium, state, search and chips of the summary filter the agents, and the address keeps the filter', async () => {
    const stage = await staged()
    await interrupted(stage)
    const watched = await board(stage)
    const { page } = watched
    await page.selectOption('select[aria-label=Team]', '2002')
    await expect.poll(() => names(watched)).toEqual(['Daniel Okafor', 'Eva Lind'])
    await page.fill('input[type=search]', 'lind')
    await expect.poll(() => names(watched)).toEqual(['Eva Lind'])
    expect(await page.locator('.count').textContent()).toBe('1 of 7 agents')
    await page.click('text=Show all')
    await page.click(`.card[data-mrd="${EMAIL}"] button:has([data-state="INTERRUPTED"])`)
    await expect.poll(() => names(watched)).toEqual(['Ana Reyes'])
    expect(new URL(page.url()).hash).toBe('#mrd=5001&state=INTERRUPTED')
    const again = await board(stage, 'admin', {}, '#search=1006')
    expect(await names(again)).toEqual(['Fumiko Sato'])
  })

  it.runIf(isWhole)('a click on a cell opens the viewer at its agent and medium', async () => {
    const server = await startServer({ ...PORTS, data: ':memory:', inspect: 'viewer' })
    open.push(() => server.close())
    const base = `http://127.0.0.1:${server.ports.rest}`
    const watched = await shown.browser.open(`${base}/inspect/board`, { allow: (url) => url.startsWith(base) })
    open.push(() => watched.close())
    await signIn(watched, 'admin')
    await watched.page.click(`${cell('1001', EMAIL)} a`)
    await watched.page.waitForURL(`${base}/inspect/#/user/1001?mrd=5001`)
    expect(await watched.page.title()).toBe('mrdian inspector')
  })

  it.runIf(isWhole)('connects again after a lost connection, and shows what happened meanwhile', async () => {
    const stage = await staged()
    const watched = await board(stage)
    // The page may be connected again before the test looks, so the page records the changes.
    await watched.page.evaluate(`
      window.seen = []
      const shown = document.querySelector('.connection')
      new MutationObserver(() => window.seen.push(shown.dataset.connection)).observe(shown, { attributes: true })
    `)
    stage.cut()
    await stage.ready('1001', EMAIL)
    await inState(watched, '1001', EMAIL, 'READY')
    await expect.poll(() => watched.page.evaluate('window.seen.join()')).toMatch(/^lost,connecting.*,open$/)
  })

  it('can be used with the keyboard alone', async () => {
    const { page } = await board(await staged())
    await page.keyboard.press('/')
    await page.keyboard.type('second')
    const focused = () => page.evaluate("document.activeElement?.closest('[data-user]')?.dataset.user")
    await page.fill('input[type=search]', '')
    await page.locator('.body .who').first().focus()
    const first = await focused()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('ArrowRight')
    expect(await focused()).not.toBe(first)
    expect(await page.evaluate('document.activeElement?.tagName')).toBe('A')
    await page.keyboard.press('Control+End')
    expect(await focused()).toBe('1006')
    expect(await page.locator('.body [tabindex="0"]').count()).toBe(1)
  })

  it('marks who has waited too long and who is in a state for too long, is calm until then, and saves what is seen', async () => {
    const limits = 'settings:\n  board: { waitSeconds: { "5002": 60 }, stateSeconds: { NOT_READY: 120 } }\n'
    const text = (await readFile(SAMPLE, 'utf8')).replace(/^mediaRoutingDomains:/m, `${limits}mediaRoutingDomains:`)
    const stage = await staged({ directory: parseDirectory(text, 'limits.yaml') })
    const chat = '.card[data-mrd="5002"]'
    await stage.command({
      type: 'media.signIn',
      user: '1003',
      mrd: EMAIL,
      maxDialogLimit: 1,
      interruptAction: 'ACCEPT',
    })
    await stage.engine.acd?.submitTask({ mrd: CHAT, scriptSelector: 'chat_sales' })
    const watched = await board(stage)
    const { page } = watched
    const heights = () => page.locator('.card').evaluateAll((cards) => cards.map((card) => card.clientHeight))
    const before = await heights()
    await page.locator(`${chat} .queue`, { hasText: '1 waiting' }).waitFor()
    expect(await page.locator('.late, .waits').count()).toBe(0)
    expect(await page.locator('.over').isVisible()).toBe(false)
    await stage.clock.advance(121_000)
    await stage.command({
      type: 'media.signIn',
      user: '1002',
      mrd: EMAIL,
      maxDialogLimit: 1,
      interruptAction: 'ACCEPT',
    })
    await page.locator(`${chat}.late .queue`, { hasText: '⚠ 1 waiting' }).waitFor()
    expect(await heights()).toEqual(before)
    await page.locator(`${cell('1003', EMAIL)} .time.late`, { hasText: '⚠ 2:01' }).waitFor()
    expect(await page.locator(`${cell('1002', EMAIL)} .time.late`).count()).toBe(0)
    const first = page.locator('.body [data-user="1003"][aria-rowindex="2"]')
    expect(await first.count()).toBe(0)
    await page.locator('.over', { hasText: '1 agent over the limit' }).click()
    await page.locator('.over[aria-pressed="true"]').waitFor()
    await first.waitFor()
    const [saved] = await Promise.all([page.waitForEvent('download'), page.click('text=CSV')])
    const lines = (await readFile((await saved.path()) ?? '', 'utf8')).split('\r\n')
    expect(saved.suggestedFilename()).toMatch(/^board-.*\.csv$/)
    expect(lines[0]).toMatch(/^agent,name,team,presence,mrd,medium,state,secondsInState,/)
    expect(lines.find((line) => line.startsWith('1003,') && line.includes(',5001,'))).toMatch(
      /,Email,NOT_READY,121,0,1,,NOT_READY,,,$/,
    )
    await watched.picture('board-limits')
  })

  it('of two thousand agents only the visible ones are elements', async () => {
    const loaded = await loadDirectory()
    const [some] = loaded.directory.users
    if (!some) throw new Error('the sample has users')
    const users = Array.from({ length: 2000 }, (_, index) => {
      const id = String(10_001 + index)
      return { ...some, id, loginName: `u${id}`, firstName: `No ${id}`, lastName: '', extensions: [id] }
    })
    const stage = await staged({ directory: { ...loaded, directory: { ...loaded.directory, users } } })
    const watched = await board(stage)
    const { page } = watched
    expect(await page.locator('.count').textContent()).toBe('2000 agents')
    expect(await page.locator('.body .row').count()).toBeLessThan(60)
    await page.evaluate("document.querySelector('.grid').scrollTop = 1e9")
    await page.locator('[data-user="12000"]').waitFor()
    expect(await page.locator('.body .row').count()).toBeLessThan(60)
    await stage.command({ type: 'user.signIn', user: '12000', extension: '12000' })
    await inState(watched, '12000', '1', 'NOT_READY')
  })
})
