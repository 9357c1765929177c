/**
 * The page in a real browser, opened from a file.
 *
 * Slow, 20 s: each test opens a whole report in a real browser. More in `npm run test:whole`.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { loadScenario, type SimulationResult, simulate } from '../../../src/simulate/index.ts'
import { renderHtml } from '../../../src/simulate/report/index.ts'
import {
  describeInBrowser,
  launchBrowser,
  type OpenOptions,
  type TestBrowser,
  type WatchedPage,
} from '../../browser.ts'
import { isWhole } from '../../suite/extent.ts'
import { agent, big, HOUR, interrupted, MINUTE, queue, result, work } from './fixture.ts'

const Shown = z.array(
  z.object({
    agent: z.string(),
    subject: z.string(),
    dialog: z.string(),
    state: z.string(),
    from: z.number(),
    to: z.number(),
    x: z.number(),
    y: z.number(),
  }),
)
const Stretch = z.object({ from: z.number(), to: z.number() })

const INTERRUPT = { from: HOUR + 10 * MINUTE, to: HOUR + 40 * MINUTE }
/** `rgb` of the fill of INTERRUPTED. */
const PINK = [214, 51, 108]

describeInBrowser('the report page', () => {
  let browser: TestBrowser
  let folder = ''
  const opened: WatchedPage[] = []

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'report-'))
    browser = await launchBrowser()
  })
  afterAll(async () => {
    await browser?.close()
    await rm(folder, { recursive: true, force: true })
  })
  afterEach(async () => {
    const all = opened.splice(0)
    await Promise.all(all.map((watched) => watched.close()))
    for (const watched of all) expect(complaintsOf(watched)).toEqual([])
  })

  const complaintsOf = ({ problems, stopped }: WatchedPage) => [...problems, ...stopped]

  async function load(results: readonly SimulationResult[], options?: OpenOptions): Promise<WatchedPage> {
    const file = join(folder, 'report.html')
    await writeFile(file, await renderHtml(results))
    return browser.open(pathToFileURL(file).href, options)
  }

  /** Opens a page for one test. */
  async function open(results: readonly SimulationResult[], options?: OpenOptions): Promise<WatchedPage> {
    const watched = await load(results, options)
    opened.push(watched)
    return watched
  }

  const lanes = async ({ page }: WatchedPage, index = 0) =>
    Shown.parse(JSON.parse(z.string().parse(await page.evaluate(`JSON.stringify(mrdianReport.lanes(${index}))`))))
  const time = async ({ page }: WatchedPage) => Stretch.parse(await page.evaluate('mrdianReport.time()'))
  const texts = ({ page }: WatchedPage, selector: string) => page.locator(selector).allInnerTexts()

  /** Moves the pointer onto the first bar in a state. */
  async function pointAt(watched: WatchedPage, wanted: string): Promise<void> {
    await watched.page.locator('.lanes-scroll').scrollIntoViewIfNeeded()
    const bar = (await lanes(watched)).find(({ state }) => state === wanted)
    await watched.page.mouse.move(bar?.x ?? 0, bar?.y ?? 0)
  }

  /** Opens the table of lanes, if it is not open. */
  async function openTable({ page }: WatchedPage): Promise<void> {
    await page.evaluate("document.querySelector('.lane-table').open = true")
    await page.locator('.lane-table tbody tr').first().waitFor()
  }

  /** Rows of the table of lanes with a state. */
  async function tableRows({ page }: WatchedPage, state: string): Promise<readonly (readonly string[])[]> {
    const rows = page.locator('.lane-table tbody tr', { hasText: `(${state})` })
    return Promise.all((await rows.all()).map((row) => row.locator('th, td').allInnerTexts()))
  }

  describe('of one result', () => {
    let watched: WatchedPage
    beforeAll(async () => {
      watched = await load([result()])
    })
    afterAll(() => watched?.close())
    afterEach(() => expect(complaintsOf(watched)).toEqual([]))

    it('opens from a file, shows the result, and loads nothing else', async () => {
      const { page } = watched
      expect(await page.title()).toBe('A morning of interrupts')
      expect(await texts(watched, 'h1')).toEqual(['A morning of interrupts'])
      expect(await texts(watched, 'header dd')).toEqual(
        expect.arrayContaining(['morning', '7', '4:00:00 h', '2026-03-02 08:00:00 UTC', 'a3f1'.repeat(16)]),
      )
      expect(await texts(watched, '.expectations tbody tr:first-child td')).toEqual([
        '\u2717 failed',
        '1:15:00.000',
        '1002 in 5002 is READY',
        'ACTIVE',
        '32',
      ])
      const queues = page.getByRole('table', { name: 'Queues' })
      expect(await queues.locator('tbody tr').first().innerText()).toBe(
        'Email\t50\t40\t5\t1\t4\t4\t2\t82.5 %\t1:00 min\t45 s\t36 s\t1:30 min\t2:15 min\t3:00 min\t10:00 min\t30 s\t9',
      )
      const onTask = page.getByRole('table', { name: 'Time on task' })
      expect(await onTask.locator('tbody tr').first().innerText()).toContain(
        '3:00:00 h\t20:00 min\t45:00 min\t15:00 min',
      )
      expect(await texts(watched, '.faults tbody td')).toEqual([
        'Finesse side A is out of service',
        '2:00:00.000',
        '2:20:00.000',
        '20:00 min',
      ])
      expect(await page.evaluate('mrdianReport.queueLengths()')).toEqual([
        { name: 'Email', points: 241 },
        { name: 'Chat', points: 241 },
      ])
      await watched.picture('report')
    })

    it('shows an interrupt at its time: in the table, on the chart, under the pointer', async () => {
      const { page } = watched
      const [ofAgent, ofDialog] = (await lanes(watched)).filter(({ state }) => state === 'INTERRUPTED')
      expect(ofAgent).toMatchObject({ agent: '1001', subject: '5001', dialog: '', ...INTERRUPT })
      expect(ofDialog).toMatchObject({ agent: '1001', subject: '5001', dialog: '1001.7', ...INTERRUPT })
      if (!ofAgent || !ofDialog) return

      await openTable(watched)
      expect(await tableRows(watched, 'INTERRUPTED')).toContainEqual([
        'Ana Reyes (1001)',
        'Email',
        '1001.7',
        'Interrupted (INTERRUPTED)',
        '1:10:00.000',
        '1:40:00.000',
        '30:00 min',
        'CD_NORMAL_END_TASK',
      ])

      await pointAt(watched, 'INTERRUPTED')
      const hover = await page.locator('.hover').innerText()
      expect(hover).toContain('Interrupted (INTERRUPTED)')
      expect(hover).toContain('1:10:00.000 to 1:40:00.000, 30:00 min')
      expect(hover).toContain('09:10:00 to 09:40:00 UTC')
      await page.mouse.move(5, 5)
      expect(await page.locator('.hover').isVisible()).toBe(false)
    })

    it('paints an interrupt in its colour, in its place and nowhere else', async () => {
      const row = (await lanes(watched)).filter(
        ({ agent: user, subject, dialog }) => [user, subject, dialog].join() === '1001,5001,',
      )
      const painted = await Promise.all(
        row.map(async ({ state, x, y }) => ({ state, isPink: await hasColour(watched, x, y, PINK) })),
      )
      expect(painted.filter(({ isPink }) => isPink).map(({ state }) => state)).toEqual(['INTERRUPTED'])
    })

    it('the legend hides and shows a state by keyboard, on the chart and in the table', async () => {
      const { page } = watched
      await openTable(watched)
      await page.getByLabel('Find an agent').focus()
      await page.keyboard.press('Tab')
      expect(await page.locator(':focus').getAttribute('data-state')).toBe('LOGOUT')
      while ((await page.locator(':focus').getAttribute('data-state')) !== 'INTERRUPTED')
        await page.keyboard.press('Tab')
      const states = async () => new Set((await lanes(watched)).map(({ state }) => state))

      await page.keyboard.press('Space')
      expect(await page.locator(':focus').getAttribute('aria-pressed')).toBe('false')
      expect(await states()).not.toContain('INTERRUPTED')
      expect(await states()).toContain('ACTIVE')
      expect(await tableRows(watched, 'INTERRUPTED')).toEqual([])

      await page.keyboard.press('Enter')
      expect(await page.locator(':focus').getAttribute('aria-pressed')).toBe('true')
      expect(await states()).toContain('INTERRUPTED')
      expect(await tableRows(watched, 'INTERRUPTED')).toHaveLength(4)
    })

    it('zooms and moves in time by keyboard, buttons and wheel', async () => {
      const { page } = watched
      const region = page.getByRole('region', { name: /^Lanes of/ })
      await region.focus()
      await page.keyboard.press('+')
      expect(await time(watched)).toEqual({ from: HOUR, to: 3 * HOUR })
      await page.keyboard.press('ArrowLeft')
      expect(await time(watched)).toEqual({ from: 36 * MINUTE, to: 156 * MINUTE })
      const [bar] = (await lanes(watched)).filter(({ state }) => state === 'INTERRUPTED')
      expect(await hasColour(watched, bar?.x ?? 0, bar?.y ?? 0, PINK)).toBe(true)
      await page.keyboard.press('0')
      expect(await time(watched)).toEqual({ from: 0, to: 4 * HOUR })
      await page.getByRole('button', { name: 'Zoom in' }).click()
      expect(await time(watched)).toEqual({ from: HOUR, to: 3 * HOUR })
      await page.getByRole('button', { name: 'Show the whole time' }).click()

      await region.hover()
      await page.keyboard.down('Control')
      await page.mouse.wheel(0, -240)
      await page.keyboard.up('Control')
      await expect.poll(async () => (await time(watched)).to).toBeLessThan(4 * HOUR)
      await page.getByRole('button', { name: 'Show the whole time' }).click()
    })

    it('finds an agent', async () => {
      const { page } = watched
      await page.getByLabel('Find an agent').fill('novak')
      expect(new Set((await lanes(watched)).map(({ agent: user }) => user))).toEqual(new Set(['1002']))
      expect(await page.getByText('1 found').isVisible()).toBe(true)
      await page.getByLabel('Find an agent').fill('')
      expect(new Set((await lanes(watched)).map(({ agent: user }) => user)).size).toBe(2)
    })
  })

  it('follows the dark mode, also when it changes', async () => {
    const watched = await open([result()], { colorScheme: 'dark' })
    const { page } = watched
    const background = () => page.evaluate('getComputedStyle(document.body).backgroundColor')
    expect(await background()).toBe('rgb(20, 23, 28)')
    await watched.picture('report-dark')
    await page.emulateMedia({ colorScheme: 'light' })
    expect(await background()).toBe('rgb(255, 255, 255)')
  })

  it.runIf(isWhole)(
    'draws only the bars near the visible part, of 10,000 on 50 lanes, and prints all of them in light colours',
    async () => {
      const watched = await open([big(50, 10_000)], { colorScheme: 'dark' })
      const { page } = watched
      const agents = async () =>
        z.array(z.string()).parse(await page.evaluate('[...new Set(mrdianReport.lanes(0).map(({ agent }) => agent))]'))
      const bars = async () => z.number().parse(await page.evaluate('mrdianReport.lanes(0).length'))
      expect(await bars()).toBeLessThan(4_000)
      await page.evaluate("document.querySelector('.lanes-scroll').scrollTop = 1e6")
      await expect.poll(agents).toContain('2049')
      expect(await agents()).not.toContain('2000')

      await page.emulateMedia({ media: 'print' })
      await page.waitForSelector('.printing')
      expect(await agents()).toHaveLength(50)
      expect(await bars()).toBe(10_000)
      expect(await page.evaluate('getComputedStyle(document.body).backgroundColor')).toBe('rgb(255, 255, 255)')
      await page.emulateMedia({ media: 'screen' })
      await page.waitForSelector(':root:not(.printing)')
      expect(await bars()).toBeLessThan(4_000)
    },
  )

  it('compares two results: figures with differences, lanes on the same axis, all queue lengths in one chart', async () => {
    const fewer = queue('5001', 'Email', { arrived: 44, serviceLevel: 0.9 })
    const watched = await open([result(), result({ seed: 8, queues: [fewer] })])
    const { page } = watched
    const queues = page.getByRole('table', { name: 'Queues' })
    expect(await queues.locator('thead th').allInnerTexts()).toEqual([
      'Queue',
      'A: A morning of interrupts (seed 7)',
      'B: A morning of interrupts (seed 8)',
      'Difference to A',
    ])
    const shown = async () => (await queues.locator('tbody tr:visible').allInnerTexts()).filter((row) => row !== '')
    const inEmail = ['Contacts\t50\t44\t\u22126', 'Service level\t82.5 %\t90.0 %\t+7.5 %']
    const same = 'Handled\t40\t40\t='
    expect(await shown()).toEqual(expect.arrayContaining(inEmail))
    expect(await shown()).not.toContain(same)
    await page
      .locator('section', { has: queues })
      .getByRole('checkbox', { name: 'Also rows that do not differ' })
      .check()
    const rows = await shown()
    expect(rows).toEqual(expect.arrayContaining([...inEmail, same]))
    expect(rows).toContain('Contacts\t50\t\u2013\t\u2013')
    expect(await page.evaluate('mrdianReport.queueLengths().map(({ name }) => name)')).toEqual([
      'A: Email',
      'A: Chat',
      'B: Email',
    ])

    await page.getByRole('button', { name: 'Zoom in' }).click()
    const interrupts = await Promise.all([0, 1].map((index) => lanes(watched, index)))
    const [ofA, ofB] = interrupts.map((shown) => shown.find(({ state }) => state === 'INTERRUPTED'))
    expect(ofB?.x).toBe(ofA?.x)
    expect(ofB?.y).toBeGreaterThan(ofA?.y ?? 0)
    expect(await hasColour(watched, ofB?.x ?? 0, ofB?.y ?? 0, PINK)).toBe(true)
    await watched.picture('report-compare')
  })

  it('shows the interrupt of the shipped scenario at its times', async () => {
    const watched = await open([await simulate(await loadScenario('interrupt'))])
    const played = (await lanes(watched)).filter(({ state }) => state === 'INTERRUPTED')
    const ofEmail = { agent: '1001', subject: '5001', from: 5 * MINUTE + 10_000, to: 8 * MINUTE + 10_000 }
    expect(played).toMatchObject([{ ...ofEmail, dialog: '' }, ofEmail])
    await openTable(watched)
    const rows = await tableRows(watched, 'INTERRUPTED')
    expect(rows.map((cells) => cells.slice(4, 7))).toEqual([
      ['0:05:10.000', '0:08:10.000', '3:00 min'],
      ['0:05:10.000', '0:08:10.000', '3:00 min'],
    ])
    expect(await watched.page.locator('.expectations .failed').count()).toBe(0)
    expect(await watched.page.locator('.expectations .held').count()).toBeGreaterThan(0)
    await watched.picture('report-interrupt')
  })

  it('shows markup in texts of the result as text, everywhere', async () => {
    const attack = [
      '</script><script>window.broken = 1</script>',
      '<img src="http://127.0.0.1:9/x" onerror="window.broken = 1">',
      '"><svg onload=window.broken=1>',
      "{a|b} {{constructor.constructor('window.broken = 1')()}}",
    ].join(' ')
    const { tracks, handlings } = interrupted(4 * HOUR)
    const hostile = agent(attack, attack, {
      team: attack,
      tracks: tracks.map((track) => ({
        ...track,
        name: attack,
        spans: track.spans.map((span) => (span.state === 'READY' ? { ...span, state: attack } : span)),
      })),
      handlings: handlings.map((each) => ({ ...each, dialog: attack, dispositionCode: attack })),
    })
    const watched = await open([
      result({
        scenario: { name: attack, title: attack, description: attack },
        journalHash: attack,
        queues: [queue(attack, attack)],
        work: [work(attack, attack, { stateMs: { [attack]: HOUR } })],
        agents: [hostile],
        faults: [{ text: attack, from: HOUR, to: 2 * HOUR }],
        expectations: [{ line: 1, text: attack, at: 0, held: false, found: attack }],
      }),
    ])
    const { page } = watched
    await openTable(watched)
    await pointAt(watched, attack)
    expect(await page.locator('.hover').innerText()).toContain(attack)
    expect(await page.title()).toBe(attack)
    expect(await texts(watched, 'h1')).toEqual([attack])
    expect(await texts(watched, '.expectations tbody td')).toEqual(expect.arrayContaining([attack]))
    for (const chart of ['#queue-lengths', '#waits', '#occupancy']) {
      await page.locator(`${chart} .chart`).hover()
      expect(await page.locator(`${chart} .tip`).innerText()).toContain(attack)
    }
    expect(await page.evaluate('window.broken')).toBeUndefined()
    expect(await page.locator('svg, img').count()).toBe(0)
  })
})

/** Whether a colour is on the canvas within 4 pixels of a place of the page, because bars are hatched. */
async function hasColour({ page }: WatchedPage, x: number, y: number, rgb: readonly number[]): Promise<boolean> {
  const found = await page.evaluate(`(() => {
    const canvas = [...document.querySelectorAll('.lanes-canvas canvas')].find((each) => {
      const frame = each.getBoundingClientRect()
      return ${y} >= frame.top && ${y} <= frame.bottom
    })
    const frame = canvas.getBoundingClientRect()
    const scale = canvas.width / frame.width
    const copy = document.createElement('canvas').getContext('2d')
    copy.drawImage(canvas, (${x} - frame.left) * scale - 4, (${y} - frame.top) * scale - 4, 9, 9, 0, 0, 9, 9)
    const { data } = copy.getImageData(0, 0, 9, 9)
    for (let at = 0; at < data.length; at += 4) {
      if (${JSON.stringify(rgb)}.every((value, channel) => Math.abs(data[at + channel] - value) < 3)) return true
    }
    return false
  })()`)
  return z.boolean().parse(found)
}
