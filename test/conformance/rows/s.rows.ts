/** `media 12.5`: sign-out with open dialogs, S1-S5. */
import { expect } from 'vitest'
import { holds } from './registry.ts'
import { CHAT, EMAIL, type Offered, type OpenState, onStage } from './stage.ts'

const OPEN: readonly OpenState[] = ['OFFERED', 'ACCEPTED', 'ACTIVE', 'PAUSED', 'WRAPPING_UP']

const COLUMNS = [
  { logout: 'CLOSE', code: 'CD_AGENT_LOGGED_OUT_DURING_DIALOG', end: 'handled' },
  { logout: 'TRANSFER', code: 'CD_TASK_TRANSFERRED_ON_AGENT_LOGOUT', end: 'resubmitted' },
] as const

export function sRows(): void {
  for (const { logout, code, end } of COLUMNS) {
    holds(['S1', 'S2', 'S3', 'S4', 'S5'], `${logout}: one dialog in each state, all end before the LOGOUT`, () =>
      onStage(async (stage) => {
        const { agent } = stage
        await agent.signsIn(EMAIL, { limit: 5, logout })
        const dialogs: Offered[] = []
        for (const state of OPEN.toReversed()) dialogs.push(await agent.has(EMAIL, state))
        expect(Object.values(await agent.dialogs(EMAIL)).toSorted()).toEqual(OPEN.toSorted())
        await agent.state(EMAIL, 'LOGOUT', 'out-1')
        await agent.hears(
          ...dialogs.map(({ dialog }) => `DN DELETE ${dialog} CLOSED ${code}`),
          `MN ${EMAIL} LOGOUT routable`,
        )
        await agent.hearsNothing()
        expect(await agent.dialogs(EMAIL)).toEqual({})
        for (const { task } of dialogs) expect((await stage.task(task)).state).toBe(end)
      }),
    )

    holds(['S1', 'S2', 'S5'], `${logout}: interrupted dialogs end as well`, () =>
      onStage(async ({ agent }) => {
        await agent.signsIn(EMAIL, { logout })
        await agent.signsIn(CHAT)
        const first = await agent.has(EMAIL, 'ACTIVE')
        const second = await agent.has(EMAIL, 'OFFERED')
        const chat = await agent.has(CHAT, 'ACTIVE')
        expect(await agent.sees(EMAIL)).toBe('INTERRUPTED routable')
        await agent.state(EMAIL, 'LOGOUT')
        await agent.hears(
          `DN DELETE ${first.dialog} CLOSED ${code}`,
          `DN DELETE ${second.dialog} CLOSED ${code}`,
          `MN ${EMAIL} LOGOUT routable`,
        )
        // The end of the interrupt does not change a medium in LOGOUT.
        await agent.acts(chat.dialog, 'CLOSE')
        await agent.hears(`DN DELETE ${chat.dialog} CLOSED CD_NORMAL_END_TASK`, `MN ${CHAT} READY routable`)
        await agent.hearsNothing()
        expect(await agent.sees(EMAIL)).toMatch(/^LOGOUT /)
      }),
    )

    holds(['S2', 'S5'], `${logout}: a sign-out from the MRD that interrupts ends the interrupt of the others`, () =>
      onStage(async ({ agent }) => {
        await agent.signsIn(EMAIL)
        await agent.signsIn(CHAT, { logout })
        const email = await agent.has(EMAIL, 'PAUSED')
        const chat = await agent.has(CHAT, 'ACTIVE')
        await agent.state(CHAT, 'LOGOUT')
        const heard = await agent.drains()
        expect(heard.toSorted()).toEqual([
          `DN DELETE ${chat.dialog} CLOSED ${code}`,
          `MN ${EMAIL} PAUSED routable`,
          `MN ${CHAT} LOGOUT routable`,
        ])
        expect(heard.indexOf(`MN ${CHAT} LOGOUT routable`)).toBeGreaterThan(
          heard.indexOf(`DN DELETE ${chat.dialog} CLOSED ${code}`),
        )
        expect(await agent.dialog(email.dialog)).toBe('PAUSED')
      }),
    )

    holds(
      ['S2', 'S4', 'S5', 'A22'],
      `${logout}: user sign-out ends the dialogs of all MRDs, each before its LOGOUT`,
      () =>
        onStage(async ({ agent }) => {
          await agent.signsInToVoice('NOT_READY')
          const media = [EMAIL, CHAT]
          const dialogs: string[] = []
          for (const mrd of media) {
            await agent.signsIn(mrd, { logout })
            dialogs.push((await agent.has(mrd, 'ACCEPTED')).dialog)
          }
          await agent.client.putUser('<state>LOGOUT</state>')
          const heard = await agent.drains()
          expect(heard.toSorted()).toEqual(
            [
              ...dialogs.map((dialog) => `DN DELETE ${dialog} CLOSED ${code}`),
              ...media.map((mrd) => `MN ${mrd} LOGOUT routable`),
              'UN LOGOUT',
            ].toSorted(),
          )
          for (const [n, mrd] of media.entries())
            expect(heard.indexOf(`MN ${mrd} LOGOUT routable`)).toBeGreaterThan(
              heard.indexOf(`DN DELETE ${dialogs[n]} CLOSED ${code}`),
            )
          expect((await agent.get('User/1001')).value('state')).toBe('LOGOUT')
        }),
    )
  }

  holds(['S3'], 'CLOSE: every task is handled, and none is queued again', () =>
    onStage(async (stage) => {
      const { agent } = stage
      await agent.signsIn(EMAIL)
      const first = await agent.has(EMAIL, 'ACTIVE')
      const second = await agent.has(EMAIL, 'OFFERED')
      await agent.state(EMAIL, 'LOGOUT')
      await agent.drains()
      expect((await stage.tasks(EMAIL)).toSorted()).toEqual([`${first.task} handled`, `${second.task} handled`])
    }),
  )

  holds(
    ['S3'],
    'TRANSFER: a new task waits under the same selector, and goes to the next agent with a link to the old dialog',
    () =>
      onStage(async (stage) => {
        const { agent } = stage
        const other = await stage.another('1002')
        await agent.signsIn(EMAIL, { logout: 'TRANSFER' })
        const { task, dialog } = await agent.has(EMAIL, 'PAUSED', {
          agentId: undefined,
          scriptSelector: 'email_billing',
          variables: { callVariable2: 'invoice 3' },
        })
        await other.signsIn(EMAIL)
        await agent.state(EMAIL, 'LOGOUT')
        await agent.hears(
          `DN DELETE ${dialog} CLOSED CD_TASK_TRANSFERRED_ON_AGENT_LOGOUT`,
          `MN ${EMAIL} LOGOUT routable`,
        )
        await other.hears(`MN ${EMAIL} RESERVED routable`)
        const offered = await other.next()
        expect(offered.value('associatedDialogUri')).toBe(`/finesse/api/Dialog/${dialog}`)
        expect(offered.text).toContain('<name>callVariable2</name><value>invoice 3</value>')
        expect(await stage.task((await stage.task(task)).resubmittedAs ?? '')).toMatchObject({
          state: 'reserved',
          agentId: '1002',
          scriptSelector: 'email_billing',
          dialogId: offered.value('id'),
        })
      }),
  )

  holds(['S5', '4.4'], 'a sign-out never waits for dialogs, and the next sign-in starts without dialogs', () =>
    onStage(async ({ agent }) => {
      await agent.signsIn(EMAIL, { limit: 2 })
      await agent.has(EMAIL, 'ACTIVE')
      await agent.routable(EMAIL, false)
      await agent.hears(`MN ${EMAIL} ACTIVE not-routable`)
      await agent.state(EMAIL, 'LOGOUT')
      await agent.drains()
      await agent.signsIn(EMAIL, { limit: 2 })
      expect(await agent.sees(EMAIL)).toBe('READY routable')
      expect(await agent.dialogs(EMAIL)).toEqual({})
    }),
  )
}
