/** Mobile agents: `user 7`, with the reasons 50040 to 50042. */
import { expect } from 'vitest'
import { holds } from './registry.ts'
import { type Agent, onStage, type Stage } from './stage.ts'

const PHONE = '5550199'

/** Agent 1006, who may be mobile, signs in at a telephone. */
async function signsIn(stage: Stage, mode: 'NAILED_CONNECTION' | 'CALL_BY_CALL', agent?: Agent): Promise<Agent> {
  const mobile = agent ?? (await stage.another('1006'))
  const data = `<mobileAgent><mode>${mode}</mode><dialNumber>${PHONE}</dialNumber></mobileAgent>`
  await mobile.client.putUser(`<state>LOGIN</state><extension>1006</extension>${data}`)
  await mobile.hears('UN NOT_READY')
  return mobile
}

const phoneIs = async ({ on }: Stage, behaviour: object): Promise<void> => {
  expect((await on.acd('POST', '/network', { numbers: { [PHONE]: behaviour } })).status).toBe(200)
}

/** The open calls of the telephone system: from, to and state. */
async function lines({ on }: Stage): Promise<readonly string[]> {
  const { body } = await on.acd('GET', '/calls')
  return Object.values(body).map((each) => {
    const { from, to, state } = Object(each)
    return `${from} ${to} ${state}`
  })
}

export function mobileRows(): void {
  holds(['user 7', 'U4'], 'NAILED_CONNECTION: a call of its own, which has to be answered before READY', () =>
    onStage(async (stage) => {
      const agent = await signsIn(stage, 'NAILED_CONNECTION')
      expect(await lines(stage)).toEqual([`1006 ${PHONE} ALERTING`])
      await agent.client.putUser('<state>READY</state>', 'early')
      await agent.hears('EN user 22 CF_INVALID_OBJECT_STATE #early')
      await stage.passes(6)
      expect(await lines(stage)).toEqual([`1006 ${PHONE} ACTIVE`])
      await agent.client.putUser('<state>READY</state>')
      await agent.hears('UN READY')
      // It is no dialog of the agent, and calls go on beside it.
      expect((await agent.client.get('User/1006/Dialogs')).body).toContain('<Dialogs/>')
      const call = await stage.calls('1006')
      await agent.hears('UN RESERVED', 'VN POST ALERTING')
      await agent.acts(call, 'ANSWER', '', '<targetMediaAddress>1006</targetMediaAddress>')
      await agent.hears('UN TALKING', 'VN PUT ACTIVE')
      await agent.acts(call, 'DROP', '', '<targetMediaAddress>1006</targetMediaAddress>')
      await agent.drains()
      expect(await lines(stage)).toEqual([`1006 ${PHONE} ACTIVE`])
      // A repeated sign-in keeps it, and a sign-out ends it.
      await signsInAgain(agent)
      expect(await lines(stage)).toHaveLength(1)
      await agent.client.putUser('<state>NOT_READY</state>')
      await agent.client.putUser('<state>LOGOUT</state>')
      await agent.hears('UN NOT_READY', 'UN LOGOUT')
      expect(await lines(stage)).toEqual([])
    }),
  )

  holds(
    ['user 7'],
    'NAILED_CONNECTION: the telephone is busy or does not answer, and the agent is signed out with 50040',
    () =>
      onStage(async (stage) => {
        await phoneIs(stage, { outcome: 'busy' })
        const agent = await signsIn(stage, 'NAILED_CONNECTION')
        await agent.hears('UN LOGOUT (50040)')
        await phoneIs(stage, { outcome: 'no-answer' })
        await stage.passes(60)
        await signsIn(stage, 'NAILED_CONNECTION', agent)
        await stage.passes(181)
        await agent.hears('UN LOGOUT (50040)')
        await stage.passes(60)
        expect(await lines(stage)).toEqual([])
      }),
  )

  holds(['user 7'], 'NAILED_CONNECTION: the line is dropped, and the agent is signed out with 50042', () =>
    onStage(async (stage) => {
      await phoneIs(stage, { outcome: 'answer', ringSeconds: 2, talkSeconds: 30 })
      const agent = await signsIn(stage, 'NAILED_CONNECTION')
      await stage.passes(3)
      await agent.client.putUser('<state>READY</state>')
      await agent.hears('UN READY')
      await stage.passes(30)
      await agent.hears('UN LOGOUT (50042)')
      expect(await lines(stage)).toEqual([])
    }),
  )

  holds(['user 7', 'V10'], 'CALL_BY_CALL: the telephone is busy, so the call is not answered, with 50041', () =>
    onStage(async (stage) => {
      const agent = await signsIn(stage, 'CALL_BY_CALL')
      expect(await lines(stage)).toEqual([])
      await agent.client.putUser('<state>READY</state>')
      await agent.hears('UN READY')
      await phoneIs(stage, { outcome: 'busy' })
      await stage.calls('1006')
      await agent.hears(
        'UN RESERVED',
        'VN POST ALERTING',
        'VN DELETE ALERTING (1006 DROPPED, 5550100 INITIATED)',
        'UN NOT_READY (50041)',
      )
      await phoneIs(stage, { outcome: 'answer', ringSeconds: 2, talkSeconds: null })
      await agent.client.putUser('<state>READY</state>')
      await agent.hears('UN READY')
      const call = await stage.calls('1006')
      await agent.hears('UN RESERVED', 'VN POST ALERTING')
      await agent.acts(call, 'ANSWER', '', '<targetMediaAddress>1006</targetMediaAddress>')
      await agent.hears('UN TALKING', 'VN PUT ACTIVE')
      await agent.acts(call, 'DROP', '', '<targetMediaAddress>1006</targetMediaAddress>')
      await agent.drains()
    }),
  )
}

async function signsInAgain(agent: Agent): Promise<void> {
  await agent.client.putUser('<state>LOGIN</state><extension>1006</extension>')
  await agent.drains()
}
