/** `dialog 6.4` to 6.7: calls that are joined by a transfer or a conference, V55-V67, V80-V88. */
import { expect } from 'vitest'
import { holds } from './registry.ts'
import { type Agent, directoryWith, EMAIL, onStage, type Stage, withSettings } from './stage.ts'
import { callOf, calls } from './v-outgoing.rows.ts'

/** An action of an agent on a call. The target is the extension of the agent, unless another one is given. */
const asks = (agent: Agent, call: string, action: string, requestId?: string, target = agent.user) =>
  agent.acts(call, action, requestId, `<targetMediaAddress>${target}</targetMediaAddress>`)

const CALLER = '5550100'
const SECOND = '5550200'

/** The agent holds the first call and talks on the second one. Everything is read. */
async function holdsAndTalks({ agent, on }: Stage): Promise<readonly [held: string, active: string]> {
  const calls: string[] = []
  for (const from of [CALLER, SECOND]) {
    const { status, body } = await on.acd('POST', '/calls', { from, to: '1001' })
    expect(status).toBe(201)
    const call = String(body.id)
    await asks(agent, call, 'ANSWER')
    calls.push(call)
  }
  await agent.drains()
  const [held = '', active = ''] = calls
  return [held, active]
}

const E3 = (action: string, id: string) => `EN call 4047 INVALID_ACTION ${action} on extension 1001 #${id}`

export function vJoinRows(): void {
  holds(['V55', 'V56', 'V57'], 'a call on hold may be joined while another one is active', () =>
    onStage(async (stage) => {
      const { agent } = stage
      await agent.signsInToVoice()
      const [first, second] = await holdsAndTalks(stage)
      // Alternates (V57).
      await asks(agent, second, 'HOLD')
      await agent.hears(
        'UN HOLD',
        `VN PUT ACTIVE (1001 HELD, ${SECOND} ACTIVE)`,
        `VN PUT ACTIVE (1001 HELD, ${CALLER} ACTIVE)`,
      )
      await asks(agent, first, 'RETRIEVE')
      await agent.hears(
        'UN TALKING',
        'VN PUT ACTIVE',
        `VN PUT ACTIVE (1001 HELD TRANSFER CONFERENCE, ${SECOND} ACTIVE)`,
      )
      expect(await agent.dialog(second)).toBe('ACTIVE')
      // Drops the other one (V56).
      await asks(agent, first, 'DROP')
      await agent.hears(
        `VN PUT ACTIVE (1001 DROPPED, ${CALLER} ACTIVE)`,
        'VN PUT DROPPED',
        'VN DELETE DROPPED',
        'UN HOLD',
        `VN PUT ACTIVE (1001 HELD, ${SECOND} ACTIVE)`,
      )
      await asks(agent, second, 'DROP')
      await agent.drains()
    }),
  )

  holds(['V63', 'V66'], 'TRANSFER of two callers: the agent leaves both calls, and the state follows at the end', () =>
    onStage(async (stage) => {
      const { agent, story } = stage
      await agent.signsInToVoice()
      const [held, active] = await holdsAndTalks(stage)
      story.callHas(held, { callType: 'TRANSFER', secondaryId: active })
      story.callHas(active, { callType: 'TRANSFER' })
      await asks(agent, held, 'TRANSFER', 'transfer-1')
      await agent.hears(
        `VN DELETE DROPPED (1001 DROPPED OTHER, ${SECOND} DROPPED OTHER)`,
        `VN DELETE ACTIVE (1001 DROPPED OTHER, ${CALLER} ACTIVE, ${SECOND} ACTIVE) #transfer-1`,
        'UN READY',
      )
    }),
  )

  holds(['V80', 'V81'], 'CONFERENCE of two callers', () =>
    onStage(async (stage) => {
      const { agent, story } = stage
      await agent.signsInToVoice()
      const [held, active] = await holdsAndTalks(stage)
      story.callHas(held, { callType: 'CONFERENCE', secondaryId: active })
      story.callHas(active, { callType: 'CONFERENCE' })
      await asks(agent, held, 'CONFERENCE', 'conference-1')
      await agent.hears(
        `VN PUT ACTIVE (1001 ACTIVE, ${CALLER} ACTIVE, ${SECOND} ACTIVE) #conference-1`,
        `VN DELETE DROPPED (1001 DROPPED OTHER, ${SECOND} DROPPED OTHER)`,
      )
      expect(await agent.dialog(held)).toBe('ACTIVE')
      expect(await agent.dialog(active)).toBe('404')
    }),
  )

  holds(
    ['dialog 4.4', 'V44'],
    'TRANSFER without an active call is refused at once, and one on the active call is E3',
    () =>
      onStage(async (stage) => {
        const { agent } = stage
        await agent.signsInToVoice()
        const [held, active] = await holdsAndTalks(stage)
        await asks(agent, active, 'TRANSFER', 'no-1')
        await asks(agent, active, 'CONFERENCE', 'no-2')
        await agent.hears(E3('TRANSFER', 'no-1'), E3('CONFERENCE', 'no-2'))
        await asks(agent, active, 'DROP')
        await agent.drains()
        const body = '<requestedAction>TRANSFER</requestedAction><targetMediaAddress>1001</targetMediaAddress>'
        const { status, value } = await agent.client.put(`Dialog/${held}`, `<Dialog>${body}</Dialog>`)
        expect([status, value('ErrorType'), value('ErrorData'), value('ErrorMessage')]).toEqual([
          400,
          'Invalid State',
          '',
          'No Active call available on agent for TRANSFER',
        ])
        await asks(agent, held, 'CONFERENCE', 'no-3')
        await agent.hears(E3('CONFERENCE', 'no-3'))
      }),
  )

  agentRows()
  conferenceRows()
}

// ------------------------------------------------------------------------------------------------ with other agents

interface Consulting {
  readonly stage: Stage
  readonly agent: Agent
  readonly other: Agent
  /** The call of the customer, which the agent holds. */
  readonly held: string
  /** The call with the other agent. */
  readonly active: string
}

/** Agent 1001 holds the call of a customer and talks with agent 1002. Everything is read. */
async function consults(stage: Stage): Promise<Consulting> {
  const { agent } = stage
  const other = await stage.another('1002')
  await agent.signsInToVoice()
  await other.signsInToVoice()
  const held = await stage.calls('1001')
  await asks(agent, held, 'ANSWER')
  await agent.drains()
  await calls(other, '1001')
  await other.drains()
  await agent.drains()
  const active = await callOf(other)
  await asks(agent, active, 'ANSWER')
  await agent.drains()
  await other.drains()
  return { stage, agent, other, held, active }
}

const ENDED = 'VN DELETE DROPPED (1002 DROPPED OTHER, 1001 DROPPED OTHER)'

const joins = (stage: Stage, how: 'TRANSFER' | 'CONFERENCE', held: string, active: string) => {
  stage.story.callHas(held, { callType: how, secondaryId: active })
  stage.story.callHas(active, { callType: how })
}

const onConsult = (test: (on: Consulting) => Promise<void>, options: Parameters<typeof onStage>[1] = {}) =>
  onStage(async (stage) => test(await consults(stage)), options)

/** Agent 1001 has to wrap up after each call from outside. */
const wrapsUp = () =>
  directoryWith(['extensions: ["1001"]\n', 'extensions: ["1001"]\n    settings: { wrapUpOnIncoming: REQUIRED }\n'])

function agentRows(): void {
  holds(['V60', 'V61', 'V62', 'V63', 'V67'], 'TRANSFER to an agent who talks', () =>
    onConsult(async ({ stage, agent, other, held, active }) => {
      joins(stage, 'TRANSFER', held, active)
      await stage.passes(1)
      await asks(agent, held, 'TRANSFER', 'transfer-1')
      await other.hears(`VN POST ACTIVE (1001 DROPPED OTHER, ${CALLER} ACTIVE, 1002 ACTIVE)`, ENDED, 'VN PUT ACTIVE')
      await agent.hears(
        ENDED,
        `VN DELETE ACTIVE (1001 DROPPED OTHER, ${CALLER} ACTIVE, 1002 ACTIVE) #transfer-1`,
        'UN READY',
      )
      await asks(other, held, 'HOLD')
      await other.hears('UN HOLD', `VN PUT ACTIVE (${CALLER} ACTIVE, 1002 HELD)`)
      expect([await agent.dialog(active), await other.dialog(held)]).toEqual(['404', 'ACTIVE'])
      await asks(other, held, 'DROP', 'drop-1')
      await other.hears(
        `VN PUT ACTIVE (${CALLER} ACTIVE, 1002 DROPPED) #drop-1`,
        'VN PUT DROPPED',
        'VN DELETE DROPPED',
        'UN READY',
      )
    }),
  )

  holds(['V63'], 'the agent who transfers wraps up, and the others are told when that is over', () =>
    onConsult(
      async ({ stage, agent, other, held, active }) => {
        joins(stage, 'TRANSFER', held, active)
        await asks(agent, held, 'TRANSFER', 'transfer-1')
        const parties = `(1001 WRAP_UP, ${CALLER} ACTIVE, 1002 ACTIVE)`
        await other.hears(`VN POST ACTIVE ${parties}`, ENDED)
        await agent.hears(ENDED, 'UN WORK_READY', `VN PUT ACTIVE ${parties} #transfer-1`)
        await agent.client.putUser('<state>READY</state>')
        await agent.hears(`VN DELETE ACTIVE (1001 DROPPED, ${CALLER} ACTIVE, 1002 ACTIVE)`, 'UN READY')
        await other.hears('VN PUT ACTIVE')
      },
      { directory: wrapsUp() },
    ),
  )

  holds(['V66'], 'TRANSFER on the other call, after the agent has alternated: that one survives', () =>
    onConsult(async ({ stage, agent, other, held, active }) => {
      await asks(agent, held, 'RETRIEVE')
      await agent.drains()
      await other.drains()
      joins(stage, 'TRANSFER', active, held)
      await asks(agent, active, 'TRANSFER')
      await other.hears('VN PUT ACTIVE')
      await agent.hears(
        `VN DELETE DROPPED (1001 DROPPED OTHER, ${CALLER} DROPPED OTHER)`,
        `VN DELETE ACTIVE (1002 ACTIVE, 1001 DROPPED OTHER, ${CALLER} ACTIVE)`,
        'UN READY',
      )
      await asks(other, active, 'HOLD')
      await other.hears('UN HOLD', `VN PUT ACTIVE (1002 HELD, ${CALLER} ACTIVE)`)
      expect(await other.dialog(active)).toBe('ACTIVE')
    }),
  )

  holds(['V64'], 'TRANSFER of the call of an agent, who is told who is on it now', () =>
    onStage(async (stage) => {
      const { agent } = stage
      const [caller, other] = [await stage.another('1003'), await stage.another('1002')]
      for (const each of [agent, caller, other]) await each.signsInToVoice()
      await calls(caller, '1001')
      await caller.drains()
      const held = await callOf(caller)
      await asks(agent, held, 'ANSWER')
      await calls(other, '1001')
      await other.drains()
      const active = await callOf(other)
      await asks(agent, active, 'ANSWER')
      for (const each of [agent, caller, other]) await each.drains()
      joins(stage, 'TRANSFER', held, active)
      await asks(agent, held, 'TRANSFER')
      await other.hears('VN POST ACTIVE (1003 ACTIVE, 1001 DROPPED OTHER, 1002 ACTIVE)', ENDED, 'VN PUT ACTIVE')
      await agent.hears(ENDED, 'VN DELETE ACTIVE (1003 ACTIVE, 1001 DROPPED OTHER, 1002 ACTIVE)', 'UN READY')
      await caller.hears('VN PUT ACTIVE')
    }),
  )

  holds(['V65', 'V67'], 'TRANSFER while it rings at the other agent, who answers or does not', () =>
    onStage(async (stage) => {
      const { agent } = stage
      const other = await stage.another('1002')
      await agent.signsInToVoice()
      await other.signsInToVoice()
      for (const answers of [true, false]) {
        await calls(agent, '1002')
        await agent.drains()
        const active = await callOf(agent)
        const held = await stage.calls('1001')
        await asks(agent, held, 'ANSWER')
        await asks(agent, held, 'HOLD')
        await agent.drains()
        await other.drains()
        joins(stage, 'TRANSFER', held, active)
        await asks(agent, held, 'TRANSFER')
        const ended = 'VN DELETE DROPPED (1001 DROPPED OTHER, 1002 DROPPED OTHER)'
        await other.hears(
          `VN POST ACTIVE (1001 DROPPED OTHER, ${CALLER} ACTIVE, 1002 ALERTING)`,
          ended,
          `VN PUT ACTIVE (${CALLER} ACTIVE, 1002 ALERTING)`,
        )
        await agent.drains()
        await stage.passes(answers ? 5 : 30)
        if (answers) {
          await asks(other, held, 'ANSWER', 'answer-1')
          await other.hears('UN TALKING', 'VN PUT ACTIVE #answer-1')
          await asks(other, held, 'DROP')
          await other.drains()
        } else await other.hears(`VN DELETE ACTIVE (${CALLER} ACTIVE, 1002 DROPPED)`, 'UN NOT_READY (32767)')
      }
    }),
  )

  holds(['V63', 'V81'], 'an e-mail of both agents is interrupted as long as they are on calls (ruling 8)', () =>
    onStage(async (stage) => {
      const { agent } = stage
      const other = await stage.another('1002')
      for (const each of [agent, other]) {
        await each.signsIn(EMAIL)
        await each.has(EMAIL, 'ACTIVE')
      }
      await agent.signsInToVoice()
      await other.signsInToVoice()
      const held = await stage.calls('1001')
      await asks(agent, held, 'ANSWER')
      await calls(other, '1001')
      await agent.drains()
      await other.drains()
      const active = await callOf(other)
      await asks(agent, active, 'ANSWER')
      await agent.drains()
      await other.drains()
      expect([await agent.sees(EMAIL), await other.sees(EMAIL)]).toEqual([
        'INTERRUPTED routable',
        'INTERRUPTED routable',
      ])
      joins(stage, 'TRANSFER', held, active)
      await asks(agent, held, 'TRANSFER')
      await agent.drains()
      await other.drains()
      expect([await agent.sees(EMAIL), await other.sees(EMAIL)]).toEqual(['ACTIVE routable', 'INTERRUPTED routable'])
      await asks(other, held, 'DROP')
      await other.drains()
      expect(await other.sees(EMAIL)).toBe('ACTIVE routable')
    }),
  )

  holds(['V104'], 'a wrap-up reason that is set before the transfer goes with the call', () =>
    onConsult(async ({ stage, agent, other, held, active }) => {
      stage.story.callHas(held, { wrapUpReason: 'Sold' })
      const data = '<mediaProperties><wrapUpReason>Sold</wrapUpReason></mediaProperties>'
      await agent.acts(held, 'UPDATE_CALL_DATA', undefined, data)
      await agent.drains()
      joins(stage, 'TRANSFER', held, active)
      await asks(agent, held, 'TRANSFER')
      await agent.drains()
      await other.drains()
      expect((await other.get(`Dialog/${held}`)).value('mediaProperties/wrapUpReason')).toBe('Sold')
    }),
  )
}

function conferenceRows(): void {
  const all = `(1001 ACTIVE, ${CALLER} ACTIVE, 1002 ACTIVE)`

  const inConference = (test: (on: Consulting) => Promise<void>, options: Parameters<typeof onStage>[1] = {}) =>
    onConsult(async (on) => {
      joins(on.stage, 'CONFERENCE', on.held, on.active)
      await asks(on.agent, on.held, 'CONFERENCE', 'conference-1')
      await test(on)
    }, options)

  holds(['V80', 'V81', 'V83', 'V84', 'V85', 'V87'], 'CONFERENCE with an agent: one leaves, then the last but one', () =>
    inConference(async ({ agent, other, held }) => {
      await agent.hears(`VN PUT ACTIVE ${all} #conference-1`, ENDED)
      await other.hears(`VN POST ACTIVE ${all}`, ENDED)
      await asks(agent, held, 'DROP', 'drop-1')
      const left = `(1001 DROPPED, ${CALLER} ACTIVE, 1002 ACTIVE)`
      await agent.hears(`VN DELETE ACTIVE ${left} #drop-1`, 'UN READY')
      await other.hears(`VN PUT ACTIVE ${left}`, 'VN PUT ACTIVE')
      await asks(other, held, 'DROP')
      await other.hears(
        `VN PUT ACTIVE (${CALLER} ACTIVE, 1002 DROPPED)`,
        'VN PUT DROPPED',
        'VN DELETE DROPPED',
        'UN READY',
      )
    }),
  )

  holds(['V82'], 'another agent cannot add parties to the conference', () =>
    inConference(async ({ stage, agent, other, held }) => {
      await agent.drains()
      await other.drains()
      const second = await stage.calls('1002')
      await asks(other, second, 'ANSWER')
      await agent.drains()
      await other.drains()
      await asks(other, held, 'CONFERENCE', 'no-1')
      const [line = ''] = await other.drains()
      expect(line).toMatch(/^EN call 20999 <ConferenceCallCommand>: Conference failed.* #no-1$/)
      // Nor can it consult anybody for that.
      await asks(other, held, 'RETRIEVE')
      await agent.drains()
      await other.drains()
      const consult = '<targetMediaAddress>1002</targetMediaAddress><toAddress>1003</toAddress>'
      await other.acts(held, 'CONSULT_CALL', 'no-2', consult)
      const [refused = ''] = await other.drains()
      expect(refused).toMatch(/^EN call 20999 <ConferenceCallCommand>: Conference failed.* #no-2$/)
      expect([await other.dialog(held), await other.dialog(second)]).toEqual(['ACTIVE', 'ACTIVE'])
    }),
  )

  holds(['V88'], 'a conference does not get more parties than the limit', () =>
    onConsult(
      async ({ stage, agent, other, held, active }) => {
        joins(stage, 'CONFERENCE', held, active)
        await asks(agent, held, 'CONFERENCE')
        await agent.drains()
        await other.drains()
        const second = await stage.calls('1001')
        await asks(agent, second, 'ANSWER')
        await agent.drains()
        await other.drains()
        await asks(agent, held, 'CONFERENCE', 'no-1')
        await agent.hears('EN call 38 CF_CONFERENCE_MEMBER_LIMIT_EXCEEDED #no-1')
        expect([await agent.dialog(held), await agent.dialog(second)]).toEqual(['ACTIVE', 'ACTIVE'])
      },
      { directory: directoryWith(withSettings('conferencePartiesMax: 3')) },
    ),
  )

  holds(['V86', 'dialog 4.12'], 'PARTICIPANT_DROP by the controller, if the system is set up so', () =>
    inConference(
      async ({ agent, other, held }) => {
        const drops = `(1001 ACTIVE PARTICIPANT_DROP, ${CALLER} ACTIVE, 1002 ACTIVE)`
        await agent.hears(`VN PUT ACTIVE ${drops} #conference-1`, ENDED)
        await other.hears(`VN POST ACTIVE ${drops}`, ENDED)
        const refused = async (asker: Agent, target: string) => {
          const body = `<requestedAction>PARTICIPANT_DROP</requestedAction><targetMediaAddress>${target}</targetMediaAddress>`
          const { status, value } = await asker.client.put(`Dialog/${held}`, `<Dialog>${body}</Dialog>`)
          return `${status} ${value('ErrorType')}`
        }
        expect(await refused(other, '1001')).toBe('401 Authorization Failure')
        expect(await refused(agent, CALLER)).toBe('400 Invalid Destination')
        expect(await refused(agent, '1009')).toBe('400 Invalid Destination')
        await asks(agent, held, 'PARTICIPANT_DROP', 'drop-1', '1002')
        const gone = `(1001 ACTIVE PARTICIPANT_DROP, ${CALLER} ACTIVE, 1002 DROPPED)`
        await agent.hears(
          `VN PUT ACTIVE ${gone} #drop-1`,
          `VN PUT ACTIVE (1001 ACTIVE PARTICIPANT_DROP, ${CALLER} ACTIVE)`,
        )
        await other.hears(`VN DELETE ACTIVE ${gone}`, 'UN READY')
      },
      { directory: directoryWith(withSettings('enableDropParticipantFor: conference_controller_and_supervisor')) },
    ),
  )
}
