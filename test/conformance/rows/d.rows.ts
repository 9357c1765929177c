/** `media 12.2`: nonvoice dialogs, D1-D20. */
import { expect } from 'vitest'
import { holds } from './registry.ts'
import { type Agent, CHAT, directoryWith, EMAIL, type OpenState, onStage, SOCIAL } from './stage.ts'

const OPEN: readonly OpenState[] = ['OFFERED', 'ACCEPTED', 'ACTIVE', 'PAUSED', 'WRAPPING_UP']

/** Agent state by the state of the only dialog (4.2). */
const AGENT: Readonly<Record<OpenState, string>> = {
  OFFERED: 'RESERVED',
  ACCEPTED: 'ACTIVE',
  ACTIVE: 'ACTIVE',
  PAUSED: 'PAUSED',
  WRAPPING_UP: 'WORK_READY',
}

/** The allowed actions by dialog state (ruling 14). */
const ALLOWED: Readonly<Record<OpenState, readonly string[]>> = {
  OFFERED: ['ACCEPT'],
  ACCEPTED: ['START', 'TRANSFER', 'CLOSE'],
  ACTIVE: ['PAUSE', 'WRAP_UP', 'TRANSFER', 'CLOSE'],
  PAUSED: ['RESUME', 'WRAP_UP', 'TRANSFER', 'CLOSE'],
  WRAPPING_UP: ['PAUSE', 'RESUME', 'CLOSE'],
}

const ACTIONS = ['ACCEPT', 'START', 'PAUSE', 'RESUME', 'WRAP_UP', 'CLOSE', 'TRANSFER']

/** The notifications of a change of a dialog: the dialog, and the agent state if it differs. */
const changed = (dialog: string, from: OpenState, to: OpenState): readonly string[] => [
  `DN PUT ${dialog} ${to}`,
  ...(AGENT[from] === AGENT[to] ? [] : [`MN ${EMAIL} ${AGENT[to]} routable`]),
]

const refused = (selector: string): string => `500 TRANSFER_REFUSED: ${selector}`
const timedOut = (selector: string): string => `408 TRANSFER_TIMED_OUT: ${selector}`

const target = (selector: string): string => `<target>${selector}</target>`

export function dRows(): void {
  holds(['D1'], 'an offered dialog is complete in its notification and by GET', () =>
    onStage(async (stage) => {
      const { agent } = stage
      await agent.signsIn(EMAIL)
      await stage.submits(EMAIL, { variables: { callVariable1: 'order 17', 'user.room': '<4 & 5>' } })
      await agent.hears(`MN ${EMAIL} RESERVED routable`)
      const told = await agent.next()
      const dialog = told.value('id') ?? ''
      expect(dialog).toMatch(/^\d+_\w+$/)
      const seen = await agent.get(`Dialog/${dialog}`)
      // `story/story.ts` checks all other values, as in every test.
      for (const value of [told.value, seen.value]) {
        expect([value('state'), value('mediaType')]).toEqual(['OFFERED', 'Email'])
        const properties = ['mediaId', 'dialedNumber', 'queueNumber', 'queueName', 'dispositionCode']
        expect(properties.map((name) => value(`mediaProperties/${name}`))).toEqual([EMAIL, '', EMAIL, 'Email', ''])
        expect(value('participants/Participant/mediaAddress')).toBe('1001')
      }
      for (const text of [told.text, seen.body]) {
        expect(text).toContain('<name>callVariable1</name><value>order 17</value>')
        expect(text).toContain('<name>user.room</name><value>&lt;4 &amp; 5&gt;</value>')
      }
    }),
  )

  holds(['D2'], 'ACCEPT is published, the agent is ACTIVE, and the Start Timeout ends', () =>
    onStage(async (stage) => {
      const { agent } = stage
      await agent.signsIn(EMAIL)
      const { task, dialog } = await agent.has(EMAIL, 'OFFERED')
      await stage.passes(119)
      await agent.acts(dialog, 'ACCEPT', 'accept-1')
      await agent.hears(`DN PUT ${dialog} ACCEPTED`, `MN ${EMAIL} ACTIVE routable`)
      expect(await agent.dialog(dialog)).toBe('ACCEPTED')
      expect(await agent.sees(EMAIL)).toBe('ACTIVE routable')
      await stage.passes(600)
      await agent.hearsNothing()
      expect(await agent.dialog(dialog)).toBe('ACCEPTED')
      expect((await stage.task(task)).state).toBe('reserved')
    }),
  )

  holds(['D3', '10'], 'a dialog that is not accepted ends with CD_RING_NO_ANSWER', () =>
    onStage(async (stage) => {
      const { agent } = stage
      await agent.signsIn(EMAIL)
      const { dialog } = await agent.has(EMAIL, 'OFFERED')
      await stage.passes(119)
      await agent.hearsNothing()
      expect(await agent.dialog(dialog)).toBe('OFFERED')
      await stage.passes(1)
      await agent.hears(`DN DELETE ${dialog} CLOSED CD_RING_NO_ANSWER`, `MN ${EMAIL} READY not-routable`)
      expect(await agent.dialog(dialog)).toBe('404')
      expect(await agent.dialogs(EMAIL)).toEqual({})
    }),
  )

  holds(
    ['D4', '10'],
    'the customer gives up while OFFERED: CD_TASK_ABANDONED_WHILE_OFFERED, and no other agent gets the task',
    () =>
      onStage(async (stage) => {
        const { agent } = stage
        await agent.signsIn(EMAIL)
        const { task, dialog } = await agent.has(EMAIL, 'OFFERED')
        await stage.abandons(task)
        await agent.hears(`DN DELETE ${dialog} CLOSED CD_TASK_ABANDONED_WHILE_OFFERED`, `MN ${EMAIL} READY routable`)
        expect(await agent.sees(EMAIL)).toBe('READY routable')
        expect(await stage.tasks(EMAIL)).toEqual([`${task} abandoned`])
        await stage.passes(120)
        await agent.hearsNothing()
      }),
  )

  holds(['D4'], 'the customer cannot abandon a task whose dialog was accepted', () =>
    onStage(async (stage) => {
      const { agent } = stage
      await agent.signsIn(EMAIL)
      const { task, dialog } = await agent.has(EMAIL, 'ACCEPTED')
      expect((await stage.on.acd('DELETE', `/tasks/${task}`)).status).toBe(409)
      await agent.hearsNothing()
      expect(await agent.dialog(dialog)).toBe('ACCEPTED')
    }),
  )

  holds(['D5'], 'START is published as a dialog only, because the agent state is ACTIVE already', () =>
    onStage(async ({ agent }) => {
      await agent.signsIn(EMAIL)
      const { dialog } = await agent.has(EMAIL, 'ACCEPTED')
      await agent.acts(dialog, 'START')
      await agent.hears(`DN PUT ${dialog} ACTIVE`)
      await agent.hearsNothing()
      expect(await agent.dialog(dialog)).toBe('ACTIVE')
      expect(await agent.sees(EMAIL)).toBe('ACTIVE routable')
    }),
  )

  holds(['D5'], 'START interrupts other MRDs only if the MRD of the dialog is not interruptible', () =>
    onStage(async ({ agent }) => {
      for (const mrd of [EMAIL, SOCIAL, CHAT]) await agent.signsIn(mrd)
      await agent.has(EMAIL, 'ACTIVE')
      const social = await agent.has(SOCIAL, 'ACCEPTED')
      await agent.acts(social.dialog, 'START')
      await agent.hears(`DN PUT ${social.dialog} ACTIVE`)
      expect(await agent.sees(EMAIL)).toBe('ACTIVE routable')
      const chat = await agent.has(CHAT, 'ACCEPTED')
      await agent.acts(chat.dialog, 'START')
      const heard = await agent.drains()
      expect(heard[0]).toBe(`DN PUT ${chat.dialog} ACTIVE`)
      expect(heard.slice(1).toSorted()).toEqual([
        `MN ${EMAIL} INTERRUPTED routable`,
        `MN ${SOCIAL} INTERRUPTED routable`,
      ])
      expect([await agent.sees(EMAIL), await agent.sees(CHAT)]).toEqual(['INTERRUPTED routable', 'ACTIVE routable'])
    }),
  )

  holds(['D5', 'D15'], 'START is refused in an interrupted MRD', () =>
    onStage(async ({ agent }) => {
      await agent.signsIn(EMAIL)
      await agent.signsIn(CHAT)
      const email = await agent.has(EMAIL, 'ACCEPTED')
      await agent.has(CHAT, 'ACTIVE')
      await agent.acts(email.dialog, 'START', 'start-1')
      await agent.hears(`EN ${EMAIL} ${email.dialog} 30 E_ARM_STAT_NOT_VALID_AFTER_INTERRUPT_ADVISORY_ACCEPT #start-1`)
      expect(await agent.dialog(email.dialog)).toBe('ACCEPTED')
    }),
  )

  const steps: readonly (readonly [string, OpenState, string, OpenState])[] = [
    ['D6', 'ACTIVE', 'PAUSE', 'PAUSED'],
    ['D7', 'PAUSED', 'RESUME', 'ACTIVE'],
    ['D8', 'ACTIVE', 'WRAP_UP', 'WRAPPING_UP'],
    ['D8', 'PAUSED', 'WRAP_UP', 'WRAPPING_UP'],
    ['D20', 'WRAPPING_UP', 'PAUSE', 'PAUSED'],
    ['D20', 'WRAPPING_UP', 'RESUME', 'ACTIVE'],
  ]
  for (const [row, from, action, to] of steps)
    holds([row], `${action}: ${from} to ${to}`, () =>
      onStage(async ({ agent }) => {
        await agent.signsIn(EMAIL)
        const { dialog } = await agent.has(EMAIL, from)
        await agent.acts(dialog, action, 'act-1')
        await agent.hears(...changed(dialog, from, to))
        await agent.hearsNothing()
        expect(await agent.dialog(dialog)).toBe(to)
        expect(await agent.sees(EMAIL)).toBe(`${AGENT[to]} routable`)
        expect((await agent.actions(dialog)).toSorted()).toEqual(ALLOWED[to].toSorted())
      }),
    )

  for (const from of OPEN.slice(1))
    holds(['D9', '10'], `CLOSE of a dialog ${from}: CD_NORMAL_END_TASK, handled`, () =>
      onStage(async (stage) => {
        const { agent } = stage
        await agent.signsIn(EMAIL)
        const { task, dialog } = await agent.has(EMAIL, from)
        await agent.acts(dialog, 'CLOSE')
        await agent.hears(`DN DELETE ${dialog} CLOSED CD_NORMAL_END_TASK`, `MN ${EMAIL} READY routable`)
        expect(await agent.dialog(dialog)).toBe('404')
        expect(await stage.tasks(EMAIL)).toEqual([`${task} handled`])
      }),
    )

  holds(['D9'], 'CLOSE may end an interrupt elsewhere', () =>
    onStage(async ({ agent }) => {
      await agent.signsIn(EMAIL)
      await agent.signsIn(CHAT)
      await agent.has(EMAIL, 'WRAPPING_UP')
      const chat = await agent.has(CHAT, 'WRAPPING_UP')
      expect(await agent.sees(EMAIL)).toBe('INTERRUPTED routable')
      await agent.acts(chat.dialog, 'CLOSE')
      await agent.hears(
        `DN DELETE ${chat.dialog} CLOSED CD_NORMAL_END_TASK`,
        `MN ${CHAT} READY routable`,
        `MN ${EMAIL} WORK_READY routable`,
      )
      expect(await agent.sees(EMAIL)).toBe('WORK_READY routable')
    }),
  )

  for (const from of ['ACCEPTED', 'ACTIVE', 'PAUSED'] as const)
    holds(
      ['D10', '10'],
      `TRANSFER of a dialog ${from}: the new task has the variables and a link to the old dialog`,
      () =>
        onStage(async (stage) => {
          const { agent } = stage
          await agent.signsIn(EMAIL)
          const other = await stage.another('1002')
          await other.signsIn(CHAT)
          const { task, dialog } = await agent.has(EMAIL, from, { variables: { callVariable3: 'room 7' } })
          await agent.acts(dialog, 'TRANSFER', 'transfer-1', target('chat_support'))
          await agent.hears(`DN DELETE ${dialog} CLOSED CD_TASK_TRANSFER`, `MN ${EMAIL} READY routable`)
          await other.hears(`MN ${CHAT} RESERVED routable`)
          const offered = await other.next()
          expect(offered.value('associatedDialogUri')).toBe(`/finesse/api/Dialog/${dialog}`)
          expect(offered.text).toContain('<name>callVariable3</name><value>room 7</value>')
          expect(await agent.dialog(dialog)).toBe('404')
          // The old task does not count as handled, and there is one new task.
          const old = await stage.task(task)
          expect(old.state).toBe('resubmitted')
          expect(await stage.tasks(CHAT)).toEqual([`${old.resubmittedAs} reserved`])
          expect(await stage.task(old.resubmittedAs ?? '')).toMatchObject({
            scriptSelector: 'chat_support',
            agentId: '1002',
            dialogId: offered.value('id'),
          })
        }),
    )

  holds(['D10'], 'a transfer within the MRD may offer the task to the same agent again, as another dialog', () =>
    onStage(async (stage) => {
      const { agent } = stage
      await agent.signsIn(EMAIL, { limit: 1 })
      const { dialog } = await agent.has(EMAIL, 'ACTIVE')
      await agent.acts(dialog, 'TRANSFER', 'transfer-1', target('email_billing'))
      await agent.hears(
        `DN DELETE ${dialog} CLOSED CD_TASK_TRANSFER`,
        `MN ${EMAIL} READY routable`,
        `MN ${EMAIL} RESERVED routable`,
        `DN POST 1001_1001_${EMAIL} OFFERED`,
      )
      expect(await agent.dialogs(EMAIL)).toEqual({ [`1001_1001_${EMAIL}`]: 'OFFERED' })
    }),
  )

  holds(
    ['D10', 'D2', 'D3', 'D9'],
    'a dialog that came by a transfer behaves like any other, and keeps its link to the old dialog',
    () =>
      onStage(async (stage) => {
        const { agent } = stage
        await agent.signsIn(EMAIL)
        const { dialog } = await agent.has(EMAIL, 'ACTIVE', { variables: { callVariable3: 'room 7' } })
        await agent.acts(dialog, 'TRANSFER', undefined, target('email_billing'))
        await agent.drains()
        const second = `1001_1001_${EMAIL}`
        await agent.acts(second, 'ACCEPT')
        const accepted = await agent.next()
        expect(accepted.value('associatedDialogUri')).toBe(`/finesse/api/Dialog/${dialog}`)
        expect(accepted.text).toContain('<name>callVariable3</name><value>room 7</value>')
        await agent.hears(`MN ${EMAIL} ACTIVE routable`)
        await agent.acts(second, 'START')
        await agent.hears(`DN PUT ${second} ACTIVE`)
        await agent.acts(second, 'CLOSE')
        await agent.hears(`DN DELETE ${second} CLOSED CD_NORMAL_END_TASK`, `MN ${EMAIL} READY routable`)
      }),
  )

  holds(['D11'], 'TRANSFER to an unknown selector: error 404, the dialog stays (ruling 36)', () =>
    onStage(async (stage) => {
      const { agent } = stage
      await agent.signsIn(EMAIL)
      const { task, dialog } = await agent.has(EMAIL, 'ACTIVE')
      await agent.acts(dialog, 'TRANSFER', 'transfer-1', target('nowhere'))
      await agent.hears(`EN ${EMAIL} ${dialog} 404 UNKNOWN_SCRIPT_SELECTOR: nowhere #transfer-1`)
      await agent.hearsNothing()
      expect(await agent.dialog(dialog)).toBe('ACTIVE')
      expect(await stage.tasks(EMAIL)).toEqual([`${task} reserved`])
    }),
  )

  for (const from of ['ACCEPTED', 'ACTIVE', 'PAUSED'] as const)
    holds(['D11'], `a refused resubmission of a dialog ${from}: an error at once, the dialog stays`, () =>
      onStage(async (stage) => {
        const { agent } = stage
        await agent.signsIn(EMAIL)
        const { task, dialog } = await agent.has(EMAIL, from)
        await stage.fault({ type: 'resubmission', mode: 'refuse', up: false })
        await agent.acts(dialog, 'TRANSFER', 'transfer-1', target('email_billing'))
        await failsToTransfer(agent, dialog, `${refused('email_billing')} #transfer-1`)
        expect(await agent.dialog(dialog)).toBe(from)
        expect(await agent.sees(EMAIL)).toBe(`${AGENT[from]} routable`)
        expect(await stage.tasks(EMAIL)).toEqual([`${task} reserved`])
        // When resubmissions work again, the transfer succeeds.
        await stage.fault({ type: 'resubmission', mode: 'refuse', up: true })
        await agent.acts(dialog, 'TRANSFER', 'transfer-2', target('chat_support'))
        await agent.hears(`DN DELETE ${dialog} CLOSED CD_TASK_TRANSFER`, `MN ${EMAIL} READY routable`)
        expect((await stage.task(task)).state).toBe('resubmitted')
      }),
    )

  for (const mode of ['timeout', 'late'])
    holds(
      ['D11'],
      `a resubmission that is not confirmed in time (${mode}): an error after 10 s, the dialog stays`,
      () =>
        onStage(async (stage) => {
          const { agent } = stage
          await agent.signsIn(EMAIL, { limit: 5 })
          const other = await stage.another('1002')
          await other.signsIn(CHAT)
          const { task, dialog } = await agent.has(EMAIL, 'ACTIVE')
          await stage.fault({ type: 'resubmission', mode, up: false })
          await agent.acts(dialog, 'TRANSFER', 'transfer-1', target('chat_support'))
          await stage.passes(9)
          await agent.hearsNothing()
          expect(await agent.dialog(dialog)).toBe('ACTIVE')
          // A second transfer is refused while the first is pending.
          await agent.acts(dialog, 'TRANSFER', 'transfer-2', target('chat_support'))
          await agent.hears(`EN ${EMAIL} ${dialog} 19 E_ARM_STAT_INVALID_MESSAGE_SEQUENCE #transfer-2`)
          await stage.passes(1)
          await failsToTransfer(agent, dialog, `${timedOut('chat_support')} #transfer-1`)
          // A confirmation after the error is too late: only the first agent has the task.
          await stage.passes(600)
          await stage.fault({ type: 'resubmission', mode, up: true })
          await stage.passes(600)
          await agent.hearsNothing()
          await other.hearsNothing()
          expect(await agent.dialogs(EMAIL)).toEqual({ [dialog]: 'ACTIVE' })
          expect((await stage.task(task)).state).toBe('reserved')
          expect((await stage.tasks(CHAT)).filter((each) => /queued|reserved/.test(each))).toEqual([])
          await agent.acts(dialog, 'CLOSE')
          await agent.hears(`DN DELETE ${dialog} CLOSED CD_NORMAL_END_TASK`, `MN ${EMAIL} READY routable`)
          expect((await stage.task(task)).state).toBe('handled')
        }),
    )

  holds(['D11', 'D10'], 'a late confirmation of a transfer that failed does not undo the one that succeeded', () =>
    onStage(async (stage) => {
      const { agent } = stage
      await agent.signsIn(EMAIL)
      const { task, dialog } = await agent.has(EMAIL, 'ACTIVE')
      await stage.fault({ type: 'resubmission', mode: 'late', up: false })
      await agent.acts(dialog, 'TRANSFER', 'transfer-1', target('chat_support'))
      await stage.passes(10)
      await failsToTransfer(agent, dialog, `${timedOut('chat_support')} #transfer-1`)
      await stage.fault({ type: 'resubmission', mode: 'late', up: true })
      await agent.acts(dialog, 'TRANSFER', 'transfer-2', target('chat_support'))
      await agent.hears(`DN DELETE ${dialog} CLOSED CD_TASK_TRANSFER`, `MN ${EMAIL} READY routable`)
      const { resubmittedAs } = await stage.task(task)
      await stage.passes(600)
      expect((await stage.task(task)).state).toBe('resubmitted')
      expect(await stage.tasks(CHAT)).toEqual([`${resubmittedAs} queued`])
    }),
  )

  holds(['D11', 'D18'], 'a late confirmation does not undo the resubmission at a sign-out either', () =>
    onStage(async (stage) => {
      const { agent } = stage
      await agent.signsIn(EMAIL, { logout: 'TRANSFER' })
      const { task, dialog } = await agent.has(EMAIL, 'ACTIVE')
      await stage.fault({ type: 'resubmission', mode: 'late', up: false })
      await agent.acts(dialog, 'TRANSFER', 'transfer-1', target('chat_support'))
      await stage.passes(10)
      await failsToTransfer(agent, dialog, `${timedOut('chat_support')} #transfer-1`)
      await stage.fault({ type: 'resubmission', mode: 'late', up: true })
      await agent.state(EMAIL, 'LOGOUT')
      await agent.hears(`DN DELETE ${dialog} CLOSED CD_TASK_TRANSFERRED_ON_AGENT_LOGOUT`, `MN ${EMAIL} LOGOUT routable`)
      const { resubmittedAs } = await stage.task(task)
      await stage.passes(600)
      expect(await stage.tasks(EMAIL)).toEqual([`${task} resubmitted`, `${resubmittedAs} queued`])
    }),
  )

  holds(['D11', 'D9'], 'CLOSE while a transfer is pending: handled, and a late confirmation changes nothing', () =>
    onStage(async (stage) => {
      const { agent } = stage
      await agent.signsIn(EMAIL)
      const { task, dialog } = await agent.has(EMAIL, 'ACTIVE')
      await stage.fault({ type: 'resubmission', mode: 'late', up: false })
      await agent.acts(dialog, 'TRANSFER', 'transfer-1', target('chat_support'))
      await stage.passes(5)
      await agent.acts(dialog, 'CLOSE')
      await agent.hears(`DN DELETE ${dialog} CLOSED CD_NORMAL_END_TASK`, `MN ${EMAIL} READY routable`)
      await stage.passes(600)
      await agent.hearsNothing()
      expect([await stage.tasks(EMAIL), await stage.tasks(CHAT)]).toEqual([[`${task} handled`], []])
    }),
  )

  for (const from of ['ACTIVE', 'PAUSED', 'WRAPPING_UP'] as const)
    holds(
      ['D12', 'D13', 'D15', '6.3'],
      `${from}: an interrupt and its end change the dialog, and no notification about the dialog is published`,
      () =>
        onStage(async ({ agent }) => {
          await agent.signsIn(EMAIL)
          await agent.signsIn(CHAT)
          const email = await agent.has(EMAIL, from)
          const before = await agent.actions(email.dialog)
          const chat = await agent.has(CHAT, 'ACCEPTED')
          await agent.acts(chat.dialog, 'START')
          await agent.hears(`DN PUT ${chat.dialog} ACTIVE`, `MN ${EMAIL} INTERRUPTED routable`)
          expect(await agent.dialog(email.dialog)).toBe('INTERRUPTED')
          // The list of actions does not change (11.3), but every action on it is refused.
          expect(await agent.actions(email.dialog)).toEqual(before)
          for (const action of ACTIONS) {
            await agent.acts(email.dialog, action, `${action}-1`, action === 'TRANSFER' ? target('chat_sales') : '')
            await agent.hears(
              `EN ${EMAIL} ${email.dialog} 30 E_ARM_STAT_NOT_VALID_AFTER_INTERRUPT_ADVISORY_ACCEPT #${action}-1`,
            )
          }
          expect(await agent.dialog(email.dialog)).toBe('INTERRUPTED')
          await agent.acts(chat.dialog, 'CLOSE')
          await agent.hears(
            `DN DELETE ${chat.dialog} CLOSED CD_NORMAL_END_TASK`,
            `MN ${CHAT} READY routable`,
            `MN ${EMAIL} ${AGENT[from]} routable`,
          )
          expect(await agent.dialog(email.dialog)).toBe(from)
        }),
    )

  holds(
    ['D14', 'D9'],
    'if the peripheral gateway fails during the interrupt, the dialog becomes UNKNOWN and can only be closed',
    () =>
      onStage(async (stage) => {
        const { agent } = stage
        await agent.signsIn(EMAIL)
        await agent.signsIn(CHAT)
        const email = await agent.has(EMAIL, 'PAUSED')
        const chat = await agent.has(CHAT, 'ACTIVE')
        await stage.fault({ type: 'peripheral-gateway', up: false })
        await stage.fault({ type: 'peripheral-gateway', up: true })
        await agent.hearsNothing()
        await agent.acts(chat.dialog, 'CLOSE')
        const heard = await agent.drains()
        expect(heard).toContain(`DN PUT ${email.dialog} UNKNOWN`)
        // UNKNOWN counts as ACTIVE (ruling 10).
        expect(heard.at(-1)).toBe(`MN ${EMAIL} ACTIVE routable`)
        expect(await agent.dialog(email.dialog)).toBe('UNKNOWN')
        expect(await agent.actions(email.dialog)).toEqual(['CLOSE'])
        await agent.acts(email.dialog, 'RESUME', 'resume-1')
        await agent.hears(`EN ${EMAIL} ${email.dialog} 19 E_ARM_STAT_INVALID_MESSAGE_SEQUENCE #resume-1`)
        await agent.acts(email.dialog, 'CLOSE')
        await agent.hears(`DN DELETE ${email.dialog} CLOSED CD_NORMAL_END_TASK`, `MN ${EMAIL} READY routable`)
        expect((await stage.task(email.task)).state).toBe('handled')
      }),
  )

  for (const from of OPEN)
    holds(['D16', '10'], `a dialog ${from} ends at the max task duration with CD_MAX_DIALOG_LIFETIME_EXCEEDED`, () =>
      onStage(
        async (stage) => {
          const { agent } = stage
          await agent.signsIn(EMAIL)
          const { task, dialog } = await agent.has(EMAIL, from)
          await stage.passes(59)
          await agent.hearsNothing()
          await stage.passes(1)
          await agent.hears(`DN DELETE ${dialog} CLOSED CD_MAX_DIALOG_LIFETIME_EXCEEDED`, `MN ${EMAIL} READY routable`)
          expect(await agent.dialog(dialog)).toBe('404')
          // The task is not handled, and it is not resubmitted.
          expect(await stage.tasks(EMAIL)).toEqual([`${task} expired`])
        },
        {
          directory: directoryWith([
            'startTimeoutSeconds: 120',
            'startTimeoutSeconds: 120\n    maxTaskDurationSeconds: 60',
          ]),
        },
      ),
    )

  for (const from of OPEN)
    for (const [row, logout, code, end] of [
      ['D17', 'CLOSE', 'CD_AGENT_LOGGED_OUT_DURING_DIALOG', 'handled'],
      ['D18', 'TRANSFER', 'CD_TASK_TRANSFERRED_ON_AGENT_LOGOUT', 'resubmitted'],
    ] as const)
      holds([row, '10'], `sign-out with ${logout} and a dialog ${from}: ${code}`, () =>
        onStage(async (stage) => {
          const { agent } = stage
          await agent.signsIn(EMAIL, { logout })
          const { task, dialog } = await agent.has(EMAIL, from)
          await agent.state(EMAIL, 'LOGOUT')
          await agent.hears(`DN DELETE ${dialog} CLOSED ${code}`, `MN ${EMAIL} LOGOUT routable`)
          expect(await agent.dialog(dialog)).toBe('404')
          expect((await stage.task(task)).state).toBe(end)
        }),
      )

  for (const from of OPEN)
    holds(['D19', '10'], `the application path stays down for longer than the task life: a dialog ${from} ends`, () =>
      onStage(
        async (stage) => {
          const { agent } = stage
          await agent.signsIn(EMAIL)
          const { task, dialog } = await agent.has(EMAIL, from)
          await stage.fault({ type: 'app-path', up: false })
          // No agent gets new tasks now.
          const waiting = await stage.submits(EMAIL)
          await stage.passes(99)
          await agent.hearsNothing()
          expect(await agent.dialog(dialog)).toBe(from)
          await stage.passes(1)
          await agent.hears(`DN DELETE ${dialog} CLOSED CD_APPLICATION_DISCONNECTED`, `MN ${EMAIL} READY routable`)
          expect(await agent.dialog(dialog)).toBe('404')
          expect(['resubmitted', 'handled']).not.toContain((await stage.task(task)).state)
          expect((await stage.task(waiting)).state).toBe('queued')
          await stage.fault({ type: 'app-path', up: true })
          await agent.hears(`MN ${EMAIL} RESERVED routable`, `DN POST 1001_1001_${EMAIL} OFFERED`)
          expect((await stage.task(waiting)).agentId).toBe('1001')
        },
        {
          directory: directoryWith(['startTimeoutSeconds: 120', 'startTimeoutSeconds: 120\n    taskLifeSeconds: 100']),
        },
      ),
    )

  holds(['D19'], 'interrupting and interrupted dialogs both end, and the agent can work again', () =>
    onStage(async (stage) => {
      const { agent } = stage
      await agent.signsIn(EMAIL)
      await agent.signsIn(CHAT)
      const email = await agent.has(EMAIL, 'PAUSED')
      const chat = await agent.has(CHAT, 'ACTIVE')
      await stage.fault({ type: 'app-path', up: false })
      await stage.passes(1200)
      const heard = await agent.drains()
      for (const { dialog } of [email, chat])
        expect(heard).toContain(`DN DELETE ${dialog} CLOSED CD_APPLICATION_DISCONNECTED`)
      await stage.fault({ type: 'app-path', up: true })
      expect([await agent.sees(EMAIL), await agent.sees(CHAT)]).toEqual(['READY routable', 'READY routable'])
      const next = await agent.has(EMAIL, 'ACTIVE')
      expect(await agent.dialogs(EMAIL)).toEqual({ [next.dialog]: 'ACTIVE' })
    }),
  )

  holds(['D19'], 'if the application path comes back within the task life, nothing changes', () =>
    onStage(async (stage) => {
      const { agent } = stage
      await agent.signsIn(EMAIL)
      await agent.signsIn(CHAT)
      const email = await agent.has(EMAIL, 'PAUSED')
      await stage.fault({ type: 'app-path', up: false })
      await stage.passes(1199)
      await stage.fault({ type: 'app-path', up: true })
      await stage.passes(3600)
      await agent.hearsNothing()
      expect(await agent.dialogs(EMAIL)).toEqual({ [email.dialog]: 'PAUSED' })
    }),
  )

  for (const from of OPEN)
    holds(
      ['6.3'],
      `${from}: an action that is not in the list of actions is refused with code 19 (rulings 13, 14)`,
      () =>
        onStage(async ({ agent }) => {
          await agent.signsIn(EMAIL)
          const { dialog } = await agent.has(EMAIL, from)
          expect((await agent.actions(dialog)).toSorted()).toEqual(ALLOWED[from].toSorted())
          for (const action of ACTIONS.filter((each) => !ALLOWED[from].includes(each))) {
            await agent.acts(dialog, action, `${action}-1`, action === 'TRANSFER' ? target('chat_sales') : '')
            await agent.hears(`EN ${EMAIL} ${dialog} 19 E_ARM_STAT_INVALID_MESSAGE_SEQUENCE #${action}-1`)
          }
          expect(await agent.dialog(dialog)).toBe(from)
          expect(await agent.sees(EMAIL)).toBe(`${AGENT[from]} routable`)
        }),
    )
}

async function failsToTransfer(agent: Agent, dialog: string, error: string): Promise<void> {
  await agent.hears(`EN ${EMAIL} ${dialog} ${error}`)
  await agent.hearsNothing()
}
