/**
 * Two desktops in a page of another origin, as somebody else would write them: they call, answer, hold, consult, transfer,
 * confer, annotate and wrap up. What they show comes from notifications alone, and after each step the server has the same.
 *
 * Slow, 10 s: a real browser plays a day of calls. More in `npm run test:whole`.
 */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { loadDirectory } from '../../../src/directory/index.ts'
import { describeInBrowser, launchBrowser, type TestBrowser } from '../../browser.ts'
import { some } from '../../suite/extent.ts'
import { agentCall, conference, consultTransfer, drop, isQuiet, outsideCalls, queueCall, singleStep } from './plays.ts'
import { AGENTS, type DesktopStage, desktopStage } from './stage.ts'

/** The sample directory, in which agents have to wrap up incoming calls, and may drop others from their conferences. */
async function directory() {
  const loaded = await loadDirectory()
  const users = loaded.directory.users.map((user) => ({
    ...user,
    settings: { ...user.settings, wrapUpOnIncoming: 'REQUIRED' as const },
  }))
  const settings = {
    ...loaded.directory.settings,
    enableDropParticipantFor: 'conference_controller_and_supervisor' as const,
  }
  return { ...loaded, directory: { ...loaded.directory, users, settings } }
}

describeInBrowser('two desktops in a page of another origin', () => {
  let browser: TestBrowser
  let stage: DesktopStage
  beforeAll(async () => {
    browser = await launchBrowser()
    stage = await desktopStage(browser, await directory())
    await stage.shows({ '1001': ['LOGOUT'], '1002': ['LOGOUT'] })
    for (const agent of AGENTS) {
      await stage.press(agent, 'Sign in')
      await stage.shows({ [agent]: ['NOT_READY'] })
      await stage.press(agent, 'Ready')
    }
    await isQuiet(stage)
  })
  afterAll(async () => {
    await stage?.close()
    await browser?.close()
  })

  const STORIES = [
    ['a customer calls a queue', queueCall],
    ['an agent calls the other one', agentCall],
    ['an agent calls numbers outside', outsideCalls],
    ['an agent consults the other one and transfers a customer', consultTransfer],
    ['agents and a customer are in a conference', conference],
    ['an agent drops the other one from a conference', drop],
    ['an agent transfers a customer in a single step', singleStep],
  ] as const
  it.each(some(STORIES, 2))('%s', async (_, play) => {
    await play(stage)
    // No request was refused, and the browser has nothing to complain about.
    expect(stage.refused).toEqual([])
    expect(stage.watched.problems).toEqual([])
    expect(stage.watched.stopped).toEqual([])
  })
})
