/** Work in one MRD and what it is to the others: who is interrupted, and who has to finish first (`media 4.5`). */
import { describe, expect, it } from 'vitest'
import { agent, asked, CHAT, heard } from './agent.ts'

type Agent = ReturnType<typeof agent>
type Chat = ReturnType<Agent['in']>

/** READY for e-mail and chat. */
function ready() {
  const on = agent()
  const chat = on.in(CHAT)
  on.signIn()
  for (const medium of [on, chat]) {
    medium.signInToMedium()
    medium.medium('READY')
  }
  return { on, chat }
}

const link = (on: Agent, type: 'LINK_LOST' | 'LINK_BACK') => on.tell({ type, side: 'A' })

/** On a chat with an e-mail that is ACTIVE. */
function chatting() {
  const { on, chat } = ready()
  on.offer()
  on.act(0, 'ACCEPT', 'START')
  chat.offer()
  chat.act(0, 'ACCEPT')
  return { on, chat }
}

describe('a chat that is started', () => {
  it('interrupts the e-mail until it is closed (I1, I7)', () => {
    const { on, chat } = chatting()
    expect(heard(chat.act(0, 'START'))).toContain('media INTERRUPTED')
    expect(heard(chat.act(0, 'PAUSE'))).not.toContain('media ACTIVE')
    expect(heard(chat.act(0, 'CLOSE'))).toContain('media ACTIVE')
    expect(heard(on.act(0, 'CLOSE'))).toContain('media READY')
  })

  it('as the last that was unstarted interrupts as well (A18)', () => {
    const { chat } = chatting()
    chat.mode(false)
    const told = heard(chat.act(0, 'START'))
    expect(told).toContain('media ACTIVE not routable')
    expect(told).toContain('media INTERRUPTED')
  })

  it.each([
    ['', true],
    [', as the last that was unstarted', false],
  ])('while the ACD link is down interrupts as well%s (P5, A18)', (_, routable) => {
    const { on, chat } = chatting()
    if (!routable) chat.mode(false)
    link(on, 'LINK_LOST')
    chat.act(0, 'START')
    // A medium in WORK_NOT_READY takes no interrupt; an offer to it shows that there is other work.
    link(on, 'LINK_BACK')
    expect(asked(on.offer())).toEqual(['refused'])
    chat.act(0, 'CLOSE')
    expect(asked(on.offer())).toEqual(['offered'])
  })

  it.each<readonly [string, (on: Agent, chat: Chat) => unknown]>([
    [
      'is closed while the ACD link is down',
      (on, chat) => [link(on, 'LINK_LOST'), chat.act(0, 'CLOSE'), link(on, 'LINK_BACK')],
    ],
    ['ends with the sign-out from its medium', (_, chat) => chat.medium('LOGOUT')],
    ['ends with its time', (_, chat) => chat.toDialog(0, 'MAX_TASK_DURATION')],
  ])('keeps e-mail away until it %s', (_, end) => {
    const { on, chat } = ready()
    chat.offer()
    chat.act(0, 'ACCEPT', 'START')
    expect(asked(on.offer())).toEqual(['refused'])
    end(on, chat)
    expect(asked(on.offer())).toEqual(['offered'])
  })
})

/**
 * An e-mail is offered; a call comes beside a chat, so that everything has to be finished first. Call and chat are
 * over, the e-mail is not.
 */
function unfinished(...actions: readonly ('ACCEPT' | 'START')[]) {
  const { on, chat } = ready()
  on.offer()
  on.act(0, ...actions)
  chat.offer()
  chat.act(0, 'ACCEPT', 'START')
  on.leg('ALERTING')
  on.leg('ACTIVE')
  on.callRemoved()
  expect(asked(chat.offer())).toEqual(['refused'])
  chat.act(0, 'CLOSE')
  expect(asked(chat.offer())).toEqual(['refused'])
  return { on, chat }
}

describe('after work that came beside other work, no task comes before an e-mail that was open', () => {
  it.each<readonly [string, readonly ('ACCEPT' | 'START')[], (on: Agent) => unknown]>([
    ['is closed', ['ACCEPT', 'START'], (on) => on.act(0, 'CLOSE')],
    ['is given back by its Start Timeout (A20)', [], (on) => on.toDialog(0, 'START_TIMEOUT')],
    ['is given up by its customer', [], (on) => on.tell({ type: 'CUSTOMER_CANCELS', task: 't0' })],
    [
      'ends as the last that was unstarted (A18)',
      [],
      (on) => [on.mode(false), on.tell({ type: 'CUSTOMER_CANCELS', task: 't0' })],
    ],
    ['ends with the sign-out from its medium', ['ACCEPT'], (on) => on.medium('LOGOUT')],
  ])('%s', (_, actions, end) => {
    const { on, chat } = unfinished(...actions)
    end(on)
    expect(asked(chat.offer())).toEqual(['offered'])
  })

  it.each<readonly [string, readonly ('ACCEPT' | 'START')[], boolean, (on: Agent) => unknown]>([
    ['is closed', ['ACCEPT', 'START'], true, (on) => on.act(0, 'CLOSE')],
    ['is given back by its Start Timeout (P8)', [], true, (on) => on.toDialog(0, 'START_TIMEOUT')],
    ['ends as the last that was unstarted (A18)', ['ACCEPT'], false, (on) => on.act(0, 'CLOSE')],
  ])('while the ACD link is down: %s', (_, actions, routable, end) => {
    const { on, chat } = unfinished(...actions)
    if (!routable) on.mode(false)
    link(on, 'LINK_LOST')
    end(on)
    link(on, 'LINK_BACK')
    expect(asked(chat.offer())).toEqual(['offered'])
  })
})
