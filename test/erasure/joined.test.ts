/** Erasure of callers whose calls an agent has joined, or has transferred to a number. */
import { describe, expect, it } from 'vitest'
import { differences, kept, keptStore, type Stage, stage } from './stage.ts'

const [FIRST, SECOND] = ['5550001', '5550002']
const user = '1003'

/** Agent 1003 talks with a caller. */
async function talks({ engine }: Stage, from: string): Promise<string> {
  const dialog = (await engine.acd?.submitCall({ from, to: user, variables: [] }))?.id ?? ''
  await engine.command({ type: 'call.act', user, dialog, action: 'ANSWER', targetMediaAddress: user })
  return dialog
}

async function staffed(): Promise<Stage> {
  const on = await stage(keptStore())
  await on.engine.command({ type: 'user.signIn', user, extension: user })
  await on.engine.command({ type: 'user.setState', user, state: 'READY' })
  return on
}

describe('erasing a caller', () => {
  it.each(['TRANSFER', 'CONFERENCE'] as const)('finds the number in calls that were joined by %s', async (action) => {
    const on = await staffed()
    const held = await talks(on, FIRST)
    await talks(on, SECOND)
    await on.engine.command({ type: 'call.join', user, dialog: held, action, targetMediaAddress: user })
    expect(await kept(on)).toContain('"legsCome"')
    expect(await kept(on)).toContain(SECOND)
    if (action === 'CONFERENCE') {
      await on.engine.command({ type: 'call.act', user, dialog: held, action: 'DROP', targetMediaAddress: user })
      await on.engine.acd?.hangUp(held).catch(() => undefined)
    }
    const { erasure } = await on.engine.erasures.erase({ callers: [SECOND] })
    expect(erasure).toMatchObject({ state: 'done' })
    expect(await kept(on)).not.toContain(SECOND)
    expect(await differences(on)).toEqual([])
  })

  it('finds the number to which a call was transferred at once', async () => {
    const on = await staffed()
    const dialog = await talks(on, FIRST)
    const toAddress = SECOND
    await on.engine.command({ type: 'call.transferTo', user, dialog, targetMediaAddress: user, toAddress })
    expect(await kept(on)).toContain(SECOND)
    await on.engine.erasures.erase({ callers: [SECOND] })
    expect(await kept(on)).not.toContain(SECOND)
    expect(await differences(on)).toEqual([])
  })

  it.each(['TRANSFER', 'CONFERENCE'] as const)('finds the number that was called, after a %s', async (action) => {
    const on = await staffed()
    const other = '1002'
    await on.engine.command({ type: 'user.signIn', user: other, extension: other })
    const [own, others] = [
      { user, targetMediaAddress: user },
      { user: other, targetMediaAddress: other },
    ]
    await on.engine.command({ type: 'call.make', user, fromAddress: user, toAddress: FIRST })
    await on.clock.advance(60_000)
    const dialog = callsOf(on, user)[0]?.id ?? ''
    await on.engine.command({ type: 'call.consult', ...own, dialog, toAddress: other })
    const consult = callsOf(on, other)[0]?.id ?? ''
    await on.engine.command({ type: 'call.act', ...others, dialog: consult, action: 'ANSWER' })
    await on.engine.command({ type: 'call.join', ...own, dialog, action })
    const ends = callsOf(on, other).map(({ callType, fromAddress, toAddress }) => [callType, fromAddress, toAddress])
    expect(ends).toEqual([[action, user, FIRST]])
    await on.engine.command({ type: 'call.act', ...own, dialog, action: 'DROP' })
    await on.engine.command({ type: 'call.act', ...others, dialog, action: 'DROP' })
    await on.engine.erasures.erase({ callers: [FIRST] })
    expect(await kept(on)).not.toContain(FIRST)
    expect(await differences(on)).toEqual([])
    // The number of the agent who called is no customer's.
    expect(await kept(on)).toContain(`"fromAddress":"${user}"`)
  })
})

/** The calls of a user. */
const callsOf = ({ engine }: Stage, of: string) =>
  engine.get.dialogs(of, 'voice')?.flatMap((dialog) => (dialog.kind === 'call' ? [dialog] : [])) ?? []
