/** `dialog 6.3`: calls on hold, V40-V45. */
import { expect } from 'vitest'
import type { LoadedDirectory } from '../../../src/directory/index.ts'
import { holds } from './registry.ts'
import { type Agent, CHAT, directoryWith, EMAIL, onStage, type Stage } from './stage.ts'

const EXTENSION = '<targetMediaAddress>1001</targetMediaAddress>'

/** The call with a leg that is not ACTIVE: that of the agent or of the caller. */
const legs = (agent: string, caller: string) => `VN PUT ACTIVE (1001 ${agent}, 5550100 ${caller})`

/** An action on a call by agent 1001. */
const asks = (agent: Agent, call: string, action: string, requestId?: string) =>
  agent.acts(call, action, requestId, EXTENSION)

/** Agent 1001 is READY and talks. Everything is read. */
async function talks({ agent, calls }: { readonly agent: Agent; readonly calls: Stage['calls'] }): Promise<string> {
  const call = await calls('1001')
  await asks(agent, call, 'ANSWER')
  await agent.drains()
  return call
}

/** Agent 1001 has to wrap up after each call. */
function wrapsUp(): LoadedDirectory {
  const { directory, ...more } = directoryWith()
  const users = directory.users.map((user) =>
    user.id === '1001' ? { ...user, settings: { ...user.settings, wrapUpOnIncoming: 'REQUIRED' as const } } : user,
  )
  return { ...more, directory: { ...directory, users } }
}

const onCall = (test: (stage: Stage, call: string) => Promise<void>, options: Parameters<typeof onStage>[1] = {}) =>
  onStage(async (stage) => {
    await stage.agent.signsInToVoice()
    await test(stage, await talks({ agent: stage.agent, calls: (user) => stage.calls(user) }))
  }, options)

const E3 = (action: string, id: string) => `EN call 4047 INVALID_ACTION ${action} on extension 1001 #${id}`

export function vRows(): void {
  holds(['V40', 'V42'], 'HOLD, then RETRIEVE: first the user, then the call, with the id of the request', () =>
    onCall(async (stage, call) => {
      const { agent } = stage
      await stage.passes(1)
      await asks(agent, call, 'HOLD', 'hold-1')
      await agent.hears('UN HOLD', `${legs('HELD', 'ACTIVE')} #hold-1`)
      expect(await agent.dialog(call)).toBe('ACTIVE')
      await stage.passes(1)
      await asks(agent, call, 'RETRIEVE', 'retrieve-1')
      await agent.hears('UN TALKING', 'VN PUT ACTIVE #retrieve-1')
      expect(await agent.dialog(call)).toBe('ACTIVE')
    }),
  )

  holds(['V43'], 'DROP while held, without wrap-up', () =>
    onCall(async ({ agent }, call) => {
      await asks(agent, call, 'HOLD')
      await agent.drains()
      await asks(agent, call, 'DROP', 'drop-1')
      await agent.hears(`${legs('DROPPED', 'ACTIVE')} #drop-1`, 'VN PUT DROPPED', 'VN DELETE DROPPED', 'UN READY')
    }),
  )

  holds(['V43'], 'the caller hangs up while held', () =>
    onCall(async (stage, call) => {
      const { agent } = stage
      await asks(agent, call, 'HOLD')
      await agent.drains()
      expect((await stage.on.acd('POST', `/calls/${call}`, { action: 'HANGUP' })).status).toBe(200)
      await agent.hears(legs('HELD', 'DROPPED'), 'VN PUT DROPPED', 'VN DELETE DROPPED', 'UN READY')
    }),
  )

  for (const action of ['HOLD', 'RETRIEVE', 'ANSWER'])
    holds(['V44'], `${action} in a state that does not allow it is E3`, () =>
      onCall(async ({ agent }, call) => {
        if (action === 'HOLD') {
          await asks(agent, call, 'HOLD')
          await agent.drains()
        }
        await asks(agent, call, action, 'no-1')
        await agent.hears(E3(action, 'no-1'))
      }),
    )

  holds(['V44'], 'HOLD and DROP while it rings are E3', () =>
    onStage(async (stage) => {
      const { agent } = stage
      await agent.signsInToVoice('NOT_READY')
      const call = await stage.calls('1001')
      await agent.drains()
      await asks(agent, call, 'HOLD', 'no-1')
      await asks(agent, call, 'DROP', 'no-2')
      await agent.hears(E3('HOLD', 'no-1'), E3('DROP', 'no-2'))
    }),
  )

  holds(['V45', 'dialog 6.3'], 'a second call: ANSWER and RETRIEVE put the active one on hold first', () =>
    onCall(async (stage, first) => {
      const { agent } = stage
      const second = await stage.calls('1001')
      await agent.hears('VN POST ALERTING')
      await asks(agent, second, 'ANSWER', 'answer-2')
      await agent.hears('UN HOLD', legs('HELD', 'ACTIVE'), 'UN TALKING', 'VN PUT ACTIVE #answer-2')
      await asks(agent, first, 'RETRIEVE', 'back-1')
      await agent.hears('UN HOLD', legs('HELD', 'ACTIVE'), 'UN TALKING', 'VN PUT ACTIVE #back-1')
      await asks(agent, first, 'HOLD')
      await agent.hears('UN HOLD', legs('HELD', 'ACTIVE'))
      // Nobody talks now, so nothing has to be put on hold.
      await asks(agent, second, 'RETRIEVE')
      await agent.hears('UN TALKING', 'VN PUT ACTIVE')
      await asks(agent, second, 'DROP')
      await agent.hears(legs('DROPPED', 'ACTIVE'), 'VN PUT DROPPED', 'VN DELETE DROPPED', 'UN HOLD')
      await asks(agent, first, 'DROP')
      await agent.hears(legs('DROPPED', 'ACTIVE'), 'VN PUT DROPPED', 'VN DELETE DROPPED', 'UN READY')
    }),
  )

  holds(['V40', 'V43'], 'a call on hold goes on interrupting, until it is dropped (ruling 8)', () =>
    onStage(async (stage) => {
      const { agent } = stage
      await agent.signsInToVoice()
      await agent.signsIn(EMAIL)
      await agent.signsIn(CHAT)
      await agent.has(EMAIL, 'ACTIVE')
      const call = await talks({ agent, calls: (user) => stage.calls(user) })
      expect(await agent.sees(EMAIL)).toBe('INTERRUPTED routable')
      await asks(agent, call, 'HOLD')
      await agent.hears('UN HOLD', legs('HELD', 'ACTIVE'))
      expect(await agent.sees(EMAIL)).toBe('INTERRUPTED routable')
      await asks(agent, call, 'DROP')
      await agent.drains()
      expect(await agent.sees(EMAIL)).toBe('ACTIVE routable')
    }),
  )

  holds(['V43'], 'DROP while held, with wrap-up', () =>
    onCall(
      async (stage, call) => {
        const { agent } = stage
        await asks(agent, call, 'HOLD')
        await agent.drains()
        await asks(agent, call, 'DROP')
        await agent.hears('UN WORK_READY', legs('WRAP_UP', 'ACTIVE'), legs('WRAP_UP', 'DROPPED'))
        await agent.client.putUser('<state>READY</state>')
        await agent.hears('VN DELETE DROPPED', 'UN READY')
      },
      { directory: wrapsUp() },
    ),
  )
}
