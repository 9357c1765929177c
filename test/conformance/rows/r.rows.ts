/** `media 12.4`: Start Timeout, R1-R6 and the variants RV1, RV4, RV5. RV2 is with the failures. */
import { expect } from 'vitest'
import { holds } from './registry.ts'
import { CHAT, EMAIL, onStage, SOCIAL } from './stage.ts'

export function rRows(): void {
  holds(['R1'], 'every MRD has its own Start Timeout, counted from the offer', () =>
    onStage(async (stage) => {
      const { agent } = stage
      const dialogs: Record<string, string> = {}
      for (const mrd of [EMAIL, CHAT, SOCIAL]) {
        await agent.signsIn(mrd)
        dialogs[mrd] = (await agent.has(mrd, 'OFFERED')).dialog
      }
      await stage.passes(29)
      await agent.hearsNothing()
      for (const [mrd, seconds] of [
        [CHAT, 1],
        [SOCIAL, 30],
        [EMAIL, 60],
      ] as const) {
        await stage.passes(seconds)
        await agent.hears(`DN DELETE ${dialogs[mrd]} CLOSED CD_RING_NO_ANSWER`, `MN ${mrd} READY not-routable`)
      }
    }),
  )

  holds(
    ['R2', 'R3', '10'],
    'the dialog ends and its task is not handled: a new task waits under the same selector',
    () =>
      onStage(async (stage) => {
        const { agent } = stage
        await agent.signsIn(CHAT)
        const { task, dialog } = await agent.has(CHAT, 'OFFERED', {
          agentId: undefined,
          scriptSelector: 'chat_support',
          variables: { callVariable1: 'room 7' },
        })
        await stage.passes(30)
        await agent.hears(`DN DELETE ${dialog} CLOSED CD_RING_NO_ANSWER`, `MN ${CHAT} READY not-routable`)
        expect(await agent.dialog(dialog)).toBe('404')
        const old = await stage.task(task)
        expect(old.state).toBe('resubmitted')
        expect(await stage.task(old.resubmittedAs ?? '')).toMatchObject({
          state: 'queued',
          scriptSelector: 'chat_support',
          variables: { callVariable1: 'room 7' },
        })
        const other = await stage.another('1002')
        await other.signsIn(CHAT, { ready: false })
        await other.state(CHAT, 'READY')
        await other.hears(`MN ${CHAT} READY routable`, `MN ${CHAT} RESERVED routable`)
        const offered = await other.next()
        expect(offered.value('id')).not.toBe(dialog)
        expect(offered.value('associatedDialogUri')).toBe(`/finesse/api/Dialog/${dialog}`)
        expect(offered.text).toContain('<name>callVariable1</name><value>room 7</value>')
      }),
  )

  holds(['R3'], 'a transferred task goes back to the selector of the transfer', () =>
    onStage(async (stage) => {
      const { agent } = stage
      const other = await stage.another('1002')
      await agent.signsIn(EMAIL)
      await other.signsIn(CHAT)
      const { task, dialog } = await agent.has(EMAIL, 'ACTIVE')
      await agent.acts(dialog, 'TRANSFER', undefined, '<target>chat_support</target>')
      await agent.hears(`DN DELETE ${dialog} CLOSED CD_TASK_TRANSFER`, `MN ${EMAIL} READY routable`)
      await other.hears(`MN ${CHAT} RESERVED routable`, `DN POST 1000_1002_${CHAT} OFFERED`)
      await stage.passes(30)
      await other.hears(`DN DELETE 1000_1002_${CHAT} CLOSED CD_RING_NO_ANSWER`, `MN ${CHAT} READY not-routable`)
      const transferred = await stage.task((await stage.task(task)).resubmittedAs ?? '')
      expect(transferred.state).toBe('resubmitted')
      expect(await stage.task(transferred.resubmittedAs ?? '')).toMatchObject({
        state: 'queued',
        scriptSelector: 'chat_support',
      })
    }),
  )

  holds(['R4', 'R5', '4.3'], 'the agent becomes not routable in this MRD only, and stays READY', () =>
    onStage(async (stage) => {
      const { agent } = stage
      await agent.signsIn(CHAT)
      await agent.signsIn(EMAIL)
      const { dialog } = await agent.has(CHAT, 'OFFERED')
      await stage.passes(30)
      await agent.hears(`DN DELETE ${dialog} CLOSED CD_RING_NO_ANSWER`)
      const told = await agent.next()
      const seen = await agent.media(CHAT)
      for (const value of [told.value, seen]) {
        expect([value('state'), value('routable'), value('id')]).toEqual(['READY', 'false', CHAT])
        expect(value('ReasonCode')).toBeUndefined()
      }
      expect(await agent.sees(EMAIL)).toBe('READY routable')
    }),
  )

  for (const way of ['routable=true', 'NOT_READY and READY'])
    holds(['R6', 'A5', '4.3'], `no task comes, and READY does not help, until ${way}`, () =>
      onStage(async (stage) => {
        const { agent } = stage
        await agent.signsIn(CHAT)
        const { task } = await agent.has(CHAT, 'OFFERED')
        await stage.passes(30)
        await agent.drains()
        const again = (await stage.task(task)).resubmittedAs ?? ''
        await agent.state(CHAT, 'READY', 'ready-1')
        await stage.passes(600)
        await agent.hearsNothing()
        expect(await agent.sees(CHAT)).toBe('READY not-routable')
        expect((await stage.task(again)).state).toBe('queued')
        if (way === 'routable=true') await agent.routable(CHAT, true)
        else {
          await agent.state(CHAT, 'NOT_READY')
          await agent.hears(`MN ${CHAT} NOT_READY not-routable`)
          await agent.state(CHAT, 'READY')
        }
        await agent.hears(
          `MN ${CHAT} READY routable`,
          `MN ${CHAT} RESERVED routable`,
          `DN POST 1001_1001_${CHAT} OFFERED`,
        )
        expect(await stage.task(again)).toMatchObject({ state: 'reserved', agentId: '1001' })
      }),
    )

  holds(
    ['RV1'],
    'each offer has its own timer; the first to expire makes the agent not routable, the others can be accepted',
    () =>
      onStage(async (stage) => {
        const { agent } = stage
        await agent.signsIn(CHAT, { limit: 4 })
        const first = (await agent.has(CHAT, 'OFFERED')).dialog
        await stage.passes(10)
        const second = (await agent.has(CHAT, 'OFFERED')).dialog
        await stage.passes(10)
        const third = (await agent.has(CHAT, 'OFFERED')).dialog
        expect(await agent.dialogs(CHAT)).toEqual({ [first]: 'OFFERED', [second]: 'OFFERED', [third]: 'OFFERED' })
        await stage.passes(10)
        await agent.hears(`DN DELETE ${first} CLOSED CD_RING_NO_ANSWER`, `MN ${CHAT} RESERVED not-routable`)
        expect(await agent.sees(CHAT)).toBe('RESERVED not-routable')
        await agent.acts(second, 'ACCEPT')
        await agent.hears(`DN PUT ${second} ACCEPTED`, `MN ${CHAT} ACTIVE not-routable`)
        await stage.passes(10)
        await agent.hearsNothing()
        await stage.passes(10)
        expect((await agent.drains())[0]).toBe(`DN DELETE ${third} CLOSED CD_RING_NO_ANSWER`)
        expect(await agent.sees(CHAT)).toBe('ACTIVE not-routable')
        expect(await agent.dialogs(CHAT)).toEqual({ [second]: 'ACCEPTED' })
      }),
  )

  holds(
    ['RV1', 'A12'],
    'for an agent who is not routable already, the next expiry publishes no Media notification',
    () =>
      onStage(async (stage) => {
        const { agent } = stage
        await agent.signsIn(CHAT)
        await agent.has(CHAT, 'ACTIVE')
        const first = (await agent.has(CHAT, 'OFFERED')).dialog
        const second = (await agent.has(CHAT, 'OFFERED')).dialog
        await stage.passes(30)
        await agent.hears(
          `DN DELETE ${first} CLOSED CD_RING_NO_ANSWER`,
          `MN ${CHAT} ACTIVE not-routable`,
          `DN DELETE ${second} CLOSED CD_RING_NO_ANSWER`,
        )
        await agent.hearsNothing()
        expect(await agent.sees(CHAT)).toBe('ACTIVE not-routable')
      }),
  )

  for (const mode of ['refuse', 'timeout'])
    holds(['RV4'], `the resubmission fails (${mode}): the task is lost, and no notification says so`, () =>
      onStage(async (stage) => {
        const { agent } = stage
        await agent.signsIn(CHAT)
        const { task, dialog } = await agent.has(CHAT, 'OFFERED')
        await stage.fault({ type: 'resubmission', mode, up: false })
        await stage.passes(30)
        await agent.hears(`DN DELETE ${dialog} CLOSED CD_RING_NO_ANSWER`, `MN ${CHAT} READY not-routable`)
        await stage.passes(60)
        await stage.fault({ type: 'resubmission', mode, up: true })
        await stage.passes(60)
        await agent.routable(CHAT, true)
        await agent.hears(`MN ${CHAT} READY routable`)
        await agent.hearsNothing()
        expect(await stage.tasks(CHAT)).toEqual([`${task} lost`])
      }),
    )

  holds(['RV4'], 'the same for the resubmission at a sign-out', () =>
    onStage(async (stage) => {
      const { agent } = stage
      await agent.signsIn(CHAT, { logout: 'TRANSFER' })
      const { task, dialog } = await agent.has(CHAT, 'ACTIVE')
      await stage.fault({ type: 'resubmission', mode: 'refuse', up: false })
      await agent.state(CHAT, 'LOGOUT')
      await agent.hears(`DN DELETE ${dialog} CLOSED CD_TASK_TRANSFERRED_ON_AGENT_LOGOUT`, `MN ${CHAT} LOGOUT routable`)
      await stage.fault({ type: 'resubmission', mode: 'refuse', up: true })
      expect(await stage.tasks(CHAT)).toEqual([`${task} lost`])
    }),
  )

  holds(['RV5'], 'a dialog that was accepted and never started ends at the max task duration', () =>
    onStage(async (stage) => {
      const { agent } = stage
      await agent.signsIn(CHAT)
      const { task, dialog } = await agent.has(CHAT, 'ACCEPTED')
      await stage.passes(8 * 3600 - 1)
      await agent.hearsNothing()
      expect(await agent.dialog(dialog)).toBe('ACCEPTED')
      expect(await agent.sees(CHAT)).toBe('ACTIVE routable')
      await stage.passes(1)
      await agent.hears(`DN DELETE ${dialog} CLOSED CD_MAX_DIALOG_LIFETIME_EXCEEDED`, `MN ${CHAT} READY routable`)
      expect((await stage.task(task)).state).toBe('expired')
    }),
  )
}
