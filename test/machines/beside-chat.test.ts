/** Effects of work in one MRD on the others: interrupts, and work that has to end before new tasks (`media 4.5`). */
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

/** An ACTIVE e-mail, and a chat that is ACCEPTED. */
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

  it('interrupts also if its start makes the agent not routable (A18)', () => {
    const { chat } = chatting()
    chat.mode(false)
    const told = heard(chat.act(0, 'START'))
    expect(told).toContain('media ACTIVE not routable')
    expect(told).toContain('media INTERRUPTED')
  })

  it.each([
    ['', true],
    [', also if its start makes the agent not routable', false],
  ])('while the ACD link is down interrupts%s (P5, A18)', (_, routable) => {
    const { on, chat } = chatting()
    if (!routable) chat.mode(false)
    link(on, 'LINK_LOST')
    chat.act(0, 'START')
    // WORK_NOT_READY ignores an interrupt. A refused offer shows that there is other work.
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
    ['ends by the sign-out from its medium', (_, chat) => chat.medium('LOGOUT')],
    ['ends by its max task duration', (_, chat) => chat.toDialog(0, 'MAX_TASK_DURATION')],
  ])('stops new e-mails until it %s', (_, end) => {
    const { on, chat } = ready()
    chat.offer()
    chat.act(0, 'ACCEPT', 'START')
    expect(asked(on.offer())).toEqual(['refused'])
    end(on, chat)
    expect(asked(on.offer())).toEqual(['offered'])
  })
})

/**
 * An e-mail is offered, and a call comes beside a chat. No new task may come until all three have ended. The call and
 * the chat have ended.
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

describe('after a call beside a chat no task comes until an e-mail that was open', () => {
  it.each<readonly [string, readonly ('ACCEPT' | 'START')[], (on: Agent) => unknown]>([
    ['is closed', ['ACCEPT', 'START'], (on) => on.act(0, 'CLOSE')],
    ['is given back by its Start Timeout (A20)', [], (on) => on.toDialog(0, 'START_TIMEOUT')],
    ['is given up by its customer', [], (on) => on.tell({ type: 'CUSTOMER_CANCELS', task: 't0' })],
    [
      'ends, which makes the agent not routable (A18)',
      [],
      (on) => [on.mode(false), on.tell({ type: 'CUSTOMER_CANCELS', task: 't0' })],
    ],
    ['ends by the sign-out from its medium', ['ACCEPT'], (on) => on.medium('LOGOUT')],
  ])('%s', (_, actions, end) => {
    const { on, chat } = unfinished(...actions)
    end(on)
    expect(asked(chat.offer())).toEqual(['offered'])
  })

  it.each<readonly [string, readonly ('ACCEPT' | 'START')[], boolean, (on: Agent) => unknown]>([
    ['is closed', ['ACCEPT', 'START'], true, (on) => on.act(0, 'CLOSE')],
    ['is given back by its Start Timeout (P8)', [], true, (on) => on.toDialog(0, 'START_TIMEOUT')],
    ['ends, which makes the agent not routable (A18)', ['ACCEPT'], false, (on) => on.act(0, 'CLOSE')],
  ])('%s while the ACD link is down', (_, actions, routable, end) => {
    const { on, chat } = unfinished(...actions)
    if (!routable) on.mode(false)
    link(on, 'LINK_LOST')
    end(on)
    link(on, 'LINK_BACK')
    expect(asked(chat.offer())).toEqual(['offered'])
  })
})
