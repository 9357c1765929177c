/**
 * Two desktops in a page of another origin call, answer, hold, annotate and wrap up, as a program of somebody else would
 * do it. What they show comes from notifications alone, and after each step the server has the same.
 *
 * Slow, 10 s: a real browser plays a day of calls.
 */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { loadDirectory } from '../../../src/directory/index.ts'
import { describeInBrowser, launchBrowser, type TestBrowser } from '../../browser.ts'
import { type DesktopStage, desktopStage } from './stage.ts'

/** The actions of the agent's own leg, by its state. */
const RINGING = 'ANSWER'
const TALKING = 'HOLD UPDATE_CALL_DATA SEND_DTMF DROP'
const HELD = 'UPDATE_CALL_DATA DROP RETRIEVE'
const WRAP_UP = 'UPDATE_CALL_DATA'

/** The sample directory, in which both agents have to wrap up incoming calls. */
async function directory() {
  const loaded = await loadDirectory()
  const users = loaded.directory.users.map((user) => ({
    ...user,
    settings: { ...user.settings, wrapUpOnIncoming: 'REQUIRED' as const },
  }))
  return { ...loaded, directory: { ...loaded.directory, users } }
}

/** A customer calls the support line. Agent 1001 answers, holds, retrieves, annotates and wraps up. */
async function playQueueCall(stage: DesktopStage): Promise<void> {
  const variables = { callVariable1: 'gold' }
  const call = await stage.acd('calls', { from: '5550100', queue: '701', variables })
  const line = (state: string, ...more: string[]) =>
    [call, `${state} PREROUTE_ACD_IN 5550100 → 8000`, ...more].join(' | ')
  await stage.shows({
    '1001': ['RESERVED', line('ALERTING', '1001 ALERTING, 5550100 INITIATED', 'gold', RINGING)],
    '1002': ['READY'],
  })
  await stage.press('1001', 'ANSWER', call)
  await stage.shows({ '1001': ['TALKING', line('ACTIVE', '1001 ACTIVE, 5550100 ACTIVE', 'gold', TALKING)] })
  await stage.press('1001', 'HOLD', call)
  await stage.shows({ '1001': ['HOLD', line('ACTIVE', '1001 HELD, 5550100 ACTIVE', 'gold', HELD)] })
  await stage.press('1001', 'RETRIEVE', call)
  await stage.shows({ '1001': ['TALKING', line('ACTIVE', '1001 ACTIVE, 5550100 ACTIVE', 'gold', TALKING)] })
  await stage.types('1001', 'Tones', '42#')
  await stage.press('1001', 'SEND_DTMF', call)
  await stage.types('1001', 'Note', '<silver> & "more"')
  await stage.press('1001', 'UPDATE_CALL_DATA', call)
  const noted = '<silver> & "more"'
  await stage.shows({ '1001': ['TALKING', line('ACTIVE', '1001 ACTIVE, 5550100 ACTIVE', noted, TALKING)] })
  await stage.acd(`calls/${call}`, { action: 'HANGUP' })
  await stage.shows({ '1001': ['WORK_READY', line('ACTIVE', '1001 WRAP_UP, 5550100 DROPPED', noted, WRAP_UP)] })
  await stage.chooses('1001', 'Complaint')
  await stage.press('1001', 'UPDATE_CALL_DATA', call)
  const reason = `${noted}, Complaint`
  await stage.shows({ '1001': ['WORK_READY', line('ACTIVE', '1001 WRAP_UP, 5550100 DROPPED', reason, WRAP_UP)] })
  await stage.press('1001', 'Ready')
  await isQuiet(stage)
}

/** Nothing is left. */
const isQuiet = (stage: DesktopStage) => stage.shows({ '1001': ['READY'], '1002': ['READY'] })

describeInBrowser('two desktops in a page of another origin', () => {
  let browser: TestBrowser
  let stage: DesktopStage
  beforeAll(async () => {
    browser = await launchBrowser()
    stage = await desktopStage(browser, await directory())
  })
  afterAll(async () => {
    await stage.close()
    await browser.close()
  })

  it('call, and show what the server has', async () => {
    await stage.shows({ '1001': ['LOGOUT'], '1002': ['LOGOUT'] })
    for (const agent of ['1001', '1002'] as const) {
      await stage.press(agent, 'Sign in')
      await stage.shows({ [agent]: ['NOT_READY'] })
      await stage.press(agent, 'Ready')
      await stage.shows({ [agent]: ['READY'] })
    }
    await playQueueCall(stage)
    expect(stage.refused).toEqual([])
    expect(stage.watched.problems).toEqual([])
    expect(stage.watched.stopped).toEqual([])
  })
})
