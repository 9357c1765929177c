/** The effects of another directory on existing users (`media 3.2`, ruling 35). */
import { describe, expect, it } from 'vitest'
import type { UserConfig } from '../../machines/index.ts'
import { agent, asked, CHAT, heard, MRD } from './agent.ts'

/** The configuration of the sample, with one MRD changed. */
function changed(more: { readonly member?: boolean; readonly interruptible?: boolean }, id = MRD): UserConfig {
  const { config } = agent()
  const mrd = config.mrds[id]
  if (!mrd) throw new Error(`there is no MRD ${id}`)
  const { member = mrd.member, interruptible = mrd.settings.interruptible } = more
  return { ...config, mrds: { ...config.mrds, [id]: { member, settings: { ...mrd.settings, interruptible } } } }
}

const configure = (on: ReturnType<typeof agent>, config: UserConfig) => on.tell({ type: 'CONFIGURED', config })

describe('a user who is signed out of a medium', () => {
  it('gets the new settings of the MRD at once', () => {
    const on = agent()
    configure(on, changed({ interruptible: false }))
    expect(on.view().interruptible).toBe(false)
  })

  it('cannot sign in if the user is no longer a member', () => {
    const on = agent()
    configure(on, changed({ member: false }))
    expect(heard(on.signInToMedium())).toEqual(['failed NOT_A_MEMBER_OF_MEDIA'])
  })

  it('keeps its settings while its MRD is not in the directory, and can sign in when it is back', () => {
    const on = agent()
    const { config } = on
    configure(on, { ...config, mrds: {} })
    expect(on.view().interruptible).toBe(true)
    configure(on, config)
    expect(heard(on.signInToMedium())).toEqual(['media NOT_READY'])
  })

  it('gets a medium for a new MRD', () => {
    const { config } = agent()
    const on = agent({ mrds: {} })
    configure(on, config)
    expect(heard(on.signInToMedium())).toEqual(['media NOT_READY'])
  })
})

describe('a user who is signed in to a medium', () => {
  it('keeps the settings of the MRD until the next sign-in', () => {
    const on = agent()
    on.signInToMedium()
    configure(on, changed({ interruptible: false }))
    expect(on.view().interruptible).toBe(true)
    on.medium('LOGOUT')
    on.signInToMedium()
    expect(on.view().interruptible).toBe(false)
  })

  it('keeps dialogs and state, and gets more tasks, also if no longer a member', () => {
    const on = agent()
    on.signInToMedium()
    on.medium('READY')
    on.offer()
    expect(heard(configure(on, changed({ member: false })))).toEqual([])
    expect(heard(on.act(0, 'ACCEPT'))).toEqual(['task.changed 1000 ACCEPTED', 'media ACTIVE'])
    expect(asked(on.offer())).toEqual(['offered'])
  })
})

it('a user who is removed while signed in to media only is signed out of them, and has no grace period', () => {
  const on = agent()
  on.presence('one', true)
  on.signInToMedium()
  const { systemFailure: reason } = on.config.reasons
  expect(heard(on.tell({ type: 'REMOVED', reason }))).toEqual(['media LOGOUT'])
  expect(on.state().present).toEqual([])
  expect(on.presence('one', false)).toEqual([])
})

describe('P6: a sign-in on the other side, while the MRD of an open dialog has become', () => {
  /** An agent with an e-mail and a chat, of which the chat is started. Both MRDs are signed in to on side A. */
  function withChatAndEmail() {
    const on = agent({}, ['A', 'B'])
    on.presence('a', true)
    on.signIn()
    const [email, chat] = [on.in(MRD), on.in(CHAT)]
    for (const medium of [email, chat]) {
      medium.signInToMedium()
      medium.medium('READY')
    }
    email.offer()
    email.act(0, 'ACCEPT', 'START')
    chat.offer()
    return { on, email, chat }
  }

  it('interruptible: the end of the dialog ends the interrupt of other MRDs (I7)', () => {
    const { on, email, chat } = withChatAndEmail()
    // The e-mail was started first, so the chat is finished before the agent gets more.
    chat.act(0, 'ACCEPT', 'START')
    expect(email.view().state).toBe('INTERRUPTED')
    configure(on, changed({ interruptible: true }, CHAT))
    on.presence('b', true, 'B')
    for (const medium of [email, chat]) medium.signInToMedium('CLOSE', 'B')
    expect(email.view().state).toBe('INTERRUPTED')
    chat.act(0, 'CLOSE')
    expect(email.view()).toMatchObject({ state: 'ACTIVE', interruptible: true })
    expect(on.state().work).toEqual([])
    // From the next sign-in on the new setting counts.
    chat.medium('LOGOUT')
    chat.signInToMedium('CLOSE', 'B')
    expect(chat.view().interruptible).toBe(true)
  })

  it('not interruptible: the dialog is still interrupted, and continues after the interrupt', () => {
    const { on, email, chat } = withChatAndEmail()
    configure(on, changed({ interruptible: false }, MRD))
    on.presence('b', true, 'B')
    for (const medium of [email, chat]) medium.signInToMedium('CLOSE', 'B')
    chat.act(0, 'ACCEPT', 'START')
    expect(email.view()).toMatchObject({ state: 'INTERRUPTED', interruptible: true })
    chat.act(0, 'CLOSE')
    expect(email.view().state).toBe('ACTIVE')
    expect(on.state().work).toEqual([])
  })
})

it('a user who is removed from the directory is signed out of everything', () => {
  const on = agent()
  on.signIn()
  on.signInToMedium()
  on.ready()
  const { systemFailure: reason } = on.config.reasons
  expect(heard(on.tell({ type: 'REMOVED', reason }))).toEqual(['media LOGOUT', `user LOGOUT (${reason.code})`])
  expect(heard(on.ready())).toEqual(['failed INVALID_USER_STATE'])
})

it('the grace period has the length that the present directory gives', () => {
  const on = agent()
  on.signIn()
  on.presence('one', true)
  configure(on, { ...on.config, presenceGraceMs: 5000 })
  // Every event is a second after the one before, and this is the fourth.
  expect(on.presence('one', false)).toContainEqual(
    expect.objectContaining({ type: 'deadline.armed', name: 'PRESENCE_GRACE_OVER', due: 4000 + 5000 }),
  )
})
