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
    expect(kept(on)).toContain('"legsCome"')
    expect(kept(on)).toContain(SECOND)
    if (action === 'CONFERENCE') {
      await on.engine.command({ type: 'call.act', user, dialog: held, action: 'DROP', targetMediaAddress: user })
      await on.engine.acd?.hangUp(held).catch(() => undefined)
    }
    const { erasure } = await on.engine.erasures.erase({ callers: [SECOND] })
    expect(erasure).toMatchObject({ state: 'done' })
    expect(kept(on)).not.toContain(SECOND)
    expect(differences(on)).toEqual([])
  })

  it('finds the number to which a call was transferred at once', async () => {
    const on = await staffed()
    const dialog = await talks(on, FIRST)
    const toAddress = SECOND
    await on.engine.command({ type: 'call.transferTo', user, dialog, targetMediaAddress: user, toAddress })
    expect(kept(on)).toContain(SECOND)
    await on.engine.erasures.erase({ callers: [SECOND] })
    expect(kept(on)).not.toContain(SECOND)
    expect(differences(on)).toEqual([])
  })
})
