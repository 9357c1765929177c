/** Another directory: what it changes about users who are there already (`media 3.2`, ruling 35). */
import { describe, expect, it } from 'vitest'
import type { UserConfig } from '../../machines/index.ts'
import { agent, asked, heard, MRD } from './agent.ts'

/** The configuration of the sample, with one MRD changed. */
function changed(more: { readonly member?: boolean; readonly interruptible?: boolean }): UserConfig {
  const { config } = agent()
  const mrd = config.mrds[MRD]
  if (!mrd) throw new Error(`there is no MRD ${MRD}`)
  const { member = mrd.member, interruptible = mrd.settings.interruptible } = more
  return { ...config, mrds: { ...config.mrds, [MRD]: { member, settings: { ...mrd.settings, interruptible } } } }
}

const configure = (on: ReturnType<typeof agent>, config: UserConfig) => on.tell({ type: 'CONFIGURED', config })

describe('a user who is signed out of a medium', () => {
  it('has its new settings at once', () => {
    const on = agent()
    configure(on, changed({ interruptible: false }))
    expect(on.view().interruptible).toBe(false)
  })

  it('and is no member any more, cannot sign in to it', () => {
    const on = agent()
    configure(on, changed({ member: false }))
    expect(heard(on.signInToMedium())).toEqual(['failed NOT_A_MEMBER_OF_MEDIA'])
  })

  it('whose MRD is gone from the directory is no member', () => {
    const on = agent()
    const { config } = on
    configure(on, { ...config, mrds: {} })
    expect(on.view().interruptible).toBe(true)
    configure(on, config)
    expect(heard(on.signInToMedium())).toEqual(['media NOT_READY'])
  })

  it('has a medium for an MRD that is new', () => {
    const { config } = agent()
    const on = agent({ mrds: {} })
    configure(on, config)
    expect(heard(on.signInToMedium())).toEqual(['media NOT_READY'])
  })
})

describe('a user who is signed in to a medium', () => {
  it('keeps its settings until the next sign-in', () => {
    const on = agent()
    on.signInToMedium()
    configure(on, changed({ interruptible: false }))
    expect(on.view().interruptible).toBe(true)
    on.medium('LOGOUT')
    on.signInToMedium()
    expect(on.view().interruptible).toBe(false)
  })

  it('keeps dialogs and state', () => {
    const on = agent()
    on.signInToMedium()
    on.medium('READY')
    on.offer()
    expect(heard(configure(on, changed({ member: false })))).toEqual([])
    expect(heard(on.act(0, 'ACCEPT'))).toEqual(['task.changed 1000 ACCEPTED', 'media ACTIVE'])
    expect(asked(on.offer())).toEqual(['offered'])
  })
})

it('a user who is gone from the directory is signed out of everything', () => {
  const on = agent()
  on.signIn()
  on.signInToMedium()
  on.ready()
  const { systemFailure: reason } = on.config.reasons
  expect(heard(on.tell({ type: 'REMOVED', reason }))).toEqual(['media LOGOUT', `user LOGOUT (${reason.code})`])
  expect(heard(on.ready())).toEqual(['failed INVALID_USER_STATE'])
})

it('the grace period is the one of the directory in force', () => {
  const on = agent()
  on.signIn()
  on.presence('one', true)
  configure(on, { ...on.config, presenceGraceMs: 5000 })
  // Every word is a second after the one before.
  expect(on.presence('one', false)).toContainEqual(
    expect.objectContaining({ type: 'deadline.armed', name: 'PRESENCE_GRACE_OVER', due: 4000 + 5000 }),
  )
})
