/** What the tests of rows about calls share. Agent 1001 gets them. */
import { expect } from 'vitest'
import { type Agent, directoryWith, onStage, type Stage } from './stage.ts'

export const EXTENSION = '<targetMediaAddress>1001</targetMediaAddress>'

/** Seconds that agent 1001 has for the wrap-up. */
export const WRAP_UP_SECONDS = 40

/** The call with a leg that is not ACTIVE: that of the agent or of the caller. */
export const legs = (agent: string, caller: string) => `VN PUT ACTIVE (1001 ${agent}, 5550100 ${caller})`

/** An action on a call by agent 1001. */
export const asks = (agent: Agent, call: string, action: string, requestId?: string) =>
  agent.acts(call, action, requestId, EXTENSION)

/** Agent 1001 is READY and talks. Everything is read. */
export async function talks({
  agent,
  calls,
}: {
  readonly agent: Agent
  readonly calls: Stage['calls']
}): Promise<string> {
  const call = await calls('1001')
  await asks(agent, call, 'ANSWER')
  await agent.drains()
  return call
}

/** Agent 1001 wraps up after each call as this says. */
export const wrapsUp = (wrapUpOnIncoming: WrapUpOnIncoming = 'REQUIRED') =>
  directoryWith([
    'extensions: ["1001"]\n',
    `extensions: ["1001"]\n    settings: { wrapUpOnIncoming: ${wrapUpOnIncoming}, wrapUpSeconds: ${WRAP_UP_SECONDS} }\n`,
  ])

/** The settings of `user 3.1`. */
export type WrapUpOnIncoming = 'REQUIRED' | 'OPTIONAL' | 'NOT_ALLOWED' | 'REQUIRED_WITH_WRAP_UP_DATA'

export const onCall = (
  test: (stage: Stage, call: string) => Promise<void>,
  options: Parameters<typeof onStage>[1] = {},
) =>
  onStage(async (stage) => {
    await stage.agent.signsInToVoice()
    await test(stage, await talks({ agent: stage.agent, calls: (user) => stage.calls(user) }))
  }, options)

export const E3 = (action: string, id: string) => `EN call 4047 INVALID_ACTION ${action} on extension 1001 #${id}`

/** The caller of the call hangs up. */
export async function hangsUp({ on }: Stage, call: string): Promise<void> {
  expect((await on.acd('POST', `/calls/${call}`, { action: 'HANGUP' })).status).toBe(200)
}
