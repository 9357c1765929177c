/**
 * `mrdian demo`: the command, its links in a real browser, and its end.
 *
 * Slow, 15 s: it starts the program four times, and opens two pages in a real browser. More in `npm run test:whole`.
 */
import { once } from 'node:events'
import { createServer } from 'node:net'
import { createInterface } from 'node:readline'
import { expect, it } from 'vitest'
import { describeInBrowser, launchBrowser } from '../browser.ts'
import { isWhole } from '../suite/extent.ts'
import { run, start } from './process.ts'

/** Starts the command; resolves with its first lines when it has said how to stop. */
async function demo(...args: string[]) {
  const { child, ended } = start(['demo', ...args])
  const lines: string[] = []
  for await (const line of createInterface({ input: child.stdout })) {
    lines.push(line)
    if (line.includes('Ctrl-C')) break
  }
  const text = lines.join('\n')
  const found = (pattern: RegExp) => pattern.exec(text)?.[1] ?? `nothing like ${pattern} in: ${text}`
  return {
    text,
    board: found(/Board +(\S+)/),
    viewer: found(/Viewer +(\S+)/),
    sideA: found(/REST +(\S+)/),
    end: async (signal: NodeJS.Signals) => {
      child.kill(signal)
      const { code, signal: by, err } = await ended
      return { code, by, err }
    },
  }
}

/**
 * Resolves when the started program can send its pages. From the sources, it makes their scripts at the first request,
 * while the centre is at work. On a busy machine that takes longer than a browser waits for a page.
 */
async function areMade(...pages: readonly string[]): Promise<void> {
  for (const page of pages) expect((await fetch(page)).status).toBe(200)
}

const STOPPED = { code: 0, by: null, err: '' }

describeInBrowser('mrdian demo', () => {
  it.runIf(isWhole)(
    'shows agents who talk, work and are interrupted, and tasks that wait, on the board and in the viewer',
    async () => {
      const [centre, browser] = await Promise.all([demo('--speed', '10'), launchBrowser()])
      try {
        await areMade(centre.board, centre.viewer)
        const allow = (url: string) => url.startsWith(new URL('/inspect/', centre.board).href)
        const board = await browser.open(centre.board, { allow })
        for (const state of ['TALKING', 'ACTIVE', 'INTERRUPTED'])
          await board.page.locator(`.body [data-state="${state}"]`).first().waitFor()
        await board.page
          .getByText(/[1-9]\d* waiting/)
          .first()
          .waitFor()
        await board.page.getByText('30 agents').waitFor()
        await board.picture('demo-board')
        const viewer = await browser.open(centre.viewer, { allow })
        await viewer.page.getByText('30 agents').waitFor()
        await viewer.picture('demo-viewer')
        // The link has been used. The browser that used it stays signed in, in the board too.
        await viewer.page.reload()
        await viewer.page.getByText('30 agents').waitFor()
        await viewer.page.goto(`${new URL('/inspect/board', centre.viewer)}`)
        await viewer.page.getByText('link, administrator').waitFor()
        expect([...board.problems, ...board.stopped, ...viewer.problems, ...viewer.stopped]).toEqual([])
      } finally {
        await browser.close()
      }
      expect(await centre.end('SIGINT')).toEqual(STOPPED)
    },
  )
})

it('gives its agents REST at once, and ends with 0 at SIGTERM', async () => {
  const centre = await demo()
  const authorization = `Basic ${Buffer.from('1001:secret').toString('base64')}`
  const user = await fetch(`${centre.sideA}User/1001`, { headers: { authorization } })
  expect(await user.text()).toContain('<firstName>Ana</firstName>')
  expect(centre.text).toContain('at work, in real time')
  expect(await centre.end('SIGTERM')).toEqual(STOPPED)
})

it.runIf(isWhole)('says which flag to use when the port is taken, or a value is wrong', async () => {
  const other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  const address = other.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const [taken, fast] = await Promise.all([run(['demo', '--port', String(port)]), run(['demo', '--speed', '1000'])])
  other.close()
  expect({ code: taken.code, err: taken.err }).toEqual({
    code: 1,
    err: `mrdian: port ${port} on 127.0.0.1 is taken; use another one: --port PORT (0 takes a free one)\n`,
  })
  expect(fast.code).toBe(1)
  expect(fast.err).toContain('A number from 1 to 100.')
})
