/** `user 5.6`: wrap-up with its four settings, its states and its ends. */
import { expect } from 'vitest'
import { holds } from './registry.ts'
import { type Agent, onStage, type Stage } from './stage.ts'
import { asks, hangsUp, legs, onCall, talks, WRAP_UP_SECONDS, wrapsUp } from './voice.ts'

const NEEDS_REASON = 'EN user 280 CF_WRAPUP_DATA_REQUIRED'

const state = ({ client }: Agent, name: string, requestId?: string) =>
  client.putUser(`<state>${name}</state>`, requestId)

/** Sets the wrap-up reason of the call, and reads the notification. */
async function givesReason(
  { agent, story }: Stage,
  call: string,
  wrapUpReason: string,
  told = legs('WRAP_UP', 'DROPPED'),
): Promise<void> {
  story.callHas(call, { wrapUpReason })
  const body =
    '<Dialog><requestedAction>UPDATE_CALL_DATA</requestedAction>' +
    `<mediaProperties><wrapUpReason>${wrapUpReason}</wrapUpReason></mediaProperties></Dialog>`
  expect((await agent.client.put(`Dialog/${call}`, body, 'reason')).status).toBe(202)
  await agent.hears(`${told} #reason`)
}

/** Agent 1001 has dropped a call that came in this state, after this request. Everything is read. */
const wrapping = (
  before: 'READY' | 'NOT_READY',
  asked: string,
  test: (stage: Stage, call: string) => Promise<void>,
  mode: Parameters<typeof wrapsUp>[0] = 'REQUIRED',
) =>
  onStage(
    async (stage) => {
      const { agent } = stage
      await agent.signsInToVoice(before)
      const call = await talks({ agent, calls: (user) => stage.calls(user) })
      if (asked !== '') await state(agent, asked)
      await hangsUp(stage, call)
      await agent.drains()
      await test(stage, call)
    },
    { directory: wrapsUp(mode) },
  )

const OVER = 'VN DELETE DROPPED'

/** How the state of wrap-up follows, and the rows of its two ends: chosen and by time. */
const WRAP_UPS = [
  { before: 'READY', asked: '', work: 'WORK_READY', row: 'U25' },
  { before: 'NOT_READY', asked: '', work: 'WORK', row: 'U24' },
  { before: 'READY', asked: 'NOT_READY', work: 'WORK', row: 'U24' },
  { before: 'NOT_READY', asked: 'READY', work: 'WORK_READY', row: 'U25' },
] as const

const CHOSEN = { WORK: { READY: 'U27', NOT_READY: 'U28' }, WORK_READY: { READY: 'U29', NOT_READY: 'U30' } } as const

export function wrapUpRows(): void {
  for (const { before, asked, work, row } of WRAP_UPS) {
    const next = work === 'WORK' ? 'NOT_READY' : 'READY'
    const title = `${before} before the call${asked && `, ${asked} asked for during it`}`
    holds([row, CHOSEN[work][next], 'user 5.6', 'V8'], `${title}: ${work}, and ${next} when the time is over`, () =>
      wrapping(before, asked, async (stage) => {
        expect(await stage.agent.voice()).toBe(work)
        await stage.agent.get('User/1001')
        await stage.passes(WRAP_UP_SECONDS)
        await stage.agent.hears(OVER, `UN ${next}`)
        await stage.agent.get('User/1001')
      }),
    )
    for (const chosen of ['READY', 'NOT_READY'] as const)
      holds([CHOSEN[work][chosen], 'user 5.6', 'V8'], `${title}: ${chosen} that is chosen then wins, at once`, () =>
        wrapping(before, asked, async (stage) => {
          await state(stage.agent, chosen)
          await stage.agent.hears(OVER, `UN ${chosen}`)
          await stage.passes(3600)
        }),
      )
  }

  for (const mode of ['OPTIONAL', 'NOT_ALLOWED'] as const)
    holds(['user 5.6', 'V5'], `${mode}: no wrap-up`, () =>
      onCall(
        async (stage, call) => {
          await asks(stage.agent, call, 'DROP')
          await stage.agent.hears(legs('DROPPED', 'ACTIVE'), 'VN PUT DROPPED', OVER, 'UN READY')
        },
        { directory: wrapsUp(mode) },
      ),
    )

  holds(['user 5.6', 'V101', 'U29'], 'REQUIRED_WITH_WRAP_UP_DATA: code 280 until the call has a wrap-up reason', () =>
    wrapping(
      'READY',
      '',
      async (stage, call) => {
        const { agent } = stage
        for (const name of ['READY', 'NOT_READY']) {
          await state(agent, name, 'no-1')
          await agent.hears(`${NEEDS_REASON} #no-1`)
        }
        await givesReason(stage, call, '')
        await state(agent, 'READY', 'no-2')
        await agent.hears(`${NEEDS_REASON} #no-2`)
        await agent.get('User/1001')
        await givesReason(stage, call, 'Sold')
        await state(agent, 'READY', 'yes')
        await agent.hears(OVER, 'UN READY')
      },
      'REQUIRED_WITH_WRAP_UP_DATA',
    ),
  )

  holds(['user 5.6', 'U28'], 'REQUIRED_WITH_WRAP_UP_DATA: the time ends it without a reason', () =>
    wrapping(
      'NOT_READY',
      '',
      async (stage) => {
        await state(stage.agent, 'READY', 'no-1')
        await stage.agent.hears(`${NEEDS_REASON} #no-1`)
        await stage.passes(WRAP_UP_SECONDS)
        await stage.agent.hears(OVER, 'UN NOT_READY')
      },
      'REQUIRED_WITH_WRAP_UP_DATA',
    ),
  )

  holds(['user 5.6', 'user 5.7'], 'REQUIRED_WITH_WRAP_UP_DATA: a supervisor ends it without a reason', () =>
    wrapping(
      'READY',
      '',
      async (stage) => {
        const { on, agent } = stage
        const body = '<User><state>READY</state></User>'
        expect((await on.restOnly('1234').put('User/1001', body)).status).toBe(202)
        await agent.hears(OVER, 'UN READY')
      },
      'REQUIRED_WITH_WRAP_UP_DATA',
    ),
  )

  holds(['user 5.6', 'V100'], 'REQUIRED_WITH_WRAP_UP_DATA: a reason that was given while talking is enough', () =>
    onCall(
      async (stage, call) => {
        const { agent } = stage
        await givesReason(stage, call, 'Sold', 'VN PUT ACTIVE')
        await hangsUp(stage, call)
        await agent.drains()
        await state(agent, 'NOT_READY')
        await agent.hears(OVER, 'UN NOT_READY')
      },
      { directory: wrapsUp('REQUIRED_WITH_WRAP_UP_DATA') },
    ),
  )

  holds(['user 5.6'], 'REQUIRED_WITH_WRAP_UP_DATA through a queue', () =>
    onStage(
      async (stage) => {
        const { agent, on } = stage
        await agent.signsInToVoice()
        const { body } = await on.acd('POST', '/calls', { from: '5550100', queue: '8000' })
        const call = String(body.id)
        await asks(agent, call, 'ANSWER')
        await hangsUp(stage, call)
        await agent.drains()
        await state(agent, 'READY', 'no-1')
        await agent.hears(`${NEEDS_REASON} #no-1`)
        await givesReason(stage, call, 'Sold')
        await state(agent, 'NOT_READY')
        await agent.hears(OVER, 'UN NOT_READY')
      },
      { directory: wrapsUp('REQUIRED_WITH_WRAP_UP_DATA') },
    ),
  )

  holds(['user 5.6'], 'a state that only calls lead to cannot be asked for', () =>
    onStage(async ({ agent }) => {
      await agent.signsInToVoice()
      for (const name of ['WORK', 'WORK_READY']) {
        await state(agent, name, 'no-1')
        await agent.hears('EN user 22 CF_INVALID_OBJECT_STATE #no-1')
      }
      expect((await agent.client.put('User/1001', '<User><state>TALKING</state></User>')).status).toBe(400)
    }),
  )
}
