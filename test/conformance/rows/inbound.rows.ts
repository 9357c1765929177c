/** `dialog 6`, inbound calls: V1-V11 and V13, through a queue and to an extension. */
import { expect } from 'vitest'
import { holds } from './registry.ts'
import { type Agent, CHAT, onStage, type Stage } from './stage.ts'
import { asks, hangsUp, legs, onCall, WRAP_UP_SECONDS, wrapsUp } from './voice.ts'

const QUEUE = '8000'

async function calls({ on }: Stage, variables: object = {}): Promise<string> {
  const { status, body } = await on.acd('POST', '/calls', { from: '5550100', queue: QUEUE, variables })
  expect(status).toBe(201)
  return String(body.id)
}

const answers = (agent: Agent, call: string, requestId = '') =>
  agent.acts(call, 'ANSWER', requestId, `<targetMediaAddress>${agent.user}</targetMediaAddress>`)

/** The call as `/acd` shows it: outcome in the queue, and the agent. */
async function shown({ on }: Stage, call: string): Promise<string> {
  const { body } = await on.acd('GET', `/calls/${call}`)
  const { queue, agentId } = body
  const outcome = typeof queue === 'object' && queue !== null && 'outcome' in queue ? queue.outcome : 'no queue'
  return `${outcome} ${agentId ?? 'nobody'}`
}

export function inboundRows(): void {
  holds(['V1', 'V2', 'V3', 'U9', 'U12'], 'RESERVED, then the call with its queue and its data; the answer', () =>
    onStage(async (stage) => {
      const { agent } = stage
      await agent.signsInToVoice()
      await stage.passes(1)
      const call = await calls(stage, { callVariable1: 'gold' })
      await agent.hears('UN RESERVED', 'VN POST ALERTING')
      await agent.get(`Dialog/${call}`)
      await stage.passes(1)
      await answers(agent, call, 'a')
      await agent.hears('UN TALKING', 'VN PUT ACTIVE #a')
      await agent.get(`Dialog/${call}`)
      await hangsUp(stage, call)
      await agent.hears(
        'VN PUT ACTIVE (1001 ACTIVE, 5550100 DROPPED)',
        'VN PUT DROPPED',
        'VN DELETE DROPPED',
        'UN READY',
      )
    }),
  )

  holds(['V2'], 'a call that waited rings with the time of its arrival', () =>
    onStage(async (stage) => {
      const call = await calls(stage)
      expect(await shown(stage, call)).toBe('WAITING nobody')
      // As for a call that does not exist: nobody may know of it.
      expect((await stage.agent.client.get(`Dialog/${call}`)).status).toBe(401)
      await stage.passes(20)
      await stage.agent.client.putUser('<state>LOGIN</state><extension>1001</extension>')
      await stage.agent.client.putUser('<state>READY</state>')
      await stage.agent.hears('UN NOT_READY', 'UN READY', 'UN RESERVED', 'VN POST ALERTING')
      await stage.agent.get(`Dialog/${call}`)
      await hangsUp(stage, call)
      await stage.agent.hears('VN DELETE ALERTING (1001 DROPPED, 5550100 DROPPED)', 'UN READY')
    }),
  )

  holds(
    ['V10'],
    'a call of a queue that is not answered: DELETE, then NOT_READY 32767; the call rings at the next agent, and again at the first one',
    () =>
      onStage(async (stage) => {
        const { agent } = stage
        const other = await stage.another('1002')
        await agent.signsInToVoice()
        await stage.passes(1)
        await other.signsInToVoice()
        const call = await calls(stage)
        await agent.hears('UN RESERVED', 'VN POST ALERTING')
        await stage.passes(15)
        await agent.hears('VN DELETE ALERTING (1001 DROPPED, 5550100 INITIATED)', 'UN NOT_READY (32767)')
        await other.hears('UN RESERVED', 'VN POST ALERTING')
        await agent.client.putUser('<state>READY</state>')
        await agent.hears('UN READY')
        await stage.passes(15)
        await other.hears('VN DELETE ALERTING (1002 DROPPED, 5550100 INITIATED)', 'UN NOT_READY (32767)')
        await agent.hears('UN RESERVED', 'VN POST ALERTING')
        await answers(agent, call)
        await agent.hears('UN TALKING', 'VN PUT ACTIVE')
        await agent.get(`Dialog/${call}`)
        expect(await shown(stage, call)).toBe('ANSWERED 1001')
        await hangsUp(stage, call)
        await agent.drains()
      }),
  )

  holds(['V11', 'U13'], 'the caller of a queue gives up while it rings: DELETE, then READY', () =>
    onStage(async (stage) => {
      const { agent } = stage
      await agent.signsInToVoice()
      const call = await calls(stage)
      await agent.hears('UN RESERVED', 'VN POST ALERTING')
      await hangsUp(stage, call)
      await agent.hears('VN DELETE ALERTING (1001 DROPPED, 5550100 DROPPED)', 'UN READY')
      expect(await shown(stage, call)).toBe('ABANDONED 1001')
      await expect(answers(agent, call)).rejects.toThrow('404')
    }),
  )

  holds(['V1', 'V2'], 'a call of a queue interrupts as every call does, and does not come during a chat', () =>
    onStage(async (stage) => {
      const { agent } = stage
      await agent.signsInToVoice()
      await agent.signsIn(CHAT)
      const chat = await agent.has(CHAT, 'ACTIVE')
      const call = await calls(stage)
      await agent.hearsNothing()
      await agent.acts(chat.dialog, 'CLOSE')
      const heard = await agent.drains()
      expect(heard).toContain('VN POST ALERTING')
      expect(await shown(stage, call)).toBe('RINGING 1001')
      await hangsUp(stage, call)
      await agent.drains()
    }),
  )

  holds(['V2'], 'the time-out of the queue ends a call that nobody answers', () =>
    onStage(async (stage) => {
      const call = await calls(stage)
      await stage.passes(600)
      expect(await shown(stage, call)).toBe('TIMED_OUT nobody')
      await stage.agent.signsInToVoice()
    }),
  )

  holds(['V13', 'ruling 32', 'V3', 'U12', 'U23', 'V4', 'V5', 'V7'], 'a direct call to an agent who is NOT_READY', () =>
    onStage(async (stage) => {
      const { agent } = stage
      await agent.signsInToVoice('NOT_READY')
      await stage.passes(1)
      const call = await stage.calls('1001')
      await agent.hears('VN POST ALERTING')
      await agent.get('User/1001')
      await stage.passes(1)
      await asks(agent, call, 'ANSWER', 'a')
      await agent.hears('UN TALKING', 'VN PUT ACTIVE #a')
      await hangsUp(stage, call)
      await agent.hears(legs('ACTIVE', 'DROPPED'), 'VN PUT DROPPED', 'VN DELETE DROPPED', 'UN NOT_READY')
      await agent.get('User/1001')
    }),
  )

  holds(['V10', 'ruling 32'], 'a direct call that is not answered changes an agent who was READY, and no other', () =>
    onStage(async (stage) => {
      const { agent } = stage
      await agent.signsInToVoice()
      for (const state of ['RESERVED', 'NOT_READY']) {
        await stage.calls('1001')
        await agent.hears(...(state === 'RESERVED' ? ['UN RESERVED'] : []), 'VN POST ALERTING')
        await stage.passes(30)
        const gone = 'VN DELETE ALERTING (1001 DROPPED, 5550100 INITIATED)'
        await agent.hears(gone, ...(state === 'RESERVED' ? ['UN NOT_READY (32767)'] : []))
      }
      await agent.get('User/1001')
    }),
  )

  holds(['V11', 'U9', 'U13'], 'the caller of a direct call gives up', () =>
    onStage(async (stage) => {
      const { agent } = stage
      await agent.signsInToVoice()
      const call = await stage.calls('1001')
      await agent.hears('UN RESERVED', 'VN POST ALERTING')
      await hangsUp(stage, call)
      await agent.hears('VN DELETE ALERTING (1001 DROPPED, 5550100 DROPPED)', 'UN READY')
    }),
  )

  holds(['V9', 'V5', 'V7', 'U22'], 'the agent hangs up first, without wrap-up', () =>
    onCall(async ({ agent }, call) => {
      await asks(agent, call, 'DROP', 'd')
      await agent.hears(`${legs('DROPPED', 'ACTIVE')} #d`, 'VN PUT DROPPED', 'VN DELETE DROPPED', 'UN READY')
    }),
  )

  holds(['V4', 'V6', 'V8', 'U25', 'U29'], 'the caller hangs up first, with wrap-up, until its time is over', () =>
    onCall(
      async (stage, call) => {
        const { agent } = stage
        await hangsUp(stage, call)
        await agent.hears(legs('ACTIVE', 'DROPPED'), 'UN WORK_READY', legs('WRAP_UP', 'DROPPED'))
        await agent.get(`Dialog/${call}`)
        await agent.get('User/1001')
        await stage.passes(WRAP_UP_SECONDS - 1)
        await agent.hearsNothing()
        await stage.passes(1)
        await agent.hears('VN DELETE DROPPED', 'UN READY')
      },
      { directory: wrapsUp() },
    ),
  )

  holds(['V9', 'V6'], 'the agent hangs up first, with wrap-up', () =>
    onCall(
      async (stage, call) => {
        const { agent } = stage
        await asks(agent, call, 'DROP', 'd')
        await agent.hears('UN WORK_READY', `${legs('WRAP_UP', 'ACTIVE')} #d`, legs('WRAP_UP', 'DROPPED'))
        await stage.passes(WRAP_UP_SECONDS)
        await agent.hears('VN DELETE DROPPED', 'UN READY')
      },
      { directory: wrapsUp() },
    ),
  )

  holds(['dialog 4.1'], 'what is wrong with a request is refused at once, and nothing changes (E2, E4-E6)', () =>
    onCall(async (stage, call) => {
      const { agent, on } = stage
      const asked = async (inner: string, id = call, as = agent.client) => {
        const { status, value } = await as.put(`Dialog/${id}`, `<Dialog>${inner}</Dialog>`)
        return [status, value('ErrorType'), value('ErrorData')].filter((each) => each !== undefined).join(' ')
      }
      const action = (name: string) => `<requestedAction>${name}</requestedAction>`
      const target = (address: string) => `<targetMediaAddress>${address}</targetMediaAddress>`
      const NOT_YOURS = '401 Invalid Authorization User Specified'
      expect(await asked(target('1001'))).toBe('400 Parameter Missing requestedAction')
      expect(await asked(action('DROP'))).toBe('400 Parameter Missing targetMediaAddress')
      expect(await asked(action('drop') + target('1001'))).toBe('400 Invalid Input requestedAction')
      expect(await asked(action('DROP') + target('1 or 2'))).toBe('400 Invalid Input targetMediaAddress')
      // Another party, an extension that is not on the call, one that does not exist.
      for (const address of ['5550100', '1002', '4711'])
        expect(await asked(action('DROP') + target(address))).toBe(`${NOT_YOURS} ${address}`)
      const other = on.restOnly('1002')
      for (const address of ['1001', '1002'])
        expect(await asked(action('DROP') + target(address), call, other)).toMatch(NOT_YOURS)
      // As for a call of others: nobody may know of it.
      expect(await asked(action('DROP') + target('1001'), '77')).toMatch(/^40[14] /)
      await agent.hearsNothing()
      expect(await agent.dialog(call)).toBe('ACTIVE')
    }),
  )

  holds(['dialog 4.1'], 'an agent who has left the call is gone from it: 404', () =>
    onCall(async ({ agent }, call) => {
      await asks(agent, call, 'DROP')
      await agent.drains()
      for (const action of ['ANSWER', 'HOLD', 'RETRIEVE', 'DROP'])
        await expect(asks(agent, call, action), action).rejects.toThrow('404')
    }),
  )
}
