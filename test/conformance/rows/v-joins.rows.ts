/** `dialog 6.4` to 6.7: calls that are joined by a transfer or a conference, V55-V67, V80-V88. */
import { expect } from 'vitest'
import { holds } from './registry.ts'
import { type Agent, onStage, type Stage } from './stage.ts'

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
}
