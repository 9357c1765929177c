/** Presence loss and failures, as one side shows them: `media 12.6` rows P1, P2, P5, P7-P9, P11-P13, and RV2, RV4. */
import { expect } from 'vitest'
import type { Site } from '../server.ts'
import { holds, section } from './registry.ts'
import { onSite as onStage } from './site-stage.ts'
import {
  Agent,
  type Stage as AnyStage,
  CHAT,
  directoryWith,
  EMAIL,
  IN_SERVICE,
  type Offered,
  OUT_OF_SERVICE,
  type SignIn,
  SOCIAL,
  signInBody,
  withSettings,
} from './stage.ts'

/** These tests use the server itself: its engine, its sessions. */
type Stage = AnyStage<Site>

const LINK = { type: 'acd-link' }
const GATEWAY = { type: 'peripheral-gateway' }
const BOTH_GATEWAYS = { ...GATEWAY, both: true }
const RESUBMISSION = { type: 'resubmission' }

const loses = (stage: Stage, fault: object) => stage.fault({ ...fault, up: false })
const regains = (stage: Stage, fault: object) => stage.fault({ ...fault, up: true })

const LOSSLESS = { directory: directoryWith(withSettings('fidelity: lossless')) }

const STATES = [
  ['OFFERED', 'RESERVED'],
  ['ACCEPTED', 'ACTIVE'],
  ['ACTIVE', 'ACTIVE'],
  ['PAUSED', 'PAUSED'],
  ['WRAPPING_UP', 'WORK_READY'],
] as const

/** Lines about one MRD: its Media object and its dialogs. */
const about = (mrd: string, lines: readonly string[]) =>
  lines.filter((line) => line.startsWith(`MN ${mrd} `) || new RegExp(`^DN \\S+ \\d+_\\d+_${mrd} `).test(line))

/** Connects agent 1002 or another user. The stage does not check at its end that this agent has read everything. */
const arrives = async ({ on, story }: Stage, user = '1002'): Promise<Agent> =>
  new Agent(on, story, await on.client(user))

/** A client without XMPP, which reads by GET. */
const looksOn = ({ on, story }: Stage, user = '1002'): Agent => new Agent(on, story, on.restOnly(user))

/** Ends the agent's last session. Resolves when the engine has got that. */
async function leaves({ on }: Stage, agent: Agent): Promise<void> {
  const { inputs } = on.server.engine.figures
  await agent.client.disconnect()
  while (on.server.engine.figures.inputs === inputs) await new Promise((resolve) => setImmediate(resolve))
}

export function pRows(): void {
  section('presence (media 12.6, notifications 9)', () => {
    holds(['P1'], 'an agent who reconnects within 60 s: nothing changes and nothing is published', () =>
      onStage(async (stage) => {
        const agent = await arrives(stage)
        await agent.signsInToVoice()
        await agent.signsIn(EMAIL, { logout: 'TRANSFER' })
        await agent.signsIn(CHAT)
        const email = await agent.has(EMAIL, 'ACTIVE')
        const chat = await agent.has(CHAT, 'ACTIVE')
        await leaves(stage, agent)
        await stage.passes(59)
        const again = await arrives(stage)
        await stage.passes(600)
        await again.hearsNothing()
        expect((await again.get('User/1002')).value('state')).toBe('READY')
        expect([await again.sees(EMAIL), await again.sees(CHAT)]).toEqual(['INTERRUPTED routable', 'ACTIVE routable'])
        expect([await again.dialog(email.dialog), await again.dialog(chat.dialog)]).toEqual(['INTERRUPTED', 'ACTIVE'])
      }),
    )

    for (const [logout, code, state] of [
      ['CLOSE', 'CD_AGENT_LOGGED_OUT_DURING_DIALOG', 'handled'],
      ['TRANSFER', 'CD_TASK_TRANSFERRED_ON_AGENT_LOGOUT', 'resubmitted'],
    ] as const)
      holds(
        ['P2', 'S1', logout === 'CLOSE' ? 'D17' : 'D18'],
        `no session for 60 s: forced sign-out, every dialog ends by ${logout}`,
        () =>
          onStage(async (stage) => {
            const agent = await arrives(stage)
            await agent.signsInToVoice()
            for (const mrd of [EMAIL, CHAT, SOCIAL]) await agent.signsIn(mrd, { logout })
            const offered = [
              await agent.has(EMAIL, 'PAUSED'),
              await agent.has(EMAIL, 'OFFERED'),
              await agent.has(SOCIAL, 'ACCEPTED'),
              await agent.has(CHAT, 'ACTIVE'),
            ]
            const codes: string[] = []
            stage.on.server.engine.on('notification', ({ event, value }) => {
              if (value.kind === 'task' && event === 'DELETE') codes.push(value.dispositionCode)
            })
            await leaves(stage, agent)
            const seen = looksOn(stage)
            await stage.passes(59)
            expect([await seen.sees(EMAIL), await seen.sees(CHAT)]).toEqual(['INTERRUPTED routable', 'ACTIVE routable'])
            await stage.passes(1)
            const user = await seen.get('User/1002')
            expect([user.value('state'), user.value('reasonCode/code')]).toEqual(['NOT_READY', '50002'])
            for (const mrd of [EMAIL, CHAT, SOCIAL]) {
              expect(await seen.sees(mrd)).toMatch(/^LOGOUT /)
              expect(await seen.dialogs(mrd)).toEqual({})
            }
            for (const { task } of offered) expect((await stage.task(task)).state).toBe(state)
            expect(codes).toEqual([code, code, code, code])
            // A later session restores nothing (`notifications 9.1`).
            const again = await arrives(stage)
            expect(await again.sees(EMAIL)).toMatch(/^LOGOUT /)
            await again.hearsNothing()
          }),
      )

    holds(['P2'], 'a user who is signed in to a medium only is signed out by force, too (ruling 30)', () =>
      onStage(async (stage) => {
        const agent = await arrives(stage)
        await agent.signsIn(CHAT)
        await leaves(stage, agent)
        await stage.passes(60)
        const seen = looksOn(stage)
        expect(await seen.sees(CHAT)).toMatch(/^LOGOUT /)
        expect((await seen.get('User/1002')).value('state')).toBe('LOGOUT')
      }),
    )

    holds(['P2'], 'with LOAD 1 the forced sign-out is from voice and media', () =>
      onStage(
        async (stage) => {
          const agent = await arrives(stage)
          await agent.signsInToVoice()
          await agent.signsIn(CHAT)
          await leaves(stage, agent)
          await stage.passes(60)
          const seen = looksOn(stage)
          const user = await seen.get('User/1002')
          expect([user.value('state'), user.value('reasonCode/code')]).toEqual(['LOGOUT', '50002'])
          expect(await seen.sees(CHAT)).toMatch(/^LOGOUT /)
        },
        { directory: directoryWith(withSettings('logoutOnAgentDisconnect: 1')) },
      ),
    )

    holds(['P2'], 'media stay signed in if userSignoutChannel is voice (ruling 30)', () =>
      onStage(
        async (stage) => {
          const agent = await arrives(stage)
          await agent.signsInToVoice()
          await agent.signsIn(CHAT)
          const chat = await agent.has(CHAT, 'ACTIVE')
          await leaves(stage, agent)
          await stage.passes(60)
          const again = await arrives(stage)
          expect((await again.get('User/1002')).value('state')).toBe('NOT_READY')
          expect([await again.sees(CHAT), await again.dialog(chat.dialog)]).toEqual(['ACTIVE routable', 'ACTIVE'])
        },
        { directory: directoryWith(withSettings('userSignoutChannel: voice')) },
      ),
    )

    holds(['P2', 'I9'], 'on a call: media are signed out at once, voice when the call is over', () =>
      onStage(async (stage) => {
        const agent = await arrives(stage)
        await agent.signsInToVoice()
        await agent.signsIn(EMAIL)
        const email = await agent.has(EMAIL, 'ACTIVE')
        const call = await stage.calls(agent.user)
        await agent.acts(call, 'ANSWER', undefined, '<targetMediaAddress>1002</targetMediaAddress>')
        await agent.drains()
        await leaves(stage, agent)
        await stage.passes(60)
        const seen = looksOn(stage)
        expect(await seen.sees(EMAIL)).toMatch(/^LOGOUT /)
        expect((await stage.task(email.task)).state).toBe('handled')
        // A state that becomes pending is not a change of state.
        stage.story.stays(agent.user)
        const talking = await seen.get('User/1002')
        expect([talking.value('state'), talking.value('pendingState')]).toEqual(['TALKING', 'NOT_READY'])
        expect((await stage.on.acd('POST', `/calls/${call}`, { action: 'HANGUP' })).status).toBe(200)
        const user = await seen.get('User/1002')
        expect([user.value('state'), user.value('reasonCode/code')]).toEqual(['NOT_READY', '50002'])
        expect(await seen.sees(EMAIL)).toMatch(/^LOGOUT /)
      }),
    )

    holds(
      ['P12', 'D3'],
      'a client that does nothing while its presence lasts: only an OFFERED dialog ends, by its timeout',
      () =>
        onStage(async (stage) => {
          const { agent } = stage
          await agent.signsIn(EMAIL)
          const email = await agent.has(EMAIL, 'PAUSED')
          const offered = await agent.has(EMAIL, 'OFFERED')
          await stage.passes(3600)
          await agent.hears(`DN DELETE ${offered.dialog} CLOSED CD_RING_NO_ANSWER`, `MN ${EMAIL} PAUSED not-routable`)
          await agent.hearsNothing()
          expect(await agent.dialog(email.dialog)).toBe('PAUSED')
          expect((await stage.task(offered.task)).state).toBe('resubmitted')
        }),
    )
  })

  section('loss of the ACD link (rulings 29, 31, 39)', () => {
    for (const [dialogState, state] of STATES)
      holds(
        ['P5', 'P7', 'A23'],
        `${state} with an ${dialogState} dialog: WORK_NOT_READY, and then ${state} again`,
        () =>
          onStage(async (stage) => {
            const { agent } = stage
            await agent.signsIn(EMAIL)
            const { dialog, task } = await agent.has(EMAIL, dialogState)
            await loses(stage, LINK)
            expect((await agent.get(`User/1001/Media/${EMAIL}`)).status).toBe(503)
            expect(
              (await agent.client.put(`Dialog/${dialog}`, '<Dialog><requestedAction>CLOSE</requestedAction></Dialog>'))
                .status,
            ).toBe(503)
            expect((await agent.get('SystemInfo')).value('status')).toBe('OUT_OF_SERVICE')
            expect((await stage.task(task)).state).toBe('reserved')
            await stage.passes(10)
            await regains(stage, LINK)
            await agent.hears(
              OUT_OF_SERVICE,
              IN_SERVICE,
              `MN ${EMAIL} WORK_NOT_READY not-routable`,
              `MN ${EMAIL} ${state} routable`,
              `DN POST ${dialog} ${dialogState}`,
            )
            expect([await agent.sees(EMAIL), await agent.dialog(dialog)]).toEqual([`${state} routable`, dialogState])
          }),
      )

    for (const [state, routable] of [
      ['READY', true],
      ['READY', false],
      ['NOT_READY', true],
      ['NOT_READY', false],
    ] as const)
      holds(
        ['P5', 'P7', 'A23'],
        `${state} and ${routable ? '' : 'not '}routable without dialogs is restored when the link is back`,
        () =>
          onStage(async (stage) => {
            const { agent } = stage
            await agent.signsIn(CHAT, { ready: state === 'READY' })
            if (!routable) await agent.routable(CHAT, false)
            await agent.drains()
            await loses(stage, LINK)
            await regains(stage, LINK)
            const mode = routable ? 'routable' : 'not-routable'
            await agent.hears(
              OUT_OF_SERVICE,
              IN_SERVICE,
              `MN ${CHAT} WORK_NOT_READY not-routable`,
              `MN ${CHAT} ${state} ${mode}`,
            )
            expect(await agent.sees(CHAT)).toBe(`${state} ${mode}`)
          }),
      )

    holds(['P5', 'P7', 'A23'], 'a medium in LOGOUT stays in LOGOUT, and nothing is published about it', () =>
      onStage(async (stage) => {
        const { agent } = stage
        await agent.signsIn(EMAIL)
        await agent.state(EMAIL, 'LOGOUT')
        await agent.drains()
        await loses(stage, LINK)
        await regains(stage, LINK)
        await agent.hears(OUT_OF_SERVICE, IN_SERVICE)
        await agent.hearsNothing()
        expect(await agent.sees(EMAIL)).toMatch(/^LOGOUT /)
      }),
    )

    holds(
      ['P5', 'P7', 'D13', 'I7'],
      'INTERRUPTED dialogs get their old states back at the end of the interrupt (ruling 31)',
      () =>
        onStage(async (stage) => {
          const { agent } = stage
          await agent.signsIn(EMAIL)
          await agent.signsIn(CHAT)
          const email = await agent.has(EMAIL, 'WRAPPING_UP')
          const chat = await agent.has(CHAT, 'ACTIVE')
          await loses(stage, LINK)
          await regains(stage, LINK)
          await agent.hears(
            OUT_OF_SERVICE,
            IN_SERVICE,
            `MN ${EMAIL} WORK_NOT_READY not-routable`,
            `MN ${CHAT} WORK_NOT_READY not-routable`,
            `MN ${EMAIL} INTERRUPTED routable`,
            `MN ${CHAT} ACTIVE routable`,
            `DN POST ${email.dialog} INTERRUPTED`,
            `DN POST ${chat.dialog} ACTIVE`,
          )
          await agent.acts(chat.dialog, 'CLOSE')
          await agent.hears(
            `DN DELETE ${chat.dialog} CLOSED CD_NORMAL_END_TASK`,
            `MN ${CHAT} READY routable`,
            `MN ${EMAIL} WORK_READY routable`,
          )
          expect(await agent.dialog(email.dialog)).toBe('WRAPPING_UP')
        }),
    )

    holds(
      ['P5', 'P7', 'D13', 'I7'],
      'the caller hangs up while the link is down: the interrupt is over when the link is back',
      () =>
        onStage(async (stage) => {
          const { agent } = stage
          await agent.signsInToVoice()
          await agent.signsIn(EMAIL)
          const email = await agent.has(EMAIL, 'PAUSED')
          const call = await stage.calls(agent.user)
          await agent.acts(call, 'ANSWER', undefined, '<targetMediaAddress>1001</targetMediaAddress>')
          await agent.drains()
          await loses(stage, LINK)
          expect((await stage.on.acd('POST', `/calls/${call}`, { action: 'HANGUP' })).status).toBe(200)
          // The interrupt ended at the hang-up, not when the link came back.
          stage.story.givesBack(agent.user, EMAIL)
          await regains(stage, LINK)
          await agent.hears(
            OUT_OF_SERVICE,
            IN_SERVICE,
            `MN ${EMAIL} WORK_NOT_READY not-routable`,
            'VN PUT ACTIVE (1001 ACTIVE, 5550100 DROPPED)',
            'VN PUT DROPPED',
            'VN DELETE DROPPED',
            'UN READY',
            'UN READY',
            `MN ${EMAIL} PAUSED routable`,
            `DN POST ${email.dialog} PAUSED`,
          )
          expect([await agent.sees(EMAIL), await agent.dialog(email.dialog)]).toEqual(['PAUSED routable', 'PAUSED'])
        }),
    )

    holds(
      ['P5', 'D16'],
      'max task duration ends a dialog while the link is down, published when the link is back',
      () =>
        onStage(async (stage) => {
          const { agent } = stage
          await agent.signsIn(EMAIL)
          const email = await agent.has(EMAIL, 'ACTIVE')
          await loses(stage, LINK)
          await stage.passes(28_800)
          expect((await stage.task(email.task)).state).toBe('expired')
          await regains(stage, LINK)
          await agent.hears(
            OUT_OF_SERVICE,
            IN_SERVICE,
            `MN ${EMAIL} WORK_NOT_READY not-routable`,
            `DN DELETE ${email.dialog} CLOSED CD_MAX_DIALOG_LIFETIME_EXCEEDED`,
            `MN ${EMAIL} READY routable`,
          )
        }),
    )

    holds(
      ['P5', '4.5'],
      'no agent of the side gets a task while the link is down; waiting tasks are offered when it is back',
      () =>
        onStage(async (stage) => {
          const { agent } = stage
          await agent.signsIn(CHAT)
          await loses(stage, LINK)
          const waiting = await stage.submits(CHAT)
          expect((await stage.task(waiting)).state).toBe('queued')
          await regains(stage, LINK)
          const { state, dialogId } = await stage.task(waiting)
          expect(state).toBe('reserved')
          await agent.hears(
            OUT_OF_SERVICE,
            IN_SERVICE,
            `MN ${CHAT} WORK_NOT_READY not-routable`,
            `MN ${CHAT} READY routable`,
            `MN ${CHAT} RESERVED routable`,
            `DN POST ${dialogId} OFFERED`,
          )
        }),
    )

    holds(['P5', 'D11'], 'a request to transfer is refused, and the dialog stays', () =>
      onStage(async (stage) => {
        const { agent } = stage
        await agent.signsIn(EMAIL)
        const { dialog, task } = await agent.has(EMAIL, 'ACTIVE')
        await loses(stage, LINK)
        const body = '<Dialog><requestedAction>TRANSFER</requestedAction><target>email_billing</target></Dialog>'
        expect((await agent.client.put(`Dialog/${dialog}`, body)).status).toBe(503)
        await regains(stage, LINK)
        await agent.hears(
          OUT_OF_SERVICE,
          IN_SERVICE,
          `MN ${EMAIL} WORK_NOT_READY not-routable`,
          `MN ${EMAIL} ACTIVE routable`,
          `DN POST ${dialog} ACTIVE`,
        )
        expect(await agent.dialog(dialog)).toBe('ACTIVE')
        expect((await stage.task(task)).state).toBe('reserved')
      }),
    )

    holds(
      ['P5'],
      'a presence that ends while the side is out of service leads to no forced sign-out (notifications 9.1)',
      () =>
        onStage(async (stage) => {
          const agent = await arrives(stage)
          await agent.signsIn(EMAIL)
          const { dialog } = await agent.has(EMAIL, 'ACTIVE')
          await loses(stage, LINK)
          await agent.hears(OUT_OF_SERVICE)
          await leaves(stage, agent)
          await stage.passes(600)
          const again = await arrives(stage)
          await regains(stage, LINK)
          await again.hears(
            IN_SERVICE,
            `MN ${EMAIL} WORK_NOT_READY not-routable`,
            `MN ${EMAIL} ACTIVE routable`,
            `DN POST ${dialog} ACTIVE`,
          )
          await stage.agent.hears(OUT_OF_SERVICE, IN_SERVICE)
          expect([await again.sees(EMAIL), await again.dialog(dialog)]).toEqual(['ACTIVE routable', 'ACTIVE'])
        }),
    )

    holds(['P5'], 'a grace period is cancelled when the link is lost (notifications 9.1)', () =>
      onStage(async (stage) => {
        const agent = await arrives(stage)
        await agent.signsIn(EMAIL)
        const { dialog } = await agent.has(EMAIL, 'ACTIVE')
        await leaves(stage, agent)
        await stage.passes(30)
        await loses(stage, LINK)
        await stage.passes(600)
        await regains(stage, LINK)
        await stage.passes(600)
        await stage.agent.hears(OUT_OF_SERVICE, IN_SERVICE)
        const again = await arrives(stage)
        expect([await again.sees(EMAIL), await again.dialog(dialog)]).toEqual(['ACTIVE routable', 'ACTIVE'])
      }),
    )

    holds(
      ['P5', 'P7', 'P11'],
      'link and gateways fail together: the side is in service, and publishes, when both are back',
      () =>
        onStage(async (stage) => {
          const { agent } = stage
          await agent.signsIn(EMAIL)
          const { dialog, task } = await agent.has(EMAIL, 'ACTIVE')
          await loses(stage, LINK)
          await loses(stage, BOTH_GATEWAYS)
          expect((await stage.task(task)).state).toBe('lost')
          await regains(stage, LINK)
          expect((await agent.get('SystemInfo')).value('status')).toBe('OUT_OF_SERVICE')
          expect((await agent.get(`User/1001/Media/${EMAIL}`)).status).toBe(503)
          await regains(stage, GATEWAY)
          await agent.hears(
            OUT_OF_SERVICE,
            IN_SERVICE,
            `MN ${EMAIL} WORK_NOT_READY not-routable`,
            `DN DELETE ${dialog} CLOSED CD_APPLICATION_DISCONNECTED`,
            `MN ${EMAIL} READY routable`,
          )
        }),
    )

    holds(
      ['P9', 'P7', 'D14'],
      'a gateway fails, then the link: a dialog that was INTERRUPTED at the first failure becomes UNKNOWN',
      () =>
        onStage(async (stage) => {
          const { agent } = stage
          await agent.signsIn(EMAIL)
          await agent.signsIn(CHAT)
          const email = await agent.has(EMAIL, 'ACTIVE')
          const chat = await agent.has(CHAT, 'ACTIVE')
          await loses(stage, GATEWAY)
          await loses(stage, LINK)
          await regains(stage, LINK)
          await regains(stage, GATEWAY)
          await agent.hears(
            OUT_OF_SERVICE,
            IN_SERVICE,
            `MN ${EMAIL} WORK_NOT_READY not-routable`,
            `MN ${CHAT} WORK_NOT_READY not-routable`,
            `MN ${EMAIL} INTERRUPTED routable`,
            `MN ${CHAT} ACTIVE routable`,
            `DN POST ${email.dialog} INTERRUPTED`,
            `DN POST ${chat.dialog} ACTIVE`,
          )
          expect(await agent.dialog(email.dialog)).toBe('INTERRUPTED')
          await agent.acts(chat.dialog, 'CLOSE')
          expect(about(EMAIL, await agent.drains()).toSorted()).toEqual([
            `DN PUT ${email.dialog} UNKNOWN`,
            `MN ${EMAIL} ACTIVE routable`,
          ])
          expect(await agent.dialog(email.dialog)).toBe('UNKNOWN')
        }),
    )

    holds(['P7'], 'without autoWorkModeStateChange: WORK_NOT_READY and no new tasks until operation 5.5', () =>
      onStage(
        async (stage) => {
          const { agent } = stage
          await agent.signsIn(EMAIL)
          await agent.signsIn(CHAT, { ready: false })
          const email = await agent.has(EMAIL, 'PAUSED')
          await loses(stage, LINK)
          await regains(stage, LINK)
          await agent.hears(
            OUT_OF_SERVICE,
            IN_SERVICE,
            `MN ${EMAIL} WORK_NOT_READY not-routable`,
            `MN ${CHAT} WORK_NOT_READY not-routable`,
            `DN POST ${email.dialog} PAUSED`,
          )
          for (const mrd of [EMAIL, CHAT]) expect(await agent.sees(mrd)).toBe('WORK_NOT_READY not-routable')
          const waiting = await stage.submits(EMAIL)
          await agent.hearsNothing()
          expect((await stage.task(waiting)).state).toBe('queued')
          await agent.state(EMAIL, 'ACTIVE')
          const heard = await agent.drains()
          expect(heard[0]).toBe(`MN ${EMAIL} PAUSED routable`)
          expect(await agent.dialog(email.dialog)).toBe('PAUSED')
          expect((await stage.task(waiting)).state).toBe('reserved')
          await agent.state(CHAT, 'ACTIVE')
          await agent.hears(`MN ${CHAT} NOT_READY routable`)
        },
        { directory: directoryWith(withSettings('autoWorkModeStateChange: false')) },
      ),
    )

    holds(['P7', 'A23'], 'without autoWorkModeStateChange: READY and NOT_READY do not leave WORK_NOT_READY (4.1)', () =>
      onStage(
        async (stage) => {
          const { agent } = stage
          await agent.signsIn(EMAIL)
          await loses(stage, LINK)
          await regains(stage, LINK)
          await agent.hears(OUT_OF_SERVICE, IN_SERVICE, `MN ${EMAIL} WORK_NOT_READY not-routable`)
          for (const state of ['READY', 'NOT_READY']) await agent.state(EMAIL, state)
          expect((await agent.drains()).filter((line) => line.startsWith('MN'))).toEqual([])
          expect(await agent.sees(EMAIL)).toBe('WORK_NOT_READY not-routable')
        },
        { directory: directoryWith(withSettings('autoWorkModeStateChange: false')) },
      ),
    )

    holds(
      ['P8', 'RV2', 'R4'],
      'an OFFERED dialog times out while the link is down, published when it is back; the task is lost',
      () =>
        onStage(async (stage) => {
          const { agent } = stage
          await agent.signsIn(CHAT)
          const chat = await agent.has(CHAT, 'OFFERED')
          await loses(stage, LINK)
          const accept = '<Dialog><requestedAction>ACCEPT</requestedAction></Dialog>'
          expect((await agent.client.put(`Dialog/${chat.dialog}`, accept)).status).toBe(503)
          await stage.passes(30)
          expect(await stage.tasks(CHAT)).toEqual([`${chat.task} lost`])
          await regains(stage, LINK)
          // The Start Timeout makes the agent not routable, whatever the mode was before the loss (A20).
          await agent.hears(
            OUT_OF_SERVICE,
            IN_SERVICE,
            `MN ${CHAT} WORK_NOT_READY not-routable`,
            `DN DELETE ${chat.dialog} CLOSED CD_RING_NO_ANSWER`,
            `MN ${CHAT} READY not-routable`,
          )
        }),
    )

    holds(['P8', 'RV2'], 'with fidelity lossless the task of the timed-out dialog is kept', () =>
      onStage(async (stage) => {
        const { agent } = stage
        await agent.signsIn(CHAT)
        const chat = await agent.has(CHAT, 'OFFERED')
        await loses(stage, LINK)
        await stage.passes(30)
        await regains(stage, LINK)
        await agent.hears(
          OUT_OF_SERVICE,
          IN_SERVICE,
          `MN ${CHAT} WORK_NOT_READY not-routable`,
          `DN DELETE ${chat.dialog} CLOSED CD_RING_NO_ANSWER`,
          `MN ${CHAT} READY not-routable`,
        )
        const { state, resubmittedAs } = await stage.task(chat.task)
        expect(state).toBe('resubmitted')
        expect((await stage.task(resubmittedAs ?? '')).state).toBe('queued')
        await agent.routable(CHAT, true)
        const heard = await agent.drains()
        const { dialogId } = await stage.task(resubmittedAs ?? '')
        expect(heard).toEqual([
          `MN ${CHAT} READY routable`,
          `MN ${CHAT} RESERVED routable`,
          `DN POST ${dialogId} OFFERED`,
        ])
      }, LOSSLESS),
    )

    holds(
      ['P8', 'R1'],
      'a dialog that is still OFFERED when the link is back can be accepted until its Start Timeout ends',
      () =>
        onStage(async (stage) => {
          const { agent } = stage
          await agent.signsIn(CHAT)
          const [kept, missed] = [await agent.has(CHAT, 'OFFERED'), await agent.has(CHAT, 'OFFERED')]
          await stage.passes(10)
          await loses(stage, LINK)
          await stage.passes(10)
          await regains(stage, LINK)
          await agent.hears(
            OUT_OF_SERVICE,
            IN_SERVICE,
            `MN ${CHAT} WORK_NOT_READY not-routable`,
            `MN ${CHAT} RESERVED routable`,
            `DN POST ${kept.dialog} OFFERED`,
            `DN POST ${missed.dialog} OFFERED`,
          )
          await agent.acts(kept.dialog, 'ACCEPT')
          await agent.hears(`DN PUT ${kept.dialog} ACCEPTED`, `MN ${CHAT} ACTIVE routable`)
          await stage.passes(9)
          await agent.hearsNothing()
          await stage.passes(1)
          await agent.hears(`DN DELETE ${missed.dialog} CLOSED CD_RING_NO_ANSWER`, `MN ${CHAT} ACTIVE not-routable`)
          // The side is in service again, so the task is resubmitted.
          expect((await stage.task(missed.task)).state).toBe('resubmitted')
        }),
    )
  })

  section('peripheral gateways', () => {
    for (const [dialogState, state] of STATES)
      holds(['P9'], `one fails: an ${dialogState} dialog and its agent do not change`, () =>
        onStage(async (stage) => {
          const { agent } = stage
          await agent.signsIn(EMAIL)
          const { dialog } = await agent.has(EMAIL, dialogState)
          await loses(stage, GATEWAY)
          await agent.hearsNothing()
          expect((await agent.get('SystemInfo')).value('status')).toBe('IN_SERVICE')
          expect([await agent.sees(EMAIL), await agent.dialog(dialog)]).toEqual([`${state} routable`, dialogState])
          await regains(stage, GATEWAY)
          await agent.hearsNothing()
        }),
      )

    for (const [dialogState] of STATES)
      holds(['P11'], `both fail: the task of an ${dialogState} dialog is lost, published when they are back`, () =>
        onStage(async (stage) => {
          const { agent } = stage
          await agent.signsIn(EMAIL)
          const { dialog, task } = await agent.has(EMAIL, dialogState)
          await loses(stage, BOTH_GATEWAYS)
          expect((await agent.get(`User/1001/Media/${EMAIL}`)).status).toBe(503)
          expect((await stage.task(task)).state).toBe('lost')
          await regains(stage, BOTH_GATEWAYS)
          await agent.hears(
            OUT_OF_SERVICE,
            IN_SERVICE,
            `MN ${EMAIL} WORK_NOT_READY not-routable`,
            `DN DELETE ${dialog} CLOSED CD_APPLICATION_DISCONNECTED`,
            `MN ${EMAIL} READY routable`,
          )
          expect([await agent.sees(EMAIL), await agent.dialog(dialog)]).toEqual(['READY routable', '404'])
          await stage.passes(28_800)
        }),
      )

    holds(['P11', 'I7'], 'both fail during an interrupt: all dialogs and the interrupt end', () =>
      onStage(async (stage) => {
        const { agent } = stage
        await agent.signsIn(EMAIL)
        await agent.signsIn(SOCIAL)
        await agent.signsIn(CHAT)
        const email = await agent.has(EMAIL, 'PAUSED')
        const social = await agent.has(SOCIAL, 'ACTIVE')
        const chat = await agent.has(CHAT, 'ACTIVE')
        await agent.state(EMAIL, 'NOT_READY')
        await agent.drains()
        await loses(stage, BOTH_GATEWAYS)
        await regains(stage, BOTH_GATEWAYS)
        await agent.hears(
          OUT_OF_SERVICE,
          IN_SERVICE,
          ...[EMAIL, CHAT, SOCIAL].map((mrd) => `MN ${mrd} WORK_NOT_READY not-routable`),
          ...[email, chat, social].map(({ dialog }) => `DN DELETE ${dialog} CLOSED CD_APPLICATION_DISCONNECTED`),
          `MN ${EMAIL} NOT_READY routable`,
          `MN ${CHAT} READY routable`,
          `MN ${SOCIAL} READY routable`,
        )
        expect([await agent.sees(EMAIL), await agent.sees(SOCIAL), await agent.sees(CHAT)]).toEqual([
          'NOT_READY routable',
          'READY routable',
          'READY routable',
        ])
        for (const { task, dialog } of [email, social, chat]) {
          expect((await stage.task(task)).state).toBe('lost')
          expect(await agent.dialog(dialog)).toBe('404')
        }
        await agent.state(EMAIL, 'READY')
        await agent.hears(`MN ${EMAIL} READY routable`)
        const next = await agent.has(EMAIL, 'ACTIVE')
        expect([await agent.sees(EMAIL), await agent.dialog(next.dialog)]).toEqual(['ACTIVE routable', 'ACTIVE'])
      }),
    )

    holds(['P11'], 'tasks that wait in the queue are not lost', () =>
      onStage(async (stage) => {
        const { agent } = stage
        await agent.signsIn(CHAT, { limit: 1 })
        const { dialog } = await agent.has(CHAT, 'ACTIVE')
        const waiting = await stage.submits(CHAT)
        await loses(stage, BOTH_GATEWAYS)
        expect((await stage.task(waiting)).state).toBe('queued')
        await regains(stage, BOTH_GATEWAYS)
        const { state, dialogId } = await stage.task(waiting)
        expect(state).toBe('reserved')
        await agent.hears(
          OUT_OF_SERVICE,
          IN_SERVICE,
          `MN ${CHAT} WORK_NOT_READY not-routable`,
          `DN DELETE ${dialog} CLOSED CD_APPLICATION_DISCONNECTED`,
          `MN ${CHAT} READY routable`,
          `MN ${CHAT} RESERVED routable`,
          `DN POST ${dialogId} OFFERED`,
        )
      }),
    )
  })

  section('resubmission fails', () => {
    const TRANSFER = '<target>email_billing</target>'
    const TIMED_OUT = '408 TRANSFER_TIMED_OUT: email_billing'
    /** Makes resubmissions fail until `regains`. */
    const failing = async (stage: Stage, mode: string) => loses(stage, { ...RESUBMISSION, mode })

    /** Gives agent 1001 one e-mail in each state from which it may be transferred. */
    async function withEmails({ agent }: Stage, signIn: SignIn = {}): Promise<readonly (readonly [Offered, string])[]> {
      await agent.signsIn(EMAIL, { limit: 5, ...signIn })
      const states = ['ACCEPTED', 'ACTIVE', 'PAUSED'] as const
      const emails: [Offered, string][] = []
      for (const state of states) emails.push([await agent.has(EMAIL, state), state])
      return emails
    }

    holds(['P13', 'D11'], 'refused: the agent gets an error, dialog and task stay, and the next transfer works', () =>
      onStage(async (stage) => {
        const { agent } = stage
        const emails = await withEmails(stage)
        await failing(stage, 'refuse')
        await agent.hearsNothing()
        for (const [{ dialog, task }, state] of emails) {
          await agent.acts(dialog, 'TRANSFER', dialog, TRANSFER)
          await agent.hears(`EN ${EMAIL} ${dialog} 500 TRANSFER_REFUSED: email_billing #${dialog}`)
          expect([await agent.dialog(dialog), (await stage.task(task)).state]).toEqual([state, 'reserved'])
        }
        await agent.hearsNothing()
        expect(await stage.tasks(EMAIL)).toHaveLength(emails.length)
        await regains(stage, RESUBMISSION)
        for (const [{ dialog, task }] of emails) {
          await agent.acts(dialog, 'TRANSFER', undefined, TRANSFER)
          expect(await agent.drains()).toContain(`DN DELETE ${dialog} CLOSED CD_TASK_TRANSFER`)
          expect((await stage.task(task)).state).toBe('resubmitted')
        }
        await agent.drains()
      }),
    )

    for (const mode of ['timeout', 'late'])
      holds(
        ['P13', 'D11'],
        `${mode}: the agent gets an error after the time-out, the dialog stays, and there is one task`,
        () =>
          onStage(async (stage) => {
            const { agent } = stage
            await agent.signsIn(EMAIL)
            const other = await stage.another('1002')
            await other.signsIn(EMAIL)
            const { dialog, task } = await agent.has(EMAIL, 'ACTIVE')
            await failing(stage, mode)
            await agent.acts(dialog, 'TRANSFER', 't-1', TRANSFER)
            await agent.hearsNothing()
            await stage.passes(9)
            await agent.hearsNothing()
            await stage.passes(1)
            await agent.hears(`EN ${EMAIL} ${dialog} ${TIMED_OUT} #t-1`)
            await stage.passes(600)
            await agent.hearsNothing()
            await other.hearsNothing()
            expect([await agent.dialog(dialog), (await stage.task(task)).state]).toEqual(['ACTIVE', 'reserved'])
            expect(await stage.tasks(EMAIL)).toEqual([`${task} reserved`])
            // The agent can work on the dialog as before.
            await agent.acts(dialog, 'PAUSE')
            await agent.hears(`DN PUT ${dialog} PAUSED`, `MN ${EMAIL} PAUSED routable`)
          }),
      )

    holds(['P13', 'D11'], 'late: a confirmation of the first attempt does not end the second', () =>
      onStage(async (stage) => {
        const { agent } = stage
        await agent.signsIn(EMAIL)
        const { dialog, task } = await agent.has(EMAIL, 'ACTIVE')
        await failing(stage, 'late')
        await agent.acts(dialog, 'TRANSFER', 't-1', TRANSFER)
        await stage.passes(15)
        await agent.hears(`EN ${EMAIL} ${dialog} ${TIMED_OUT} #t-1`)
        await agent.acts(dialog, 'TRANSFER', 't-2', TRANSFER)
        // The first confirmation comes while the second attempt is waiting.
        await stage.passes(7)
        await agent.hearsNothing()
        expect(await agent.dialog(dialog)).toBe('ACTIVE')
        await stage.passes(60)
        await agent.hears(`EN ${EMAIL} ${dialog} ${TIMED_OUT} #t-2`)
        expect([await agent.dialog(dialog), (await stage.task(task)).state]).toEqual(['ACTIVE', 'reserved'])
        expect(await stage.tasks(EMAIL)).toEqual([`${task} reserved`])
      }),
    )

    holds(
      ['P13', 'D11', 'I7'],
      'an interrupt while a transfer waits: the transfer times out, and the end of the interrupt restores the dialog',
      () =>
        onStage(async (stage) => {
          const { agent } = stage
          await agent.signsIn(EMAIL)
          await agent.signsIn(CHAT)
          const email = await agent.has(EMAIL, 'PAUSED')
          const chat = await agent.has(CHAT, 'ACCEPTED')
          await failing(stage, 'late')
          await agent.acts(email.dialog, 'TRANSFER', 't-1', TRANSFER)
          await agent.acts(chat.dialog, 'START')
          await agent.hears(`DN PUT ${chat.dialog} ACTIVE`, `MN ${EMAIL} INTERRUPTED routable`)
          await stage.passes(10)
          await agent.hears(`EN ${EMAIL} ${email.dialog} ${TIMED_OUT} #t-1`)
          await stage.passes(60)
          await agent.hearsNothing()
          expect([await agent.sees(EMAIL), await agent.dialog(email.dialog)]).toEqual([
            'INTERRUPTED routable',
            'INTERRUPTED',
          ])
          await agent.acts(chat.dialog, 'CLOSE')
          await agent.hears(
            `DN DELETE ${chat.dialog} CLOSED CD_NORMAL_END_TASK`,
            `MN ${CHAT} READY routable`,
            `MN ${EMAIL} PAUSED routable`,
          )
          expect(await stage.tasks(EMAIL)).toEqual([`${email.task} reserved`])
        }),
    )

    for (const mode of ['refuse', 'timeout', 'late'])
      holds(['P13', 'RV4', 'R3'], `${mode}, after a Start Timeout: the task is lost, and no notification says so`, () =>
        onStage(async (stage) => {
          const { agent } = stage
          await agent.signsIn(CHAT)
          const chat = await agent.has(CHAT, 'OFFERED')
          await failing(stage, mode)
          await stage.passes(30)
          await agent.hears(`DN DELETE ${chat.dialog} CLOSED CD_RING_NO_ANSWER`, `MN ${CHAT} READY not-routable`)
          expect(await stage.tasks(CHAT)).toEqual([`${chat.task} lost`])
          await regains(stage, RESUBMISSION)
          await stage.passes(600)
          await agent.hearsNothing()
          expect(await stage.tasks(CHAT)).toEqual([`${chat.task} lost`])
        }),
      )

    holds(
      ['P13', 'D9', 'D11'],
      'late: the agent closes the dialog before the confirmation, and the task is handled, not resubmitted',
      () =>
        onStage(async (stage) => {
          const { agent } = stage
          await agent.signsIn(EMAIL)
          const { dialog, task } = await agent.has(EMAIL, 'ACTIVE')
          await failing(stage, 'late')
          await agent.acts(dialog, 'TRANSFER', 't-1', TRANSFER)
          await agent.acts(dialog, 'CLOSE')
          await agent.hears(`DN DELETE ${dialog} CLOSED CD_NORMAL_END_TASK`, `MN ${EMAIL} READY routable`)
          await stage.passes(600)
          await agent.hearsNothing()
          expect(await stage.tasks(EMAIL)).toEqual([`${task} handled`])
        }),
    )

    holds(['P13', 'S3', 'D18'], 'at a sign-out with TRANSFER: the tasks are lost', () =>
      onStage(async (stage) => {
        const { agent } = stage
        const emails = await withEmails(stage, { logout: 'TRANSFER' })
        await failing(stage, 'refuse')
        await agent.state(EMAIL, 'LOGOUT')
        await agent.hears(
          ...emails.map(([{ dialog }]) => `DN DELETE ${dialog} CLOSED CD_TASK_TRANSFERRED_ON_AGENT_LOGOUT`),
          `MN ${EMAIL} LOGOUT routable`,
        )
        for (const [{ task }] of emails) expect((await stage.task(task)).state).toBe('lost')
      }),
    )

    holds(['P13', 'RV4'], 'with fidelity lossless automatic transfers succeed during the failure', () =>
      onStage(async (stage) => {
        const { agent } = stage
        await agent.signsIn(CHAT)
        const chat = await agent.has(CHAT, 'OFFERED')
        await failing(stage, 'refuse')
        await stage.passes(30)
        await agent.drains()
        expect((await stage.task(chat.task)).state).toBe('resubmitted')
      }, LOSSLESS),
    )

    holds(['P13'], 'the failure does not affect OFFERED and ACTIVE dialogs, new tasks and the state of the agent', () =>
      onStage(async (stage) => {
        const { agent } = stage
        await agent.signsIn(EMAIL)
        const email = await agent.has(EMAIL, 'ACTIVE')
        const offered = await agent.has(EMAIL, 'OFFERED')
        await failing(stage, 'timeout')
        await agent.hearsNothing()
        await agent.acts(offered.dialog, 'ACCEPT')
        await agent.hears(`DN PUT ${offered.dialog} ACCEPTED`)
        await agent.acts(email.dialog, 'CLOSE')
        await agent.hears(`DN DELETE ${email.dialog} CLOSED CD_NORMAL_END_TASK`)
        await agent.has(EMAIL, 'ACTIVE')
        await agent.asks(EMAIL, signInBody({ interrupt: 'IGNORE' }), 'again')
        await agent.hears(`EN ${EMAIL} 1 E_ARM_STAT_AGENT_ALREADY_LOGGED_IN #again`)
        expect(await agent.sees(EMAIL)).toBe('ACTIVE routable')
      }),
    )
  })
}
