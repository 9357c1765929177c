/** Failover between two sides: `media 12.6` rows P3, P4, P6, P10, and RV3; ruling 37. */
import { expect } from 'vitest'
import type { Side } from '../../../machines/wire.ts'
import type { ServerOptions } from '../../../src/cli/server.ts'
import { type Place, type Site, site, TWO_SIDES } from '../server.ts'
import type { Story } from '../story/story.ts'
import { holds, section } from './registry.ts'
import { sampleWith, storyOf } from './site-stage.ts'
import {
  Agent,
  CHAT,
  directoryWith,
  EMAIL,
  IN_SERVICE,
  OUT_OF_SERVICE,
  Stage,
  signInBody,
  withSettings,
} from './stage.ts'

const USER = '1002'

/** Two sides and one agent, who connects to the side that the test names. */
class TwoSides {
  readonly on: Site
  readonly #stage: Stage

  constructor(on: Site) {
    this.on = on
    const story = storyOf(on)
    this.#stage = new Stage(on, story, new Agent(on, story, on.restOnly(USER)))
  }

  get story(): Story {
    return this.#stage.story
  }

  async at(place: Place): Promise<Agent> {
    return new Agent(this.on, this.story, await this.on.client(USER, place), this.#sideOf(place))
  }

  #sideOf(place: Place): Side {
    return place === this.on.atB ? 'B' : 'A'
  }

  /** A client without XMPP, which reads by GET. */
  looksAt(place: Place): Agent {
    return new Agent(this.on, this.story, this.on.restOnly(USER, 'secret', place), this.#sideOf(place))
  }

  /** Ends the client's last session. Resolves when the engine has got that. */
  async leaves(agent: Agent): Promise<void> {
    const { inputs } = this.on.server.engine.figures
    await agent.client.disconnect()
    while (this.on.server.engine.figures.inputs === inputs) await new Promise((resolve) => setImmediate(resolve))
  }

  passes(seconds: number): Promise<void> {
    return this.#stage.passes(seconds)
  }

  /** A task by GET at side B, which is always up. */
  async task(id: string) {
    return (await this.on.acd('GET', `/tasks/${id}`, undefined, this.on.atB)).body
  }

  /** A failure of side A, or its end. The request goes to side B, which is always up. */
  async sideA(type: 'acd-link' | 'side', up: boolean): Promise<void> {
    const { status } = await this.on.acd('POST', '/faults', { type, side: 'A', up }, this.on.atB)
    expect(status).toBe(200)
  }
}

async function onTwoSides(test: (stage: TwoSides) => Promise<void>, options: ServerOptions = {}): Promise<void> {
  const on = await site({ ...TWO_SIDES, directory: sampleWith(), ...options })
  try {
    await test(new TwoSides(on))
  } finally {
    await on.close()
  }
}

/** Signs in again, at the side where the client is now. */
async function signsInAgain(agent: Agent, mrd: string, signIn: Parameters<typeof signInBody>[0] = {}): Promise<string> {
  await agent.asks(mrd, signInBody(signIn))
  return (await agent.drains()).filter((line) => line.startsWith(`MN ${mrd}`) || line.startsWith('EN')).join('; ')
}

const withSetting = (settings: string): ServerOptions => ({
  directory: sampleWith(directoryWith(withSettings(settings))),
})

export function sideRows(): void {
  section('two sides (media 12.6, 13)', () => {
    for (const suppressed of [false, true])
      holds(
        ['P3'],
        suppressed
          ? 'with suppressCrossSideForcedLogout the side that the client left signs nobody out'
          : 'the side that the client left signs the user out, also on the side where the user is now',
        () =>
          onTwoSides(
            async (stage) => {
              const old = await stage.at(stage.on.at)
              await old.signsInToVoice()
              await old.signsIn(CHAT)
              await stage.leaves(old)
              const agent = await stage.at(stage.on.atB)
              await agent.client.putUser(`<state>LOGIN</state><extension>${USER}</extension>`)
              await signsInAgain(agent, CHAT, { logout: 'TRANSFER' })
              await agent.state(CHAT, 'READY')
              const { task, dialog } = await agent.has(CHAT, 'ACTIVE')
              await agent.drains()
              await stage.passes(59)
              await agent.hearsNothing()
              await stage.passes(1)
              if (suppressed) return agent.hearsNothing()
              expect(await agent.drains()).toEqual([
                'UN NOT_READY (50002)',
                `DN DELETE ${dialog} CLOSED CD_TASK_TRANSFERRED_ON_AGENT_LOGOUT`,
                `MN ${CHAT} LOGOUT routable`,
              ])
              expect((await stage.task(task)).state).toBe('resubmitted')
            },
            withSetting(`suppressCrossSideForcedLogout: ${suppressed}`),
          ),
      )

    holds(['P4', 'P2'], 'after a move a sign-in restores the state, until the first side signs the user out', () =>
      onTwoSides(async (stage) => {
        const old = await stage.at(stage.on.at)
        await old.signsIn(EMAIL)
        const { dialog } = await old.has(EMAIL, 'PAUSED')
        await stage.leaves(old)
        await stage.passes(20)
        const agent = await stage.at(stage.on.atB)
        await agent.hears(`MN ${EMAIL} WORK_NOT_READY not-routable`)
        expect(await agent.sees(EMAIL)).toBe('WORK_NOT_READY not-routable')
        expect(await signsInAgain(agent, EMAIL)).toBe(`MN ${EMAIL} PAUSED routable`)
        await agent.acts(dialog, 'RESUME')
        await agent.hears(`DN PUT ${dialog} ACTIVE`, `MN ${EMAIL} ACTIVE routable`)
        await stage.passes(40)
        await agent.hears(`DN DELETE ${dialog} CLOSED CD_AGENT_LOGGED_OUT_DURING_DIALOG`, `MN ${EMAIL} LOGOUT routable`)
      }),
    )

    for (const failure of ['acd-link', 'side'] as const)
      holds(
        ['P6', 'A23'],
        `after the loss of the ${failure} a sign-in on the other side gives the state of the dialogs`,
        () =>
          onTwoSides(async (stage) => {
            const old = await stage.at(stage.on.at)
            for (const mrd of [EMAIL, CHAT]) await old.signsIn(mrd, { limit: 4, logout: 'TRANSFER' })
            const { dialog } = await old.has(EMAIL, 'ACTIVE')
            await stage.sideA(failure, false)
            expect(await stage.looksAt(stage.on.atB).sees(EMAIL)).toBe('WORK_NOT_READY not-routable')
            const agent = await stage.at(stage.on.atB)
            expect(await agent.sees(EMAIL)).toBe('WORK_NOT_READY not-routable')
            expect(await agent.dialogs(EMAIL)).toEqual({ [dialog]: 'ACTIVE' })
            const media = await agent.media(EMAIL)
            expect([media('maxDialogLimit'), media('dialogLogoutAction')]).toEqual(['1', 'CLOSE'])
            expect(await signsInAgain(agent, EMAIL, { limit: 2 })).toBe(`MN ${EMAIL} ACTIVE routable`)
            expect(await signsInAgain(agent, CHAT)).toBe(`MN ${CHAT} NOT_READY routable`)
            await stage.sideA(failure, true)
            await agent.hearsNothing()
            // A session of side A survives the loss of the link, but not that of the side. Then it gets the changes.
            if (failure === 'acd-link')
              expect(await old.drains()).toEqual([
                OUT_OF_SERVICE,
                IN_SERVICE,
                `MN ${EMAIL} WORK_NOT_READY not-routable`,
                `MN ${CHAT} WORK_NOT_READY not-routable`,
                `MN ${EMAIL} ACTIVE routable`,
                `MN ${CHAT} NOT_READY routable`,
                `DN POST ${dialog} ACTIVE`,
              ])
            expect([await agent.sees(EMAIL), (await agent.media(EMAIL))('maxDialogLimit')]).toEqual([
              'ACTIVE routable',
              '2',
            ])
            // Side A does not know the settings of the sign-in on side B, and shows its own.
            expect((await stage.looksAt(stage.on.at).media(EMAIL))('maxDialogLimit')).toBe('4')
          }),
      )

    holds(['P6'], 'with fidelity lossless the move keeps the settings and ends WORK_NOT_READY', () =>
      onTwoSides(async (stage) => {
        const old = await stage.at(stage.on.at)
        await old.signsIn(EMAIL, { limit: 4, logout: 'TRANSFER' })
        await stage.sideA('side', false)
        const agent = await stage.at(stage.on.atB)
        // Presence has no answer, and a database may take its time.
        await stage.passes(0)
        const media = await agent.media(EMAIL)
        expect([media('state'), media('maxDialogLimit'), media('dialogLogoutAction')]).toEqual([
          'READY',
          '4',
          'TRANSFER',
        ])
      }, withSetting('fidelity: lossless')),
    )

    holds(['P10', 'RV3'], 'the agent can work on OFFERED and ACTIVE dialogs on the other side', () =>
      onTwoSides(async (stage) => {
        const old = await stage.at(stage.on.at)
        await old.signsIn(EMAIL)
        const active = await old.has(EMAIL, 'ACTIVE')
        const offered = await old.has(EMAIL, 'OFFERED')
        await stage.sideA('acd-link', false)
        await stage.passes(60)
        await old.hears(OUT_OF_SERVICE)
        const agent = await stage.at(stage.on.atB)
        expect(await signsInAgain(agent, EMAIL)).toBe(`MN ${EMAIL} ACTIVE routable`)
        await agent.acts(offered.dialog, 'ACCEPT')
        await agent.hears(`DN PUT ${offered.dialog} ACCEPTED`)
        await agent.acts(active.dialog, 'CLOSE')
        await agent.hears(`DN DELETE ${active.dialog} CLOSED CD_NORMAL_END_TASK`)
        await stage.passes(120)
        await agent.hearsNothing()
        await stage.sideA('acd-link', true)
        expect(await old.drains()).toEqual([
          IN_SERVICE,
          `MN ${EMAIL} WORK_NOT_READY not-routable`,
          `MN ${EMAIL} ACTIVE routable`,
          `DN PUT ${offered.dialog} ACCEPTED`,
          `DN DELETE ${active.dialog} CLOSED CD_NORMAL_END_TASK`,
          `DN POST ${offered.dialog} ACCEPTED`,
        ])
      }),
    )

    for (const moves of [true, false])
      holds(
        ['RV3', 'P10', 'RV4'],
        moves
          ? 'after the loss of a side the Start Timeout goes on, and the other side resubmits'
          : 'the task of an agent whose side is down is lost at the Start Timeout',
        () =>
          onTwoSides(async (stage) => {
            const old = await stage.at(stage.on.at)
            await old.signsIn(EMAIL)
            const { task, dialog } = await old.has(EMAIL, 'OFFERED')
            await stage.passes(60)
            await stage.sideA('side', false)
            const agent = moves ? await stage.at(stage.on.atB) : stage.looksAt(stage.on.atB)
            await stage.passes(59)
            expect(await agent.dialog(dialog)).toBe('OFFERED')
            await stage.passes(1)
            if (moves) await agent.hears(`DN DELETE ${dialog} CLOSED CD_RING_NO_ANSWER`)
            expect((await stage.task(task)).state).toBe(moves ? 'resubmitted' : 'lost')
          }),
      )

    holds(['RV4'], 'with fidelity lossless the task is resubmitted although the side is down', () =>
      onTwoSides(async (stage) => {
        const old = await stage.at(stage.on.at)
        await old.signsIn(EMAIL)
        const { task } = await old.has(EMAIL, 'OFFERED')
        await stage.sideA('side', false)
        await stage.passes(120)
        expect((await stage.task(task)).state).toBe('resubmitted')
      }, withSetting('fidelity: lossless')),
    )

    holds(
      ['13'],
      'with sessions on both sides, the side of the newer one acts; the older one still gets notifications (ruling 37)',
      () =>
        onTwoSides(async (stage) => {
          const older = await stage.at(stage.on.at)
          await older.signsIn(EMAIL, { logout: 'TRANSFER' })
          const { task, dialog } = await older.has(EMAIL, 'ACTIVE')
          const newer = await stage.at(stage.on.atB)
          for (const agent of [older, newer]) await agent.hears(`MN ${EMAIL} WORK_NOT_READY not-routable`)
          // Side B acts now and does not know the setting TRANSFER (`media 12.5`).
          await newer.state(EMAIL, 'LOGOUT')
          for (const agent of [older, newer])
            await agent.hears(
              `DN DELETE ${dialog} CLOSED CD_AGENT_LOGGED_OUT_DURING_DIALOG`,
              `MN ${EMAIL} LOGOUT not-routable`,
            )
          expect((await stage.task(task)).state).toBe('handled')
          expect(await older.sees(EMAIL)).toBe('LOGOUT not-routable')
        }),
    )
  })
}
