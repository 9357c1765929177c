/** `media 12.1`: the agent state in one MRD, A1-A24. */
import { expect } from 'vitest'
import { holds } from './registry.ts'
import {
  CHAT,
  directoryWith,
  EMAIL,
  IN_SERVICE,
  type OpenState,
  OUT_OF_SERVICE,
  onStage,
  SOCIAL,
  signInBody,
  withSettings,
} from './stage.ts'

const ALREADY_IN = '1 E_ARM_STAT_AGENT_ALREADY_LOGGED_IN'
const NOT_IN = '6 E_ARM_STAT_AGENT_NOT_LOGGED_IN'
const SENT_RECENTLY = '14 E_ARM_STAT_DO_THIS_WITH_TASK_SENT_RECENTLY'
const SAME_MODE = '1 E_ARM_STAT_ALREADY_IN_REQUESTED_AGENT_MODE'
const NOT_ALLOWED = '27 E_ARM_STAT_LOGIN_NOT_ALLOWED_FOR_APP_PATH'

/** Task states of an agent with one dialog, by the state of that dialog. */
const TASK_STATES: readonly (readonly [OpenState, string])[] = [
  ['OFFERED', 'RESERVED'],
  ['ACCEPTED', 'ACTIVE'],
  ['ACTIVE', 'ACTIVE'],
  ['PAUSED', 'PAUSED'],
  ['WRAPPING_UP', 'WORK_READY'],
]

export function aRows(): void {
  holds(['A1'], 'LOGIN is published once, as NOT_READY and routable, with the settings of the request', () =>
    onStage(async ({ agent }) => {
      expect(await agent.sees(EMAIL)).toMatch(/^LOGOUT /)
      await agent.asks(EMAIL, signInBody({ limit: 4, interrupt: 'IGNORE', logout: 'TRANSFER' }), 'in-1')
      await agent.hears(`MN ${EMAIL} NOT_READY routable`)
      expect(await agent.sees(EMAIL)).toBe('NOT_READY routable')
      // The sign-in does not change another MRD.
      expect(await agent.sees(CHAT)).toMatch(/^LOGOUT /)
    }),
  )

  holds(['A1'], 'stateChangeTime is empty before the first sign-in, and then the time of the sign-in', () =>
    onStage(async (stage) => {
      const { agent } = stage
      await stage.passes(3600)
      expect((await agent.media(EMAIL))('stateChangeTime')).toBe('')
      await agent.signsIn(EMAIL, { ready: false })
      // One millisecond passes with the request.
      expect((await agent.media(EMAIL))('stateChangeTime')).toBe('2026-01-05T09:00:00.001Z')
    }),
  )

  holds(['A1', 'A7'], 'with echoMediaRequestId the notification repeats the id of the request (ruling 7)', () =>
    onStage(
      async ({ agent }) => {
        await agent.asks(EMAIL, signInBody(), 'in-1')
        await agent.hears(`MN ${EMAIL} NOT_READY routable #in-1`)
        await agent.state(EMAIL, 'READY', 'ready-1')
        await agent.hears(`MN ${EMAIL} READY routable #ready-1`)
        await agent.state(EMAIL, 'NOT_READY', 'not-1')
        await agent.hears(`MN ${EMAIL} NOT_READY routable #not-1`)
        expect(await agent.sees(EMAIL)).toBe('NOT_READY routable')
      },
      { directory: directoryWith(withSettings('echoMediaRequestId: true')) },
    ),
  )

  holds(['A1'], 'dialogLogoutAction is CLOSE if the sign-in does not name it', () =>
    onStage(async ({ agent }) => {
      await agent.signsIn(EMAIL, { ready: false })
      expect((await agent.media(EMAIL))('dialogLogoutAction')).toBe('CLOSE')
    }),
  )

  holds(['A1'], 'invalid parameters are refused at once and change nothing', () =>
    onStage(async ({ agent }) => {
      const bodies: readonly (readonly [string, string])[] = [
        ['<state>LOGIN</state><interruptAction>ACCEPT</interruptAction>', 'Parameter Missing'],
        ['<state>LOGIN</state><maxDialogLimit>3</maxDialogLimit>', 'Parameter Missing'],
        [signInBody({ limit: 0 }), 'Invalid Input'],
        [signInBody({ limit: 11 }), 'Invalid Input'],
        [signInBody().replace('ACCEPT', 'PERHAPS'), 'Invalid Input'],
        [`${signInBody()}<dialogLogoutAction>KEEP</dialogLogoutAction>`, 'Invalid Input'],
      ]
      for (const [inner, type] of bodies) {
        const { status, value } = await agent.client.put(`User/1001/Media/${EMAIL}`, `<Media>${inner}</Media>`)
        expect([status, value('ErrorType')]).toEqual([400, type])
      }
      await agent.hearsNothing()
      expect(await agent.sees(EMAIL)).toMatch(/^LOGOUT /)
    }),
  )

  holds(['A1', '6.2'], 'the sign-in of a user who does not belong to the MRD is refused with code 27 (ruling 35)', () =>
    onStage(async (stage) => {
      const outsider = await stage.another('1006')
      await outsider.asks(SOCIAL, signInBody(), 'in-1')
      await outsider.hears(`EN ${SOCIAL} ${NOT_ALLOWED} #in-1`)
      // The short object of 3.2 has no state.
      expect((await outsider.media(SOCIAL))('state')).toBeUndefined()
    }),
  )

  holds(['A1'], 'a side that is out of service refuses a sign-in', () =>
    onStage(async (stage) => {
      const { agent } = stage
      await stage.fault({ type: 'acd-link', up: false })
      const body = `<Media>${signInBody()}</Media>`
      expect((await agent.client.put(`User/1001/Media/${EMAIL}`, body)).status).toBe(503)
      await stage.fault({ type: 'acd-link', up: true })
      await agent.hears(OUT_OF_SERVICE, IN_SERVICE)
      expect(await agent.sees(EMAIL)).toMatch(/^LOGOUT /)
    }),
  )

  holds(['A2'], 'LOGIN while signed in: code 1, nothing else is published, the three settings are the new ones', () =>
    onStage(async (stage) => {
      const { agent } = stage
      const signsInAgain = async (state: string, limit: number) => {
        const before = await agent.sees(EMAIL)
        expect(before).toBe(`${state} routable`)
        await agent.asks(EMAIL, signInBody({ limit, interrupt: 'IGNORE', logout: 'TRANSFER' }), `in-${limit}`)
        await agent.hears(`EN ${EMAIL} ${ALREADY_IN} #in-${limit}`)
        await agent.hearsNothing()
        expect(await agent.sees(EMAIL)).toBe(before)
        const seen = await agent.media(EMAIL)
        expect([seen('maxDialogLimit'), seen('interruptAction'), seen('dialogLogoutAction')]).toEqual([
          String(limit),
          'IGNORE',
          'TRANSFER',
        ])
      }
      await agent.signsIn(EMAIL, { ready: false })
      await signsInAgain('NOT_READY', 2)
      await agent.state(EMAIL, 'READY')
      await agent.drains()
      await signsInAgain('READY', 4)
      const { dialog } = await agent.has(EMAIL, 'OFFERED')
      await signsInAgain('RESERVED', 5)
      await agent.acts(dialog, 'ACCEPT')
      await agent.acts(dialog, 'START')
      await agent.drains()
      await signsInAgain('ACTIVE', 6)
      await agent.acts(dialog, 'PAUSE')
      await agent.drains()
      await signsInAgain('PAUSED', 7)
      await agent.acts(dialog, 'WRAP_UP')
      await agent.drains()
      await signsInAgain('WORK_READY', 8)
    }),
  )

  holds(['A2'], 'the new settings apply: the limit at once, dialogLogoutAction at the sign-out', () =>
    onStage(async (stage) => {
      const { agent } = stage
      await agent.signsIn(EMAIL, { limit: 1 })
      const first = await agent.has(EMAIL, 'ACTIVE')
      const waiting = await stage.submits(EMAIL)
      expect((await stage.task(waiting)).state).toBe('queued')
      await agent.asks(EMAIL, signInBody({ limit: 2, logout: 'TRANSFER' }), 'in-2')
      await agent.hears(`EN ${EMAIL} ${ALREADY_IN} #in-2`, `DN POST 1001_1001_${EMAIL} OFFERED`)
      expect((await stage.task(waiting)).agentId).toBe('1001')
      await agent.state(EMAIL, 'LOGOUT')
      await agent.hears(
        `DN DELETE ${first.dialog} CLOSED CD_TASK_TRANSFERRED_ON_AGENT_LOGOUT`,
        `DN DELETE 1001_1001_${EMAIL} CLOSED CD_TASK_TRANSFERRED_ON_AGENT_LOGOUT`,
        `MN ${EMAIL} LOGOUT routable`,
      )
    }),
  )

  holds(
    ['A2', '4.5'],
    'a limit below the number of open dialogs ends none of them; the next task comes when the limit allows it',
    () =>
      onStage(async (stage) => {
        const { agent } = stage
        await agent.signsIn(EMAIL, { limit: 3 })
        const dialogs = [(await agent.has(EMAIL, 'ACTIVE')).dialog, (await agent.has(EMAIL, 'PAUSED')).dialog]
        await agent.asks(EMAIL, signInBody({ limit: 1 }), 'in-2')
        await agent.hears(`EN ${EMAIL} ${ALREADY_IN} #in-2`)
        expect(Object.keys(await agent.dialogs(EMAIL))).toEqual(dialogs)
        await stage.submits(EMAIL)
        await agent.hearsNothing()
        await agent.acts(dialogs[0] ?? '', 'CLOSE')
        await agent.hears(`DN DELETE ${dialogs[0]} CLOSED CD_NORMAL_END_TASK`, `MN ${EMAIL} PAUSED routable`)
        await agent.hearsNothing()
        await agent.acts(dialogs[1] ?? '', 'CLOSE')
        await agent.hears(
          `DN DELETE ${dialogs[1]} CLOSED CD_NORMAL_END_TASK`,
          `MN ${EMAIL} READY routable`,
          `MN ${EMAIL} RESERVED routable`,
          `DN POST 1002_1001_${EMAIL} OFFERED`,
        )
      }),
  )

  holds(['A3', '4.3'], 'READY clears the reason and makes the agent routable', () =>
    onStage(async ({ agent }) => {
      await agent.signsIn(EMAIL, { ready: false })
      await agent.state(EMAIL, 'NOT_READY', undefined, '<reasonCodeId>17</reasonCodeId>')
      await agent.routable(EMAIL, false)
      await agent.hears(`MN ${EMAIL} NOT_READY routable`, `MN ${EMAIL} NOT_READY not-routable`)
      expect((await agent.media(EMAIL))('reasonCodeId')).toBe('17')
      await agent.state(EMAIL, 'READY', 'ready-1')
      await agent.hears(`MN ${EMAIL} READY routable`)
      const seen = await agent.media(EMAIL)
      expect([seen('state'), seen('routable'), seen('reasonCodeId'), seen('ReasonCode')]).toEqual([
        'READY',
        'true',
        '',
        undefined,
      ])
    }),
  )

  for (const [dialogState, state] of TASK_STATES.slice(1))
    holds(['A4'], `READY with a dialog ${dialogState} gives ${state}`, () =>
      onStage(async ({ agent }) => {
        await agent.signsIn(EMAIL)
        const { dialog } = await agent.has(EMAIL, dialogState)
        await agent.state(EMAIL, 'NOT_READY')
        await agent.hears(`MN ${EMAIL} NOT_READY routable`)
        if (dialogState !== 'ACCEPTED') {
          await agent.routable(EMAIL, false)
          await agent.hears(`MN ${EMAIL} NOT_READY not-routable`)
        }
        await agent.state(EMAIL, 'READY')
        await agent.hears(`MN ${EMAIL} ${state} routable`)
        expect(await agent.sees(EMAIL)).toBe(`${state} routable`)
        expect(await agent.dialogs(EMAIL)).toEqual({ [dialog]: dialogState })
      }),
    )

  holds(['A5', '4.4'], 'READY while READY is accepted and nothing is sent', () =>
    onStage(async ({ agent }) => {
      await agent.signsIn(EMAIL)
      const before = (await agent.media(EMAIL))('stateChangeTime')
      await agent.state(EMAIL, 'READY', 'again')
      await agent.hearsNothing()
      expect(await agent.sees(EMAIL)).toBe('READY routable')
      expect((await agent.media(EMAIL))('stateChangeTime')).toBe(before)
    }),
  )

  holds(['A6'], 'READY in a task state is accepted and nothing is sent (ruling 11)', () =>
    onStage(async (stage) => {
      const { agent } = stage
      await agent.signsIn(EMAIL)
      const { dialog } = await agent.has(EMAIL, 'OFFERED')
      const asksInVain = async (state: string) => {
        await agent.state(EMAIL, 'READY', 'again')
        await agent.hearsNothing()
        expect(await agent.sees(EMAIL)).toBe(`${state} routable`)
      }
      await asksInVain('RESERVED')
      for (const [action, state] of [
        ['ACCEPT', 'ACTIVE'],
        ['START', 'ACTIVE'],
        ['PAUSE', 'PAUSED'],
        ['WRAP_UP', 'WORK_READY'],
      ] as const) {
        await agent.acts(dialog, action)
        await agent.drains()
        await asksInVain(state)
      }
      await agent.signsIn(CHAT)
      await agent.has(CHAT, 'ACTIVE')
      await asksInVain('INTERRUPTED')
    }),
  )

  holds(['A7'], 'NOT_READY from READY is published once, with the reason', () =>
    onStage(async ({ agent }) => {
      await agent.signsIn(EMAIL)
      await agent.state(EMAIL, 'NOT_READY', 'not-1', '<reasonCodeId>16</reasonCodeId>')
      await agent.hears(`MN ${EMAIL} NOT_READY routable`)
      await agent.hearsNothing()
      const seen = await agent.media(EMAIL)
      expect(['category', 'code', 'id', 'label'].map((name) => seen(`ReasonCode/${name}`))).toEqual([
        'NOT_READY',
        '10',
        '16',
        'Team Meeting',
      ])
    }),
  )

  for (const [dialogState, state] of TASK_STATES.slice(1))
    holds(['A7'], `NOT_READY from ${state} with a dialog ${dialogState}, which keeps its state`, () =>
      onStage(async ({ agent }) => {
        await agent.signsIn(EMAIL)
        const { dialog } = await agent.has(EMAIL, dialogState)
        expect(await agent.sees(EMAIL)).toBe(`${state} routable`)
        await agent.state(EMAIL, 'NOT_READY', undefined, '<reasonCodeId>17</reasonCodeId>')
        await agent.hears(`MN ${EMAIL} NOT_READY routable`)
        await agent.hearsNothing()
        expect((await agent.media(EMAIL))('reasonCodeId')).toBe('17')
        expect(await agent.dialogs(EMAIL)).toEqual({ [dialog]: dialogState })
      }),
    )

  holds(['A7'], 'NOT_READY from INTERRUPTED', () =>
    onStage(async ({ agent }) => {
      await agent.signsIn(EMAIL)
      await agent.signsIn(CHAT)
      const email = await agent.has(EMAIL, 'PAUSED')
      await agent.has(CHAT, 'ACTIVE')
      expect(await agent.sees(EMAIL)).toBe('INTERRUPTED routable')
      await agent.state(EMAIL, 'NOT_READY')
      await agent.hears(`MN ${EMAIL} NOT_READY routable`)
      expect(await agent.sees(EMAIL)).toBe('NOT_READY routable')
      expect(await agent.dialogs(EMAIL)).toEqual({ [email.dialog]: 'INTERRUPTED' })
    }),
  )

  holds(['A8', '4.4', '6.2'], 'NOT_READY with an offered dialog: code 14, from RESERVED and from any other state', () =>
    onStage(async (stage) => {
      const { agent } = stage
      await agent.signsIn(EMAIL)
      const refuses = async (state: string) => {
        const dialogs = await agent.dialogs(EMAIL)
        await agent.state(EMAIL, 'NOT_READY', `not-${state}`, '<reasonCodeId>16</reasonCodeId>')
        await agent.hears(`EN ${EMAIL} ${SENT_RECENTLY} #not-${state}`)
        await agent.hearsNothing()
        expect(await agent.sees(EMAIL)).toBe(`${state} routable`)
        expect((await agent.media(EMAIL))('reasonCodeId')).not.toBe('16')
        expect(await agent.dialogs(EMAIL)).toEqual(dialogs)
      }
      const first = await agent.has(EMAIL, 'OFFERED')
      await refuses('RESERVED')
      await agent.acts(first.dialog, 'ACCEPT')
      await agent.acts(first.dialog, 'START')
      const second = await agent.has(EMAIL, 'OFFERED')
      await refuses('ACTIVE')
      await agent.acts(first.dialog, 'PAUSE')
      await agent.drains()
      await refuses('PAUSED')
      await agent.acts(first.dialog, 'WRAP_UP')
      await agent.drains()
      await refuses('WORK_READY')
      await agent.signsIn(CHAT)
      await agent.has(CHAT, 'ACTIVE')
      await refuses('INTERRUPTED')
      // After the offer has ended, the request is accepted.
      await stage.abandons(second.task)
      await agent.drains()
      await agent.state(EMAIL, 'NOT_READY')
      await agent.hears(`MN ${EMAIL} NOT_READY routable`)
    }),
  )

  holds(['A9'], 'NOT_READY takes effect at once and is never pending: two requests are both published', () =>
    onStage(async ({ agent }) => {
      await agent.signsIn(EMAIL)
      const reason = (id: string) => `<reasonCodeId>${id}</reasonCodeId>`
      await agent.state(EMAIL, 'NOT_READY', 'not-1', reason('16'))
      await agent.state(EMAIL, 'NOT_READY', 'not-2', reason('17'))
      const [first, second] = [await agent.next(), await agent.next()]
      expect([first, second].map(({ kind, value }) => [kind, value('state'), value('reasonCodeId')])).toEqual([
        ['Media', 'NOT_READY', '16'],
        ['Media', 'NOT_READY', '17'],
      ])
      expect((await agent.media(EMAIL))('reasonCodeId')).toBe('17')
    }),
  )

  holds(['A10', 'D1'], 'a task for an agent who is READY: first RESERVED is published, then the dialog', () =>
    onStage(async (stage) => {
      const { agent } = stage
      await agent.signsIn(EMAIL)
      await stage.submits(EMAIL)
      const dialog = `1000_1001_${EMAIL}`
      await agent.hears(`MN ${EMAIL} RESERVED routable`, `DN POST ${dialog} OFFERED`)
      expect(await agent.sees(EMAIL)).toBe('RESERVED routable')
      expect(await agent.dialogs(EMAIL)).toEqual({ [dialog]: 'OFFERED' })
    }),
  )

  for (const [dialogState, state] of TASK_STATES.slice(1))
    holds(['A11'], `a further task while ${state} (${dialogState}): only the dialog is published`, () =>
      onStage(async (stage) => {
        const { agent } = stage
        await agent.signsIn(EMAIL, { limit: 2 })
        const first = await agent.has(EMAIL, dialogState)
        await stage.submits(EMAIL)
        await agent.hears(`DN POST 1001_1001_${EMAIL} OFFERED`)
        await agent.hearsNothing()
        expect(await agent.sees(EMAIL)).toBe(`${state} routable`)
        expect(await agent.dialogs(EMAIL)).toEqual({ [first.dialog]: dialogState, [`1001_1001_${EMAIL}`]: 'OFFERED' })
        // The limit is reached.
        const third = await stage.submits(EMAIL)
        await agent.hearsNothing()
        expect((await stage.task(third)).state).toBe('queued')
      }),
    )

  holds(['A12', '4.2'], 'every dialog event is published, the agent state only when it differs', () =>
    onStage(async (stage) => {
      const { agent } = stage
      await agent.signsIn(EMAIL)
      const first = (await agent.has(EMAIL, 'OFFERED')).dialog
      await agent.acts(first, 'ACCEPT')
      await agent.hears(`DN PUT ${first} ACCEPTED`, `MN ${EMAIL} ACTIVE routable`)
      await agent.acts(first, 'START')
      await agent.hears(`DN PUT ${first} ACTIVE`)
      await agent.acts(first, 'PAUSE')
      await agent.hears(`DN PUT ${first} PAUSED`, `MN ${EMAIL} PAUSED routable`)
      await agent.acts(first, 'RESUME')
      await agent.hears(`DN PUT ${first} ACTIVE`, `MN ${EMAIL} ACTIVE routable`)
      const second = (await agent.has(EMAIL, 'ACTIVE')).dialog
      await agent.acts(first, 'PAUSE')
      await agent.hears(`DN PUT ${first} PAUSED`)
      await agent.acts(second, 'WRAP_UP')
      await agent.hears(`DN PUT ${second} WRAPPING_UP`, `MN ${EMAIL} WORK_READY routable`)
      await agent.acts(first, 'WRAP_UP')
      await agent.hears(`DN PUT ${first} WRAPPING_UP`)
      await agent.acts(first, 'CLOSE')
      await agent.hears(`DN DELETE ${first} CLOSED CD_NORMAL_END_TASK`)
      expect(await agent.sees(EMAIL)).toBe('WORK_READY routable')
      await agent.acts(second, 'PAUSE')
      await agent.hears(`DN PUT ${second} PAUSED`, `MN ${EMAIL} PAUSED routable`)
      expect(await agent.dialogs(EMAIL)).toEqual({ [second]: 'PAUSED' })
    }),
  )

  holds(['A13'], 'after the last dialog the agent is READY, in the same routable mode as before', () =>
    onStage(async ({ agent }) => {
      await agent.signsIn(EMAIL)
      const first = await agent.has(EMAIL, 'ACTIVE')
      await agent.acts(first.dialog, 'CLOSE')
      await agent.hears(`DN DELETE ${first.dialog} CLOSED CD_NORMAL_END_TASK`, `MN ${EMAIL} READY routable`)
      const second = await agent.has(EMAIL, 'WRAPPING_UP')
      await agent.routable(EMAIL, false)
      await agent.hears(`MN ${EMAIL} WORK_READY not-routable`)
      await agent.acts(second.dialog, 'CLOSE')
      await agent.hears(`DN DELETE ${second.dialog} CLOSED CD_NORMAL_END_TASK`, `MN ${EMAIL} READY not-routable`)
      expect(await agent.sees(EMAIL)).toBe('READY not-routable')
      expect(await agent.dialogs(EMAIL)).toEqual({})
    }),
  )

  holds(
    ['A14'],
    'NOT_READY with dialogs: their events are published, the agent stays NOT_READY and no state is published',
    () =>
      onStage(async ({ agent }) => {
        await agent.signsIn(EMAIL)
        const { dialog } = await agent.has(EMAIL, 'ACTIVE')
        await agent.state(EMAIL, 'NOT_READY')
        await agent.hears(`MN ${EMAIL} NOT_READY routable`)
        await agent.acts(dialog, 'PAUSE')
        await agent.hears(`DN PUT ${dialog} PAUSED`)
        await agent.acts(dialog, 'CLOSE')
        await agent.hears(`DN DELETE ${dialog} CLOSED CD_NORMAL_END_TASK`)
        await agent.hearsNothing()
        expect(await agent.sees(EMAIL)).toBe('NOT_READY routable')
      }),
  )

  for (const [dialogState, state] of TASK_STATES)
    holds(['A15', 'A16', 'D12', 'D13'], `an interrupt of ${state} (${dialogState}) and its end`, () =>
      onStage(async ({ agent }) => {
        await agent.signsIn(EMAIL)
        await agent.signsIn(CHAT)
        const email = await agent.has(EMAIL, dialogState)
        const chat = await agent.has(CHAT, 'ACCEPTED')
        expect(await agent.sees(EMAIL)).toBe(`${state} routable`)
        await agent.acts(chat.dialog, 'START')
        await agent.hears(`DN PUT ${chat.dialog} ACTIVE`, `MN ${EMAIL} INTERRUPTED routable`)
        expect(await agent.sees(EMAIL)).toBe('INTERRUPTED routable')
        // An offered or accepted dialog keeps its state (ruling 9).
        const kept = dialogState === 'OFFERED' || dialogState === 'ACCEPTED'
        expect(await agent.dialog(email.dialog)).toBe(kept ? dialogState : 'INTERRUPTED')
        await agent.acts(chat.dialog, 'CLOSE')
        await agent.hears(
          `DN DELETE ${chat.dialog} CLOSED CD_NORMAL_END_TASK`,
          `MN ${CHAT} READY routable`,
          `MN ${EMAIL} ${state} routable`,
        )
        await agent.hearsNothing()
        expect(await agent.sees(EMAIL)).toBe(`${state} routable`)
        expect(await agent.dialog(email.dialog)).toBe(dialogState)
      }),
    )

  holds(['A15'], 'with IGNORE, and in an MRD that is not interruptible, nothing is interrupted', () =>
    onStage(async ({ agent }) => {
      await agent.signsInToVoice()
      await agent.signsIn(EMAIL, { interrupt: 'IGNORE' })
      await agent.signsIn(CHAT)
      const email = await agent.has(EMAIL, 'ACTIVE')
      const chat = await agent.has(CHAT, 'ACCEPTED')
      await agent.acts(chat.dialog, 'START')
      await agent.hears(`DN PUT ${chat.dialog} ACTIVE`)
      await agent.hearsNothing()
      expect([await agent.sees(EMAIL), await agent.dialog(email.dialog)]).toEqual(['ACTIVE routable', 'ACTIVE'])
    }),
  )

  holds(['A17', '4.3'], 'the routable mode can change in every signed-in state and does not change the state', () =>
    onStage(async ({ agent }) => {
      await agent.signsIn(EMAIL, { ready: false })
      const toggles = async (state: string) => {
        for (const mode of [false, true]) {
          await agent.routable(EMAIL, mode)
          const seen = `${state} ${mode ? 'routable' : 'not-routable'}`
          await agent.hears(`MN ${EMAIL} ${seen}`)
          expect(await agent.sees(EMAIL)).toBe(seen)
        }
      }
      await toggles('NOT_READY')
      await agent.state(EMAIL, 'READY')
      await agent.hears(`MN ${EMAIL} READY routable`)
      await toggles('READY')
      const { dialog } = await agent.has(EMAIL, 'ACTIVE')
      await toggles('ACTIVE')
      await agent.acts(dialog, 'PAUSE')
      await agent.drains()
      await toggles('PAUSED')
      await agent.acts(dialog, 'WRAP_UP')
      await agent.drains()
      await toggles('WORK_READY')
      await agent.signsIn(CHAT)
      await agent.has(CHAT, 'ACTIVE')
      await toggles('INTERRUPTED')
    }),
  )

  holds(['A17'], 'a change of the routable mode does not change stateChangeTime', () =>
    onStage(async (stage) => {
      const { agent } = stage
      await agent.signsIn(EMAIL)
      const before = (await agent.media(EMAIL))('stateChangeTime')
      await stage.passes(5)
      await agent.routable(EMAIL, false)
      const told = await agent.next()
      expect(told.value('stateChangeTime')).toBe(before)
      expect((await agent.media(EMAIL))('stateChangeTime')).toBe(before)
    }),
  )

  holds(
    ['A18', 'D5', '4.3'],
    'a request for not routable waits while a dialog is offered or accepted, and takes effect at its START',
    () =>
      onStage(async ({ agent }) => {
        await agent.signsIn(EMAIL)
        const { dialog } = await agent.has(EMAIL, 'OFFERED')
        await agent.routable(EMAIL, false, 'mode-1')
        await agent.hearsNothing()
        expect(await agent.sees(EMAIL)).toBe('RESERVED routable')
        await agent.acts(dialog, 'ACCEPT')
        await agent.hears(`DN PUT ${dialog} ACCEPTED`, `MN ${EMAIL} ACTIVE routable`)
        await agent.acts(dialog, 'START')
        await agent.hears(`DN PUT ${dialog} ACTIVE`, `MN ${EMAIL} ACTIVE not-routable`)
        expect(await agent.sees(EMAIL)).toBe('ACTIVE not-routable')
      }),
  )

  holds(['A18'], 'with several such dialogs the waiting request takes effect at the last START', () =>
    onStage(async ({ agent }) => {
      await agent.signsIn(EMAIL)
      const first = (await agent.has(EMAIL, 'ACCEPTED')).dialog
      const second = (await agent.has(EMAIL, 'OFFERED')).dialog
      await agent.routable(EMAIL, false)
      await agent.acts(first, 'START')
      await agent.hears(`DN PUT ${first} ACTIVE`)
      expect(await agent.sees(EMAIL)).toBe('ACTIVE routable')
      await agent.acts(second, 'ACCEPT')
      await agent.hears(`DN PUT ${second} ACCEPTED`)
      await agent.acts(second, 'START')
      await agent.hears(`DN PUT ${second} ACTIVE`, `MN ${EMAIL} ACTIVE not-routable`)
      expect(await agent.sees(EMAIL)).toBe('ACTIVE not-routable')
    }),
  )

  holds(['A18'], 'the waiting request takes effect too when the last such dialog ends without a START', () =>
    onStage(async (stage) => {
      const { agent } = stage
      await agent.signsIn(EMAIL)
      const accepted = await agent.has(EMAIL, 'ACCEPTED')
      await agent.routable(EMAIL, false)
      await agent.acts(accepted.dialog, 'CLOSE')
      await agent.hears(`DN DELETE ${accepted.dialog} CLOSED CD_NORMAL_END_TASK`, `MN ${EMAIL} READY not-routable`)
      await agent.routable(EMAIL, true)
      await agent.hears(`MN ${EMAIL} READY routable`)
      const offered = await agent.has(EMAIL, 'OFFERED')
      await agent.routable(EMAIL, false)
      await stage.abandons(offered.task)
      await agent.hears(
        `DN DELETE ${offered.dialog} CLOSED CD_TASK_ABANDONED_WHILE_OFFERED`,
        `MN ${EMAIL} READY not-routable`,
      )
      expect(await agent.sees(EMAIL)).toBe('READY not-routable')
    }),
  )

  holds(
    ['A18'],
    'a request for routable ends the waiting and is not published (ruling 50); READY after NOT_READY ends it too',
    () =>
      onStage(async ({ agent }) => {
        await agent.signsIn(EMAIL)
        const first = (await agent.has(EMAIL, 'ACCEPTED')).dialog
        await agent.routable(EMAIL, false)
        await agent.routable(EMAIL, true)
        await agent.hearsNothing()
        await agent.routable(EMAIL, true, 'on')
        await agent.hears(`EN ${EMAIL} ${SAME_MODE} #on`)
        await agent.acts(first, 'START')
        await agent.hears(`DN PUT ${first} ACTIVE`)
        const second = (await agent.has(EMAIL, 'ACCEPTED')).dialog
        await agent.routable(EMAIL, false)
        await agent.state(EMAIL, 'NOT_READY')
        await agent.state(EMAIL, 'READY')
        await agent.hears(`MN ${EMAIL} NOT_READY routable`, `MN ${EMAIL} ACTIVE routable`)
        await agent.acts(second, 'START')
        await agent.hears(`DN PUT ${second} ACTIVE`)
        await agent.hearsNothing()
        expect(await agent.sees(EMAIL)).toBe('ACTIVE routable')
      }),
  )

  holds(
    ['A19', '6.2'],
    'a request for the present mode is refused; repeating a request that waits publishes nothing (ruling 50)',
    () =>
      onStage(async ({ agent }) => {
        await agent.signsIn(EMAIL)
        await agent.routable(EMAIL, true, 'on')
        await agent.hears(`EN ${EMAIL} ${SAME_MODE} #on`)
        await agent.routable(EMAIL, false)
        await agent.hears(`MN ${EMAIL} READY not-routable`)
        await agent.routable(EMAIL, false, 'off')
        await agent.hears(`EN ${EMAIL} ${SAME_MODE} #off`)
        expect(await agent.sees(EMAIL)).toBe('READY not-routable')
        await agent.routable(EMAIL, true)
        await agent.hears(`MN ${EMAIL} READY routable`)
        const { dialog } = await agent.has(EMAIL, 'OFFERED')
        await agent.routable(EMAIL, false)
        await agent.routable(EMAIL, false, 'twice')
        await agent.hearsNothing()
        expect(await agent.sees(EMAIL)).toBe('RESERVED routable')
        await agent.acts(dialog, 'ACCEPT')
        await agent.acts(dialog, 'START')
        expect(await agent.drains()).toEqual([
          `DN PUT ${dialog} ACCEPTED`,
          `MN ${EMAIL} ACTIVE routable`,
          `DN PUT ${dialog} ACTIVE`,
          `MN ${EMAIL} ACTIVE not-routable`,
        ])
      }),
  )

  for (const [dialogState, state] of TASK_STATES.slice(1))
    holds(
      ['A20', 'R5'],
      `a task that is not accepted while ${state} (${dialogState}): not routable, state by the other dialog`,
      () =>
        onStage(async (stage) => {
          const { agent } = stage
          await agent.signsIn(CHAT)
          const other = await agent.has(CHAT, dialogState)
          const offered = await agent.has(CHAT, 'OFFERED')
          await stage.passes(30)
          await agent.hears(`DN DELETE ${offered.dialog} CLOSED CD_RING_NO_ANSWER`, `MN ${CHAT} ${state} not-routable`)
          expect(await agent.sees(CHAT)).toBe(`${state} not-routable`)
          expect(await agent.dialogs(CHAT)).toEqual({ [other.dialog]: dialogState })
        }),
    )

  for (const [reason, shown] of [
    ['', '-1'],
    ['<reasonCodeId>18</reasonCodeId>', '18'],
  ] as const)
    holds(['A21'], `LOGOUT from NOT_READY and READY, reasonCodeId ${shown}`, () =>
      onStage(async ({ agent }) => {
        for (const ready of [false, true]) {
          await agent.signsIn(EMAIL, { ready })
          await agent.state(EMAIL, 'LOGOUT', 'out-1', reason)
          await agent.hears(`MN ${EMAIL} LOGOUT routable`)
          const seen = await agent.media(EMAIL)
          expect([seen('state'), seen('reasonCodeId')]).toEqual(['LOGOUT', shown])
        }
      }),
    )

  for (const [dialogState, state] of TASK_STATES)
    holds(['A21', 'S4', 'S5'], `LOGOUT from ${state} (${dialogState}) at once: the dialog ends first`, () =>
      onStage(async ({ agent }) => {
        await agent.signsIn(EMAIL)
        const { dialog } = await agent.has(EMAIL, dialogState)
        await agent.state(EMAIL, 'LOGOUT')
        await agent.hears(`DN DELETE ${dialog} CLOSED CD_AGENT_LOGGED_OUT_DURING_DIALOG`, `MN ${EMAIL} LOGOUT routable`)
        expect(await agent.sees(EMAIL)).toMatch(/^LOGOUT /)
        expect(await agent.dialogs(EMAIL)).toEqual({})
        expect(await agent.dialog(dialog)).toBe('404')
      }),
    )

  for (const channel of ['all', 'finesse'])
    holds(
      ['A22'],
      `user sign-out with userSignoutChannel ${channel}: first the user, then for each medium its dialogs and its LOGOUT (ruling 45)`,
      () =>
        onStage(
          async ({ agent }) => {
            await agent.signsInToVoice('NOT_READY')
            await agent.signsIn(EMAIL)
            await agent.signsIn(CHAT)
            await agent.signsIn(SOCIAL, { ready: false })
            const first = await agent.has(EMAIL, 'ACTIVE')
            const second = await agent.has(EMAIL, 'PAUSED')
            const chat = await agent.has(CHAT, 'ACCEPTED')
            await agent.client.putUser('<state>LOGOUT</state>', 'out-1')
            expect(await agent.drains()).toEqual([
              'UN LOGOUT #out-1',
              `DN DELETE ${first.dialog} CLOSED CD_AGENT_LOGGED_OUT_DURING_DIALOG`,
              `DN DELETE ${second.dialog} CLOSED CD_AGENT_LOGGED_OUT_DURING_DIALOG`,
              `MN ${EMAIL} LOGOUT routable`,
              `DN DELETE ${chat.dialog} CLOSED CD_AGENT_LOGGED_OUT_DURING_DIALOG`,
              `MN ${CHAT} LOGOUT routable`,
              `MN ${SOCIAL} LOGOUT routable`,
            ])
            expect(await agent.sees(EMAIL)).toMatch(/^LOGOUT /)
            expect(await agent.sees(CHAT)).toMatch(/^LOGOUT /)
            expect((await agent.media(EMAIL))('reasonCodeId')).toBe('-1')
          },
          { directory: directoryWith(withSettings(`userSignoutChannel: ${channel}`)) },
        ),
    )

  holds(['A22'], 'user sign-out with userSignoutChannel voice does not change the media', () =>
    onStage(
      async ({ agent }) => {
        await agent.signsInToVoice('NOT_READY')
        await agent.signsIn(EMAIL)
        const { dialog } = await agent.has(EMAIL, 'ACTIVE')
        await agent.client.putUser('<state>LOGOUT</state>', 'out-1')
        await agent.hears('UN LOGOUT #out-1')
        await agent.hearsNothing()
        expect(await agent.sees(EMAIL)).toBe('ACTIVE routable')
        expect(await agent.dialogs(EMAIL)).toEqual({ [dialog]: 'ACTIVE' })
      },
      { directory: directoryWith(withSettings('userSignoutChannel: voice')) },
    ),
  )

  holds(['A22'], 'a user sign-out that voice refuses does not change the media (ruling 33)', () =>
    onStage(async ({ agent }) => {
      await agent.signsInToVoice('READY')
      await agent.signsIn(EMAIL)
      await agent.client.putUser('<state>LOGOUT</state>', 'out-1')
      await agent.hears('EN user 22 CF_INVALID_OBJECT_STATE #out-1')
      expect(await agent.sees(EMAIL)).toBe('READY routable')
    }),
  )

  holds(
    ['A23', '4.3'],
    'the loss of the ACD link gives WORK_NOT_READY and not routable, published when the link is back',
    () =>
      onStage(async (stage) => {
        const { agent } = stage
        await agent.signsIn(EMAIL)
        await agent.signsIn(CHAT, { ready: false })
        const { dialog } = await agent.has(EMAIL, 'ACTIVE')
        await stage.fault({ type: 'acd-link', up: false })
        expect((await agent.get(`User/1001/Media/${EMAIL}`)).status).toBe(503)
        await stage.fault({ type: 'acd-link', up: true })
        await agent.hears(
          OUT_OF_SERVICE,
          IN_SERVICE,
          `MN ${EMAIL} WORK_NOT_READY not-routable`,
          `MN ${CHAT} WORK_NOT_READY not-routable`,
          `MN ${EMAIL} ACTIVE routable`,
          `MN ${CHAT} NOT_READY routable`,
          `DN POST ${dialog} ACTIVE`,
        )
        expect(await agent.sees(EMAIL)).toBe('ACTIVE routable')
        expect(await agent.sees(CHAT)).toBe('NOT_READY routable')
      }),
  )

  holds(['A23'], 'without autoWorkModeStateChange GET shows WORK_NOT_READY until operation 5.5 ends it', () =>
    onStage(
      async (stage) => {
        const { agent } = stage
        await agent.signsIn(EMAIL)
        await agent.signsIn(CHAT, { ready: false })
        const { dialog } = await agent.has(EMAIL, 'PAUSED')
        await stage.fault({ type: 'acd-link', up: false })
        await stage.fault({ type: 'acd-link', up: true })
        await agent.hears(
          OUT_OF_SERVICE,
          IN_SERVICE,
          `MN ${EMAIL} WORK_NOT_READY not-routable`,
          `MN ${CHAT} WORK_NOT_READY not-routable`,
          `DN POST ${dialog} PAUSED`,
        )
        expect(await agent.sees(EMAIL)).toBe('WORK_NOT_READY not-routable')
        expect(await agent.sees(CHAT)).toBe('WORK_NOT_READY not-routable')
        await agent.state(EMAIL, 'ACTIVE')
        await agent.hears(`MN ${EMAIL} PAUSED routable`)
        await agent.state(CHAT, 'ACTIVE')
        await agent.hears(`MN ${CHAT} NOT_READY routable`)
        expect(await agent.sees(EMAIL)).toBe('PAUSED routable')
      },
      { directory: directoryWith(withSettings('autoWorkModeStateChange: false')) },
    ),
  )

  holds(['A23', 'A17', '4.3'], 'in WORK_NOT_READY the mode cannot be changed, because only a sign-in is allowed', () =>
    onStage(
      async (stage) => {
        const { agent } = stage
        await agent.signsIn(EMAIL)
        await stage.fault({ type: 'acd-link', up: false })
        await stage.fault({ type: 'acd-link', up: true })
        await agent.hears(OUT_OF_SERVICE, IN_SERVICE, `MN ${EMAIL} WORK_NOT_READY not-routable`)
        await agent.routable(EMAIL, true, 'mode-1')
        await agent.drains()
        expect(await agent.sees(EMAIL)).toBe('WORK_NOT_READY not-routable')
      },
      { directory: directoryWith(withSettings('autoWorkModeStateChange: false')) },
    ),
  )

  holds(
    ['A18', 'A23'],
    'a waiting request for not routable survives the loss of the ACD link, and a START in WORK_NOT_READY',
    () =>
      onStage(
        async (stage) => {
          const { agent } = stage
          await agent.signsIn(EMAIL)
          const { dialog } = await agent.has(EMAIL, 'ACCEPTED')
          await agent.routable(EMAIL, false)
          await stage.fault({ type: 'acd-link', up: false })
          await stage.fault({ type: 'acd-link', up: true })
          await agent.hears(
            OUT_OF_SERVICE,
            IN_SERVICE,
            `MN ${EMAIL} WORK_NOT_READY not-routable`,
            `DN POST ${dialog} ACCEPTED`,
          )
          await agent.acts(dialog, 'START')
          await agent.hears(`DN PUT ${dialog} ACTIVE`)
          await agent.state(EMAIL, 'ACTIVE')
          await agent.hears(`MN ${EMAIL} ACTIVE not-routable`)
          expect(await agent.sees(EMAIL)).toBe('ACTIVE not-routable')
        },
        { directory: directoryWith(withSettings('autoWorkModeStateChange: false')) },
      ),
  )

  holds(['A18', 'A23'], 'a waiting request for not routable takes effect at a START after the ACD link is back', () =>
    onStage(async (stage) => {
      const { agent } = stage
      await agent.signsIn(EMAIL)
      const { dialog } = await agent.has(EMAIL, 'ACCEPTED')
      await agent.routable(EMAIL, false)
      await stage.fault({ type: 'acd-link', up: false })
      await stage.fault({ type: 'acd-link', up: true })
      await agent.hears(
        OUT_OF_SERVICE,
        IN_SERVICE,
        `MN ${EMAIL} WORK_NOT_READY not-routable`,
        `MN ${EMAIL} ACTIVE routable`,
        `DN POST ${dialog} ACCEPTED`,
      )
      expect(await agent.sees(EMAIL)).toBe('ACTIVE routable')
      await agent.acts(dialog, 'START')
      await agent.hears(`DN PUT ${dialog} ACTIVE`, `MN ${EMAIL} ACTIVE not-routable`)
      expect(await agent.sees(EMAIL)).toBe('ACTIVE not-routable')
    }),
  )

  holds(['A24', '6.2'], 'while not signed in, every request but LOGIN is refused with code 6', () =>
    onStage(async ({ agent }) => {
      const requests = [
        '<state>READY</state>',
        '<state>NOT_READY</state>',
        '<state>NOT_READY</state><reasonCodeId>16</reasonCodeId>',
        '<state>LOGOUT</state>',
        '<state>ACTIVE</state>',
        '<routable>true</routable>',
        '<routable>false</routable>',
      ]
      const refusesAll = async () => {
        for (const [n, inner] of requests.entries()) {
          await agent.asks(EMAIL, inner, `request-${n}`)
          await agent.hears(`EN ${EMAIL} ${NOT_IN} #request-${n}`)
        }
        expect(await agent.sees(EMAIL)).toMatch(/^LOGOUT /)
      }
      await refusesAll()
      await agent.signsIn(EMAIL)
      await agent.state(EMAIL, 'LOGOUT')
      await agent.hears(`MN ${EMAIL} LOGOUT routable`)
      await refusesAll()
    }),
  )
}
