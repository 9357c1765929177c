/** Why an agent is in a state, explained from the history. */
import { describe, expect, it } from 'vitest'
import { ADMIN, CHAT, causesOf, changesOf, Day, EMAIL, episodeOf, rulesOf, stateOf } from './stage.ts'

/** A time in a text of an explanation. It is in UTC, and the page or program that shows it makes it local. */
const clock = (minute: number, second: number) => new Date(2026, 2, 2, 10, minute, second).toISOString()

const EMAIL_NAME = 'Email (5001)'

/** The agent works on an e-mail, and a chat is offered. */
async function atWork(options: Parameters<Day['ready']>[1] = {}) {
  const day = await Day.begin()
  await day.signIn()
  await day.ready(EMAIL, options)
  await day.ready(CHAT)
  await day.pass(30)
  const email = await day.start(EMAIL)
  await day.pass(30)
  const chat = await day.submit(CHAT)
  await day.pass(12)
  return { day, email, chat }
}

describe('the question of the README: why was 1001 INTERRUPTED at 10:42', () => {
  it('is answered with rules, causes and what happens next', async () => {
    const { day, email, chat } = await atWork()
    await day.act(chat, 'ACCEPT', 'START')
    const began = day.now
    await day.pass(48)
    const at = day.now
    await day.pass(60)
    await day.act(chat, 'CLOSE')

    const why = await day.why({ at })
    const state = stateOf(why, EMAIL_NAME)
    expect(state).toMatchObject({ state: 'INTERRUPTED', since: began, before: 'ACTIVE', forgotten: false })
    expect(rulesOf(why, EMAIL_NAME)).toEqual(['I1, A15, media 12.3', 'media 5.1', 'I7', 'media 4.5'])
    expect(causesOf(why, EMAIL_NAME)).toEqual([
      `START of dialog ${chat} by 1001`,
      'task 5002-1 was offered',
      'new task for chat_sales, meant for agent 1001, task 5002-1 by admin',
    ])
    expect(state.because[0]).toMatchObject({ requestId: 'START-1', who: { via: 'rest', by: '1001' }, tie: 'change' })
    expect(state.because.slice(1)).toMatchObject([{ tie: 'origin' }, { tie: 'cause', aggregate: 'queue/5002' }])
    expect(stateOf(why, `${EMAIL_NAME} dialog ${email}`)).toMatchObject({ state: 'INTERRUPTED', before: 'ACTIVE' })
    // The explanation of a time does not contain what happened later.
    expect(why.timeline.episodes.map(({ what }) => what)).not.toContain(`CLOSE of dialog ${chat}`)
    expect(stateOf(await day.why(), EMAIL_NAME)).toMatchObject({ state: 'ACTIVE', before: 'INTERRUPTED' })
  })

  it('is answered in sentences, followed by a timeline', async () => {
    const { day, email, chat } = await atWork()
    await day.act(chat, 'ACCEPT', 'START')
    await day.pass(48)
    const text = await day.text({ mrd: EMAIL, at: day.now })
    expect(text).toContain(
      'At 10:42:00 agent 1001 (Ana Reyes) is INTERRUPTED in Email (5001), since 10:41:12 (before: ACTIVE',
    )
    expect(text).toContain(
      `has dialogs: Chat (5002) dialog ${chat} was started and is not closed (I1, A15, media 12.3)`,
    )
    expect(text).toContain('The agent signed in to it with interruptAction ACCEPT (media 5.1)')
    expect(text).toContain(`It ends when dialog ${chat} is closed (I7)`)
    expect(text).toContain(`How: at 10:41:12 START of dialog ${chat}, by agent 1001 over REST (requestId START-1)`)
    expect(text).toContain(
      '<- at 10:41:00 new task for chat_sales, meant for agent 1001, task 5002-1, by administrator admin through /acd',
    )
    expect(text).toMatch(/10:41:12 +START of dialog .*\n +Email \(5001\): ACTIVE -> INTERRUPTED/)
    expect(text).toContain(`sent PUT on User/1001/Media: Email (5001) is INTERRUPTED [to listeners only]`)
    expect(text).toContain(`Email (5001) dialog ${email}: ACTIVE -> INTERRUPTED`)
  })

  it('is answered without call variables and callers, unless personal data is requested', async () => {
    const { day } = await atWork()
    await day.engine.command({ type: 'user.setState', user: '1001', state: 'READY' })
    await day.ring()
    for (const told of [await day.text(), JSON.stringify(await day.why())]) {
      expect(told).not.toContain('room 7')
      expect(told).not.toContain('5550100')
    }
    expect(await day.text({ personal: true })).toContain('callVariable1=room 7')
    expect(await day.text({ personal: true })).toContain('call from 5550100 to extension 1001')
  })
})

describe('interrupts', () => {
  it('with IGNORE the medium is not interrupted, with the reason', async () => {
    const { day, chat } = await atWork({ interruptAction: 'IGNORE' })
    await day.act(chat, 'ACCEPT', 'START')
    const why = await day.why()
    expect(stateOf(why, EMAIL_NAME).state).toBe('ACTIVE')
    expect(rulesOf(why, EMAIL_NAME)).toContain('I2')
    expect(changesOf(episodeOf(why, 'START'))).not.toContain(`${EMAIL_NAME}: ACTIVE -> INTERRUPTED`)
  })

  it('a medium that is NOT_READY, and READY later, is not interrupted, each time with the reason', async () => {
    const { day, chat } = await atWork()
    await day.ask({ type: 'media.setState', user: '1001', mrd: EMAIL, state: 'NOT_READY' })
    await day.act(chat, 'ACCEPT', 'START')
    expect(rulesOf(await day.why(), EMAIL_NAME)).toContain('I4')
    await day.ask({ type: 'media.setState', user: '1001', mrd: EMAIL, state: 'READY' })
    expect(stateOf(await day.why(), EMAIL_NAME).state).toBe('ACTIVE')
    expect(rulesOf(await day.why(), EMAIL_NAME)).toContain('media 12.3')
  })

  it('of two interrupts, the second one is the reason after the first one ended', async () => {
    const { day, chat } = await atWork()
    const second = await day.submit(CHAT)
    await day.act(chat, 'ACCEPT', 'START')
    await day.act(second, 'ACCEPT', 'START')
    expect(rulesOf(await day.why(), EMAIL_NAME)).toContain('I5')
    await day.act(chat, 'CLOSE')
    const why = await day.why()
    expect(stateOf(why, EMAIL_NAME).state).toBe('INTERRUPTED')
    expect(stateOf(why, EMAIL_NAME).reasons).toContainEqual({
      rule: 'I6',
      text: `the interrupt began with dialog ${chat}, which is over`,
    })
    expect(await day.text({ mrd: EMAIL })).toContain(`It ends when dialog ${second} is closed`)
  })

  it('a call interrupts when it is answered, and its chain of causes leads to the caller', async () => {
    const { day } = await atWork()
    await day.ask({ type: 'user.setState', user: '1001', state: 'READY' })
    const call = await day.ring()
    expect(rulesOf(await day.why(), 'Voice')).toEqual(['U9, V1', 'V2, V1, V13, user 5.6'])
    expect(rulesOf(await day.why(), `Call ${call}`)).toEqual(['V2'])
    expect(stateOf(await day.why(), `Call ${call}`).next).toMatchObject([{ name: 'RING_TIMEOUT' }])
    expect(stateOf(await day.why(), `Call ${call}`).details).toMatchObject({
      callType: 'OTHER_IN',
      to: '1001',
      parties: [
        { who: 'agent 1001', state: 'ALERTING', stateCause: '' },
        { who: '…', state: 'INITIATED', stateCause: '' },
      ],
    })
    expect(await day.text()).toContain('OTHER_IN from … to 1001, agent 1001 ALERTING, … INITIATED')
    await day.callAct(call, 'ANSWER')
    const why = await day.why()
    expect(stateOf(why, EMAIL_NAME).state).toBe('INTERRUPTED')
    expect(stateOf(why, EMAIL_NAME).reasons[0]?.text).toBe(
      `work that may not be interrupted interrupts an MRD whose agent accepts interrupts and has dialogs: call ${call} is ACTIVE`,
    )
    expect(causesOf(why, EMAIL_NAME)).toEqual([
      `call ${call}: the agent's side is ACTIVE`,
      `ANSWER of call ${call} by 1001`,
      'call from … arrives at extension 1001',
      `call from … to extension 1001, call ${call} by admin`,
    ])
    expect(rulesOf(why, 'Voice')).toEqual(['U12, U16, U20, U26, V3, V42, V45', 'user 5.6, V3, V6'])
  })

  it('a task that is offered in an interrupted MRD is explained', async () => {
    const { day, chat } = await atWork()
    const waiting = await day.submit(EMAIL)
    await day.act(chat, 'ACCEPT', 'START')
    expect(rulesOf(await day.why(), EMAIL_NAME)).toContain('ruling 9')
    expect(rulesOf(await day.why(), `${EMAIL_NAME} dialog ${waiting}`)).toEqual(['D1'])
  })
})

describe('offers', () => {
  it('RESERVED until the Start Timeout, then READY and not routable because of it', async () => {
    const day = await Day.begin()
    await day.ready(CHAT)
    const dialog = await day.submit(CHAT)
    const due = day.now + 30_000
    expect(stateOf(await day.why(), 'Chat (5002)')).toMatchObject({
      state: 'RESERVED',
      next: [{ name: 'START_TIMEOUT', due, rule: 'R1' }],
    })
    expect(await day.text()).toContain(`A dialog is offered, and there is no other: dialog ${dialog} (media 4.2, A10)`)
    await day.pass(31)
    const why = await day.why()
    expect(stateOf(why, 'Chat (5002)')).toMatchObject({
      state: 'READY',
      details: { routable: false, notEligible: 'NOT_ROUTABLE' },
    })
    expect(rulesOf(why, 'Chat (5002)')).toEqual(['media 4.2, A13', 'A20, R4, R5', 'R6'])
    expect(episodeOf(why, 'Start Timeout')).toMatchObject({
      who: null,
      at: due,
      deadlines: [
        { change: 'fired', name: 'START_TIMEOUT', due },
        { change: 'cleared', name: 'MAX_TASK_DURATION' },
      ],
      requests: [{ to: 'queue/5002', type: 'resubmit' }],
    })
    const ended = await day.why({ dialog })
    expect(ended.states.at(-1)).toMatchObject({
      state: 'CLOSED',
      before: 'OFFERED',
      details: { dispositionCode: 'CD_RING_NO_ANSWER' },
      reasons: [{ rule: 'D3, R2, R3' }],
    })
  })

  it('the reason for not routable is found, even after many inputs', async () => {
    const day = await Day.begin()
    await day.ready(CHAT)
    await day.submit(CHAT)
    await day.pass(31)
    for (let count = 0; count < 150; count += 1) {
      await day.ask({ type: 'media.setState', user: '1001', mrd: CHAT, state: 'READY' })
      await day.pass(7)
    }
    expect(rulesOf(await day.why(), 'Chat (5002)')).toEqual(['media 4.2, A13', 'A20, R4, R5', 'R6'])
  })

  it('the dialog limit, a deferred not routable, and a transfer that waits are explained', async () => {
    const day = await Day.begin()
    await day.engine.fault({ type: 'resubmission', side: 'A', mode: 'timeout', up: false }, ADMIN)
    await day.ready(CHAT, { maxDialogLimit: 1 })
    const chat = await day.submit(CHAT)
    await day.ask({ type: 'media.setRoutable', user: '1001', mrd: CHAT, routable: false })
    expect(rulesOf(await day.why(), 'Chat (5002)')).toEqual([
      'media 4.2, A10',
      'A10, A11, media 4.5',
      'A18',
      'media 4.5',
    ])
    await day.act(chat, 'ACCEPT', 'START')
    expect(rulesOf(await day.why(), 'Chat (5002)')).toContain('A18')
    await day.act(chat, 'TRANSFER')
    expect(stateOf(await day.why(), `Chat (5002) dialog ${chat}`).reasons.at(-1)?.text).toBe(
      'its transfer to chat_support waits for the ACD',
    )
    await day.pass(60)
    expect(episodeOf(await day.why(), 'transfer time-out')).toMatchObject({
      failures: [{ failure: 'TRANSFER_TIMED_OUT', rule: 'D11' }],
    })
  })

  it('a transfer that the ACD accepted is explained', async () => {
    const day = await Day.begin()
    await day.ready(CHAT)
    const chat = await day.start(CHAT)
    await day.ask({ type: 'media.setRoutable', user: '1001', mrd: CHAT, routable: false })
    await day.act(chat, 'TRANSFER')
    const ended = await day.why({ dialog: chat })
    expect(ended.states.at(-1)).toMatchObject({
      state: 'CLOSED',
      details: { dispositionCode: 'CD_TASK_TRANSFER' },
      reasons: [{ rule: 'D10' }],
    })
    expect(causesOf(ended, `Chat (5002) dialog ${chat}`).slice(0, 3)).toEqual([
      `the ACD took task 5002-1 back (dialog ${chat})`,
      'task 5002-1 is to go back to chat_support (transfer)',
      `TRANSFER of dialog ${chat} to chat_support by 1001`,
    ])
    expect(rulesOf(ended, 'Chat (5002)')).toEqual(['media 4.2, A13', 'A13, A12, A14', 'A17', 'R6'])
  })

  it('a task that another agent did not accept has this as its cause', async () => {
    const day = await Day.begin()
    await day.ready(CHAT, {}, '1002')
    await day.engine.acd?.submitTask({ mrd: CHAT, scriptSelector: 'chat_sales' }, ADMIN)
    await day.pass(1)
    await day.ready(CHAT)
    await day.pass(30)
    expect(causesOf(await day.why(), 'Chat (5002)')).toEqual([
      'task 5002-2 was offered',
      'task 5002-1 is to go back to chat_sales (not accepted in time)',
      'Start Timeout of dialog 1000_1002_5002 at agent 1002',
    ])
  })
})

describe('voice', () => {
  it('the state after a call is explained: the state before, a state set meanwhile, or an unanswered call', async () => {
    const day = await Day.begin()
    await day.signIn('1001', 'READY')
    const first = await day.ring()
    await day.callAct(first, 'ANSWER')
    await day.ask({ type: 'user.setState', user: '1001', state: 'NOT_READY' })
    expect(stateOf(await day.why(), 'Voice')).toMatchObject({
      state: 'TALKING',
      details: { pending: 'NOT_READY', pendingUntil: `the end of call ${first}` },
    })
    expect(rulesOf(await day.why(), 'Voice')).toEqual([
      'U12, U16, U20, U26, V3, V42, V45',
      'user 5.6, V3, V6',
      'user 5.5',
    ])
    await day.callAct(first, 'DROP')
    expect(rulesOf(await day.why(), 'Voice')).toEqual(['U23, U19, U28', 'V7, V8, V10', 'user 5.5'])
    expect((await day.why({ dialog: first })).states.at(-1)).toMatchObject({
      state: 'ENDED',
      reasons: [{ rule: 'V9, V7' }],
    })

    await day.ask({ type: 'user.setState', user: '1001', state: 'READY' })
    const second = await day.ring()
    await day.pass(120)
    const why = await day.why()
    expect(stateOf(why, 'Voice')).toMatchObject({ state: 'NOT_READY', details: { reason: { code: 32767 } } })
    expect(rulesOf(why, 'Voice')).toEqual(['U23, U19, U28', 'V7, V8, V10', 'V10'])
    expect(causesOf(why, 'Voice')[1]).toBe(`ringing time-out of call ${second}`)
  })

  it('a call on hold says whom the agent consults since when, and what TRANSFER would do (V50, dialog 4.4)', async () => {
    const day = await Day.begin()
    for (const user of ['1001', '1002']) await day.signIn(user)
    const call = await day.ring()
    await day.callAct(call, 'ANSWER')
    await day.pass(20)
    const own = { user: '1001', dialog: call, targetMediaAddress: '1001' } as const
    await day.ask({ ...own, type: 'call.consult', toAddress: '1002' })
    const consulted = clock(40, 20)
    const held = [
      { rule: 'V50', text: `it is on hold because agent 1002 was consulted at ${consulted}` },
      { rule: 'dialog 4.4', text: 'TRANSFER would complete to agent 1002, and CONFERENCE would connect all of them' },
    ]
    const reasonsOf = async (dialog: string) => stateOf(await day.why(), `Call ${dialog}`).reasons.slice(1)
    expect(await reasonsOf(call)).toEqual(held)
    const consult = day.engine.get.dialogs('1002', 'voice')?.at(-1)?.id ?? ''
    expect(await reasonsOf(consult)).toEqual([{ rule: 'V50', text: `it is to consult about call ${call}` }])
    await day.ask({ type: 'call.act', user: '1002', dialog: consult, action: 'ANSWER', targetMediaAddress: '1002' })
    expect(await reasonsOf(call)).toEqual(held)
    await day.ask({ ...own, type: 'call.join', action: 'CONFERENCE' })
    expect(await reasonsOf(call)).toEqual([])
  })

  it('a supervisor who listens is named at the call that is heard, and the agent at the call of the supervisor (V90)', async () => {
    const day = await Day.begin()
    await day.ask({ type: 'user.signIn', user: '1234', extension: '1001001' })
    await day.signIn('1001')
    const call = await day.ring()
    await day.callAct(call, 'ANSWER')
    await day.ask({ type: 'call.monitor', user: '1234', fromAddress: '1001001', toAddress: '1001' })
    expect(stateOf(await day.why(), `Call ${call}`).reasons.at(-1)).toEqual({
      rule: 'V90',
      text: 'supervisor 1234 listens',
    })
    const own = day.engine.get.dialogs('1234', 'voice')?.at(-1)?.id ?? ''
    expect(stateOf(await day.why({ user: '1234' }), `Call ${own}`).reasons.at(-1)).toEqual({
      rule: 'V90',
      text: 'the supervisor listens to agent 1001 by it',
    })
  })

  it('a reservation and the call with the customer name the campaign (V110, V112)', async () => {
    const day = await Day.begin()
    await day.signIn('1001')
    await day.ask({ type: 'user.setState', user: '1001', state: 'READY' })
    const numbers = { '55501': { outcome: 'answer', ringSeconds: 5, talkSeconds: null } } as const
    await day.engine.acd?.changeNetwork({ numbers })
    await day.engine.acd?.campaigns.create({
      id: 'spring',
      mode: 'preview',
      queue: '701',
      contacts: [{ number: '55501' }],
    })
    await day.pass(1)
    const last = () => day.engine.get.dialogs('1001', 'voice')?.at(-1)?.id ?? ''
    const why = async () => stateOf(await day.why(), `Call ${last()}`).reasons.at(-1)
    expect(await why()).toEqual({
      rule: 'V110',
      text: 'campaign spring has reserved the agent; ACCEPT would call the customer',
    })
    await day.ask({ type: 'call.act', user: '1001', dialog: last(), action: 'ACCEPT', targetMediaAddress: '1001' })
    expect(await why()).toEqual({
      rule: 'V110',
      text: 'campaign spring has reserved the agent; the customer is called',
    })
    await day.pass(5)
    expect(await why()).toEqual({ rule: 'V112', text: 'campaign spring has called the customer' })
  })

  it('wrap-up and its end are explained', async () => {
    const day = await Day.begin({
      tune: (directory) => ({
        ...directory,
        users: directory.users.map((user) => ({
          ...user,
          settings: { ...user.settings, wrapUpOnIncoming: 'REQUIRED' as const },
        })),
      }),
    })
    await day.signIn('1001', 'READY')
    const call = await day.ring()
    await day.callAct(call, 'ANSWER')
    await day.callAct(call, 'DROP')
    expect(stateOf(await day.why(), 'Voice')).toMatchObject({
      state: 'WORK_READY',
      next: [{ name: 'WRAP_UP_TIMEOUT' }],
    })
    expect(rulesOf(await day.why(), 'Voice')).toEqual(['U25, V6', 'user 5.6, V3, V6'])
    await day.pass(3600)
    expect(rulesOf(await day.why(), 'Voice')).toEqual(['U22, U13, U17, U18, U29', 'V7, V8, V10'])
    expect(episodeOf(await day.why({ from: day.now - 4_000_000 }), 'end of wrap-up')).toMatchObject({
      requests: [{ type: 'wrapUpOver' }, { type: 'callAvailability', to: 'voice-queue/701' }],
    })
  })

  it('a sign-out by a supervisor is explained, in the media too', async () => {
    const { day, email } = await atWork()
    await day.ask({ type: 'user.setState', user: '1001', state: 'READY' })
    await day.ask({ type: 'user.setState', user: '1001', state: 'LOGOUT', by: 'supervisor' }, '1234')
    const why = await day.why()
    expect(stateOf(why, 'Voice')).toMatchObject({
      state: 'LOGOUT',
      before: 'READY',
      details: { reason: { code: 999 } },
    })
    expect(rulesOf(why, 'Voice')).toEqual(['user 5.7'])
    expect(stateOf(why, EMAIL_NAME)).toMatchObject({ state: 'LOGOUT', because: [{ who: { via: 'rest', by: '1234' } }] })
    expect(rulesOf(why, EMAIL_NAME)).toEqual(['A22, ruling 16'])
    expect((await day.why({ dialog: email })).states.at(-1)).toMatchObject({
      state: 'CLOSED',
      reasons: [{ rule: 'D17, S3' }],
    })
    expect(await day.text()).toContain('sign-out by a supervisor with reason 999')
  })
})

describe('a pending state', () => {
  it('is explained with who set it and what it waits for, also after it took effect', async () => {
    const day = await Day.begin()
    await day.signIn('1001', 'READY')
    const call = await day.ring()
    await day.callAct(call, 'ANSWER')
    await day.pass(20)
    await day.ask({ type: 'user.setState', user: '1001', state: 'LOGOUT', by: 'supervisor' }, '1234')
    expect(await day.text()).toContain(
      'LOGOUT was asked for by user 1234 over REST at 10:40:20, and waits until the call is over (user 5.5)',
    )
    await day.pass(20)
    await day.callAct(call, 'DROP')
    const why = await day.why()
    expect(rulesOf(why, 'Voice')).toEqual(['user 5.7, ruling 47', 'V7, V8, V10', 'user 5.5'])
    expect(stateOf(why, 'Voice').because).toContainEqual(
      expect.objectContaining({ tie: 'asked', who: { via: 'rest', by: '1234' } }),
    )
  })
})

describe('presence', () => {
  it('that is lost: the grace period and the sign-out after it are explained', async () => {
    const { day } = await atWork()
    await day.presence(true)
    expect(rulesOf(await day.why(), 'Presence on side A')).toEqual(['notifications 9.1'])
    await day.presence(false)
    const lost = day.now
    expect(stateOf(await day.why(), 'Presence on side A')).toMatchObject({
      state: 'GRACE',
      next: [{ name: 'PRESENCE_GRACE_OVER', due: lost + 60_000 }],
    })
    await day.pass(61)
    const why = await day.why()
    expect(stateOf(why, EMAIL_NAME)).toMatchObject({ state: 'LOGOUT', since: lost + 60_000 })
    expect(stateOf(why, EMAIL_NAME).reasons).toEqual([
      {
        rule: 'A22, ruling 16',
        text: 'a sign-out of the user, also a forced one, signs the user out of the media too',
      },
      {
        rule: 'P2',
        text: `no session was available on side A from ${clock(41, 12)} on, and none came within 60 s`,
      },
    ])
    expect(rulesOf(why, 'Voice')).toEqual(['P2, notifications 9.2', 'P2'])
    expect(stateOf(why, 'Voice')).toMatchObject({ state: 'NOT_READY', details: { reason: { code: 50002 } } })
    expect(episodeOf(why, 'end of the grace period')).toMatchObject({ who: null })
  })
})

describe('presence and its surroundings', () => {
  it('with Logout on Agent Disconnect the agent is signed out of voice too', async () => {
    const day = await Day.begin({
      tune: (directory) => ({ ...directory, settings: { ...directory.settings, logoutOnAgentDisconnect: 1 } }),
    })
    await day.signIn()
    await day.presence(true)
    await day.presence(false)
    await day.pass(61)
    expect(stateOf(await day.why(), 'Voice')).toMatchObject({
      state: 'LOGOUT',
      reasons: [{ rule: 'P2, notifications 9.2' }, { rule: 'P2' }],
    })
  })

  it('a sign-in without required presence: the grace period and its end are explained', async () => {
    const day = await Day.begin({
      tune: (directory) => ({ ...directory, settings: { ...directory.settings, requirePresenceAfterSignIn: true } }),
    })
    await day.signIn()
    const { reasons, next } = stateOf(await day.why(), 'Presence on side A')
    expect(reasons.map(({ text }) => text)).toEqual(['the user signed in without a session, and presence is required'])
    expect(next).toMatchObject([{ name: 'PRESENCE_GRACE_OVER', due: day.now + 60_000 }])
    await day.pass(61)
    expect(stateOf(await day.why(), 'Voice')).toMatchObject({
      state: 'NOT_READY',
      reasons: [
        { rule: 'P2, notifications 9.2' },
        {
          rule: 'P2',
          text: `no session was available on side A from ${clock(40, 0)} on, and none came within 60 s`,
        },
      ],
    })
  })

  it('is UNKNOWN while the notification service is not connected', async () => {
    const day = await Day.begin({ serves: ['A'] })
    await day.engine.adapters.notificationService('A', true)
    await day.signIn()
    await day.presence(true)
    await day.engine.adapters.notificationService('A', false)
    const why = await day.why()
    expect(stateOf(why, 'Presence on side A')).toMatchObject({ state: 'UNKNOWN', before: 'PRESENT' })
    expect(why.service).toMatchObject([
      { status: 'OUT_OF_SERVICE', reason: 'The notification service is not connected' },
    ])
  })
})

describe('service', () => {
  it('loss of the link: WORK_NOT_READY, and the side is out of service', async () => {
    const { day } = await atWork()
    await day.engine.fault({ type: 'acd-link', side: 'A', up: false }, ADMIN)
    const why = await day.why()
    expect(stateOf(why, EMAIL_NAME)).toMatchObject({
      state: 'WORK_NOT_READY',
      because: [{ who: { via: 'acd-control', by: 'admin' } }],
    })
    expect(rulesOf(why, EMAIL_NAME)).toEqual(['A23, P5', 'P7'])
    expect(why.service).toEqual([{ side: 'A', status: 'OUT_OF_SERVICE', reason: 'The link to the ACD is down' }])
    expect(await day.text()).toContain('Side A is out of service: The link to the ACD is down.')
    await day.engine.fault({ type: 'acd-link', side: 'A', up: true }, ADMIN)
    expect((await day.why()).service).toMatchObject([{ status: 'IN_SERVICE' }])
    expect(changesOf(episodeOf(await day.why(), 'has its link'))).toContain(`${EMAIL_NAME}: WORK_NOT_READY -> ACTIVE`)
  })

  it('an offer that timed out while the link was down is not explained as not routable because of the link', async () => {
    const { day } = await atWork()
    await day.engine.fault({ type: 'acd-link', side: 'A', up: false }, ADMIN)
    await day.pass(31)
    await day.engine.fault({ type: 'acd-link', side: 'A', up: true }, ADMIN)
    expect(stateOf(await day.why(), 'Chat (5002)')).toMatchObject({ state: 'READY', details: { routable: false } })
    expect(rulesOf(await day.why(), 'Chat (5002)')).toEqual(['media 4.2, A13', 'P7, ruling 39', 'R6'])
  })

  it('a gateway failure: the later state of the interrupted dialog is explained', async () => {
    const { day, email, chat } = await atWork()
    await day.act(chat, 'ACCEPT', 'START')
    await day.engine.fault({ type: 'peripheral-gateway', side: 'A', both: false, up: false }, ADMIN)
    expect(rulesOf(await day.why(), `${EMAIL_NAME} dialog ${email}`)).toEqual(['D12', 'D14'])
    await day.act(chat, 'CLOSE')
    expect(stateOf(await day.why(), `${EMAIL_NAME} dialog ${email}`)).toMatchObject({
      state: 'UNKNOWN',
      reasons: [{ rule: 'D14, I12' }],
    })
  })

  it('the application path is down: the dialogs end with their task life', async () => {
    const { day, email } = await atWork()
    await day.engine.fault({ type: 'app-path', side: 'A', up: false }, ADMIN)
    expect(rulesOf(await day.why(), EMAIL_NAME)).toContain('D19')
    expect(rulesOf(await day.why(), `${EMAIL_NAME} dialog ${email}`)).toContain('D19')
  })
})
