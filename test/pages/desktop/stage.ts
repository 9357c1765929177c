/** A server, and a page of another origin with the desktops of two agents. */
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { isDeepStrictEqual } from 'node:util'
import { expect } from 'vitest'
import { startServer } from '../../../src/cli/server.ts'
import type { LoadedDirectory } from '../../../src/directory/index.ts'
import { bundleScript } from '../../../src/pages/bundle.ts'
import { type VirtualClock, virtualClock } from '../../../src/testing/virtual-clock.ts'
import type { TestBrowser, WatchedPage } from '../../browser.ts'
import { PATIENCE } from '../../suite/patience.ts'

const PAGE = new URL('./page/', import.meta.url)

export const AGENTS = ['1001', '1002'] as const
export type AgentId = (typeof AGENTS)[number]

/** A desktop as it is shown: the state, then each call in one line. */
export type Shown = readonly string[]

/** Runs in the page. Reads what the desktop of an agent shows now. */
const LINES = `
  const linesOf = (panel) => {
    const texts = (within, selector) => [...within.querySelectorAll(selector)].map((each) => each.textContent)
    const line = (call) => [
      call.dataset.dialog, ...texts(call, 'header'), texts(call, 'li').join(', '), ...texts(call, '.data'),
      texts(call, 'button').join(' '),
    ].filter(Boolean).join(' | ')
    return [...texts(panel, '.state, .problem').filter(Boolean), ...[...panel.querySelectorAll('article')].map(line)]
  }
  document.addEventListener('shown', ({ target }) => window.wasShown(target.dataset.agent, linesOf(target)))
`

/** Serves the page of the desktops, as a web server of somebody else would. */
async function served(): Promise<{ readonly url: string; close(): Promise<void> }> {
  const html = await readFile(new URL('index.html', PAGE))
  const script = await bundleScript({ entry: new URL('index.ts', PAGE) })
  const server = createServer(({ url = '' }, response) => {
    const isScript = url.endsWith('.js')
    response.setHeader('content-type', `${isScript ? 'text/javascript' : 'text/html'}; charset=utf-8`)
    response.end(isScript ? script : html)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return {
    url: `http://127.0.0.1:${address.port}/`,
    close: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

export interface DesktopStage {
  readonly watched: WatchedPage
  readonly clock: VirtualClock
  /** Answers of the server with a status that is not of success, as `405 PUT …`. */
  readonly refused: readonly string[]
  /** Waits until the desktops show this, and the server has the same. */
  shows(wanted: Readonly<Partial<Record<AgentId, Shown>>>): Promise<void>
  press(agent: AgentId, label: string, dialog?: string): Promise<void>
  /** Types into a field, such as `Number`. */
  types(agent: AgentId, field: 'Number' | 'Tones' | 'Note', text: string): Promise<void>
  chooses(agent: AgentId, wrapUpReason: string): Promise<void>
  /** Waits until the desktop shows a call that no desktop has shown before. Returns its id. */
  added(agent: AgentId): Promise<string>
  /** A request to `/acd` by the administrator, for the parties outside. Returns the `id` in the answer, if any. */
  acd(path: string, body: object): Promise<string>
  close(): Promise<void>
}

export async function desktopStage(browser: TestBrowser, directory: LoadedDirectory): Promise<DesktopStage> {
  const clock = virtualClock()
  const options = { restPort: 0, httpBindPort: 0, xmppPort: 'off', data: ':memory:' } as const
  const server = await startServer({ ...options, directory, clock })
  const [rest, httpBind] = [`127.0.0.1:${server.ports.rest}`, `127.0.0.1:${server.ports.httpBind}`]
  const place = {
    rest: `http://${rest}`,
    webSocket: `ws://${httpBind}/ws/`,
    bosh: `http://${httpBind}/http-bind/`,
    domain: 'localhost',
  }
  const site = await served()
  const isKnown = (url: string) => [site.url, place.rest, place.bosh].some((known) => url.startsWith(known))
  const watched = await browser.open('about:blank', { allow: isKnown, hasOwnWindow: true })
  const { page } = watched
  const refused: string[] = []
  page.on('response', (response) => {
    if (!response.ok()) refused.push(`${response.status()} ${response.request().method()} ${response.url()}`)
  })

  const shown = new Map<string, Shown>()
  /** Ids of calls that the test knows. */
  const known = new Set<string>()
  let wake: () => void = () => undefined
  await page.exposeFunction('wasShown', (agent: string, lines: Shown) => {
    shown.set(agent, lines)
    wake()
  })
  await page.addInitScript(LINES)
  await page.goto(`${site.url}#${new URLSearchParams(place)}`)

  /** Resolves at the next change of what a desktop shows; false if there is none for too long. */
  const next = () =>
    new Promise<boolean>((resolve) => {
      const late = setTimeout(() => resolve(false), PATIENCE)
      wake = () => {
        clearTimeout(late)
        resolve(true)
      }
    })

  /** Waits until both are equal, and looks at each change. If they never are, the test fails with the difference. */
  const agree = async <T>(look: () => Promise<readonly [actual: T, wanted: T]>): Promise<void> => {
    for (;;) {
      const changed = next()
      const [actual, wanted] = await look()
      if (isDeepStrictEqual(actual, wanted)) return wake()
      if (!(await changed)) expect(actual).toEqual(wanted)
    }
  }

  const desk = (agent: string) => page.locator(`[data-agent="${agent}"]`)
  return {
    watched,
    clock,
    refused,
    async shows(wanted) {
      const agents = Object.keys(wanted)
      await agree(async () => [Object.fromEntries(agents.map((agent) => [agent, shown.get(agent)])), wanted])
      for (const agent of AGENTS)
        await agree(async () => {
          const copies = `Promise.all([desktops[${agent}].notified(), desktops[${agent}].served()])`
          const [notified, now] = await page.evaluate<[unknown, unknown]>(copies)
          return [notified, now]
        })
    },
    press: (agent, label, dialog) => {
      const within = dialog === undefined ? desk(agent) : desk(agent).locator(`[data-dialog="${dialog}"]`)
      return within.getByRole('button', { name: label, exact: true }).click()
    },
    types: (agent, field, text) => desk(agent).getByPlaceholder(field).fill(text),
    async chooses(agent, wrapUpReason) {
      await desk(agent).getByRole('combobox').selectOption(wrapUpReason)
    },
    async added(agent) {
      for (;;) {
        const changed = next()
        const ids = (shown.get(agent) ?? []).slice(1).map((line) => line.split(' | ')[0] ?? '')
        const id = ids.find((each) => /^\d+$/.test(each) && !known.has(each))
        if (id !== undefined) {
          known.add(id)
          wake()
          return id
        }
        if (!(await changed)) throw new Error(`no new call at ${agent}: ${shown.get(agent)?.join('; ')}`)
      }
    },
    async acd(path, body) {
      const authorization = `Basic ${btoa('admin:secret')}`
      const headers = { authorization, 'content-type': 'application/json' }
      const answer = await fetch(`${place.rest}/acd/${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
      const text = await answer.text()
      expect(answer.ok, text).toBe(true)
      const { id = '' }: { readonly id?: string } = text === '' ? {} : JSON.parse(text)
      known.add(id)
      return id
    },
    async close() {
      await watched.close()
      await site.close()
      await server.close()
    },
  }
}
