/** What differs on CCX: `user 5.3`, 5.4, `user 6.4`, and parts of `dialog`. */
import { expect } from 'vitest'
import type { RestAnswer } from '../finesse-client.ts'
import { holds } from './registry.ts'
import { type Agent, directoryWith, onStage, type Stage } from './stage.ts'
import { begins, type Calling, idOf } from './v-campaigns.rows.ts'
import { asks, hangsUp } from './voice.ts'

const CCX = ['platform: CCE', 'platform: CCX'] as const
const SUPERVISOR = '1234'
const EXTENSION = '1001001'

const onCcx = (test: (stage: Stage) => Promise<void>, ...changes: readonly (readonly [string, string])[]) =>
  onStage(test, { directory: directoryWith(CCX, ...changes) })

/** A call of the queue, which agent 1001 answers if `answered`. Everything is read. */
async function routed({ agent, on, story }: Stage, answered = true): Promise<string> {
  const { status, body } = await on.acd('POST', '/calls', { from: '5550100', queue: '8000' })
  expect(status).toBe(201)
  const call = String(body.id)
  story.callHas(call, { callType: 'ACD_IN' })
  if (answered) await asks(agent, call, 'ANSWER')
  await agent.drains()
  return call
}

const RECORDED = 'VN PUT ACTIVE (1001 ACTIVE START_RECORDING, 5550100 ACTIVE)'

const ENDS = [
  'VN PUT ACTIVE (1001 ACTIVE START_RECORDING, 5550100 DROPPED)',
  'VN PUT DROPPED',
  'VN DELETE DROPPED',
] as const

const refusal = ({ status, value }: RestAnswer) => [status, value('ErrorType'), value('ErrorData')].join(' ')

const bySupervisor = async ({ on }: Stage, state: string): Promise<void> => {
  const { status } = await on.restOnly(SUPERVISOR).put('User/1001', `<User><state>${state}</state></User>`)
  expect(status).toBe(202)
}

/** Agent 1001 asks for a state. */
const wants = (agent: Agent, state: string, more = '', requestId?: string) =>
  agent.client.putUser(`<state>${state}</state>${more}`, requestId)

/** The wrap-up reason of a call. */
const gives = (agent: Agent, call: string, reason: string, requestId?: string) =>
  agent.acts(
    call,
    'UPDATE_CALL_DATA',
    requestId,
    `<targetMediaAddress>1001</targetMediaAddress><mediaProperties><wrapUpReason>${reason}</wrapUpReason></mediaProperties>`,
  )

/** A campaign reserves agent 1001, who is READY. */
const reserved = (calling: Calling, test: (stage: Stage) => Promise<void>) =>
  onCcx(async (stage) => {
    await stage.agent.signsInToVoice()
    await begins(stage, { ...calling, isCcx: true })
    await test(stage)
  })

/** Agent 1001 wraps up after calls of queues. */
const WRAPS_UP = [
  'extensions: ["1001"]\n',
  'extensions: ["1001"]\n    settings: { wrapUpOnIncoming: REQUIRED }\n',
] as const

export function ccxRows(): void {
  holds(['user 5.4', 'V114', 'dialog 5.2'], 'a direct preview: only the decision ends it, and no state', () =>
    reserved({ mode: 'direct-preview' }, async ({ agent }) => {
      const offered = '(1001 ALERTING ACCEPT CLOSE REJECT, 9900 INITIATED)'
      await agent.hears('UN RESERVED_OUTBOUND_PREVIEW', `VN POST ALERTING ${offered}`)
      for (const state of ['READY', 'NOT_READY']) {
        await wants(agent, state, '', 'no-1')
        await agent.hears('EN user 1 CF_GENERIC_OPERATION #no-1')
      }
      await asks(agent, await idOf(agent), 'CLOSE')
      await agent.hears('VN DELETE ALERTING (1001 DROPPED, 9900 INITIATED)', 'UN READY')
    }),
  )

  holds(['dialog 4.5', 'V104'], 'no wrap-up reason on the call of a direct preview', () =>
    reserved({ mode: 'direct-preview' }, async (stage) => {
      const { agent } = stage
      await agent.drains()
      await asks(agent, await idOf(agent), 'ACCEPT')
      await stage.passes(5)
      await agent.drains()
      const call = await idOf(agent)
      await gives(agent, call, 'sold', 'w-1')
      await agent.hears('EN call 3 INVALID_CALL_VARIABLE_VALUE #w-1')
      await asks(agent, call, 'DROP')
      await agent.drains()
    }),
  )

  holds(['user 5.4', 'U14', 'U15'], 'an agent cannot leave the reservation of a dialler', () =>
    reserved({ mode: 'progressive' }, async (stage) => {
      const { agent } = stage
      await agent.hears('UN RESERVED_OUTBOUND')
      for (const state of ['READY', 'NOT_READY']) {
        await wants(agent, state, '', 'no-1')
        await agent.hears('EN user 1 CF_GENERIC_OPERATION #no-1')
      }
      await stage.passes(5)
      expect((await agent.drains())[0]).toBe('UN TALKING')
      await asks(agent, await idOf(agent), 'DROP')
      await agent.drains()
      expect(await agent.voice()).toBe('READY')
    }),
  )

  holds(['user 5.4'], 'NOT_READY that is asked for during a routed call without a reason: 32755', () =>
    onCcx(async (stage) => {
      const { agent } = stage
      await agent.signsInToVoice()
      const call = await routed(stage)
      await wants(agent, 'NOT_READY')
      await agent.hears('UN TALKING -> NOT_READY')
      await hangsUp(stage, call)
      await agent.hears(...ENDS, 'UN NOT_READY (32755)')
    }),
  )

  holds(['user 5.4', 'U28'], 'WORK that ends by itself: 32758; a reason that the agent gave counts', () =>
    onCcx(async (stage) => {
      const { agent } = stage
      for (const [reason, shown] of [
        ['', ' (32758)'],
        ['<reasonCodeId>17</reasonCodeId>', ''],
      ] as const) {
        await agent.signsInToVoice()
        const call = await routed(stage)
        await wants(agent, 'NOT_READY', reason)
        await hangsUp(stage, call)
        expect(await agent.drains()).toContain('UN WORK -> NOT_READY')
        await stage.passes(31)
        await agent.hears('VN DELETE DROPPED', `UN NOT_READY${shown}`)
        await wants(agent, 'LOGOUT')
        await agent.drains()
      }
    }, WRAPS_UP),
  )

  holds(
    ['user 4.1', 'U2'],
    'a sign-in at another extension ends the one before with 32740; a repeated one keeps it',
    () =>
      onCcx(
        async (stage) => {
          const { agent } = stage
          await agent.signsInToVoice()
          const login = (extension: string, id: string) =>
            agent.client.putUser(`<state>LOGIN</state><extension>${extension}</extension>`, id)
          await login('1001', 'again-1')
          await agent.hears('UN READY #again-1')
          await login('1011', 'elsewhere-1')
          await agent.hears('UN LOGOUT (32740)', 'UN NOT_READY #elsewhere-1')
          expect((await agent.client.get('User/1001')).value('extension')).toBe('1011')
          await wants(agent, 'LOGOUT')
          await agent.hears('UN LOGOUT')
        },
        ['extensions: ["1001"]\n', 'extensions: ["1001", "1011"]\n'],
      ),
  )

  holds(['V104', 'V100'], 'a wrap-up reason is shown as a list too', () =>
    onCcx(async (stage) => {
      const { agent, story } = stage
      await agent.signsInToVoice()
      const call = await routed(stage)
      story.callHas(call, { wrapUpReason: 'sold', hasWrapUpItems: true })
      await gives(agent, call, 'sold')
      await agent.hears(RECORDED)
      expect(await agent.dialog(call)).toBe('ACTIVE')
      await hangsUp(stage, call)
      await agent.hears(...ENDS, 'UN READY')
    }),
  )

  holds(['user 5.4', 'V1', 'V3'], 'a routed call (ICD): RESERVED, TALKING, its type, and HOLD changes no state', () =>
    onCcx(async (stage) => {
      const { agent, on, story } = stage
      await agent.signsInToVoice()
      const { body } = await on.acd('POST', '/calls', { from: '5550100', queue: '8000' })
      const call = String(body.id)
      story.callHas(call, { callType: 'ACD_IN' })
      await agent.hears('UN RESERVED', 'VN POST ALERTING')
      await asks(agent, call, 'ANSWER')
      await agent.hears('UN TALKING', RECORDED)
      await asks(agent, call, 'HOLD')
      await agent.hears('VN PUT ACTIVE (1001 HELD, 5550100 ACTIVE)')
      expect(await agent.voice()).toBe('TALKING')
      await asks(agent, call, 'RETRIEVE')
      await agent.hears(RECORDED)
      await hangsUp(stage, call)
      await agent.hears(...ENDS, 'UN READY')
    }),
  )

  holds(['user 5.4', 'U24'], 'wrap-up is WORK, also when the agent is READY afterwards', () =>
    onCcx(async (stage) => {
      const { agent } = stage
      await agent.signsInToVoice()
      const call = await routed(stage)
      await hangsUp(stage, call)
      expect((await agent.drains()).filter((line) => line.startsWith('UN'))).toEqual(['UN WORK'])
      await stage.passes(31)
      await agent.hears('VN DELETE DROPPED', 'UN READY')
    }, WRAPS_UP),
  )

  holds(['user 5.4', 'V13'], 'a call to the extension (non-ICD): NOT_READY all the time, without a notification', () =>
    onCcx(async (stage) => {
      const { agent } = stage
      await agent.signsInToVoice('NOT_READY')
      const call = await stage.calls('1001')
      await agent.hears('VN POST ALERTING')
      await asks(agent, call, 'ANSWER')
      await agent.hears(RECORDED)
      expect(await agent.voice()).toBe('NOT_READY')
      await wants(agent, 'READY', '', 'ready-1')
      await agent.hears('EN user 33 CF_RESOURCE_BUSY #ready-1')
      await asks(agent, call, 'HOLD')
      await asks(agent, call, 'RETRIEVE')
      await agent.hears('VN PUT ACTIVE (1001 HELD, 5550100 ACTIVE)', RECORDED)
      await hangsUp(stage, call)
      await agent.hears(...ENDS)
      await wants(agent, 'READY')
      await agent.hears('UN READY')
    }),
  )

  holds(['user 5.4'], 'a READY agent is NOT_READY during such a call, and READY again', () =>
    onCcx(async (stage) => {
      const { agent } = stage
      await agent.signsInToVoice()
      const call = await stage.calls('1001')
      await agent.hears('UN NOT_READY (32761)', 'VN POST ALERTING')
      await asks(agent, call, 'ANSWER')
      await agent.hears(RECORDED)
      await hangsUp(stage, call)
      await agent.hears(...ENDS, 'UN READY')
    }),
  )

  holds(['user 5.4', 'V20'], 'an agent who makes a call is NOT_READY, busy for the team, and READY again', () =>
    onCcx(async (stage) => {
      const { agent, on } = stage
      await agent.signsInToVoice()
      const mediaState = async () =>
        (await on.restOnly(SUPERVISOR).get('Team/2001')).body.match(/<mediaState>\w+/g)?.[0]
      expect(await mediaState()).toBe('<mediaState>IDLE')
      const body =
        '<Dialog><requestedAction>MAKE_CALL</requestedAction><fromAddress>1001</fromAddress><toAddress>5550177</toAddress></Dialog>'
      expect((await agent.client.post('User/1001/Dialogs', body)).status).toBe(202)
      await agent.hears(
        'UN NOT_READY (32762)',
        'VN POST INITIATING (1001 INITIATING)',
        'VN PUT INITIATED (1001 INITIATED)',
        'VN PUT ALERTING (1001 INITIATED, 5550177 ALERTING)',
      )
      expect([await agent.voice(), await mediaState()]).toEqual(['NOT_READY', '<mediaState>BUSY'])
      const [, call = ''] = /<id>(\d+)<\/id>/.exec((await agent.client.get('User/1001/Dialogs')).body) ?? []
      await asks(agent, call, 'DROP')
      await agent.drains()
      expect([await agent.voice(), await mediaState()]).toEqual(['READY', '<mediaState>IDLE'])
    }),
  )

  holds(['user 5.4'], 'during a routed call READY is refused, and NOT_READY accepted once', () =>
    onCcx(async (stage) => {
      const { agent } = stage
      await agent.signsInToVoice()
      const call = await routed(stage)
      await wants(agent, 'READY', '', 'r-1')
      await agent.hears('EN user 265 CF_INVALID_AGENT_WORKMODE #r-1')
      await wants(agent, 'NOT_READY', '<reasonCodeId>17</reasonCodeId>', 'n-1')
      await agent.hears('UN TALKING -> NOT_READY #n-1')
      await wants(agent, 'NOT_READY', '<reasonCodeId>16</reasonCodeId>', 'n-2')
      await agent.hears('EN user 265 CF_INVALID_AGENT_WORKMODE #n-2')
      await hangsUp(stage, call)
      await agent.hears(...ENDS, 'UN NOT_READY')
      expect((await agent.client.get('User/1001')).value('reasonCodeId')).toBe('17')
    }),
  )

  holds(['user 5.4', 'V10'], 'a routed call that the agent does not answer: NOT_READY with 32763', () =>
    onCcx(async (stage) => {
      const { agent } = stage
      await agent.signsInToVoice()
      const call = await routed(stage, false)
      await stage.passes(16)
      await agent.hears('VN DELETE ALERTING (1001 DROPPED, 5550100 INITIATED)', 'UN NOT_READY (32763)')
      await stage.on.acd('POST', `/calls/${call}`, { action: 'HANGUP' })
    }),
  )

  holds(
    ['user 5.4', 'user 5.7', 'U4'],
    'sign-out from READY, NOT_READY while signed out, and the codes of a supervisor',
    () =>
      onCcx(async (stage) => {
        const { agent } = stage
        await agent.signsInToVoice()
        await wants(agent, 'LOGOUT')
        await agent.hears('UN LOGOUT')
        await wants(agent, 'NOT_READY', '', 'n-1')
        await agent.hears('EN user 1010 CF_INVALID_PARAMETER #n-1')
        await agent.signsInToVoice()
        await bySupervisor(stage, 'NOT_READY')
        await agent.hears('UN NOT_READY (33)')
        await bySupervisor(stage, 'LOGOUT')
        await agent.hears('UN LOGOUT (22)')
      }),
  )

  holds(
    ['user 5.4', 'user 5.5'],
    'the link to the ACD is lost during a routed call: the agent is signed out after it',
    () =>
      onCcx(async (stage) => {
        const { agent } = stage
        await agent.signsInToVoice()
        const call = await routed(stage)
        await stage.fault({ type: 'acd-link', up: false })
        stage.story.failsOver()
        await stage.fault({ type: 'acd-link', up: true })
        await agent.drains()
        expect((await agent.client.get('User/1001')).value('pendingState')).toBe('LOGOUT')
        await hangsUp(stage, call)
        await agent.hears(...ENDS, 'UN LOGOUT (255)')
      }),
  )

  holds(
    ['dialog 4.9', 'user 5.4', 'V90', 'V93'],
    'a supervisor who listens stays NOT_READY, and is TALKING after a barge',
    () =>
      onCcx(async (stage) => {
        const { agent, story } = stage
        await agent.signsInToVoice()
        const boss = await stage.another(SUPERVISOR)
        await boss.client.putUser(`<state>LOGIN</state><extension>${EXTENSION}</extension>`)
        await boss.hears('UN NOT_READY')
        const posts = (action: string, more = '', requestId?: string) =>
          boss.client.post(
            `User/${SUPERVISOR}/Dialogs`,
            `<Dialog><requestedAction>${action}</requestedAction><fromAddress>${EXTENSION}</fromAddress><toAddress>1001</toAddress>${more}</Dialog>`,
            requestId,
          )
        for (const state of ['READY', 'NOT_READY']) {
          await wants(agent, state)
          expect((await posts('SILENT_MONITOR', '', state)).status).toBe(202)
          await boss.hears(`EN call 88049 The agent does not talk #${state}`)
        }
        await wants(agent, 'READY')
        await agent.drains()
        const call = await routed(stage)
        expect((await posts('SILENT_MONITOR')).status).toBe(202)
        await boss.hears('VN POST ACTIVE')
        await agent.hears('VN POST ACTIVE')
        expect(await boss.voice()).toBe('NOT_READY')
        const [, monitor = ''] =
          /<id>(\d+)<\/id>/.exec((await boss.client.get(`User/${SUPERVISOR}/Dialogs`)).body) ?? []
        // The supervisor may have the call of the agent recorded.
        for (const address of [EXTENSION, '1001'])
          await boss.acts(monitor, 'START_RECORDING', '', `<targetMediaAddress>${address}</targetMediaAddress>`)
        await boss.hearsNothing()
        story.callHas(call, { callType: 'CONFERENCE' })
        const uri = `<associatedDialogUri>/finesse/api/Dialog/${monitor}</associatedDialogUri>`
        expect((await posts('BARGE_CALL', uri)).status).toBe(202)
        const all = `(1001 ACTIVE START_RECORDING, 5550100 ACTIVE, ${EXTENSION} ACTIVE START_RECORDING)`
        await boss.hears('VN DELETE DROPPED', 'UN TALKING', `VN POST ACTIVE ${all}`)
        await agent.hears('VN DELETE DROPPED', `VN PUT ACTIVE ${all}`)
        await boss.acts(call, 'DROP', '', `<targetMediaAddress>${EXTENSION}</targetMediaAddress>`)
        await boss.drains()
        expect(await boss.voice()).toBe('NOT_READY')
        await agent.drains()
      }),
  )

  holds(['dialog 4.11'], 'START_RECORDING: accepted while the leg is ACTIVE, refused at once on hold; 501 on CCE', () =>
    onCcx(async (stage) => {
      const { agent } = stage
      await agent.signsInToVoice()
      const call = await routed(stage, false)
      await asks(agent, call, 'START_RECORDING', 'rec-0')
      await agent.hears('EN call 4047 INVALID_ACTION START_RECORDING on extension 1001 #rec-0')
      await asks(agent, call, 'ANSWER')
      await agent.drains()
      await asks(agent, call, 'START_RECORDING', 'rec-1')
      await agent.hearsNothing()
      await asks(agent, call, 'HOLD')
      await agent.drains()
      const body = (action: string, target: string) =>
        `<Dialog><requestedAction>${action}</requestedAction><targetMediaAddress>${target}</targetMediaAddress></Dialog>`
      expect(refusal(await agent.client.put(`Dialog/${call}`, body('START_RECORDING', '1001')))).toBe(
        '401 Invalid State targetMediaAddress',
      )
      expect(refusal(await agent.client.put(`Dialog/${call}`, body('START_RECORDING', '1002')))).toBe(
        '401 Invalid Authorization User Specified 1002',
      )
      expect(refusal(await agent.client.put(`Dialog/${call}`, body('PARTICIPANT_DROP', '1002')))).toBe(
        '501 Not Implemented PARTICIPANT_DROP',
      )
    }),
  )

  holds(['user 5.4'], 'the operations that only CCE has are 501', () =>
    onCcx(async ({ agent, on }) => {
      const gets = [
        ...['User/1001/Media', 'User/1001/Media/5001', 'User/1001/Media/5001/Dialogs', 'User/1001/Dialogs/Media'],
        ...['Queue/701', 'User/1001/Queues', 'ECCVariableConfig', 'UserAuthMode/1001'],
      ]
      for (const path of gets) expect([path, (await agent.client.get(path)).status]).toEqual([path, 501])
      expect((await agent.client.put('User/1001/Media/5001', '<Media><state>READY</state></Media>')).status).toBe(501)
      expect((await on.restOnly('1001').get('SystemInfo')).value('deploymentType')).toBe('UCCX')
      // A mobile agent, and variables with a new call, too (`user 7`, `dialog 4.3`).
      const mobile = '<mobileAgent><mode>CALL_BY_CALL</mode><dialNumber>5550199</dialNumber></mobileAgent>'
      await agent.client.putUser(`<state>LOGIN</state><extension>1001</extension>${mobile}`, 'm-1')
      await agent.hears('EN user 70 CF_GENERIC_UNSPECIFIED_REJECTION #m-1')
    }),
  )
}
