/**
 * Calls that a queue routes, over real REST and XMPP: V1, V2, V3, V10 and V11. Every notification, and every GET, is
 * compared as a whole.
 */
import { expect, it } from 'vitest'
import { onSite as onStage } from './rows/site-stage.ts'
import { type Agent, CHAT, type Stage } from './rows/stage.ts'

const QUEUE = '8000'

async function calls({ on }: Stage, variables: object = {}): Promise<string> {
  const { status, body } = await on.acd('POST', '/calls', { from: '5550100', queue: QUEUE, variables })
  expect(status).toBe(201)
  return String(body.id)
}

const answers = (agent: Agent, call: string, requestId = '') =>
  agent.acts(call, 'ANSWER', requestId, `<targetMediaAddress>${agent.user}</targetMediaAddress>`)

const hangsUp = async ({ on }: Stage, call: string) =>
  expect((await on.acd('POST', `/calls/${call}`, { action: 'HANGUP' })).status).toBe(200)

/** The call as `/acd` shows it: outcome in the queue, and the agent. */
async function shown({ on }: Stage, call: string): Promise<string> {
  const { body } = await on.acd('GET', `/calls/${call}`)
  const { queue, agentId } = body
  const outcome = typeof queue === 'object' && queue !== null && 'outcome' in queue ? queue.outcome : 'no queue'
  return `${outcome} ${agentId ?? 'nobody'}`
}

it('V1, V2, V3: RESERVED, then the call with its queue and its data; the answer', () =>
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
    await agent.hears('VN PUT ACTIVE (1001 ACTIVE, 5550100 DROPPED)', 'VN PUT DROPPED', 'VN DELETE DROPPED', 'UN READY')
  }))

it('V2: a call that waited rings with the time of its arrival', () =>
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
  }))

it('V10: DELETE, then NOT_READY 32767; the call rings at the next agent, and again at the first one', () =>
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
  }))

it('V11: the caller gives up while it rings: DELETE, then READY', () =>
  onStage(async (stage) => {
    const { agent } = stage
    await agent.signsInToVoice()
    const call = await calls(stage)
    await agent.hears('UN RESERVED', 'VN POST ALERTING')
    await hangsUp(stage, call)
    await agent.hears('VN DELETE ALERTING (1001 DROPPED, 5550100 DROPPED)', 'UN READY')
    expect(await shown(stage, call)).toBe('ABANDONED 1001')
    await expect(answers(agent, call)).rejects.toThrow('404')
  }))

it('a call of a queue interrupts as every call does, and does not come during a chat', () =>
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
  }))

it('the time-out of the queue ends a call that nobody answers', () =>
  onStage(async (stage) => {
    const call = await calls(stage)
    await stage.passes(600)
    expect(await shown(stage, call)).toBe('TIMED_OUT nobody')
    await stage.agent.signsInToVoice()
  }))
