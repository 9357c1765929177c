/** Interrupts: `media 12.3` rows I1-I13, the dialog rows D12-D15, and events during an interrupt. */
import { expect } from 'vitest'
import { holds, type RowId, section } from './registry.ts'
import {
  type Agent,
  CHAT,
  directoryWith,
  EMAIL,
  type Offered,
  onStage,
  type SignIn,
  SOCIAL,
  type Stage,
  signInBody,
} from './stage.ts'

/** The first notifications of an answered call: user, then dialog (`dialog 6`). Interrupts follow (ruling 8). */
const ANSWERED = ['UN TALKING', 'VN PUT ACTIVE']

const NOT_VALID = '30 E_ARM_STAT_NOT_VALID_AFTER_INTERRUPT_ADVISORY_ACCEPT'
const OUT_OF_SEQUENCE = '19 E_ARM_STAT_INVALID_MESSAGE_SEQUENCE'
const ALREADY_SIGNED_IN = '1 E_ARM_STAT_AGENT_ALREADY_LOGGED_IN'

const EVERY_ACTION = ['ACCEPT', 'START', 'PAUSE', 'RESUME', 'WRAP_UP', 'CLOSE', 'TRANSFER'] as const

/** Dialog states that an interrupt changes, each with the agent state that it gives. */
const INTERRUPTIBLE = [
  ['ACTIVE', 'ACTIVE'],
  ['PAUSED', 'PAUSED'],
  ['WRAPPING_UP', 'WORK_READY'],
] as const

/** A test of these rows for each case. */
function holdsEach<const Case extends readonly unknown[]>(
  rows: readonly RowId[],
  cases: readonly Case[],
  title: (given: Case) => string,
  test: (given: Case) => Promise<void>,
): void {
  for (const given of cases) holds(rows, title(given), () => test(given))
}

async function signsIn(agent: Agent, ...mrds: readonly (readonly [mrd: string, signIn?: SignIn])[]): Promise<void> {
  for (const [mrd, signIn] of mrds) await agent.signsIn(mrd, signIn)
}

/** The agent answers a call. The caller has to read the notifications of the answer. */
async function answersACall(stage: Stage): Promise<string> {
  const { agent } = stage
  const call = await stage.calls(agent.user)
  await agent.drains()
  await agent.acts(call, 'ANSWER', undefined, `<targetMediaAddress>${agent.user}</targetMediaAddress>`)
  return call
}

async function hangsUp(stage: Stage, call: string): Promise<void> {
  expect((await stage.on.acd('POST', `/calls/${call}`, { action: 'HANGUP' })).status).toBe(200)
}

type Action = (typeof EVERY_ACTION)[number]

async function refusesEvery(
  agent: Agent,
  mrd: string,
  dialog: string,
  error: string,
  actions: readonly Action[] = EVERY_ACTION,
): Promise<void> {
  for (const action of actions) {
    await agent.acts(dialog, action, action, action === 'TRANSFER' ? '<target>email_billing</target>' : '')
    await agent.hears(`EN ${mrd} ${dialog} ${error} #${action}`)
  }
}

const closed = ({ dialog }: Offered) => `DN DELETE ${dialog} CLOSED CD_NORMAL_END_TASK`

export function iRows(): void {
  section('who is interrupted, and what is published (media 12.3)', () => {
    holdsEach(
      ['I1', 'I7', 'I10', 'D12', 'D13', 'D15', 'A15', 'A16'],
      INTERRUPTIBLE,
      ([dialogState, state]) =>
        `ACCEPT, e-mail ${dialogState}: a started chat makes ${state} INTERRUPTED and its end restores it, both published as Media alone`,
      ([dialogState, state]) =>
        onStage(async ({ agent }) => {
          await signsIn(agent, [EMAIL], [CHAT])
          const email = await agent.has(EMAIL, dialogState)
          const actions = await agent.actions(email.dialog)
          const chat = await agent.has(CHAT, 'ACCEPTED')
          expect(await agent.sees(EMAIL)).toBe(`${state} routable`)
          await agent.acts(chat.dialog, 'START')
          await agent.hears(`DN PUT ${chat.dialog} ACTIVE`, `MN ${EMAIL} INTERRUPTED routable`)
          await agent.hearsNothing()
          expect(await agent.sees(EMAIL)).toBe('INTERRUPTED routable')
          expect(await agent.dialog(email.dialog)).toBe('INTERRUPTED')
          // The list of actions does not change (`media 8`).
          expect(await agent.actions(email.dialog)).toEqual(actions)
          await refusesEvery(agent, EMAIL, email.dialog, NOT_VALID)
          expect(await agent.dialog(email.dialog)).toBe('INTERRUPTED')

          await agent.acts(chat.dialog, 'CLOSE')
          await agent.hears(closed(chat), `MN ${CHAT} READY routable`, `MN ${EMAIL} ${state} routable`)
          await agent.hearsNothing()
          expect(await agent.dialog(email.dialog)).toBe(dialogState)
          expect(await agent.actions(email.dialog)).toEqual(actions)
        }),
    )

    holds(
      ['I1', 'A15', 'R5'],
      'RESERVED: the agent is INTERRUPTED, but the offered dialog stays OFFERED and times out (ruling 9)',
      () =>
        onStage(async (stage) => {
          const { agent } = stage
          await agent.signsInToVoice()
          await signsIn(agent, [EMAIL])
          const email = await agent.has(EMAIL, 'OFFERED')
          expect(await agent.sees(EMAIL)).toBe('RESERVED routable')
          await answersACall(stage)
          await agent.hears(...ANSWERED, `MN ${EMAIL} INTERRUPTED routable`)
          expect(await agent.dialog(email.dialog)).toBe('OFFERED')
          await refusesEvery(agent, EMAIL, email.dialog, NOT_VALID)
          expect(await agent.dialog(email.dialog)).toBe('OFFERED')
          await stage.passes(120)
          await agent.hears(`DN DELETE ${email.dialog} CLOSED CD_RING_NO_ANSWER`, `MN ${EMAIL} READY not-routable`)
          expect((await stage.task(email.task)).state).toBe('resubmitted')
        }),
    )

    holds(
      ['I1', 'I7', 'D12', 'D13'],
      'each dialog of the MRD gets its own state back; an ACCEPTED one keeps its state throughout',
      () =>
        onStage(async ({ agent }) => {
          await signsIn(agent, [EMAIL, { limit: 5 }], [CHAT])
          const states = ['PAUSED', 'WRAPPING_UP', 'ACTIVE', 'ACCEPTED'] as const
          const emails: Offered[] = []
          for (const state of states) emails.push(await agent.has(EMAIL, state))
          const before = await agent.dialogs(EMAIL)
          expect(Object.values(before).sort()).toEqual([...states].sort())
          const accepted = emails[3]?.dialog ?? ''
          const chat = await agent.has(CHAT, 'ACCEPTED')
          await agent.acts(chat.dialog, 'START')
          await agent.hears(`DN PUT ${chat.dialog} ACTIVE`, `MN ${EMAIL} INTERRUPTED routable`)
          expect(Object.values(await agent.dialogs(EMAIL)).sort()).toEqual([
            'ACCEPTED',
            'INTERRUPTED',
            'INTERRUPTED',
            'INTERRUPTED',
          ])
          await refusesEvery(agent, EMAIL, accepted, NOT_VALID)
          expect(await agent.dialog(accepted)).toBe('ACCEPTED')
          await agent.acts(chat.dialog, 'CLOSE')
          await agent.hears(closed(chat), `MN ${CHAT} READY routable`, `MN ${EMAIL} ACTIVE routable`)
          expect(await agent.dialogs(EMAIL)).toEqual(before)
          await agent.acts(accepted, 'START')
          await agent.hears(`DN PUT ${accepted} ACTIVE`)
        }),
    )

    holdsEach(
      ['I2'],
      [
        ['OFFERED', 'RESERVED', 'ACCEPT', 'ACCEPTED', 'ACTIVE'],
        ['ACTIVE', 'ACTIVE', 'PAUSE', 'PAUSED', 'PAUSED'],
        ['PAUSED', 'PAUSED', 'RESUME', 'ACTIVE', 'ACTIVE'],
        ['WRAPPING_UP', 'WORK_READY', 'RESUME', 'ACTIVE', 'ACTIVE'],
      ] as const,
      ([dialogState]) =>
        `IGNORE, e-mail ${dialogState}: nothing is published about it, and the agent can work on it during the chat`,
      ([dialogState, state, action, next, nextState]) =>
        onStage(async ({ agent }) => {
          await signsIn(agent, [EMAIL, { interrupt: 'IGNORE' }], [CHAT])
          const email = await agent.has(EMAIL, dialogState)
          const chat = await agent.has(CHAT, 'ACCEPTED')
          await agent.acts(chat.dialog, 'START')
          await agent.hears(`DN PUT ${chat.dialog} ACTIVE`)
          await agent.hearsNothing()
          expect(await agent.sees(EMAIL)).toBe(`${state} routable`)
          expect(await agent.dialog(email.dialog)).toBe(dialogState)
          await agent.acts(email.dialog, action)
          await agent.hears(`DN PUT ${email.dialog} ${next}`, `MN ${EMAIL} ${nextState} routable`)
          await agent.acts(chat.dialog, 'CLOSE')
          await agent.hears(closed(chat), `MN ${CHAT} READY routable`)
          expect(await agent.dialog(email.dialog)).toBe(next)
        }),
    )

    holdsEach(
      ['I3', 'I4'],
      [
        ['READY', undefined],
        ['NOT_READY', undefined],
        ['NOT_READY', 'ACTIVE'],
        ['LOGOUT', undefined],
      ] as const,
      ([state, dialogState]) =>
        `${state}${dialogState ? ` with an ${dialogState} dialog` : ''} is not changed by a call`,
      ([state, dialogState]) =>
        onStage(async (stage) => {
          const { agent } = stage
          await agent.signsInToVoice()
          await signsIn(agent, [EMAIL])
          const email = dialogState && (await agent.has(EMAIL, dialogState))
          if (state !== 'READY') await agent.state(EMAIL, state)
          await agent.drains()
          const before = await agent.sees(EMAIL)
          const call = await answersACall(stage)
          await agent.hears(...ANSWERED)
          await agent.hearsNothing()
          expect(await agent.sees(EMAIL)).toBe(before)
          if (email) expect(await agent.dialog(email.dialog)).toBe(dialogState)
          await hangsUp(stage, call)
          expect((await agent.drains()).filter((line) => line.startsWith('MN'))).toEqual([])
          expect(await agent.sees(EMAIL)).toBe(before)
        }),
    )
  })

  section('work that interrupts', () => {
    holds(['I1', 'D5'], 'a chat that is offered, or accepted and not started, does not interrupt', () =>
      onStage(async (stage) => {
        const { agent } = stage
        await signsIn(agent, [EMAIL], [CHAT])
        const email = await agent.has(EMAIL, 'ACTIVE')
        const chat = await agent.has(CHAT, 'ACCEPTED')
        expect(await agent.dialog(email.dialog)).toBe('ACTIVE')
        await agent.acts(chat.dialog, 'CLOSE')
        await agent.hears(closed(chat), `MN ${CHAT} READY routable`)
        const another = await agent.has(CHAT, 'OFFERED')
        await stage.passes(30)
        await agent.hears(`DN DELETE ${another.dialog} CLOSED CD_RING_NO_ANSWER`, `MN ${CHAT} READY not-routable`)
        expect(await agent.sees(EMAIL)).toBe('ACTIVE routable')
      }),
    )

    holds(['I1', 'I7'], 'a chat interrupts until it is closed, also while it is paused or in wrap-up (ruling 40)', () =>
      onStage(async ({ agent }) => {
        await signsIn(agent, [EMAIL], [CHAT])
        const email = await agent.has(EMAIL, 'ACTIVE')
        const chat = await agent.has(CHAT, 'ACTIVE')
        for (const [action, state, agentState] of [
          ['PAUSE', 'PAUSED', 'PAUSED'],
          ['WRAP_UP', 'WRAPPING_UP', 'WORK_READY'],
        ] as const) {
          await agent.acts(chat.dialog, action)
          await agent.hears(`DN PUT ${chat.dialog} ${state}`, `MN ${CHAT} ${agentState} routable`)
          expect(await agent.dialog(email.dialog)).toBe('INTERRUPTED')
        }
        await agent.acts(chat.dialog, 'CLOSE')
        await agent.hears(closed(chat), `MN ${CHAT} READY routable`, `MN ${EMAIL} ACTIVE routable`)
      }),
    )

    holdsEach(
      ['I7'],
      [
        ['a transfer', 'CD_TASK_TRANSFER'],
        ['max task duration', 'CD_MAX_DIALOG_LIFETIME_EXCEEDED'],
        ['a sign-out of its MRD with CLOSE', 'CD_AGENT_LOGGED_OUT_DURING_DIALOG'],
        ['a sign-out of its MRD with TRANSFER', 'CD_TASK_TRANSFERRED_ON_AGENT_LOGOUT'],
      ] as const,
      ([end]) => `the end of the chat by ${end} ends the interrupt`,
      ([end, code]) =>
        onStage(
          async (stage) => {
            const { agent } = stage
            const logout = end.endsWith('TRANSFER') ? 'TRANSFER' : 'CLOSE'
            await signsIn(agent, [EMAIL], [CHAT, { logout }])
            const email = await agent.has(EMAIL, 'PAUSED')
            const chat = await agent.has(CHAT, 'ACTIVE')
            expect(await agent.sees(EMAIL)).toBe('INTERRUPTED routable')
            if (end === 'max task duration') await stage.passes(600)
            else if (end === 'a transfer')
              // No agent is signed in to the MRD of this selector.
              await agent.acts(chat.dialog, 'TRANSFER', undefined, '<target>social_support</target>')
            else await agent.state(CHAT, 'LOGOUT')
            const state = end.startsWith('a sign-out') ? 'LOGOUT' : 'READY'
            const [first, ...rest] = await agent.drains()
            expect(first).toBe(`DN DELETE ${chat.dialog} CLOSED ${code}`)
            // No rule gives the order of two MRDs.
            expect(rest.sort()).toEqual([`MN ${EMAIL} PAUSED routable`, `MN ${CHAT} ${state} routable`])
            expect(await agent.dialog(email.dialog)).toBe('PAUSED')
          },
          {
            directory: directoryWith([
              'startTimeoutSeconds: 30\n',
              'startTimeoutSeconds: 30\n    maxTaskDurationSeconds: 600\n',
            ]),
          },
        ),
    )

    holds(['I1', 'I7'], 'a call interrupts from its answer to its end, but not while it rings (ruling 8)', () =>
      onStage(async (stage) => {
        const { agent } = stage
        await agent.signsInToVoice()
        await signsIn(agent, [EMAIL])
        const email = await agent.has(EMAIL, 'ACTIVE')
        const call = await stage.calls(agent.user)
        await agent.hears('UN RESERVED', 'VN POST ALERTING')
        expect(await agent.dialog(email.dialog)).toBe('ACTIVE')
        await agent.acts(call, 'ANSWER', 'a', '<targetMediaAddress>1001</targetMediaAddress>')
        await agent.hears('UN TALKING', 'VN PUT ACTIVE #a', `MN ${EMAIL} INTERRUPTED routable`)
        expect(await agent.dialog(email.dialog)).toBe('INTERRUPTED')
        await hangsUp(stage, call)
        await agent.hears(
          'VN PUT ACTIVE (1001 ACTIVE, 5550100 DROPPED)',
          'VN PUT DROPPED',
          `MN ${EMAIL} ACTIVE routable`,
          'VN DELETE DROPPED',
          'UN READY',
        )
        expect(await agent.dialog(email.dialog)).toBe('ACTIVE')
      }),
    )

    holds(['I7'], 'wrap-up after a call does not interrupt (ruling 8)', () =>
      onStage(
        async (stage) => {
          const { agent } = stage
          await agent.signsInToVoice()
          await signsIn(agent, [EMAIL])
          const email = await agent.has(EMAIL, 'ACTIVE')
          const call = await answersACall(stage)
          await agent.hears(...ANSWERED, `MN ${EMAIL} INTERRUPTED routable`)
          await hangsUp(stage, call)
          const heard = await agent.drains()
          expect(heard).toContain('UN WORK_READY')
          expect(heard).toContain(`MN ${EMAIL} ACTIVE routable`)
          expect(await agent.dialog(email.dialog)).toBe('ACTIVE')
        },
        {
          directory: directoryWith([
            'extensions: ["1001"]\n',
            'extensions: ["1001"]\n    settings: { wrapUpOnIncoming: REQUIRED }\n',
          ]),
        },
      ),
    )

    holds(['I1'], 'work in an interruptible MRD does not interrupt other MRDs: e-mail and social', () =>
      onStage(async ({ agent }) => {
        await signsIn(agent, [EMAIL], [SOCIAL])
        const email = await agent.has(EMAIL, 'ACTIVE')
        const social = await agent.has(SOCIAL, 'ACCEPTED')
        await agent.acts(social.dialog, 'START')
        await agent.hears(`DN PUT ${social.dialog} ACTIVE`)
        await agent.hearsNothing()
        expect([await agent.dialog(email.dialog), await agent.sees(EMAIL)]).toEqual(['ACTIVE', 'ACTIVE routable'])
      }),
    )

    holds(['I1'], 'work in an MRD that is not interruptible is never interrupted, also with ACCEPT', () =>
      onStage(async (stage) => {
        const { agent } = stage
        await agent.signsInToVoice()
        await signsIn(agent, [CHAT, { interrupt: 'ACCEPT' }])
        const chat = await agent.has(CHAT, 'ACTIVE')
        await answersACall(stage)
        await agent.hears(...ANSWERED)
        await agent.hearsNothing()
        expect([await agent.dialog(chat.dialog), await agent.sees(CHAT)]).toEqual(['ACTIVE', 'ACTIVE routable'])
      }),
    )
  })

  section('overlapping interrupting work', () => {
    holdsEach(
      ['I5', 'I6', 'I7'],
      [
        ['the first', [0, 1]],
        ['the second', [1, 0]],
      ] as const,
      ([which]) => `two chats, ${which} ends first: the second start and the first end publish no Media notification`,
      ([_, order]) =>
        onStage(async ({ agent }) => {
          await signsIn(agent, [EMAIL], [CHAT])
          const email = await agent.has(EMAIL, 'PAUSED')
          const chats = [await agent.has(CHAT, 'ACTIVE'), await agent.has(CHAT, 'ACCEPTED')] as const
          await agent.acts(chats[1].dialog, 'START')
          await agent.hears(`DN PUT ${chats[1].dialog} ACTIVE`)
          await agent.hearsNothing()
          const [first, last] = [chats[order[0]], chats[order[1]]]
          await agent.acts(first.dialog, 'CLOSE')
          await agent.hears(closed(first))
          await agent.hearsNothing()
          expect([await agent.sees(EMAIL), await agent.dialog(email.dialog)]).toEqual([
            'INTERRUPTED routable',
            'INTERRUPTED',
          ])
          await agent.acts(last.dialog, 'CLOSE')
          await agent.hears(closed(last), `MN ${CHAT} READY routable`, `MN ${EMAIL} PAUSED routable`)
          // The second interrupt did not overwrite the old state (I5).
          expect(await agent.dialog(email.dialog)).toBe('PAUSED')
        }),
    )

    holdsEach(
      ['I5', 'I6', 'I7'],
      [['chat'], ['call']] as const,
      ([first]) => `a chat and a call, the ${first} ends first`,
      ([first]) =>
        onStage(async (stage) => {
          const { agent } = stage
          await agent.signsInToVoice()
          await signsIn(agent, [EMAIL], [CHAT])
          const email = await agent.has(EMAIL, 'WRAPPING_UP')
          const chat = await agent.has(CHAT, 'ACTIVE')
          const call = await answersACall(stage)
          await agent.hears(...ANSWERED)
          await agent.hearsNothing()
          const end = async (which: string) => {
            if (which === 'chat') await agent.acts(chat.dialog, 'CLOSE')
            else await hangsUp(stage, call)
            return (await agent.drains()).filter((line) => line.startsWith(`MN ${EMAIL}`))
          }
          expect(await end(first)).toEqual([])
          expect(await agent.dialog(email.dialog)).toBe('INTERRUPTED')
          expect(await end(first === 'chat' ? 'call' : 'chat')).toEqual([`MN ${EMAIL} WORK_READY routable`])
          expect(await agent.dialog(email.dialog)).toBe('WRAPPING_UP')
        }),
    )

    holds(['I1', 'I7'], 'a dialog can be interrupted again and again', () =>
      onStage(async ({ agent }) => {
        await signsIn(agent, [EMAIL], [CHAT])
        const email = await agent.has(EMAIL, 'ACTIVE')
        for (const [action, state] of [
          ['PAUSE', 'PAUSED'],
          ['WRAP_UP', 'WRAPPING_UP'],
          ['RESUME', 'ACTIVE'],
        ] as const) {
          const chat = await agent.has(CHAT, 'ACTIVE')
          expect(await agent.dialog(email.dialog)).toBe('INTERRUPTED')
          await agent.acts(chat.dialog, 'CLOSE')
          await agent.drains()
          await agent.acts(email.dialog, action)
          await agent.drains()
          expect(await agent.dialog(email.dialog)).toBe(state)
        }
      }),
    )
  })

  section('several interruptible MRDs', () => {
    holds(['I1', 'I7'], 'two MRDs with ACCEPT are both interrupted and both restored', () =>
      onStage(async ({ agent }) => {
        await signsIn(agent, [EMAIL], [SOCIAL], [CHAT])
        const email = await agent.has(EMAIL, 'ACTIVE')
        const social = await agent.has(SOCIAL, 'PAUSED')
        const chat = await agent.has(CHAT, 'ACCEPTED')
        await agent.acts(chat.dialog, 'START')
        await agent.hears(
          `DN PUT ${chat.dialog} ACTIVE`,
          `MN ${EMAIL} INTERRUPTED routable`,
          `MN ${SOCIAL} INTERRUPTED routable`,
        )
        expect([await agent.dialog(email.dialog), await agent.dialog(social.dialog)]).toEqual([
          'INTERRUPTED',
          'INTERRUPTED',
        ])
        await agent.acts(chat.dialog, 'CLOSE')
        await agent.hears(
          closed(chat),
          `MN ${CHAT} READY routable`,
          `MN ${EMAIL} ACTIVE routable`,
          `MN ${SOCIAL} PAUSED routable`,
        )
        expect([await agent.dialog(email.dialog), await agent.dialog(social.dialog)]).toEqual(['ACTIVE', 'PAUSED'])
      }),
    )

    holds(['I1', 'I2', 'I3', 'I7'], 'ACCEPT and IGNORE mixed: only the one with ACCEPT is interrupted', () =>
      onStage(async ({ agent }) => {
        await signsIn(agent, [EMAIL, { interrupt: 'IGNORE' }], [SOCIAL, { interrupt: 'ACCEPT' }], [CHAT])
        const email = await agent.has(EMAIL, 'ACTIVE')
        const social = await agent.has(SOCIAL, 'ACTIVE')
        const chat = await agent.has(CHAT, 'ACCEPTED')
        await agent.acts(chat.dialog, 'START')
        await agent.hears(`DN PUT ${chat.dialog} ACTIVE`, `MN ${SOCIAL} INTERRUPTED routable`)
        // Work in the MRD with IGNORE goes on during the interrupt.
        await agent.acts(email.dialog, 'CLOSE')
        await agent.hears(closed(email), `MN ${EMAIL} READY routable`)
        await agent.acts(social.dialog, 'CLOSE', 'no')
        await agent.hears(`EN ${SOCIAL} ${social.dialog} ${NOT_VALID} #no`)
        await agent.acts(chat.dialog, 'CLOSE')
        await agent.hears(closed(chat), `MN ${CHAT} READY routable`, `MN ${SOCIAL} ACTIVE routable`)
      }),
    )

    holds(['I1', 'I8', 'I9'], 'a request to one interrupted MRD does not change another', () =>
      onStage(async ({ agent }) => {
        await signsIn(agent, [EMAIL], [SOCIAL], [CHAT])
        const email = await agent.has(EMAIL, 'ACTIVE')
        const social = await agent.has(SOCIAL, 'PAUSED')
        const chat = await agent.has(CHAT, 'ACTIVE')
        await agent.state(EMAIL, 'LOGOUT')
        await agent.hears(
          `DN DELETE ${email.dialog} CLOSED CD_AGENT_LOGGED_OUT_DURING_DIALOG`,
          `MN ${EMAIL} LOGOUT routable`,
        )
        expect(await agent.sees(SOCIAL)).toBe('INTERRUPTED routable')
        await agent.acts(chat.dialog, 'CLOSE')
        await agent.hears(closed(chat), `MN ${CHAT} READY routable`, `MN ${SOCIAL} PAUSED routable`)
        expect(await agent.dialog(social.dialog)).toBe('PAUSED')
      }),
    )
  })

  section('events in an INTERRUPTED MRD', () => {
    holds(
      ['I8', 'D13', 'A7'],
      'NOT_READY: the dialogs stay INTERRUPTED, are restored at the end, and the agent stays NOT_READY',
      () =>
        onStage(async ({ agent }) => {
          await signsIn(agent, [EMAIL], [CHAT])
          const email = await agent.has(EMAIL, 'WRAPPING_UP')
          const chat = await agent.has(CHAT, 'ACTIVE')
          await agent.state(EMAIL, 'NOT_READY', undefined, '<reasonCodeId>16</reasonCodeId>')
          await agent.hears(`MN ${EMAIL} NOT_READY routable`)
          expect((await agent.media(EMAIL))('reasonCodeId')).toBe('16')
          expect(await agent.dialog(email.dialog)).toBe('INTERRUPTED')
          await refusesEvery(agent, EMAIL, email.dialog, NOT_VALID)
          await agent.acts(chat.dialog, 'CLOSE')
          await agent.hears(closed(chat), `MN ${CHAT} READY routable`)
          await agent.hearsNothing()
          expect([await agent.sees(EMAIL), await agent.dialog(email.dialog)]).toEqual([
            'NOT_READY routable',
            'WRAPPING_UP',
          ])
          await agent.state(EMAIL, 'READY')
          await agent.hears(`MN ${EMAIL} WORK_READY routable`)
        }),
    )

    holds(['I8', 'I5', 'A4'], 'NOT_READY and then READY before the end: INTERRUPTED again, by rank 3 of 4.2', () =>
      onStage(async ({ agent }) => {
        await signsIn(agent, [EMAIL], [CHAT])
        const email = await agent.has(EMAIL, 'ACTIVE')
        const chat = await agent.has(CHAT, 'ACTIVE')
        await agent.state(EMAIL, 'NOT_READY')
        await agent.hears(`MN ${EMAIL} NOT_READY routable`)
        // A second interrupt while NOT_READY keeps the old state of the dialog.
        const another = await agent.has(CHAT, 'ACTIVE')
        await agent.state(EMAIL, 'READY')
        await agent.hears(`MN ${EMAIL} INTERRUPTED routable`)
        for (const each of [another, chat]) await agent.acts(each.dialog, 'CLOSE')
        await agent.hears(closed(another), closed(chat), `MN ${CHAT} READY routable`, `MN ${EMAIL} ACTIVE routable`)
        expect(await agent.dialog(email.dialog)).toBe('ACTIVE')
      }),
    )

    holds(['I8', 'A8'], 'NOT_READY is refused while a dialog is OFFERED', () =>
      onStage(async (stage) => {
        const { agent } = stage
        await agent.signsInToVoice()
        await signsIn(agent, [EMAIL])
        await agent.has(EMAIL, 'ACTIVE')
        await agent.has(EMAIL, 'OFFERED')
        await answersACall(stage)
        await agent.drains()
        await agent.state(EMAIL, 'NOT_READY', 'no')
        await agent.hears(`EN ${EMAIL} 14 E_ARM_STAT_DO_THIS_WITH_TASK_SENT_RECENTLY #no`)
        expect(await agent.sees(EMAIL)).toBe('INTERRUPTED routable')
      }),
    )

    holds(['A6'], 'READY while INTERRUPTED is ignored (ruling 11)', () =>
      onStage(async ({ agent }) => {
        await signsIn(agent, [EMAIL], [CHAT])
        await agent.has(EMAIL, 'ACTIVE')
        await agent.has(CHAT, 'ACTIVE')
        await agent.state(EMAIL, 'READY')
        await agent.hearsNothing()
        expect(await agent.sees(EMAIL)).toBe('INTERRUPTED routable')
      }),
    )

    holds(
      ['A17', 'A18'],
      'the mode can be changed; with an ACCEPTED dialog it changes when the dialog is started after the interrupt',
      () =>
        onStage(async ({ agent }) => {
          await signsIn(agent, [EMAIL], [SOCIAL], [CHAT])
          await agent.has(SOCIAL, 'ACTIVE')
          const email = await agent.has(EMAIL, 'ACCEPTED')
          const chat = await agent.has(CHAT, 'ACTIVE')
          await agent.routable(SOCIAL, false)
          await agent.hears(`MN ${SOCIAL} INTERRUPTED not-routable`)
          await agent.routable(EMAIL, false)
          await agent.hearsNothing()
          await agent.acts(chat.dialog, 'CLOSE')
          await agent.hears(
            closed(chat),
            `MN ${CHAT} READY routable`,
            `MN ${EMAIL} ACTIVE routable`,
            `MN ${SOCIAL} ACTIVE not-routable`,
          )
          await agent.acts(email.dialog, 'START')
          await agent.hears(`DN PUT ${email.dialog} ACTIVE`, `MN ${EMAIL} ACTIVE not-routable`)
        }),
    )

    holdsEach(
      ['I9', 'A21', 'S5'],
      [
        ['CLOSE', 'CD_AGENT_LOGGED_OUT_DURING_DIALOG', 'handled'],
        ['TRANSFER', 'CD_TASK_TRANSFERRED_ON_AGENT_LOGOUT', 'resubmitted'],
      ] as const,
      ([logout]) =>
        `sign-out with ${logout}: the interrupted dialogs end first, and the end of the interrupt is not published`,
      ([logout, code, state]) =>
        onStage(async (stage) => {
          const { agent } = stage
          await signsIn(agent, [EMAIL, { logout }], [CHAT])
          const emails = [await agent.has(EMAIL, 'ACTIVE'), await agent.has(EMAIL, 'PAUSED')]
          const chat = await agent.has(CHAT, 'ACTIVE')
          await agent.state(EMAIL, 'LOGOUT')
          await agent.hears(
            ...emails.map(({ dialog }) => `DN DELETE ${dialog} CLOSED ${code}`),
            `MN ${EMAIL} LOGOUT routable`,
          )
          for (const { task } of emails) expect((await stage.task(task)).state).toBe(state)
          await agent.acts(chat.dialog, 'CLOSE')
          await agent.hears(closed(chat), `MN ${CHAT} READY routable`)
          // The interrupt has no effect after the next sign-in.
          await signsIn(agent, [EMAIL])
          if (logout === 'TRANSFER') await agent.drains()
          expect(await agent.sees(EMAIL)).toBe(logout === 'TRANSFER' ? 'RESERVED routable' : 'READY routable')
        }),
    )

    holds(
      ['I9', 'A22'],
      'sign-out of the user: interrupted and interrupting dialogs all end, and no old state is restored before',
      () =>
        onStage(async ({ agent }) => {
          await agent.signsInToVoice('NOT_READY')
          await signsIn(agent, [EMAIL], [CHAT], [SOCIAL])
          const email = await agent.has(EMAIL, 'ACTIVE')
          const social = await agent.has(SOCIAL, 'PAUSED')
          const chat = await agent.has(CHAT, 'ACTIVE')
          await agent.client.putUser('<state>LOGOUT</state>')
          const heard = await agent.drains()
          const ended = ({ dialog }: Offered) => `DN DELETE ${dialog} CLOSED CD_AGENT_LOGGED_OUT_DURING_DIALOG`
          expect(heard[0]).toBe('UN LOGOUT')
          for (const [mrd, offered] of [
            [EMAIL, email],
            [CHAT, chat],
            [SOCIAL, social],
          ] as const)
            expect(heard.filter((line) => line === ended(offered) || line.startsWith(`MN ${mrd}`))).toEqual([
              ended(offered),
              `MN ${mrd} LOGOUT routable`,
            ])
          expect(heard).toHaveLength(7)
        }),
    )

    holds(['I11', 'D16'], 'max task duration closes one dialog; the others stay INTERRUPTED', () =>
      onStage(async (stage) => {
        const { agent } = stage
        await signsIn(agent, [EMAIL], [CHAT])
        const first = await agent.has(EMAIL, 'ACTIVE')
        await stage.passes(60)
        const second = await agent.has(EMAIL, 'PAUSED')
        await stage.passes(60)
        const chat = await agent.has(CHAT, 'ACTIVE')
        const left = (seconds: number) => stage.passes(28_800 - seconds)
        await left(120)
        await agent.hears(`DN DELETE ${first.dialog} CLOSED CD_MAX_DIALOG_LIFETIME_EXCEEDED`)
        await agent.hearsNothing()
        expect([await agent.sees(EMAIL), await agent.dialog(second.dialog)]).toEqual([
          'INTERRUPTED routable',
          'INTERRUPTED',
        ])
        expect((await stage.task(first.task)).state).toBe('expired')
        await agent.acts(chat.dialog, 'CLOSE')
        await agent.hears(closed(chat), `MN ${CHAT} READY routable`, `MN ${EMAIL} PAUSED routable`)
        await stage.passes(60)
        await agent.hears(
          `DN DELETE ${second.dialog} CLOSED CD_MAX_DIALOG_LIFETIME_EXCEEDED`,
          `MN ${EMAIL} READY routable`,
        )
      }),
    )

    holds(
      ['I11', 'I7'],
      'max task duration of the last dialog: READY at once, and the end of the interrupt is not published',
      () =>
        onStage(async (stage) => {
          const { agent } = stage
          await signsIn(agent, [EMAIL], [CHAT])
          const email = await agent.has(EMAIL, 'ACTIVE')
          await stage.passes(60)
          const chat = await agent.has(CHAT, 'ACTIVE')
          await stage.passes(28_800 - 60)
          await agent.hears(
            `DN DELETE ${email.dialog} CLOSED CD_MAX_DIALOG_LIFETIME_EXCEEDED`,
            `MN ${EMAIL} READY routable`,
          )
          await agent.acts(chat.dialog, 'CLOSE')
          await agent.hears(closed(chat), `MN ${CHAT} READY routable`)
        }),
    )

    holds(['I1', 'D4'], 'a customer gives up while OFFERED: the other dialog stays INTERRUPTED', () =>
      onStage(async (stage) => {
        const { agent } = stage
        await agent.signsInToVoice()
        await signsIn(agent, [EMAIL])
        const email = await agent.has(EMAIL, 'ACTIVE')
        const offered = await agent.has(EMAIL, 'OFFERED')
        await answersACall(stage)
        await agent.hears(...ANSWERED, `MN ${EMAIL} INTERRUPTED routable`)
        await stage.abandons(offered.task)
        await agent.hears(`DN DELETE ${offered.dialog} CLOSED CD_TASK_ABANDONED_WHILE_OFFERED`)
        await agent.hearsNothing()
        expect(await agent.dialog(email.dialog)).toBe('INTERRUPTED')
      }),
    )

    holds(
      ['I1', 'A20', 'R4'],
      'Start Timeout of an OFFERED dialog: not routable, and INTERRUPTED because of the other dialog',
      () =>
        onStage(async (stage) => {
          const { agent } = stage
          await agent.signsInToVoice()
          await signsIn(agent, [EMAIL])
          const email = await agent.has(EMAIL, 'ACTIVE')
          const offered = await agent.has(EMAIL, 'OFFERED')
          const call = await answersACall(stage)
          await agent.hears(...ANSWERED, `MN ${EMAIL} INTERRUPTED routable`)
          await stage.passes(120)
          await agent.hears(
            `DN DELETE ${offered.dialog} CLOSED CD_RING_NO_ANSWER`,
            `MN ${EMAIL} INTERRUPTED not-routable`,
          )
          await hangsUp(stage, call)
          expect((await agent.drains()).filter((line) => line.startsWith('MN'))).toEqual([
            `MN ${EMAIL} ACTIVE not-routable`,
          ])
          expect(await agent.dialog(email.dialog)).toBe('ACTIVE')
        }),
    )

    holds(['I1', 'I7'], 'a dialog that is still OFFERED after the interrupt can be accepted (ruling 9)', () =>
      onStage(async (stage) => {
        const { agent } = stage
        await agent.signsInToVoice()
        await signsIn(agent, [EMAIL])
        const offered = await agent.has(EMAIL, 'OFFERED')
        const call = await answersACall(stage)
        await agent.drains()
        await agent.acts(offered.dialog, 'ACCEPT', 'no')
        await agent.hears(`EN ${EMAIL} ${offered.dialog} ${NOT_VALID} #no`)
        await hangsUp(stage, call)
        expect((await agent.drains()).filter((line) => line.startsWith('MN'))).toEqual([
          `MN ${EMAIL} RESERVED routable`,
        ])
        await agent.acts(offered.dialog, 'ACCEPT')
        await agent.hears(`DN PUT ${offered.dialog} ACCEPTED`, `MN ${EMAIL} ACTIVE routable`)
      }),
    )

    holds(
      ['I4', 'A4', 'I5'],
      'an agent who was NOT_READY when an interrupt began is interrupted by the next one only',
      () =>
        onStage(async ({ agent }) => {
          await signsIn(agent, [EMAIL], [CHAT])
          const email = await agent.has(EMAIL, 'ACTIVE')
          await agent.state(EMAIL, 'NOT_READY')
          const chat = await agent.has(CHAT, 'ACTIVE')
          expect(await agent.dialog(email.dialog)).toBe('ACTIVE')
          await agent.state(EMAIL, 'READY')
          await agent.hears(`MN ${EMAIL} ACTIVE routable`)
          const another = await agent.has(CHAT, 'ACCEPTED')
          await agent.acts(another.dialog, 'START')
          await agent.hears(`DN PUT ${another.dialog} ACTIVE`, `MN ${EMAIL} INTERRUPTED routable`)
          for (const each of [chat, another]) await agent.acts(each.dialog, 'CLOSE')
          await agent.hears(closed(chat), closed(another), `MN ${CHAT} READY routable`, `MN ${EMAIL} ACTIVE routable`)
        }),
    )

    holds(['I13', 'A2'], 'sign-in again with IGNORE: error 1, this interrupt goes on, the next one is ignored', () =>
      onStage(async ({ agent }) => {
        await signsIn(agent, [EMAIL], [CHAT])
        const email = await agent.has(EMAIL, 'ACTIVE')
        const chat = await agent.has(CHAT, 'ACTIVE')
        await agent.asks(EMAIL, signInBody({ interrupt: 'IGNORE' }), 'again')
        await agent.hears(`EN ${EMAIL} ${ALREADY_SIGNED_IN} #again`)
        expect((await agent.media(EMAIL))('interruptAction')).toBe('IGNORE')
        expect([await agent.sees(EMAIL), await agent.dialog(email.dialog)]).toEqual([
          'INTERRUPTED routable',
          'INTERRUPTED',
        ])
        await agent.acts(email.dialog, 'PAUSE', 'no')
        await agent.hears(`EN ${EMAIL} ${email.dialog} ${NOT_VALID} #no`)
        await agent.acts(chat.dialog, 'CLOSE')
        await agent.hears(closed(chat), `MN ${CHAT} READY routable`, `MN ${EMAIL} ACTIVE routable`)
        await agent.has(CHAT, 'ACTIVE')
        expect([await agent.sees(EMAIL), await agent.dialog(email.dialog)]).toEqual(['ACTIVE routable', 'ACTIVE'])
      }),
    )

    holds(['I13', 'I5'], 'sign-in again with ACCEPT applies to the next interrupt, not to the present one', () =>
      onStage(async ({ agent }) => {
        await signsIn(agent, [EMAIL, { interrupt: 'IGNORE' }], [CHAT])
        const email = await agent.has(EMAIL, 'ACTIVE')
        const chat = await agent.has(CHAT, 'ACTIVE')
        await agent.asks(EMAIL, signInBody({ interrupt: 'ACCEPT' }), 'again')
        await agent.hears(`EN ${EMAIL} ${ALREADY_SIGNED_IN} #again`)
        await agent.hearsNothing()
        expect(await agent.dialog(email.dialog)).toBe('ACTIVE')
        const another = await agent.has(CHAT, 'ACCEPTED')
        await agent.acts(another.dialog, 'START')
        await agent.hears(`DN PUT ${another.dialog} ACTIVE`, `MN ${EMAIL} INTERRUPTED routable`)
        // The interrupt lasts until all interrupting work has ended, also work that began before the new setting.
        await agent.acts(another.dialog, 'CLOSE')
        await agent.hears(closed(another))
        expect(await agent.dialog(email.dialog)).toBe('INTERRUPTED')
        await agent.acts(chat.dialog, 'CLOSE')
        await agent.hears(closed(chat), `MN ${CHAT} READY routable`, `MN ${EMAIL} ACTIVE routable`)
      }),
    )

    holds(['I1', '4.5'], 'during an interrupt new tasks come only in the MRD that interrupts (condition 4)', () =>
      onStage(async (stage) => {
        const { agent } = stage
        await signsIn(agent, [EMAIL], [SOCIAL], [CHAT])
        await agent.has(EMAIL, 'ACTIVE')
        const chat = await agent.has(CHAT, 'ACTIVE')
        const waiting = [await stage.submits(EMAIL), await stage.submits(SOCIAL)]
        await agent.hearsNothing()
        const another = await agent.has(CHAT, 'OFFERED')
        await stage.abandons(another.task)
        await agent.drains()
        for (const id of waiting) expect((await stage.task(id)).state).toBe('queued')
        await agent.acts(chat.dialog, 'CLOSE')
        await agent.drains()
        for (const id of waiting) expect((await stage.task(id)).state).toBe('reserved')
      }),
    )
  })

  section('after a failure of the peripheral gateway (ruling 31)', () => {
    const GATEWAY = { type: 'peripheral-gateway' }

    holds(
      ['I12', 'D14', 'P9'],
      'dialogs that were INTERRUPTED at the failure become UNKNOWN when the interrupt ends',
      () =>
        onStage(async (stage) => {
          const { agent } = stage
          await signsIn(agent, [EMAIL], [CHAT])
          const emails = [await agent.has(EMAIL, 'PAUSED'), await agent.has(EMAIL, 'WRAPPING_UP')]
          const chat = await agent.has(CHAT, 'ACTIVE')
          await stage.fault({ ...GATEWAY, up: false })
          await stage.fault({ ...GATEWAY, up: true })
          await agent.hearsNothing()
          expect(Object.values(await agent.dialogs(EMAIL))).toEqual(['INTERRUPTED', 'INTERRUPTED'])
          await agent.acts(chat.dialog, 'CLOSE')
          const heard = await agent.drains()
          // UNKNOWN counts as ACTIVE for the agent (ruling 10).
          expect([...heard].sort()).toEqual(
            [
              closed(chat),
              `MN ${CHAT} READY routable`,
              `MN ${EMAIL} ACTIVE routable`,
              ...emails.map(({ dialog }) => `DN PUT ${dialog} UNKNOWN`),
            ].sort(),
          )
          for (const { dialog } of emails) {
            expect(await agent.actions(dialog)).toEqual(['CLOSE'])
            await refusesEvery(
              agent,
              EMAIL,
              dialog,
              OUT_OF_SEQUENCE,
              EVERY_ACTION.filter((action) => action !== 'CLOSE'),
            )
          }
          const [first, second] = emails
          if (!first || !second) throw new Error('two e-mails')
          await agent.acts(first.dialog, 'CLOSE')
          await agent.hears(closed(first))
          await agent.acts(second.dialog, 'CLOSE')
          await agent.hears(closed(second), `MN ${EMAIL} READY routable`)
          expect((await stage.task(first.task)).state).toBe('handled')
        }),
    )

    holds(
      ['I12', 'D13', 'D14', 'P9'],
      'a dialog that was not INTERRUPTED at the failure keeps its state, also after a later interrupt',
      () =>
        onStage(async (stage) => {
          const { agent } = stage
          await signsIn(agent, [EMAIL], [CHAT])
          const email = await agent.has(EMAIL, 'ACTIVE')
          await stage.fault({ ...GATEWAY, up: false })
          await stage.fault({ ...GATEWAY, up: true })
          await agent.hearsNothing()
          const chat = await agent.has(CHAT, 'ACTIVE')
          expect(await agent.dialog(email.dialog)).toBe('INTERRUPTED')
          await agent.acts(chat.dialog, 'CLOSE')
          await agent.hears(closed(chat), `MN ${CHAT} READY routable`, `MN ${EMAIL} ACTIVE routable`)
          expect(await agent.dialog(email.dialog)).toBe('ACTIVE')
        }),
    )

    holds(
      ['I12', 'D14', 'I4'],
      'an UNKNOWN dialog stays UNKNOWN during another interrupt, because an interrupt does not change that state',
      () =>
        onStage(async (stage) => {
          const { agent } = stage
          await signsIn(agent, [EMAIL], [CHAT])
          const email = await agent.has(EMAIL, 'PAUSED')
          const chat = await agent.has(CHAT, 'ACTIVE')
          await stage.fault({ ...GATEWAY, up: false })
          await agent.acts(chat.dialog, 'CLOSE')
          await agent.drains()
          await stage.fault({ ...GATEWAY, up: true })
          expect(await agent.dialog(email.dialog)).toBe('UNKNOWN')
          const another = await agent.has(CHAT, 'ACTIVE')
          expect([await agent.sees(EMAIL), await agent.dialog(email.dialog)]).toEqual([
            'INTERRUPTED routable',
            'UNKNOWN',
          ])
          await agent.acts(email.dialog, 'CLOSE', 'no')
          await agent.hears(`EN ${EMAIL} ${email.dialog} ${NOT_VALID} #no`)
          await agent.acts(another.dialog, 'CLOSE')
          await agent.hears(closed(another), `MN ${CHAT} READY routable`, `MN ${EMAIL} ACTIVE routable`)
          expect(await agent.dialog(email.dialog)).toBe('UNKNOWN')
        }),
    )

    holds(
      ['I12', 'I8', 'D14'],
      'for an agent who is NOT_READY the dialogs become UNKNOWN, and the agent stays NOT_READY',
      () =>
        onStage(async (stage) => {
          const { agent } = stage
          await signsIn(agent, [EMAIL], [CHAT])
          const email = await agent.has(EMAIL, 'ACTIVE')
          const chat = await agent.has(CHAT, 'ACTIVE')
          await stage.fault({ ...GATEWAY, up: false })
          await agent.state(EMAIL, 'NOT_READY')
          await agent.hears(`MN ${EMAIL} NOT_READY routable`)
          await agent.acts(chat.dialog, 'CLOSE')
          expect([...(await agent.drains())].sort()).toEqual(
            [closed(chat), `MN ${CHAT} READY routable`, `DN PUT ${email.dialog} UNKNOWN`].sort(),
          )
          expect(await agent.sees(EMAIL)).toBe('NOT_READY routable')
          await stage.fault({ ...GATEWAY, up: true })
        }),
    )
  })

  section('temporary non-routability (media 4.5)', () => {
    holds(['4.5'], 'a call to an agent with a chat: no new tasks in any MRD until both are over', () =>
      onStage(async (stage) => {
        const { agent } = stage
        await agent.signsInToVoice()
        await signsIn(agent, [EMAIL], [CHAT])
        const chat = await agent.has(CHAT, 'ACTIVE')
        const call = await answersACall(stage)
        await agent.hears(...ANSWERED)
        await hangsUp(stage, call)
        await agent.drains()
        const waiting = [await stage.submits(CHAT), await stage.submits(EMAIL)]
        // No document shows that the agent gets no tasks, and no request of the agent ends it.
        expect(await agent.sees(CHAT)).toBe('ACTIVE routable')
        await agent.hearsNothing()
        await agent.state(EMAIL, 'NOT_READY')
        await agent.state(EMAIL, 'READY')
        await agent.routable(CHAT, false)
        await agent.routable(CHAT, true)
        await agent.hears(
          `MN ${EMAIL} NOT_READY routable`,
          `MN ${EMAIL} READY routable`,
          `MN ${CHAT} ACTIVE not-routable`,
          `MN ${CHAT} ACTIVE routable`,
        )
        await agent.hearsNothing()
        for (const id of waiting) expect((await stage.task(id)).state).toBe('queued')
        await agent.acts(chat.dialog, 'CLOSE')
        await agent.drains()
        for (const id of waiting) expect((await stage.task(id)).state).toBe('reserved')
      }),
    )

    holds(['4.5'], 'the chat ends first: no new tasks until the call is over', () =>
      onStage(async (stage) => {
        const { agent } = stage
        await agent.signsInToVoice()
        await signsIn(agent, [CHAT])
        const chat = await agent.has(CHAT, 'ACTIVE')
        const call = await answersACall(stage)
        await agent.hears(...ANSWERED)
        await agent.acts(chat.dialog, 'CLOSE')
        await agent.hears(closed(chat), `MN ${CHAT} READY routable`)
        const waiting = await stage.submits(CHAT)
        await agent.hearsNothing()
        expect((await stage.task(waiting)).state).toBe('queued')
        await hangsUp(stage, call)
        await agent.drains()
        expect((await stage.task(waiting)).state).toBe('reserved')
      }),
    )

    holds(
      ['4.5', 'I1'],
      'new tasks wait for every task that was open at the answer, also for an interrupted e-mail',
      () =>
        onStage(async (stage) => {
          const { agent } = stage
          await agent.signsInToVoice()
          await signsIn(agent, [EMAIL], [CHAT])
          const email = await agent.has(EMAIL, 'ACTIVE')
          const chat = await agent.has(CHAT, 'ACTIVE')
          const call = await answersACall(stage)
          await agent.hears(...ANSWERED)
          await hangsUp(stage, call)
          await agent.acts(chat.dialog, 'CLOSE')
          await agent.drains()
          expect(await agent.dialog(email.dialog)).toBe('ACTIVE')
          const waiting = await stage.submits(CHAT)
          await agent.hearsNothing()
          expect((await stage.task(waiting)).state).toBe('queued')
          await agent.acts(email.dialog, 'CLOSE')
          await agent.drains()
          expect((await stage.task(waiting)).state).toBe('reserved')
        }),
    )

    holds(['4.5', 'D5'], 'the same for a chat that is started during a call, also if the chat ends by a sign-out', () =>
      onStage(async (stage) => {
        const { agent } = stage
        await agent.signsInToVoice()
        await signsIn(agent, [EMAIL], [CHAT])
        const chat = await agent.has(CHAT, 'ACCEPTED')
        const call = await answersACall(stage)
        await agent.hears(...ANSWERED)
        await agent.acts(chat.dialog, 'START')
        await agent.hears(`DN PUT ${chat.dialog} ACTIVE`)
        await hangsUp(stage, call)
        await agent.drains()
        const waiting = await stage.submits(CHAT)
        await agent.hearsNothing()
        expect((await stage.task(waiting)).state).toBe('queued')
        const mail = await stage.submits(EMAIL)
        await agent.hearsNothing()
        await agent.state(CHAT, 'LOGOUT')
        await agent.drains()
        expect([(await stage.task(waiting)).state, (await stage.task(mail)).state]).toEqual(['queued', 'reserved'])
      }),
    )

    holds(['4.5', 'R2'], 'new tasks wait for an e-mail that was OFFERED at the answer, until it has timed out', () =>
      onStage(async (stage) => {
        const { agent } = stage
        await agent.signsInToVoice()
        await signsIn(agent, [EMAIL], [CHAT], [SOCIAL])
        const email = await agent.has(EMAIL, 'OFFERED')
        const chat = await agent.has(CHAT, 'ACTIVE')
        const call = await answersACall(stage)
        await agent.hears(...ANSWERED)
        await hangsUp(stage, call)
        await agent.acts(chat.dialog, 'CLOSE')
        await agent.drains()
        const waiting = await stage.submits(SOCIAL)
        await agent.hearsNothing()
        expect((await stage.task(waiting)).state).toBe('queued')
        await stage.passes(120)
        const heard = await agent.drains()
        expect(heard).toContain(`DN DELETE ${email.dialog} CLOSED CD_RING_NO_ANSWER`)
        expect((await stage.task(waiting)).state).toBe('reserved')
      }),
    )

    holds(['4.5', 'I7'], 'a call beside e-mail alone: new tasks come when the call is over', () =>
      onStage(async (stage) => {
        const { agent } = stage
        await agent.signsInToVoice()
        await signsIn(agent, [EMAIL], [CHAT])
        await agent.has(EMAIL, 'ACTIVE')
        const call = await answersACall(stage)
        await agent.drains()
        const waiting = [await stage.submits(CHAT), await stage.submits(EMAIL)]
        await agent.hearsNothing()
        await hangsUp(stage, call)
        await agent.drains()
        for (const id of waiting) expect((await stage.task(id)).state).toBe('reserved')
      }),
    )

    holds(['4.5'], 'several chats of one MRD do not stop new tasks in it', () =>
      onStage(async ({ agent }) => {
        await signsIn(agent, [CHAT])
        for (const _ of [1, 2, 3]) await agent.has(CHAT, 'ACTIVE')
        expect(Object.values(await agent.dialogs(CHAT))).toEqual(['ACTIVE', 'ACTIVE', 'ACTIVE'])
      }),
    )
  })
}
