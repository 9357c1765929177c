/** `dialog 6.2`, 6.4 to 6.7: calls that agents make and transfer to the number of a queue. */
import { expect } from 'vitest'
import { holds } from './registry.ts'
import { type Agent, onStage, type Stage } from './stage.ts'
import { acts, asksConsult, CONSULTS, callBody, callOf, calls, DIALS } from './v-outgoing.rows.ts'

/** The number of queue 701, to which agents 1001, 1002 and 1003 belong. */
const QUEUE = '8000'
const SUPPORT = { number: '701', name: 'Support Line' } as const
const CUSTOMER = '5550100'
const QUEUE_SECONDS = 600
const RING_SECONDS = 15
const FAILED = 'EN call 34 CF_RESOURCE_OUT_OF_SERVICE'

interface Both {
  readonly stage: Stage
  readonly agent: Agent
  readonly other: Agent
}

/** Agent 1001, who calls, and 1002, whom the queue selects. Both are NOT_READY. */
const both = (test: (on: Both) => Promise<void>) =>
  onStage(async (stage) => {
    const other = await stage.another('1002')
    await stage.agent.signsInToVoice('NOT_READY')
    await other.signsInToVoice('NOT_READY')
    await test({ stage, agent: stage.agent, other })
  })

interface Talking extends Both {
  /** The call of the customer. */
  readonly first: string
}

/** Agent 1001 talks with a customer. */
const talking = (test: (on: Talking) => Promise<void>) =>
  both(async (on) => {
    const first = await on.stage.calls('1001', { callVariable1: 'gold' })
    await acts(on.agent, first, 'ANSWER')
    await on.agent.drains()
    await test({ ...on, first })
  })

const becomesReady = (agent: Agent) => agent.client.putUser('<state>READY</state>')

const transfersTo = (agent: Agent, call: string, to: string, requestId?: string) =>
  agent.acts(
    call,
    'TRANSFER_SST',
    requestId,
    `<targetMediaAddress>${agent.user}</targetMediaAddress><toAddress>${to}</toAddress>`,
  )

/** It rings at agent 1002: as agent 1001 sees it, and as agent 1002 does (`dialog 6.4`). */
const RINGS = '(1001 INITIATED, 1002 ALERTING)'
const RINGS_AS_ROUTED = `(${CUSTOMER} INITIATED, 1002 ALERTING)`
/** The call on hold, which may be joined with the one to the queue. */
const JOINABLE = `VN PUT ACTIVE (1001 HELD TRANSFER CONFERENCE, ${CUSTOMER} ACTIVE)`

/** Agent 1001 consults the queue, where nobody is available. The id of that call. */
async function consulting({ agent, first }: Talking): Promise<string> {
  await asksConsult(agent, first, QUEUE, 'consult-1')
  await agent.hears(...CONSULTS, JOINABLE)
  return callOf(agent)
}

/** The queue selects agent 1002. */
async function rings({ agent, other }: Both): Promise<void> {
  await becomesReady(other)
  await agent.hears(`VN PUT ALERTING ${RINGS}`)
  await other.hears('UN READY', 'UN RESERVED', `VN POST ALERTING ${RINGS_AS_ROUTED}`)
}

export function queueRows(): void {
  makeCallRows()
  consultRows()
  joinRows()
  transferRows()
}

function makeCallRows(): void {
  holds(['V22', 'V23', 'V24', 'V1', 'dialog 6.4'], 'MAKE_CALL to a queue: waits, rings and is answered', () =>
    both(async ({ stage, agent, other }) => {
      await calls(agent, QUEUE, 'call-1')
      await agent.hears(...DIALS)
      const call = await callOf(agent)
      expect(await agent.dialog(call)).toBe('INITIATED')
      await stage.passes(20)
      await becomesReady(other)
      await agent.hears(`VN PUT ALERTING ${RINGS}`)
      await other.hears('UN READY', 'UN RESERVED', `VN POST ALERTING ${RINGS}`)
      expect([await agent.dialog(call), await other.dialog(call)]).toEqual(['ALERTING', 'ALERTING'])
      await stage.passes(2)
      await acts(other, call, 'ANSWER', 'answer-1')
      await other.hears('UN TALKING', 'VN PUT ACTIVE #answer-1')
      await agent.hears('VN PUT ACTIVE')
      expect((await stage.on.acd('GET', `/calls/${call}`)).body.queue).toEqual({
        id: SUPPORT.number,
        name: SUPPORT.name,
        outcome: 'ANSWERED',
      })
      await acts(agent, call, 'DROP')
      await agent.hears('VN PUT ACTIVE (1001 DROPPED, 1002 ACTIVE)', 'VN PUT DROPPED', 'VN DELETE DROPPED')
      await agent.hears('UN NOT_READY')
      await other.hears('VN PUT ACTIVE (1001 DROPPED, 1002 ACTIVE)', 'VN PUT DROPPED', 'VN DELETE DROPPED', 'UN READY')
    }),
  )

  holds(['V10', 'V23'], 'an agent of the queue who does not answer: the caller waits again', () =>
    both(async ({ stage, agent, other }) => {
      await calls(agent, QUEUE)
      await becomesReady(other)
      await agent.drains()
      await other.drains()
      await stage.passes(RING_SECONDS)
      await other.hears('VN DELETE ALERTING (1001 INITIATED, 1002 DROPPED)', 'UN NOT_READY (32767)')
      await agent.hears('VN PUT ALERTING (1001 INITIATED, 1002 DROPPED)', 'VN PUT INITIATED (1001 INITIATED)')
      const call = await callOf(agent)
      expect(await agent.dialog(call)).toBe('INITIATED')
      expect(await other.dialog(call)).toBe('401')
      await becomesReady(other)
      await agent.hears(`VN PUT ALERTING ${RINGS}`)
      await other.hears('UN READY', 'UN RESERVED', `VN POST ALERTING ${RINGS}`)
      await acts(agent, call, 'DROP', 'drop-1')
      const gone = 'VN DELETE ALERTING (1001 DROPPED, 1002 DROPPED)'
      await agent.hears(`${gone} #drop-1`, 'UN NOT_READY')
      await other.hears(gone, 'UN READY')
    }),
  )

  holds(['V25', 'V27'], 'nobody of the queue answers in time: the call fails', () =>
    both(async ({ stage, agent }) => {
      await calls(agent, QUEUE)
      await agent.drains()
      await stage.passes(QUEUE_SECONDS)
      await agent.hears('VN PUT FAILED (1001 FAILED OTHER)')
      await stage.passes(30)
      await agent.hears('VN DELETE FAILED (1001 DROPPED OTHER)', 'UN NOT_READY')
    }),
  )

  holds(['V25', 'V10'], 'it rings when the time in the queue ends, and is not answered: the call fails', () =>
    both(async ({ stage, agent, other }) => {
      await calls(agent, QUEUE)
      await stage.passes(QUEUE_SECONDS - 1)
      await becomesReady(other)
      await agent.drains()
      await other.drains()
      await stage.passes(RING_SECONDS)
      await agent.hears('VN PUT ALERTING (1001 INITIATED, 1002 DROPPED)')
      await agent.hears('VN PUT FAILED (1001 FAILED OTHER, 1002 DROPPED)')
      await other.hears('VN DELETE ALERTING (1001 INITIATED, 1002 DROPPED)', 'UN NOT_READY (32767)')
      await acts(agent, await callOf(agent), 'DROP')
      await agent.drains()
    }),
  )

  holds(['V28'], 'the agent who waits in a queue hangs up: nothing is left', () =>
    both(async ({ stage, agent, other }) => {
      await calls(agent, QUEUE)
      await agent.drains()
      const call = await callOf(agent)
      await acts(agent, call, 'DROP', 'drop-1')
      await agent.hears('VN DELETE INITIATED (1001 DROPPED) #drop-1', 'UN NOT_READY')
      expect((await stage.on.acd('GET', `/calls/${call}`)).body.queue).toMatchObject({ outcome: 'ABANDONED' })
      await becomesReady(other)
      await other.hears('UN READY')
    }),
  )

  holds(['V21', 'V1'], 'the queue never selects the agent who calls it', () =>
    onStage(async (stage) => {
      const { agent } = stage
      await agent.signsInToVoice()
      const { status } = await agent.client.post('User/1001/Dialogs', callBody(QUEUE), 'call-1')
      expect(status).toBe(202)
      await agent.hears('UN NOT_READY (50006)', ...DIALS)
      await becomesReady(agent)
      await agent.hears('UN TALKING -> READY')
      await acts(agent, await callOf(agent), 'DROP')
      await agent.hears('VN DELETE INITIATED (1001 DROPPED)', 'UN READY')
    }),
  )
}

function consultRows(): void {
  holds(
    ['V52', 'V53', 'V54', 'V55', 'V56', 'dialog 6.4'],
    'CONSULT_CALL to a queue: the other sees a routed call',
    () =>
      talking(async (on) => {
        const { stage, agent, other, first } = on
        const second = await consulting(on)
        await stage.passes(5)
        await rings(on)
        expect([await agent.dialog(second), await other.dialog(second)]).toEqual(['ALERTING', 'ALERTING'])
        await acts(other, second, 'ANSWER', 'answer-1')
        await other.hears('UN TALKING', 'VN PUT ACTIVE #answer-1')
        await agent.hears('VN PUT ACTIVE')
        await acts(agent, second, 'DROP', 'drop-1')
        await agent.hears('VN PUT ACTIVE (1001 DROPPED, 1002 ACTIVE) #drop-1', 'VN PUT DROPPED', 'VN DELETE DROPPED')
        await agent.hears('UN HOLD', `VN PUT ACTIVE (1001 HELD, ${CUSTOMER} ACTIVE)`)
        const left = `VN PUT ACTIVE (${CUSTOMER} DROPPED, 1002 ACTIVE)`
        await other.hears(left, 'VN PUT DROPPED', 'VN DELETE DROPPED', 'UN READY')
        await acts(agent, first, 'RETRIEVE')
        await agent.hears('UN TALKING', 'VN PUT ACTIVE')
      }),
  )

  holds(['V56'], 'the agent gives up in the queue, and the customer is still on hold', () =>
    talking(async (on) => {
      const { agent, other } = on
      const second = await consulting(on)
      await acts(agent, second, 'DROP', 'drop-1')
      await agent.hears('VN DELETE INITIATED (1001 DROPPED) #drop-1', 'UN HOLD')
      await agent.hears(`VN PUT ACTIVE (1001 HELD, ${CUSTOMER} ACTIVE)`)
      await becomesReady(other)
      await other.hears('UN READY')
    }),
  )
}

function joinRows(): void {
  holds(['V60', 'V61', 'V62', 'V63'], 'TRANSFER after an agent of the queue has answered', () =>
    talking(async (on) => {
      const { stage, agent, other, first } = on
      const second = await consulting(on)
      await rings(on)
      await acts(other, second, 'ANSWER')
      await agent.drains()
      await other.drains()
      stage.story.callHas(first, { callType: 'TRANSFER', secondaryId: second })
      stage.story.callHas(second, { callType: 'TRANSFER' })
      await acts(agent, first, 'TRANSFER', 'transfer-1')
      const joined = `(1001 DROPPED OTHER, ${CUSTOMER} ACTIVE, 1002 ACTIVE)`
      await agent.hears('VN DELETE DROPPED (1001 DROPPED OTHER, 1002 DROPPED OTHER)')
      await agent.hears(`VN DELETE ACTIVE ${joined} #transfer-1`, 'UN NOT_READY')
      await other.hears(`VN POST ACTIVE ${joined}`)
      await other.hears(`VN DELETE DROPPED (${CUSTOMER} DROPPED OTHER, 1002 DROPPED OTHER)`)
      await other.hears('VN PUT ACTIVE')
    }),
  )

  holds(['V80', 'dialog 6.4'], 'CONFERENCE after an agent of the queue has answered', () =>
    talking(async (on) => {
      const { stage, agent, other, first } = on
      const second = await consulting(on)
      await rings(on)
      await acts(other, second, 'ANSWER')
      await agent.drains()
      await other.drains()
      stage.story.callHas(first, { callType: 'CONFERENCE', secondaryId: second })
      stage.story.callHas(second, { callType: 'CONFERENCE' })
      await acts(agent, first, 'CONFERENCE', 'conference-1')
      const joined = `(1001 ACTIVE, ${CUSTOMER} ACTIVE, 1002 ACTIVE)`
      await agent.hears(`VN PUT ACTIVE ${joined} #conference-1`)
      await agent.hears('VN DELETE DROPPED (1001 DROPPED OTHER, 1002 DROPPED OTHER)')
      await other.hears(`VN POST ACTIVE ${joined}`)
      await other.hears(`VN DELETE DROPPED (${CUSTOMER} DROPPED OTHER, 1002 DROPPED OTHER)`)
    }),
  )

  holds(
    ['V65', 'V10'],
    'TRANSFER while it rings at an agent of the queue, who does not answer: the customer waits',
    () =>
      talking(async (on) => {
        const { stage, agent, other, first } = on
        const second = await consulting(on)
        await rings(on)
        stage.story.callHas(first, { callType: 'TRANSFER', secondaryId: second, queue: SUPPORT })
        stage.story.callHas(second, { callType: 'TRANSFER' })
        await acts(agent, first, 'TRANSFER', 'transfer-1')
        const joined = `(1001 DROPPED OTHER, ${CUSTOMER} ACTIVE, 1002 ALERTING)`
        await agent.hears('VN DELETE DROPPED (1001 DROPPED OTHER, 1002 DROPPED OTHER)')
        await agent.hears(`VN DELETE ACTIVE ${joined} #transfer-1`, 'UN NOT_READY')
        await other.hears(`VN POST ACTIVE ${joined}`)
        await other.hears(`VN DELETE DROPPED (${CUSTOMER} DROPPED OTHER, 1002 DROPPED OTHER)`)
        await other.hears(`VN PUT ACTIVE (${CUSTOMER} ACTIVE, 1002 ALERTING)`)
        await stage.passes(RING_SECONDS)
        await other.hears(`VN DELETE ACTIVE (${CUSTOMER} ACTIVE, 1002 DROPPED)`, 'UN NOT_READY (32767)')
        expect(await agent.dialog(first)).toBe('401')
        await becomesReady(other)
        await other.hears('UN READY', 'UN RESERVED', `VN POST ACTIVE (${CUSTOMER} ACTIVE, 1002 ALERTING)`)
        await acts(other, first, 'ANSWER', 'answer-1')
        await other.hears('UN TALKING', 'VN PUT ACTIVE #answer-1')
      }),
  )

  holds(
    ['V60', 'V63'],
    'TRANSFER while the agent waits in the queue: the customer waits in the place of the agent',
    () =>
      talking(async (on) => {
        const { stage, agent, other, first } = on
        const second = await consulting(on)
        // A later call waits behind it.
        const later = String((await stage.on.acd('POST', '/calls', { from: '5550200', queue: QUEUE })).body.id)
        stage.story.callHas(first, { callType: 'TRANSFER', secondaryId: second, queue: SUPPORT })
        stage.story.callHas(second, { callType: 'TRANSFER' })
        await acts(agent, first, 'TRANSFER', 'transfer-1')
        await agent.hears('VN DELETE DROPPED (1001 DROPPED OTHER)')
        await agent.hears(`VN DELETE ACTIVE (1001 DROPPED OTHER, ${CUSTOMER} ACTIVE) #transfer-1`, 'UN NOT_READY')
        expect((await stage.on.acd('GET', `/calls/${second}`)).body.queue).toMatchObject({ outcome: 'TRANSFERRED' })
        await stage.passes(10)
        await becomesReady(other)
        await other.hears('UN READY', 'UN RESERVED', `VN POST ACTIVE (${CUSTOMER} ACTIVE, 1002 ALERTING)`)
        await acts(other, first, 'ANSWER')
        await other.hears('UN TALKING', 'VN PUT ACTIVE')
        expect((await stage.on.acd('GET', `/calls/${later}`)).body.queue).toMatchObject({ outcome: 'WAITING' })
        await stage.on.acd('POST', `/calls/${later}`, { action: 'HANGUP' })
      }),
  )

  holds(['V80', 'V55'], 'CONFERENCE while the agent waits: both wait together, and the other agent joins them', () =>
    talking(async (on) => {
      const { stage, agent, other, first } = on
      const second = await consulting(on)
      stage.story.callHas(first, { callType: 'CONFERENCE', secondaryId: second, queue: SUPPORT })
      stage.story.callHas(second, { callType: 'CONFERENCE' })
      await acts(agent, first, 'CONFERENCE', 'conference-1')
      await agent.hears('VN PUT ACTIVE #conference-1', 'VN DELETE DROPPED (1001 DROPPED OTHER)')
      await becomesReady(other)
      const three = `(1001 ACTIVE, ${CUSTOMER} ACTIVE, 1002 ALERTING)`
      await agent.hears(`VN PUT ACTIVE ${three}`)
      await other.hears('UN READY', 'UN RESERVED', `VN POST ACTIVE ${three}`)
      await acts(other, first, 'ANSWER')
      const together = `VN PUT ACTIVE (1001 ACTIVE, ${CUSTOMER} ACTIVE, 1002 ACTIVE)`
      await agent.hears(together)
      await other.hears('UN TALKING', together)
    }),
  )
}

/** On hold, and then gone (V70, V71). */
const LEAVES = [
  'UN HOLD',
  `VN PUT ACTIVE (1001 HELD, ${CUSTOMER} ACTIVE)`,
  `VN DELETE ACTIVE (1001 DROPPED OTHER, ${CUSTOMER} ACTIVE) #transfer-1`,
  'UN NOT_READY',
]

/** Agent 1001 transfers the customer to the queue. */
async function transferred({ stage, agent, first }: Talking): Promise<void> {
  await transfersTo(agent, first, QUEUE, 'transfer-1')
  await agent.hears(...LEAVES.slice(0, 2))
  stage.story.callHas(first, { callType: 'TRANSFER', queue: SUPPORT })
  await agent.hears(...LEAVES.slice(2))
}

function transferRows(): void {
  holds(['V70', 'V71', 'V72'], 'TRANSFER_SST to a queue: the customer waits, and rings as a transferred call', () =>
    talking(async (on) => {
      const { stage, agent, other, first } = on
      await transferred(on)
      expect(await agent.dialog(first)).toBe('401')
      await stage.passes(7)
      await becomesReady(other)
      const alerting = `(${CUSTOMER} ACTIVE, 1002 ALERTING)`
      await other.hears('UN READY', 'UN RESERVED', `VN POST ALERTING ${alerting}`)
      await stage.passes(RING_SECONDS)
      await other.hears(`VN DELETE ALERTING (${CUSTOMER} ACTIVE, 1002 DROPPED)`, 'UN NOT_READY (32767)')
      await becomesReady(other)
      await other.hears('UN READY', 'UN RESERVED', `VN POST ALERTING ${alerting}`)
      await acts(other, first, 'ANSWER', 'answer-1')
      await other.hears('UN TALKING', 'VN PUT ACTIVE #answer-1')
    }),
  )

  holds(['V72', 'V11'], 'the customer gives up in the queue, or while it rings', () =>
    talking(async (on) => {
      const { stage, agent, other, first } = on
      await transferred(on)
      await becomesReady(other)
      await other.drains()
      await stage.on.acd('POST', `/calls/${first}`, { action: 'HANGUP' })
      await other.hears(`VN PUT ALERTING (${CUSTOMER} DROPPED, 1002 ALERTING)`)
      await other.hears(`VN DELETE ALERTING (${CUSTOMER} DROPPED, 1002 DROPPED)`, 'UN READY')
      await other.client.putUser('<state>NOT_READY</state>')
      await other.drains()
      const next = await stage.calls('1001')
      await acts(agent, next, 'ANSWER')
      await agent.drains()
      await transferred({ ...on, first: next })
      await stage.on.acd('POST', `/calls/${next}`, { action: 'HANGUP' })
      expect((await stage.on.acd('GET', `/calls/${next}`)).body).toMatchObject({
        state: 'DROPPED',
        queue: { outcome: 'ABANDONED' },
      })
      await becomesReady(other)
      await other.hears('UN READY')
    }),
  )

  holds(['V73'], 'in a queue already: a second transfer is refused', () =>
    talking(async (on) => {
      const { stage, agent, first } = on
      const second = await consulting(on)
      stage.story.callHas(first, { callType: 'CONFERENCE', secondaryId: second, queue: SUPPORT })
      stage.story.callHas(second, { callType: 'CONFERENCE' })
      await acts(agent, first, 'CONFERENCE')
      await agent.drains()
      await transfersTo(agent, first, '1002', 'no-1')
      await agent.hears(`${FAILED} #no-1`)
    }),
  )
}
