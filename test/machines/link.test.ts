/** The loss of the ACD link: media in WORK_NOT_READY, and tasks that have to be resubmitted then (`media P5`-P8). */
import { describe, expect, it } from 'vitest'
import type { UserConfig } from '../../machines/index.ts'
import type { DialogLogoutAction } from '../../machines/wire.ts'
import { agent, asked, heard, MRD } from './agent.ts'

/** One OFFERED dialog. With `losesTransfers`, as Finesse, a resubmission without the link loses the task. */
function offered(dialogLogoutAction: DialogLogoutAction, losesTransfers: boolean, more: Partial<UserConfig> = {}) {
  const { config } = agent()
  const mrd = config.mrds[MRD]
  if (!mrd) throw new Error(`there is no MRD ${MRD}`)
  const on = agent({ ...more, mrds: { [MRD]: { ...mrd, settings: { ...mrd.settings, losesTransfers } } } })
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
  ] as const)(
    'with %s while the link is down, with losesTransfers %s: the ACD gets "%s" (P5)',
    (action, loses, word) => {
      const on = offered(action, loses)
      on.act(0, 'ACCEPT', 'START')
      on.link('LINK_LOST')
      const effects = on.medium('LOGOUT')
      expect(asked(effects)).toEqual([word])
      expect(heard(effects)).toContain('task.removed 1000 CLOSED')
    },
  )

  it('is resubmitted while the link is up, also after a loss (S3)', () => {
    const on = offered('TRANSFER', true)
    on.act(0, 'ACCEPT', 'START')
    expect(asked(on.medium('LOGOUT'))).toEqual(['resubmit SIGN_OUT'])
    const later = offered('TRANSFER', true)
    later.link('LINK_LOST')
    later.link('LINK_BACK')
    expect(asked(later.medium('LOGOUT'))).toEqual(['resubmit SIGN_OUT'])
  })

  it('is resubmitted when the link is back and the medium is still WORK_NOT_READY (P7)', () => {
    const on = offered('TRANSFER', true, { autoWorkModeStateChange: false })
    on.link('LINK_LOST')
    on.link('LINK_BACK')
    expect(asked(on.medium('LOGOUT'))).toEqual(['resubmit SIGN_OUT'])
  })
})

describe('a medium in WORK_NOT_READY', () => {
  const lost = (more: Partial<UserConfig> = {}) => {
    const on = offered('CLOSE', true, more)
    on.act(0, 'ACCEPT')
    on.link('LINK_LOST')
    return on
  }

  it('ignores or refuses every request but a sign-in (`media 4.1`)', () => {
    const on = lost()
    expect(heard(on.medium('NOT_READY'))).toEqual([])
    expect(heard(on.mode(true))).toEqual(['failed ACTION_OUT_OF_SEQUENCE'])
    expect(heard(on.mode(false))).toEqual(['failed ACTION_OUT_OF_SEQUENCE'])
    expect(heard(on.link('LINK_LOST'))).toEqual([])
    expect(heard(on.link('LINK_BACK'))).toEqual(['media ACTIVE', 'task.added 1000 ACCEPTED'])
  })

  it('refuses a sign-in on its own side, but its settings apply (A2, P6)', () => {
    const on = lost()
    expect(heard(on.signInToMedium('TRANSFER'))).toEqual(['failed ALREADY_SIGNED_IN_TO_MEDIA'])
    expect(on.view()).toMatchObject({ state: 'WORK_NOT_READY', dialogLogoutAction: 'TRANSFER', connected: false })
  })

  it('is connected when the link is back, also while it stays in the state (P7, media 5.5)', () => {
    const on = lost({ autoWorkModeStateChange: false })
    expect(on.view()).toMatchObject({ state: 'WORK_NOT_READY', connected: false })
    on.link('LINK_BACK')
    expect(on.view()).toMatchObject({ state: 'WORK_NOT_READY', connected: true })
    expect(heard(on.link('LINK_LOST'))).toEqual([])
    expect(on.view()).toMatchObject({ state: 'WORK_NOT_READY', connected: false })
    on.link('LINK_BACK')
    on.medium('ACTIVE')
    expect(on.view()).toMatchObject({ state: 'ACTIVE', connected: true })
  })

  it('that leaves the state when the link is back is connected (P7)', () => {
    const on = lost()
    on.link('LINK_BACK')
    expect(on.view()).toMatchObject({ state: 'ACTIVE', connected: true })
  })

  it('that is signed out while the link is down is connected when it is back', () => {
    const on = lost()
    on.medium('LOGOUT')
    expect(on.view()).toMatchObject({ state: 'LOGOUT', connected: false })
    on.link('LINK_BACK')
    expect(on.view()).toMatchObject({ state: 'LOGOUT', connected: true })
  })
})

describe('a Start Timeout', () => {
  it.each([
    [true, 'ended LOST'],
    [false, 'resubmit START_TIMEOUT'],
  ] as const)('while the link is down, with losesTransfers %s: the ACD gets "%s" (P5, P8)', (loses, word) => {
    const on = offered('CLOSE', loses)
    on.link('LINK_LOST')
    expect(asked(on.toDialog(0, 'START_TIMEOUT'))).toEqual([word])
  })

  it('resubmits the task while the link is up (R3)', () => {
    const on = offered('CLOSE', true)
    expect(asked(on.toDialog(0, 'START_TIMEOUT'))).toEqual(['resubmit START_TIMEOUT'])
  })
})
