/** Erasure of the customers of campaigns. */
import { describe, expect, it } from 'vitest'
import { differences, kept, keptStore, type Stage, stage } from './stage.ts'

const [FIRST, SECOND, BACK] = ['5550301', '5550302', '5550303']
const user = '1001'
const own = { user, targetMediaAddress: user }

/** Agent 1001 is reserved for the first of two contacts. */
async function reserved(mode: 'preview' | 'predictive'): Promise<Stage> {
  const on = await stage(keptStore())
  await on.engine.command({ type: 'user.signIn', user, extension: user })
  await on.engine.command({ type: 'user.setState', user, state: 'READY' })
  const contacts = [FIRST, SECOND].map((number) => ({
    number,
    accountNumber: `account of ${number}`,
    variables: [{ name: 'callVariable1', value: `value of ${number}` }],
  }))
  const lines = mode === 'predictive' ? { linesPerAgent: 2 } : {}
  await on.engine.acd?.campaigns.create({ id: 'spring', mode, queue: '701', contacts, ...lines })
  return on
}

const calls = ({ engine }: Stage) =>
  engine.get.dialogs(user, 'voice')?.flatMap((dialog) => (dialog.kind === 'call' ? [dialog.id] : [])) ?? []

/** The customer talks with the agent, is to be called back, and hangs up. The campaign is stopped. */
async function talked(on: Stage): Promise<string> {
  await on.clock.advance(10_000)
  const [dialog = ''] = calls(on)
  await on.engine.command({ type: 'call.setCallback', ...own, dialog, callbackNumber: BACK })
  await on.engine.acd?.campaigns.run('spring', false)
  await on.engine.command({ type: 'call.act', ...own, dialog, action: 'DROP' })
  await on.clock.advance(60_000)
  return dialog
}

/** Nothing of the first contact is kept, everything of the second one is, and a replay finds no difference. */
async function expectErased(on: Stage): Promise<void> {
  const all = await kept(on)
  expect([FIRST, BACK].filter((each) => all.includes(each))).toEqual([])
  expect(all).toContain(`value of ${SECOND}`)
  expect(all).toContain(`account of ${SECOND}`)
  expect(await differences(on)).toEqual([])
}

describe('erasing a customer of a campaign', () => {
  it('finds the number, and the variables that a preview has shown', async () => {
    const on = await reserved('preview')
    const [dialog = ''] = calls(on)
    await on.engine.command({ type: 'call.act', ...own, dialog, action: 'ACCEPT' })
    await talked(on)
    expect(await kept(on)).toContain(`account of ${FIRST}`)
    await on.engine.erasures.erase({ callers: [FIRST] })
    await expectErased(on)
  })

  it('finds the contact by the call, also if several numbers rang at once', async () => {
    const on = await reserved('predictive')
    const dialog = await talked(on)
    await on.engine.erasures.erase({ calls: [dialog] })
    const all = await kept(on)
    expect(all).not.toContain(`value of ${FIRST}`)
    expect(all).not.toContain(`account of ${FIRST}`)
    expect(all).toContain(`account of ${SECOND}`)
    expect(await differences(on)).toEqual([])
  })

  it('waits while the contact may still be called', async () => {
    const on = await reserved('preview')
    const [dialog = ''] = calls(on)
    await on.engine.command({ type: 'call.act', ...own, dialog, action: 'ACCEPT' })
    await talked(on)
    await expect(on.engine.erasures.erase({ callers: [SECOND] })).rejects.toMatchObject({ code: 'STILL_OPEN' })
    await on.engine.acd?.campaigns.withdraw('spring', [SECOND])
    await on.engine.erasures.erase({ callers: [SECOND] })
    expect(await kept(on)).not.toContain(SECOND)
    expect(await differences(on)).toEqual([])
  })
})
