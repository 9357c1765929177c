/**
 * The board in a real browser, with many agents whose states change all the time: how many frames of the page take longer
 * than they may. The same page without changes is the reference, because the browser shares the machine.
 */
import { z } from 'zod'
import { loadDirectory } from '../../src/directory/index.ts'
import { launchBrowser, type WatchedPage } from '../browser.ts'
import { boardStage, EMAIL, type Stage } from '../inspect/board/stage.ts'
import type { Figure } from './figures.ts'

const SECONDS = 5
/** Changes of state in a second, of all agents together. A centre of 2,000 agents has some forty. */
const CHANGES = 100
/** A frame that takes longer is a stutter that people see, in ms. */
const LONG = 100
const LIMITS = { stateSeconds: { NOT_READY: 1, READY: 600 }, waitSeconds: { [EMAIL]: 60 } }

const frames = z.object({ all: z.number(), long: z.number(), longest: z.number() })
type Frames = z.output<typeof frames>

export async function boardFigures(count = 2000): Promise<readonly Figure[]> {
  const stage = await staged(count)
  const browser = await launchBrowser()
  try {
    const watched = await opened(stage, browser)
    const calm = await framesOf(watched)
    const stop = new AbortController()
    const changes = changing(stage, count, stop.signal)
    const busy = await framesOf(watched)
    stop.abort()
    const changed = await changes
    const what = `board, ${count} agents, ${Math.round(changed / SECONDS)} changes in a second`
    const share = ({ all, long }: Frames) => long / Math.max(1, all)
    return [
      { what: `${what}: frames in a second`, value: busy.all / SECONDS, unit: '', ...without(calm.all / SECONDS) },
      { what: `${what}: share of frames over ${LONG} ms`, value: share(busy), unit: '', must: 0.05, aim: 0 },
      { what: `${what}: longest frame`, value: busy.longest, unit: 'ms', ...without(calm.longest) },
    ]
  } finally {
    await browser.close()
    await stage.close()
  }
}

const without = (value: number) => ({ reference: `without changes: ${Math.round(value)}` })

async function staged(count: number): Promise<Stage> {
  const loaded = await loadDirectory()
  const [some] = loaded.directory.users
  if (!some) throw new Error('the sample has users')
  const users = Array.from({ length: count }, (_, index) => {
    const id = String(10_001 + index)
    return { ...some, id, loginName: `u${id}`, firstName: `No ${id}`, lastName: '', extensions: [id] }
  })
  const settings = { ...loaded.directory.settings, board: LIMITS }
  const stage = await boardStage({ directory: { ...loaded, directory: { ...loaded.directory, settings, users } } })
  for (const { id } of users) await stage.ready(id, EMAIL)
  return stage
}

async function opened({ base }: Stage, browser: Awaited<ReturnType<typeof launchBrowser>>): Promise<WatchedPage> {
  const watched = await browser.open(`${base}/inspect/board#sort=late`, {
    allow: (url) => url.startsWith(`${base}/inspect/board`),
  })
  const { page } = watched
  await page.fill('#name', 'admin')
  await page.fill('#password', 'secret')
  await page.click('button[type=submit]')
  await page.locator('main[data-ready] .body .row').first().waitFor()
  return watched
}

/** Counts the frames of some seconds, in the page. */
async function framesOf({ page }: WatchedPage): Promise<Frames> {
  const counted = await page.evaluate(`new Promise((resolve) => {
    const found = { all: 0, long: 0, longest: 0 }
    const begin = performance.now()
    let last = begin
    const frame = (now) => {
      const took = now - last
      last = now
      found.all += 1
      found.longest = Math.max(found.longest, took)
      if (took > ${LONG}) found.long += 1
      if (now - begin < ${SECONDS * 1000}) requestAnimationFrame(frame)
      else resolve(found)
    }
    requestAnimationFrame(frame)
  })`)
  return frames.parse(counted)
}

/** Agents become NOT_READY and READY in turn, at an even pace. Returns how many changes there were. */
async function changing({ command, clock }: Stage, count: number, signal: AbortSignal): Promise<number> {
  const begin = performance.now()
  let changed = 0
  while (!signal.aborted) {
    const due = ((performance.now() - begin) / 1000) * CHANGES
    for (; changed < due && !signal.aborted; changed += 1) {
      const state = Math.floor(changed / count) % 2 === 0 ? 'NOT_READY' : 'READY'
      await command({ type: 'media.setState', user: String(10_001 + (changed % count)), mrd: EMAIL, state })
    }
    await clock.advance(50)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  return changed
}
