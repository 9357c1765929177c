/**
 * The calls of an agent in the viewer: all parties with their states, live and in the past.
 *
 * Slow, 8 s: a page in a real browser. More in `npm run test:whole`.
 */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeInBrowser, launchBrowser, type TestBrowser } from '../../browser.ts'
import { isWhole } from '../../suite/extent.ts'
import { type Looking, looking } from './looking.ts'
import { AGENT, World } from './world.ts'

describeInBrowser('calls in the viewer', () => {
  let browser: TestBrowser
  let world: World
  let look: Looking
  beforeAll(async () => {
    browser = await launchBrowser()
    world = await World.begin()
    await world.signsIn()
    look = await looking(browser, world.base, `#/user/${AGENT}`)
    await look.signsIn()
  })
  afterAll(async () => {
    await look?.close()
    await browser?.close()
    await world?.close()
  })

  /** Waits until the line of a call is exactly this. */
  const lists = (dialog: string, line: string) =>
    look.page.locator(`.calls [data-call="${dialog}"]`, { hasText: line }).waitFor()

  it('are listed with the states of all their legs', async () => {
    const first = await world.calls()
    await lists(first, `Call ${first}OTHER_IN ALERTING1001ALERTINGoutsideINITIATED`)
    await world.onCall(first, 'ANSWER')
    const second = await world.calls()
    await world.onCall(second, 'ANSWER')
    await lists(first, `Call ${first}OTHER_IN ACTIVE1001HELDoutsideACTIVE`)
    await lists(second, `Call ${second}OTHER_IN ACTIVE1001ACTIVEoutsideACTIVE`)
    await look.sees(`call/${first}/leg:${AGENT}`, 'HELD')
    await look.sees(`call/${second}/leg:+1`, 'ACTIVE')
    await look.picture('viewer-held')
    await world.onCall(second, 'DROP')
    await world.onCall(first, 'DROP')
    await look.page.locator('.calls').waitFor({ state: 'detached' })
    expect(look.problems).toEqual([])
  })

  it.runIf(isWhole)('of a consult and a conference: each agent has the call in the story, with all legs', async () => {
    await world.signsIn('1002')
    const call = await world.calls()
    await world.onCall(call, 'ANSWER')
    const consult = await world.consults(call, '1002')
    await lists(call, `Call ${call}OTHER_IN ACTIVE1001HELDoutsideACTIVE`)
    await lists(consult, `Call ${consult}CONSULT ALERTING1001INITIATED1002ALERTING`)
    await look.sees(`call/${consult}/leg:1002`, 'ALERTING')
    await look.picture('viewer-consult')
    await world.onCall(consult, 'ANSWER', '1002')
    await world.does({ type: 'call.join', user: AGENT, dialog: call, action: 'CONFERENCE', targetMediaAddress: AGENT })
    const conference = `Call ${call}CONFERENCE ACTIVE1001ACTIVEoutsideACTIVE1002ACTIVE`
    await lists(call, conference)
    // The other agent came later, and has the same call.
    await look.chooses('1002')
    await lists(call, conference)
    await look.sees(`call/${call}`, 'ACTIVE')
    await look.sees(`call/${call}/leg:+1`, 'ACTIVE')
    await look.picture('viewer-conference')
    await world.onCall(call, 'DROP', '1002')
    await world.onCall(call, 'DROP')
    expect(look.problems).toEqual([])
  })
})
