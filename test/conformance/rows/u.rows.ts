/** `user 5.2`, the agent state: U2-U30; pending states (5.5) and supervisors (5.7). */
import { expect } from 'vitest'
import { holds } from './registry.ts'
import { type Agent, onStage, type Stage } from './stage.ts'
import { asks, hangsUp, legs, onCall, talks, wrapsUp } from './voice.ts'

const NO = 'EN user 22 CF_INVALID_OBJECT_STATE'

/** The state that agent 1001 asks for. */
const state = ({ client }: Agent, name: string, requestId?: string, reason?: string) =>
  client.putUser(
    `<state>${name}</state>${reason === undefined ? '' : `<reasonCodeId>${reason}</reasonCodeId>`}`,
    requestId,
  )

const signIn = ({ client }: Agent, requestId?: string) =>
  client.putUser('<state>LOGIN</state><extension>1001</extension>', requestId)

/** A supervisor asks for a state of agent 1001. The answer must be 202. */
async function supervisor({ on }: Stage, name: string, requestId?: string): Promise<void> {
  const { status } = await on.restOnly('1234').put('User/1001', `<User><state>${name}</state></User>`, requestId)
  expect(status).toBe(202)
}

export function uRows(): void {
  holds(['U2', 'U3', 'U5', 'U6', 'U8', 'U4'], 'sign-in, reasons, READY and NOT_READY, sign-out', () =>
    onStage(async (stage) => {
      const { agent } = stage
      await signIn(agent, 'in-1')
      await agent.hears('UN NOT_READY #in-1')
      for (const [name, reason] of [
        ['NOT_READY', '16'],
        ['NOT_READY', '17'],
        ['READY'],
        ['NOT_READY', '16'],
      ] as const) {
        await stage.passes(1)
        await state(agent, name, 'r-1', reason)
        await agent.hears(`UN ${name} #r-1`)
        await agent.get('User/1001')
      }
      await stage.passes(1)
      await state(agent, 'LOGOUT', 'out-1', '18')
      await agent.hears('UN LOGOUT #out-1')
      await agent.get('User/1001')
    }),
  )

  holds(['ruling 33', 'U4'], 'a sign-out from another state than NOT_READY is refused', () =>
    onCall(
      async (stage, call) => {
        const { agent } = stage
        const refused = async () => {
          await state(agent, 'LOGOUT', 'out-1')
          await agent.hears(`${NO} #out-1`)
        }
        await refused() // TALKING
        await asks(agent, call, 'HOLD')
        await agent.drains()
        await refused()
        await hangsUp(stage, call)
        await agent.drains()
        await refused() // WORK_READY
        await state(agent, 'READY')
        await agent.drains()
        await refused()
        const second = await stage.calls('1001')
        await agent.drains()
        await refused() // RESERVED
        await hangsUp(stage, second)
        await agent.drains()
      },
      { directory: wrapsUp() },
    ),
  )

  for (const [before, asked, after] of [
    ['READY', '', 'READY'],
    ['NOT_READY', '', 'NOT_READY'],
    ['READY', 'NOT_READY', 'NOT_READY'],
    ['NOT_READY', 'READY', 'READY'],
    ['READY', 'READY', 'READY'],
    ['NOT_READY', 'NOT_READY', 'NOT_READY'],
  ] as const)
    holds(
      [after === 'READY' ? 'U22' : 'U23', 'user 5.5'],
      `${before} before the call${asked && `, ${asked} asked for during it`}: ${after} afterwards`,
      () =>
        onStage(async (stage) => {
          const { agent } = stage
          await agent.signsInToVoice(before)
          const call = await talks({ agent, calls: (user) => stage.calls(user) })
          if (asked !== '') {
            await state(agent, asked, 'p-1', asked === 'READY' ? undefined : '17')
            await agent.hears(`UN TALKING -> ${asked} #p-1`)
            await agent.get('User/1001')
          }
          await asks(agent, call, 'DROP')
          await agent.hears(legs('DROPPED', 'ACTIVE'), 'VN PUT DROPPED', 'VN DELETE DROPPED', `UN ${after}`)
          await agent.get('User/1001')
        }),
    )

  holds(['user 5.5', 'U21', 'U23'], 'the last one asked for counts, also on hold', () =>
    onCall(async (stage, call) => {
      const { agent } = stage
      await state(agent, 'NOT_READY', 'p-1', '16')
      await agent.hears('UN TALKING -> NOT_READY #p-1')
      await state(agent, 'READY', 'p-2')
      await agent.hears('UN TALKING -> READY #p-2')
      await asks(agent, call, 'HOLD')
      await agent.hears('UN HOLD -> READY', legs('HELD', 'ACTIVE'))
      await state(agent, 'NOT_READY', 'p-3', '17')
      await agent.hears('UN HOLD -> NOT_READY #p-3')
      await hangsUp(stage, call)
      await agent.hears(legs('HELD', 'DROPPED'), 'VN PUT DROPPED', 'VN DELETE DROPPED', 'UN NOT_READY')
      await agent.get('User/1001')
    }),
  )

  holds(['user 5.5', 'U13'], 'asked for while a call rings: when the caller has given up', () =>
    onStage(async (stage) => {
      const { agent } = stage
      await agent.signsInToVoice()
      const call = await stage.calls('1001')
      await agent.drains()
      await state(agent, 'NOT_READY', 'p-1', '17')
      await agent.hears('UN RESERVED -> NOT_READY #p-1')
      await hangsUp(stage, call)
      await agent.hears('VN DELETE ALERTING (1001 DROPPED, 5550100 DROPPED)', 'UN NOT_READY')
    }),
  )

  holds(['ruling 32', 'U6', 'U9'], 'READY while a call rings: RESERVED, so that no queue sends another one', () =>
    onStage(async (stage) => {
      const { agent, on } = stage
      await agent.signsInToVoice('NOT_READY')
      const call = await stage.calls('1001')
      await agent.hears('VN POST ALERTING')
      await stage.passes(1)
      await state(agent, 'READY', 'r-1')
      await agent.hears('UN READY #r-1', 'UN RESERVED')
      await agent.get('User/1001')
      const { body } = await on.acd('POST', '/calls', { from: '5550100', queue: '8000' })
      await agent.hearsNothing()
      await hangsUp(stage, String(body.id))
      await hangsUp(stage, call)
      await agent.hears('VN DELETE ALERTING (1001 DROPPED, 5550100 DROPPED)', 'UN READY')
    }),
  )

  supervisorRows()
}

// ------------------------------------------------------------------------------------------------ supervisors

/** How agent 1001, who is READY, comes into a state with a call. */
const COMES: Readonly<Record<string, (stage: Stage) => Promise<string>>> = {
  RESERVED: (stage) => stage.calls('1001'),
  TALKING: (stage) => talks({ agent: stage.agent, calls: (user) => stage.calls(user) }),
  HOLD: async (stage) => {
    const call = await COMES.TALKING?.(stage)
    await asks(stage.agent, call ?? '', 'HOLD')
    return call ?? ''
  },
  WORK_READY: async (stage) => {
    const call = await COMES.TALKING?.(stage)
    await hangsUp(stage, call ?? '')
    return call ?? ''
  },
  WORK: async (stage) => {
    const call = await COMES.TALKING?.(stage)
    await state(stage.agent, 'NOT_READY')
    await hangsUp(stage, call ?? '')
    return call ?? ''
  },
}

/** A READY agent comes into this state. Everything is read. */
const inState = (name: string, test: (stage: Stage, call: string) => Promise<void>) =>
  onStage(
    async (stage) => {
      await stage.agent.signsInToVoice()
      const call = (await COMES[name]?.(stage)) ?? ''
      await stage.agent.drains()
      expect(await stage.agent.voice()).toBe(name)
      await test(stage, call)
    },
    { directory: wrapsUp() },
  )

const GONE = 'UN LOGOUT (999)'
const UNANSWERED = 'VN DELETE ALERTING (1001 DROPPED, 5550100 INITIATED)'

function supervisorRows(): void {
  holds(['user 5.7', 'U8', 'U6'], 'a supervisor makes a READY agent NOT_READY with 999, and READY again', () =>
    onStage(async (stage) => {
      const { agent } = stage
      await agent.signsInToVoice()
      await supervisor(stage, 'NOT_READY', 's-1')
      await agent.hears('UN NOT_READY (999) #s-1')
      await agent.get('User/1001')
      await supervisor(stage, 'NOT_READY', 's-2')
      await agent.hears(`${NO} #s-2`)
      await supervisor(stage, 'READY', 's-3')
      await agent.hears('UN READY #s-3')
      await supervisor(stage, 'LOGOUT', 's-4')
      await agent.hears(`${GONE} #s-4`)
      await agent.get('User/1001')
    }),
  )

  for (const name of ['RESERVED', 'TALKING', 'HOLD'])
    holds(['user 5.7'], `NOT_READY by a supervisor is refused in ${name}`, () =>
      inState(name, async (stage, call) => {
        await supervisor(stage, 'NOT_READY', 's-1')
        await stage.agent.hears(`${NO} #s-1`)
        await hangsUp(stage, call)
        await stage.agent.drains()
      }),
    )

  for (const name of ['WORK', 'WORK_READY'])
    for (const asked of ['NOT_READY', 'LOGOUT'])
      holds(
        ['user 5.7', ...(asked === 'LOGOUT' ? [] : [name === 'WORK' ? 'U28' : 'U30'])],
        `${asked} by a supervisor ends ${name} at once`,
        () =>
          inState(name, async (stage) => {
            await supervisor(stage, asked, 's-1')
            const [first, second] = ['VN DELETE DROPPED', `UN ${asked} (999)`]
            await stage.agent.hears(...(asked === 'LOGOUT' ? [`${second} #s-1`, first] : [first, second]))
            await stage.passes(3600)
          }),
      )

  holds(['user 5.7'], 'a sign-out by a supervisor while a call rings takes the call away', () =>
    inState('RESERVED', async (stage) => {
      await supervisor(stage, 'LOGOUT', 's-1')
      await stage.agent.hears(`${GONE} #s-1`, UNANSWERED)
    }),
  )

  for (const name of ['TALKING', 'HOLD'])
    holds(
      ['user 5.7', 'user 5.5', 'V5', 'V7'],
      `a sign-out by a supervisor in ${name}: after the call, without wrap-up`,
      () =>
        inState(name, async (stage, call) => {
          const { agent } = stage
          await supervisor(stage, 'LOGOUT', 's-1')
          await agent.hears(`UN ${name} -> LOGOUT #s-1`)
          await agent.get('User/1001')
          await hangsUp(stage, call)
          const leg = name === 'HOLD' ? 'HELD' : 'ACTIVE'
          await agent.hears(legs(leg, 'DROPPED'), 'VN PUT DROPPED', 'VN DELETE DROPPED', GONE)
        }),
    )

  holds(['user 5.7', 'A22'], 'the media of the agent follow when the call is over', () =>
    inState('TALKING', async (stage, call) => {
      const { agent } = stage
      await agent.signsIn('5001', { ready: false })
      await supervisor(stage, 'LOGOUT')
      await agent.hears('UN TALKING -> LOGOUT')
      expect(await agent.sees('5001')).toBe('NOT_READY routable')
      await hangsUp(stage, call)
      const heard = await agent.drains()
      expect(heard.slice(-2)).toEqual([GONE, 'MN 5001 LOGOUT routable'])
    }),
  )
}
