/** What becomes of tasks that are to go back to the ACD while its link is down (`media.md` P5, P8). */
import { describe, expect, it } from 'vitest'
import type { DialogLogoutAction } from '../../machines/wire.ts'
import { agent, asked, heard, MRD } from './agent.ts'

/** One dialog, OFFERED; `losesTransfers` as Finesse does. */
function offered(dialogLogoutAction: DialogLogoutAction, losesTransfers: boolean) {
  const { config } = agent()
  const mrd = config.mrds[MRD]
  if (!mrd) throw new Error(`there is no MRD ${MRD}`)
  const on = agent({ mrds: { [MRD]: { ...mrd, settings: { ...mrd.settings, losesTransfers } } } })
  on.signInToMedium(dialogLogoutAction)
  on.medium('READY')
  on.offer()
  const link = (type: 'LINK_LOST' | 'LINK_BACK') => on.tell({ type, side: 'A' })
  return { ...on, link }
}

describe('the dialog of an agent who signs out', () => {
  it.each([
    ['TRANSFER', true, 'ended LOST'],
    ['TRANSFER', false, 'resubmit SIGN_OUT'],
    ['CLOSE', true, 'handled'],
    ['CLOSE', false, 'handled'],
  ] as const)('with %s, where a transfer due now is lost: %s, is told as %s (P5)', (action, loses, word) => {
    const on = offered(action, loses)
    on.act(0, 'ACCEPT', 'START')
    on.link('LINK_LOST')
    const effects = on.medium('LOGOUT')
    expect(asked(effects)).toEqual([word])
    expect(heard(effects)).toContain('task.removed 1000 CLOSED')
  })

  it('is resubmitted while the link is up, and when it is up again (S3)', () => {
    const on = offered('TRANSFER', true)
    on.act(0, 'ACCEPT', 'START')
    expect(asked(on.medium('LOGOUT'))).toEqual(['resubmit SIGN_OUT'])
    const later = offered('TRANSFER', true)
    later.link('LINK_LOST')
    later.link('LINK_BACK')
    expect(asked(later.medium('LOGOUT'))).toEqual(['resubmit SIGN_OUT'])
  })
})

describe('a Start Timeout', () => {
  it.each([
    [true, 'ended LOST'],
    [false, 'resubmit START_TIMEOUT'],
  ] as const)('while the link is down, where a transfer due now is lost: %s, is told as %s (P5, P8)', (loses, word) => {
    const on = offered('CLOSE', loses)
    on.link('LINK_LOST')
    expect(asked(on.toDialog(0, 'START_TIMEOUT'))).toEqual([word])
  })

  it('resubmits the task while the link is up (R3)', () => {
    const on = offered('CLOSE', true)
    expect(asked(on.toDialog(0, 'START_TIMEOUT'))).toEqual(['resubmit START_TIMEOUT'])
  })
})
