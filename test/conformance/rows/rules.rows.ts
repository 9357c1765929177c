/** `media 4.2`-4.5 and 6: derivation, mode, restrictions, eligibility, errors. */
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

const OPEN: readonly OpenState[] = ['OFFERED', 'ACCEPTED', 'ACTIVE', 'PAUSED', 'WRAPPING_UP']

/** Dialog states with the agent state that each gives, the highest rank first. */
const RANKS: readonly (readonly [OpenState, string])[] = [
  ['ACCEPTED', 'ACTIVE'],
  ['ACTIVE', 'ACTIVE'],
  ['WRAPPING_UP', 'WORK_READY'],
  ['PAUSED', 'PAUSED'],
  ['OFFERED', 'RESERVED'],
]

const pairs = RANKS.flatMap(([higher, state], rank) => RANKS.slice(rank).map(([lower]) => ({ higher, lower, state })))

export function ruleRows(): void {
  for (const { higher, lower, state } of pairs)
    holds(['4.2'], `${higher} and ${lower} give ${state}`, () =>
      onStage(async ({ agent }) => {
        await agent.signsIn(EMAIL)
        // An offered dialog is the last one, as in most deployments.
        await agent.has(EMAIL, higher === 'OFFERED' ? lower : higher)
        await agent.has(EMAIL, higher === 'OFFERED' ? higher : lower)
        expect(await agent.sees(EMAIL)).toBe(`${state} routable`)
      }),
    )

  holds(
    ['4.2'],
    'the example of the developer guide: PAUSED, WRAPPING_UP and ACTIVE; an interrupt; NOT_READY; LOGOUT',
    () =>
      onStage(async ({ agent }) => {
        await agent.signsIn(EMAIL)
        await agent.signsIn(CHAT)
        const dialogs = [
          await agent.has(EMAIL, 'PAUSED'),
          await agent.has(EMAIL, 'WRAPPING_UP'),
          await agent.has(EMAIL, 'ACTIVE'),
        ]
        expect(await agent.sees(EMAIL)).toBe('ACTIVE routable')
        await agent.has(CHAT, 'ACTIVE')
        expect(await agent.sees(EMAIL)).toBe('INTERRUPTED routable')
        await agent.state(EMAIL, 'NOT_READY')
        await agent.hears(`MN ${EMAIL} NOT_READY routable`)
        expect(Object.values(await agent.dialogs(EMAIL))).toEqual(['INTERRUPTED', 'INTERRUPTED', 'INTERRUPTED'])
        await agent.state(EMAIL, 'LOGOUT')
        await agent.hears(
          ...dialogs.map(({ dialog }) => `DN DELETE ${dialog} CLOSED CD_AGENT_LOGGED_OUT_DURING_DIALOG`),
          `MN ${EMAIL} LOGOUT routable`,
        )
      }),
  )

  holds(['4.2'], 'after each CLOSE the dialog with the next highest rank decides', () =>
    onStage(async ({ agent }) => {
      await agent.signsIn(EMAIL, { limit: 4 })
      const active = (await agent.has(EMAIL, 'ACTIVE')).dialog
      const wrapping = (await agent.has(EMAIL, 'WRAPPING_UP')).dialog
      const paused = (await agent.has(EMAIL, 'PAUSED')).dialog
      await agent.has(EMAIL, 'OFFERED')
      for (const [dialog, state] of [
        [active, 'WORK_READY'],
        [wrapping, 'PAUSED'],
        [paused, 'RESERVED'],
      ] as const) {
        await agent.acts(dialog, 'CLOSE')
        await agent.hears(`DN DELETE ${dialog} CLOSED CD_NORMAL_END_TASK`, `MN ${EMAIL} ${state} routable`)
        expect(await agent.sees(EMAIL)).toBe(`${state} routable`)
      }
    }),
  )

  // ------------------------------------------------------------------------------------------------ 4.3

  holds(['4.3'], 'a sign-in makes the agent routable, whatever the mode was before', () =>
    onStage(async ({ agent }) => {
      await agent.signsIn(EMAIL)
      await agent.routable(EMAIL, false)
      await agent.state(EMAIL, 'LOGOUT')
      await agent.drains()
      await agent.asks(EMAIL, signInBody())
      await agent.hears(`MN ${EMAIL} NOT_READY routable`)
      expect(await agent.sees(EMAIL)).toBe('NOT_READY routable')
    }),
  )

  holds(['4.3'], 'a request for not routable takes effect at once if all dialogs are started', () =>
    onStage(async ({ agent }) => {
      await agent.signsIn(EMAIL)
      await agent.has(EMAIL, 'ACTIVE')
      await agent.has(EMAIL, 'PAUSED')
      await agent.routable(EMAIL, false)
      await agent.hears(`MN ${EMAIL} ACTIVE not-routable`)
      expect(await agent.sees(EMAIL)).toBe('ACTIVE not-routable')
    }),
  )

  holds(['4.3', 'A18'], 'a request for not routable does not wait for an offered dialog of another MRD', () =>
    onStage(async ({ agent }) => {
      await agent.signsIn(EMAIL)
      await agent.signsIn(SOCIAL)
      await agent.has(EMAIL, 'OFFERED')
      await agent.routable(SOCIAL, false)
      await agent.hears(`MN ${SOCIAL} READY not-routable`)
      expect(await agent.sees(EMAIL)).toBe('RESERVED routable')
    }),
  )

  // ------------------------------------------------------------------------------------------------ 4.4

  holds(['4.4'], 'NOT_READY again with another reason, or with none, is published (ruling 12)', () =>
    onStage(async (stage) => {
      const { agent } = stage
      await agent.signsIn(EMAIL)
      const shown: (string | undefined)[] = []
      const times = new Set<string | undefined>()
      for (const reason of ['16', '17', '']) {
        await stage.passes(1)
        await agent.state(EMAIL, 'NOT_READY', undefined, reason === '' ? '' : `<reasonCodeId>${reason}</reasonCodeId>`)
        const told = await agent.next()
        expect(told.value('state')).toBe('NOT_READY')
        const seen = await agent.media(EMAIL)
        expect(seen('reasonCodeId')).toBe(told.value('reasonCodeId'))
        shown.push(seen('reasonCodeId'))
        times.add(seen('stateChangeTime'))
      }
      expect(shown).toEqual(['16', '17', '-1'])
      expect(times.size).toBe(3)
    }),
  )

  holds(['4.4'], 'Media has no pendingState, also while a change of mode waits', () =>
    onStage(async ({ agent }) => {
      await agent.signsIn(EMAIL)
      await agent.has(EMAIL, 'OFFERED')
      await agent.routable(EMAIL, false)
      const { body } = await agent.get(`User/1001/Media/${EMAIL}`)
      expect(body).not.toContain('pending')
      expect(await agent.sees(EMAIL)).toBe('RESERVED routable')
    }),
  )

  // ------------------------------------------------------------------------------------------------ 4.5

  const gets = [`MN ${EMAIL} RESERVED routable`, `DN POST 1000_1001_${EMAIL} OFFERED`]

  holds(['4.5'], 'conditions 1 and 2: routable, and READY', () =>
    onStage(async (stage) => {
      const { agent } = stage
      const task = await stage.submits(EMAIL)
      await agent.signsIn(EMAIL, { ready: false })
      await agent.hearsNothing()
      await agent.state(EMAIL, 'READY')
      await agent.hears(`MN ${EMAIL} READY routable`, ...gets)
      await stage.abandons(task)
      await agent.hears(
        `DN DELETE 1000_1001_${EMAIL} CLOSED CD_TASK_ABANDONED_WHILE_OFFERED`,
        `MN ${EMAIL} READY routable`,
      )
      await agent.routable(EMAIL, false)
      await agent.hears(`MN ${EMAIL} READY not-routable`)
      const next = await stage.submits(EMAIL)
      await agent.hearsNothing()
      expect((await stage.task(next)).state).toBe('queued')
      await agent.routable(EMAIL, true)
      await agent.hears(
        `MN ${EMAIL} READY routable`,
        `MN ${EMAIL} RESERVED routable`,
        `DN POST 1001_1001_${EMAIL} OFFERED`,
      )
    }),
  )

  holds(['4.5'], 'condition 2: an agent who is NOT_READY gets no task, also with open dialogs and free capacity', () =>
    onStage(async (stage) => {
      const { agent } = stage
      await agent.signsIn(EMAIL)
      const { dialog } = await agent.has(EMAIL, 'ACTIVE')
      await agent.state(EMAIL, 'NOT_READY')
      await agent.hears(`MN ${EMAIL} NOT_READY routable`)
      const task = await stage.submits(EMAIL)
      await agent.hearsNothing()
      expect((await stage.task(task)).state).toBe('queued')
      await agent.state(EMAIL, 'READY')
      await agent.hears(`MN ${EMAIL} ACTIVE routable`, `DN POST 1001_1001_${EMAIL} OFFERED`)
      expect(await agent.dialogs(EMAIL)).toEqual({ [dialog]: 'ACTIVE', [`1001_1001_${EMAIL}`]: 'OFFERED' })
    }),
  )

  for (const state of OPEN.slice(1))
    holds(['4.5'], `condition 3: a dialog ${state} counts for the limit until it closes`, () =>
      onStage(async (stage) => {
        const { agent } = stage
        await agent.signsIn(EMAIL, { limit: 1 })
        const { dialog } = await agent.has(EMAIL, state)
        const task = await stage.submits(EMAIL)
        await agent.hearsNothing()
        expect((await stage.task(task)).state).toBe('queued')
        await agent.acts(dialog, 'CLOSE')
        await agent.hears(
          `DN DELETE ${dialog} CLOSED CD_NORMAL_END_TASK`,
          `MN ${EMAIL} READY routable`,
          `MN ${EMAIL} RESERVED routable`,
          `DN POST 1001_1001_${EMAIL} OFFERED`,
        )
      }),
    )

  for (const [state, blocks] of [
    ['OFFERED', false],
    ['ACCEPTED', false],
    ['ACTIVE', true],
    ['PAUSED', true],
    ['WRAPPING_UP', true],
  ] as const)
    holds(
      ['4.5'],
      `condition 4: a chat ${state} ${blocks ? 'stops' : 'does not stop'} new tasks in other MRDs (ruling 40)`,
      () =>
        onStage(async (stage) => {
          const { agent } = stage
          await agent.signsIn(CHAT)
          await agent.signsIn(EMAIL)
          const chat = await agent.has(CHAT, state)
          await stage.submits(EMAIL)
          // New tasks in the MRD of the chat still come.
          const second = await stage.submits(CHAT)
          const heard = await agent.drains()
          expect(heard).toEqual([...(blocks ? [] : gets), `DN POST 1001_1001_${CHAT} OFFERED`])
          if (!blocks) return
          await stage.abandons(second)
          await agent.drains()
          await agent.acts(chat.dialog, 'CLOSE')
          await agent.hears(`DN DELETE ${chat.dialog} CLOSED CD_NORMAL_END_TASK`, `MN ${CHAT} READY routable`, ...gets)
        }),
    )

  holds(['4.5'], 'condition 4: a call stops new tasks, but not while it rings', () =>
    onStage(async (stage) => {
      const { agent } = stage
      await agent.signsInToVoice()
      await agent.signsIn(EMAIL)
      await agent.signsIn(CHAT)
      const call = await stage.calls('1001')
      await agent.hears('UN RESERVED', 'VN POST ALERTING')
      await stage.submits(EMAIL)
      await agent.hears(...gets)
      await agent.acts(call, 'ANSWER', undefined, '<targetMediaAddress>1001</targetMediaAddress>')
      await agent.hears('UN TALKING', 'VN PUT ACTIVE', `MN ${EMAIL} INTERRUPTED routable`)
      const chat = await stage.submits(CHAT)
      await agent.hearsNothing()
      expect((await stage.task(chat)).state).toBe('queued')
      expect((await stage.on.acd('POST', `/calls/${call}`, { action: 'HANGUP' })).status).toBe(200)
      const heard = await agent.drains()
      expect(heard.slice(-2)).toEqual([`MN ${CHAT} RESERVED routable`, `DN POST 1000_1001_${CHAT} OFFERED`])
      expect((await stage.task(chat)).agentId).toBe('1001')
    }),
  )

  holds(['4.5'], 'open tasks of an interruptible MRD do not stop new tasks in other MRDs', () =>
    onStage(async (stage) => {
      const { agent } = stage
      for (const mrd of [EMAIL, SOCIAL, CHAT]) await agent.signsIn(mrd)
      await agent.has(EMAIL, 'ACTIVE')
      await stage.submits(SOCIAL)
      await agent.hears(`MN ${SOCIAL} RESERVED routable`, `DN POST 1000_1001_${SOCIAL} OFFERED`)
      await stage.submits(CHAT)
      await agent.hears(`MN ${CHAT} RESERVED routable`, `DN POST 1000_1001_${CHAT} OFFERED`)
    }),
  )

  holds(['4.5'], 'a task goes to the agent with the most free slots, and of those to the one who waits longest', () =>
    onStage(async (stage) => {
      const agents = [stage.agent, await stage.another('1002'), await stage.another('1003')]
      for (const [n, agent] of agents.entries()) {
        await agent.signsIn(EMAIL, { limit: n === 1 ? 3 : 2 })
        await stage.passes(1)
      }
      const order: (string | null)[] = []
      for (let n = 0; n < 8; n += 1) order.push((await stage.task(await stage.submits(EMAIL))).agentId)
      expect(order).toEqual(['1002', '1001', '1002', '1003', '1001', '1002', '1003', null])
      for (const agent of agents) await agent.drains()
    }),
  )

  holds(
    ['4.5'],
    'a call beside a chat: no new tasks in any MRD until both are over, and no request ends that earlier',
    () =>
      onStage(async (stage) => {
        const { agent } = stage
        await agent.signsInToVoice()
        await agent.signsIn(EMAIL)
        await agent.signsIn(CHAT)
        const chat = await agent.has(CHAT, 'ACTIVE')
        const call = await stage.calls('1001')
        await agent.acts(call, 'ANSWER', undefined, '<targetMediaAddress>1001</targetMediaAddress>')
        await agent.drains()
        const waiting = await stage.submits(CHAT)
        const email = await stage.submits(EMAIL)
        expect((await stage.on.acd('POST', `/calls/${call}`, { action: 'HANGUP' })).status).toBe(200)
        await agent.drains()
        // The chat goes on. Without this rule its MRD would get the next task now.
        await agent.state(CHAT, 'READY')
        await agent.routable(CHAT, false)
        await agent.routable(CHAT, true)
        await agent.hears(`MN ${CHAT} ACTIVE not-routable`, `MN ${CHAT} ACTIVE routable`)
        await agent.state(CHAT, 'NOT_READY')
        await agent.state(CHAT, 'READY')
        await agent.hears(`MN ${CHAT} NOT_READY routable`, `MN ${CHAT} ACTIVE routable`)
        await agent.hearsNothing()
        // Media objects do not show it.
        expect([await agent.sees(CHAT), await agent.sees(EMAIL)]).toEqual(['ACTIVE routable', 'READY routable'])
        expect([(await stage.task(waiting)).state, (await stage.task(email)).state]).toEqual(['queued', 'queued'])
        await agent.acts(chat.dialog, 'CLOSE')
        const heard = await agent.drains()
        expect(heard.slice(0, 2)).toEqual([
          `DN DELETE ${chat.dialog} CLOSED CD_NORMAL_END_TASK`,
          `MN ${CHAT} READY routable`,
        ])
        expect(heard.slice(2).toSorted()).toEqual(
          [
            `MN ${CHAT} RESERVED routable`,
            `DN POST 1001_1001_${CHAT} OFFERED`,
            `MN ${EMAIL} RESERVED routable`,
            `DN POST 1000_1001_${EMAIL} OFFERED`,
          ].toSorted(),
        )
      }),
  )

  // ------------------------------------------------------------------------------------------------ 6

  holds(['6.1'], 'an error that can be found in the request is in its answer (ruling 22)', () =>
    onStage(async ({ agent, on }) => {
      await agent.signsIn(EMAIL)
      const put = async (path: string, body: string) => {
        const { status, value, headers } = await agent.client.put(path, body, 'sync-1')
        expect(headers.get('requestId')).toBe('sync-1')
        return [status, value('ErrorType')]
      }
      const own = `User/1001/Media/${EMAIL}`
      expect(await put(own, '<Media><state>READY</Media>')).toEqual([400, 'Bad Request'])
      expect(await put(own, '<Media></Media>')).toEqual([400, 'Parameter Missing'])
      expect(await put(own, '<Media><state>TALKING</state></Media>')).toEqual([400, 'Invalid Input'])
      expect(await put(own, '<Media><routable>maybe</routable></Media>')).toEqual([400, expect.any(String)])
      const unknownReason = '<Media><state>NOT_READY</state><reasonCodeId>999</reasonCodeId></Media>'
      expect(await put(own, unknownReason)).toEqual([400, 'Invalid Input'])
      const wrongCategory = '<Media><state>NOT_READY</state><reasonCodeId>18</reasonCodeId></Media>'
      expect(await put(own, wrongCategory)).toEqual([400, 'Invalid Input'])
      expect(await put('User/1001/Media/7777', '<Media><state>READY</state></Media>')).toEqual([404, 'Not Found'])
      const ofAnother = await agent.client.put(`User/1002/Media/${EMAIL}`, '<Media><state>READY</state></Media>')
      expect([ofAnother.status, ofAnother.value('ErrorType'), ofAnother.value('ErrorData')]).toEqual([
        401,
        'Invalid Authorization User Specified',
        '1002',
      ])
      expect(ofAnother.value('ErrorMessage')).toBe(
        "The user specified in the authentication credentials and the uri don't match",
      )
      const stranger = await on.restOnly('1001', 'wrong').get(own)
      expect([stranger.status, stranger.value('ErrorType')]).toEqual([401, 'Authorization Failure'])
      const { dialog } = await agent.has(EMAIL, 'OFFERED')
      const other = on.restOnly('1002')
      const accept = '<Dialog><requestedAction>ACCEPT</requestedAction></Dialog>'
      expect((await other.put(`Dialog/${dialog}`, accept)).status).toBe(401)
      expect(await put(`Dialog/${dialog}`, '<Dialog></Dialog>')).toEqual([400, 'Parameter Missing'])
      const refuse = '<Dialog><requestedAction>REFUSE</requestedAction></Dialog>'
      expect(await put(`Dialog/${dialog}`, refuse)).toEqual([400, 'Invalid Input'])
      expect(await put('Dialog/9999_1001_5001', accept)).toEqual([404, 'Dialog Not Found'])
      expect((await agent.get('Dialog/9999_1001_5001')).value('ErrorType')).toBe('Not Found')
      // None of this was published.
      await agent.hearsNothing()
      expect(await agent.sees(EMAIL)).toBe('RESERVED routable')
    }),
  )

  holds(['6.1'], 'Service Unavailable without the ACD link', () =>
    onStage(async (stage) => {
      const { agent } = stage
      await stage.fault({ type: 'acd-link', up: false })
      const { status, value } = await agent.get(`User/1001/Media/${EMAIL}`)
      expect([status, value('ErrorType')]).toEqual([503, 'Service Unavailable'])
      await stage.fault({ type: 'acd-link', up: true })
      await agent.hears(OUT_OF_SERVICE, IN_SERVICE)
    }),
  )

  holds(['6.1'], 'a missing reason is refused only where it is required (ruling 26)', () =>
    onStage(
      async ({ agent }) => {
        await agent.signsIn(EMAIL)
        for (const state of ['NOT_READY', 'LOGOUT']) {
          const { status, value } = await agent.client.put(
            `User/1001/Media/${EMAIL}`,
            `<Media><state>${state}</state></Media>`,
          )
          expect([status, value('ErrorType')]).toEqual([400, 'Parameter Missing'])
        }
        expect(await agent.sees(EMAIL)).toBe('READY routable')
        await agent.state(EMAIL, 'NOT_READY', undefined, '<reasonCodeId>16</reasonCodeId>')
        await agent.hears(`MN ${EMAIL} NOT_READY routable`)
      },
      { directory: directoryWith(withSettings('requireReasonCode: true')) },
    ),
  )

  holds(['6.2'], 'a sign-in to the MRD of voice is refused with code 11, because voice is not a medium', () =>
    onStage(async ({ agent }) => {
      await agent.asks('1', signInBody(), 'in-1')
      await agent.hears('EN 1 11 E_ARM_STAT_CANT_LOGIN_TO_VOICE_MRD #in-1')
      expect((await agent.get('User/1001/Media/1')).status).toBe(404)
    }),
  )

  holds(['6.2'], 'an asynchronous error has the documented form', () =>
    onStage(async ({ agent }) => {
      await agent.state(EMAIL, 'READY', 'ready-1')
      const told = await agent.next()
      expect(told).toMatchObject({
        node: '/finesse/api/User/1001/Media',
        source: `/finesse/api/User/1001/Media/${EMAIL}`,
        event: 'PUT',
        kind: 'apiErrors',
        requestId: 'ready-1',
      })
      expect(told.text).toBe(
        '<Update><data><apiErrors><apiError><errorData>6</errorData><errorMedia>5001</errorMedia>' +
          '<errorMessage>E_ARM_STAT_AGENT_NOT_LOGGED_IN</errorMessage><errorType>Agent is not logged in</errorType>' +
          '</apiError></apiErrors></data><event>PUT</event><requestId>ready-1</requestId>' +
          '<source>/finesse/api/User/1001/Media/5001</source></Update>',
      )
      expect(await agent.sees(EMAIL)).toMatch(/^LOGOUT /)
    }),
  )
}
