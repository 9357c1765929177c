/** `dialog 6.6`: transfers to a number without a call to it before, V70-V74. */
import { expect } from 'vitest'
import { holds } from './registry.ts'
import { type Agent, directoryWith, EMAIL, onStage, type Stage } from './stage.ts'
import { acts, callOf, calls } from './v-outgoing.rows.ts'

const CALLER = '5550100'
const TARGET = '5550200'
const FAILED = 'EN call 34 CF_RESOURCE_OUT_OF_SERVICE'

const transferTo = (to: string, agent = '1001') =>
  `<targetMediaAddress>${agent}</targetMediaAddress><toAddress>${to}</toAddress>`

const transfers = (agent: Agent, call: string, to: string, requestId?: string) =>
  agent.acts(call, 'TRANSFER_SST', requestId, transferTo(to, agent.user))

interface Talking {
  readonly stage: Stage
  readonly agent: Agent
  readonly other: Agent
  readonly call: string
}

/** Agent 1001 talks with a customer, and 1002 is signed in. Everything is read. */
const talking = (
  test: (on: Talking) => Promise<void>,
  { directory, state = 'READY' }: { readonly directory?: typeof wrapsUp; readonly state?: 'READY' | 'NOT_READY' } = {},
) =>
  onStage(
    async (stage) => {
      const { agent } = stage
      const other = await stage.another('1002')
      await agent.signsInToVoice()
      await other.signsInToVoice(state)
      const call = await stage.calls('1001')
      await acts(agent, call, 'ANSWER')
      await agent.drains()
      await test({ stage, agent, other, call })
    },
    directory === undefined ? {} : { directory },
  )

const wrapsUp = directoryWith([
  'extensions: ["1001"]\n',
  'extensions: ["1001"]\n    settings: { wrapUpOnIncoming: REQUIRED }\n',
])

/** The leg goes on hold (V70). */
const HOLDS = ['UN HOLD', `VN PUT ACTIVE (1001 HELD, ${CALLER} ACTIVE)`]
/** It rings at agent 1002, and agent 1001 has left. */
const RINGS = `(1001 DROPPED OTHER, ${CALLER} ACTIVE, 1002 ALERTING)`
/** The agent talks again (V73). */
const TALKS = ['UN TALKING', 'VN PUT ACTIVE']

/** The call goes on hold, and is a transferred one from then on. */
async function transferred(
  { stage, agent, call }: Omit<Talking, 'other'>,
  to: string,
  requestId?: string,
): Promise<void> {
  await transfers(agent, call, to, requestId)
  await agent.hears(...HOLDS)
  stage.story.callHas(call, { callType: 'TRANSFER' })
}

export function singleStepRows(): void {
  holds(['V70', 'V71', 'V72'], 'TRANSFER_SST to an agent, who answers', () =>
    talking(async ({ stage, agent, other, call }) => {
      await stage.passes(1)
      await transferred({ stage, agent, call }, '1002', 'transfer-1')
      await agent.hears(`VN DELETE ALERTING ${RINGS} #transfer-1`, 'UN READY')
      await other.hears('UN RESERVED', `VN POST ALERTING ${RINGS}`)
      await other.hears(`VN PUT ALERTING (${CALLER} ACTIVE, 1002 ALERTING)`)
      expect([await agent.dialog(call), await other.dialog(call)]).toEqual(['401', 'ALERTING'])
      await stage.passes(3)
      await acts(other, call, 'ANSWER', 'answer-1')
      await other.hears('UN TALKING', 'VN PUT ACTIVE #answer-1')
      await acts(other, call, 'DROP')
      await other.hears(
        `VN PUT ACTIVE (${CALLER} ACTIVE, 1002 DROPPED)`,
        'VN PUT DROPPED',
        'VN DELETE DROPPED',
        'UN READY',
      )
    }),
  )

  holds(['V71', 'V72'], 'the agent who transfers wraps up', () =>
    talking(
      async ({ stage, agent, other, call }) => {
        await transferred({ stage, agent, call }, '1002', 'transfer-1')
        const rings = `(1001 WRAP_UP, ${CALLER} ACTIVE, 1002 ALERTING)`
        await agent.hears('UN WORK_READY', `VN PUT ALERTING ${rings} #transfer-1`)
        await other.hears(`VN POST ALERTING ${rings}`)
        await acts(other, call, 'ANSWER')
        const answered = `VN PUT ACTIVE (1001 WRAP_UP, ${CALLER} ACTIVE, 1002 ACTIVE)`
        await agent.hears(answered)
        await other.hears('UN TALKING', answered)
        await agent.client.putUser('<state>READY</state>')
        await agent.hears(`VN DELETE ACTIVE (1001 DROPPED, ${CALLER} ACTIVE, 1002 ACTIVE)`, 'UN READY')
        await other.hears('VN PUT ACTIVE')
      },
      { directory: wrapsUp, state: 'NOT_READY' },
    ),
  )

  holds(['V72'], 'the call of a queue rings at a target who is NOT_READY', () =>
    onStage(async (stage) => {
      const { agent } = stage
      const other = await stage.another('1002')
      await agent.signsInToVoice()
      await other.signsInToVoice('NOT_READY')
      const { body } = await stage.on.acd('POST', '/calls', { from: CALLER, queue: '8000' })
      const call = String(body.id)
      await acts(agent, call, 'ANSWER')
      await agent.drains()
      await transferred({ stage, agent, call }, '1002')
      await agent.drains()
      await other.hears(`VN POST ALERTING ${RINGS}`, `VN PUT ALERTING (${CALLER} ACTIVE, 1002 ALERTING)`)
      await acts(other, call, 'ANSWER')
      await other.hears('UN TALKING', 'VN PUT ACTIVE')
    }),
  )

  holds(['V72', 'V10', 'V11'], 'the target does not answer, or the caller gives up: nothing is left', () =>
    talking(async ({ stage, agent, other, call }) => {
      await transferred({ stage, agent, call }, '1002')
      await agent.drains()
      await other.drains()
      await stage.passes(30)
      await other.hears(`VN DELETE ALERTING (${CALLER} ACTIVE, 1002 DROPPED)`, 'UN NOT_READY (32767)')
      expect((await stage.on.acd('GET', `/calls/${call}`)).body.state).toBe('DROPPED')

      const next = await stage.calls('1001')
      await acts(agent, next, 'ANSWER')
      await agent.drains()
      await transferred({ stage, agent, call: next }, '1002')
      await agent.drains()
      await other.drains()
      await stage.on.acd('POST', `/calls/${next}`, { action: 'HANGUP' })
      await other.hears(
        `VN PUT ALERTING (${CALLER} DROPPED, 1002 ALERTING)`,
        `VN DELETE ALERTING (${CALLER} DROPPED, 1002 DROPPED)`,
      )
      expect((await stage.on.acd('GET', `/calls/${next}`)).body.state).toBe('DROPPED')
    }),
  )

  holds(['V70', 'V71'], 'TRANSFER_SST to a number outside: no agent is on the call any more', () =>
    talking(async ({ stage, agent, call }) => {
      await transferred({ stage, agent, call }, TARGET, 'transfer-1')
      await agent.hears(
        `VN DELETE ALERTING (1001 DROPPED OTHER, ${CALLER} ACTIVE, ${TARGET} ALERTING) #transfer-1`,
        'UN READY',
      )
      expect((await stage.on.acd('GET', `/calls/${call}`)).body.state).toBe('DROPPED')
      await stage.passes(300)
      await agent.hearsNothing()
    }),
  )

  holds(['V72'], 'the call of an agent is transferred to a number outside, which answers', () =>
    onStage(async (stage) => {
      const { agent } = stage
      const caller = await stage.another('1002')
      await agent.signsInToVoice()
      await caller.signsInToVoice('NOT_READY')
      await calls(caller, '1001')
      await caller.drains()
      const call = await callOf(caller)
      await acts(agent, call, 'ANSWER')
      await agent.drains()
      await caller.drains()
      await transfers(agent, call, TARGET)
      const held = 'VN PUT ACTIVE (1002 ACTIVE, 1001 HELD)'
      await caller.hears(held)
      await agent.hears('UN HOLD', held)
      stage.story.callHas(call, { callType: 'TRANSFER' })
      await agent.hears(`VN DELETE ALERTING (1002 ACTIVE, 1001 DROPPED OTHER, ${TARGET} ALERTING)`, 'UN READY')
      await caller.hears(`VN PUT ALERTING (1002 ACTIVE, ${TARGET} ALERTING)`)
      await stage.passes(5)
      await caller.hears('VN PUT ACTIVE')
      await acts(caller, call, 'DROP')
      await caller.drains()
    }),
  )

  holds(['V73'], 'the target is signed out, busy or no number: an error, and the agent talks again', () =>
    talking(async ({ stage, agent, other, call }) => {
      const network = { numbers: { 5550201: { outcome: 'busy' }, 5550202: { outcome: 'bad-number' } } }
      expect((await stage.on.acd('POST', '/network', network)).status).toBe(200)
      for (const [index, to] of ['1004', '5550201', '5550202'].entries()) {
        await transfers(agent, call, to, `no-${index}`)
        await agent.hears(...HOLDS, `${FAILED} #no-${index}`)
        stage.story.comesBack(call, '1001')
        await agent.hears(...TALKS)
      }
      await transferred({ stage, agent, call }, '1002')
      await agent.drains()
      await other.drains()
      await acts(other, call, 'ANSWER')
      await other.hears('UN TALKING', 'VN PUT ACTIVE')
    }),
  )

  holds(['V74', 'dialog 4.1'], 'before the answer and on hold it is E3; wrong numbers are refused at once', () =>
    talking(async ({ stage, agent, call }) => {
      const wrong = async (content: string) => {
        const body = `<Dialog><requestedAction>TRANSFER_SST</requestedAction>${content}</Dialog>`
        const { status, value } = await agent.client.put(`Dialog/${call}`, body)
        return `${status} ${value('ErrorType')} ${value('ErrorData')}`
      }
      expect(await wrong(transferTo('1001'))).toBe('400 Invalid Destination toAddress')
      expect(await wrong(transferTo('Zürich'))).toBe('400 Invalid Input toAddress')
      expect(await wrong(transferTo('x'.repeat(65)))).toBe('400 Invalid Input toAddress')
      expect(await wrong(transferTo(''))).toBe('400 Parameter Missing toAddress')
      expect(await wrong('<toAddress>1002</toAddress>')).toBe('400 Parameter Missing targetMediaAddress')
      await acts(agent, call, 'HOLD')
      await agent.drains()
      const second = await stage.calls('1001')
      await agent.drains()
      for (const [id, each] of [
        ['no-1', call],
        ['no-2', second],
      ] as const) {
        await transfers(agent, each, '1002', id)
        await agent.hears(`EN call 4047 INVALID_ACTION TRANSFER_SST on extension 1001 #${id}`)
      }
    }),
  )

  holds(
    ['V70', 'V71', 'V72'],
    'an e-mail is interrupted until the agent has left, and at the target from the answer on',
    () =>
      onStage(async (stage) => {
        const { agent } = stage
        const other = await stage.another('1002')
        for (const each of [agent, other]) {
          await each.signsIn(EMAIL)
          await each.has(EMAIL, 'ACTIVE')
          await each.signsInToVoice()
        }
        const call = await stage.calls('1001')
        await acts(agent, call, 'ANSWER')
        await agent.drains()
        const media = async () => [await agent.sees(EMAIL), await other.sees(EMAIL)]
        expect(await media()).toEqual(['INTERRUPTED routable', 'ACTIVE routable'])
        await transferred({ stage, agent, call }, '1002')
        await agent.drains()
        await other.drains()
        expect(await media()).toEqual(['ACTIVE routable', 'ACTIVE routable'])
        await acts(other, call, 'ANSWER')
        await other.drains()
        expect(await media()).toEqual(['ACTIVE routable', 'INTERRUPTED routable'])
      }),
  )
}
