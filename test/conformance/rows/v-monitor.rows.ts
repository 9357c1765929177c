/** `dialog 6.8`: supervisors who listen to agents, and who barge in, V90-V95. */
import { expect } from 'vitest'
import type { RestAnswer } from '../finesse-client.ts'
import { holds } from './registry.ts'
import { type Agent, directoryWith, EMAIL, onStage, type Stage, withSettings } from './stage.ts'
import { asks, hangsUp, legs, talks, wrapsUp } from './voice.ts'

const SUPERVISOR = '1234'
const EXTENSION = '1001001'

interface Watch {
  readonly stage: Stage
  readonly agent: Agent
  readonly boss: Agent
  /** The call on which the agent talks. */
  readonly call: string
}

/** A request of the supervisor for a new call. */
const posts = (boss: Agent, action: string, more = '', requestId?: string, to = '1001'): Promise<RestAnswer> =>
  boss.client.post(
    `User/${SUPERVISOR}/Dialogs`,
    `<Dialog><requestedAction>${action}</requestedAction><fromAddress>${EXTENSION}</fromAddress>` +
      `<toAddress>${to}</toAddress>${more}</Dialog>`,
    requestId,
  )

async function listens(boss: Agent, requestId?: string, to?: string): Promise<void> {
  expect((await posts(boss, 'SILENT_MONITOR', '', requestId, to)).status).toBe(202)
}

const barges = (boss: Agent, monitor: string, requestId?: string): Promise<RestAnswer> =>
  posts(boss, 'BARGE_CALL', `<associatedDialogUri>/finesse/api/Dialog/${monitor}</associatedDialogUri>`, requestId)

const drops = (boss: Agent, call: string, requestId?: string, target = EXTENSION, action = 'DROP') =>
  boss.acts(call, action, requestId, `<targetMediaAddress>${target}</targetMediaAddress>`)

/** The newest dialog of the supervisor, by GET. */
async function newest(boss: Agent): Promise<string> {
  const { body } = await boss.client.get(`User/${SUPERVISOR}/Dialogs`)
  return [...body.matchAll(/<id>(\d+)<\/id>/g)].at(-1)?.[1] ?? ''
}

/** A refusal at once: status, type, data. */
const refusal = ({ status, value }: RestAnswer) => [status, value('ErrorType'), value('ErrorData')].join(' ')

async function signsIn(stage: Stage): Promise<Agent> {
  const boss = await stage.another(SUPERVISOR)
  await boss.client.putUser(`<state>LOGIN</state><extension>${EXTENSION}</extension>`)
  await boss.hears('UN NOT_READY')
  return boss
}

/** Agent 1001 talks with a customer, and a supervisor is NOT_READY. Everything is read. */
const onWatch = (test: (watch: Watch) => Promise<void>, options: Parameters<typeof onStage>[1] = {}) =>
  onStage(async (stage) => {
    const { agent } = stage
    await agent.signsInToVoice()
    const boss = await signsIn(stage)
    const call = await talks({ agent, calls: (user) => stage.calls(user) })
    await test({ stage, agent, boss, call })
  }, options)

/** The supervisor listens. Everything is read. */
const onMonitor = (
  test: (watch: Watch & { readonly monitor: string }) => Promise<void>,
  options: Parameters<typeof onStage>[1] = {},
) =>
  onWatch(async (watch) => {
    await listens(watch.boss)
    await watch.boss.drains()
    await watch.agent.drains()
    await test({ ...watch, monitor: await newest(watch.boss) })
  }, options)

const ENDS = [`VN PUT ACTIVE (${EXTENSION} ACTIVE, 1001 DROPPED)`, 'VN PUT DROPPED', 'VN DELETE DROPPED'] as const

export function monitorRows(): void {
  holds(['V90', 'V91', 'dialog 4.9'], 'a supervisor listens, and hangs up', () =>
    onWatch(async ({ stage, agent, boss, call }) => {
      await stage.passes(1)
      await listens(boss, 'monitor-1')
      await boss.hears('UN TALKING', 'VN POST ACTIVE #monitor-1')
      await agent.hears('VN POST ACTIVE')
      const monitor = await newest(boss)
      expect([await agent.voice(), await agent.dialog(call), await agent.dialog(monitor)]).toEqual([
        'TALKING',
        'ACTIVE',
        'ACTIVE',
      ])
      const { body } = await agent.client.get('User/1001/Dialogs')
      expect([...body.matchAll(/<callType>(\w+)/g)].map(([, type]) => type)).toEqual(['OTHER_IN', 'SUPERVISOR_MONITOR'])
      await stage.passes(1)
      await drops(boss, monitor, 'drop-1')
      await boss.hears(
        `VN PUT ACTIVE (${EXTENSION} DROPPED, 1001 ACTIVE) #drop-1`,
        'VN PUT DROPPED',
        'VN DELETE DROPPED',
        'UN NOT_READY',
      )
      await agent.hears(`VN PUT ACTIVE (${EXTENSION} DROPPED, 1001 ACTIVE)`, 'VN PUT DROPPED', 'VN DELETE DROPPED')
      expect([await agent.dialog(monitor), await agent.dialog(call)]).toEqual(['404', 'ACTIVE'])
    }),
  )

  holds(['V92'], 'the agent drops the call, and nobody listens any more', () =>
    onMonitor(async ({ agent, boss, call }) => {
      await asks(agent, call, 'DROP', 'drop-1')
      await agent.hears(
        'VN PUT ACTIVE (1001 DROPPED, 5550100 ACTIVE) #drop-1',
        'VN PUT DROPPED',
        'VN DELETE DROPPED',
        'UN READY',
        ...ENDS,
      )
      await boss.hears(...ENDS, 'UN NOT_READY')
    }),
  )

  holds(['V92'], 'the customer hangs up, or the agent is in wrap-up, and nobody listens any more', () =>
    onMonitor(
      async ({ stage, agent, boss, call }) => {
        await hangsUp(stage, call)
        await agent.hears(
          'VN PUT ACTIVE (1001 ACTIVE, 5550100 DROPPED)',
          'UN WORK_READY',
          legs('WRAP_UP', 'DROPPED'),
          ...ENDS,
        )
        await boss.hears(...ENDS, 'UN NOT_READY')
        await agent.client.putUser('<state>READY</state>')
        await agent.drains()
      },
      { directory: wrapsUp() },
    ),
  )

  holds(['V92', 'V63'], 'the agent transfers the call', () =>
    onMonitor(async ({ stage, agent, boss, call }) => {
      const second = String((await stage.on.acd('POST', '/calls', { from: '5550200', to: '1001' })).body.id)
      await asks(agent, second, 'ANSWER')
      await agent.drains()
      stage.story.callHas(call, { callType: 'TRANSFER', secondaryId: second })
      stage.story.callHas(second, { callType: 'TRANSFER' })
      await asks(agent, call, 'TRANSFER')
      await agent.hears(
        'VN DELETE DROPPED (1001 DROPPED OTHER, 5550200 DROPPED OTHER)',
        'VN DELETE ACTIVE (1001 DROPPED OTHER, 5550100 ACTIVE, 5550200 ACTIVE)',
        'UN READY',
        ...ENDS,
      )
      await boss.hears(...ENDS, 'UN NOT_READY')
    }),
  )

  holds(
    ['V92', 'V80'],
    'the agent holds the call, and joins it with another one in a conference: the supervisor listens on',
    () =>
      onMonitor(async ({ stage, agent, boss, call, monitor }) => {
        const second = String((await stage.on.acd('POST', '/calls', { from: '5550200', to: '1001' })).body.id)
        await asks(agent, second, 'ANSWER')
        await boss.hearsNothing()
        await asks(agent, second, 'HOLD')
        await asks(agent, call, 'RETRIEVE')
        await agent.drains()
        // The call to which the supervisor listens goes into the other one.
        stage.story.callHas(second, { callType: 'CONFERENCE', secondaryId: call })
        stage.story.callHas(call, { callType: 'CONFERENCE' })
        await asks(agent, second, 'CONFERENCE')
        await agent.drains()
        await boss.hearsNothing()
        expect(await boss.dialog(monitor)).toBe('ACTIVE')
        await asks(agent, second, 'DROP')
        await agent.drains()
        await boss.hears(...ENDS, 'UN NOT_READY')
      }),
  )

  holds(['V90', 'I1', 'I7'], 'that somebody listens interrupts nothing, and keeps no interrupt', () =>
    onStage(async (stage) => {
      const { agent } = stage
      await agent.signsIn(EMAIL)
      await agent.has(EMAIL, 'ACTIVE')
      await agent.signsInToVoice()
      const boss = await signsIn(stage)
      const call = await stage.calls('1001')
      await asks(agent, call, 'ANSWER')
      await agent.drains()
      await listens(boss)
      await agent.hears('VN POST ACTIVE')
      await boss.drains()
      await drops(boss, await newest(boss))
      await boss.drains()
      await agent.drains()
      expect(await agent.sees(EMAIL)).toBe('INTERRUPTED routable')
      await listens(boss)
      await boss.drains()
      await agent.hears('VN POST ACTIVE')
      await hangsUp(stage, call)
      await agent.hears(
        'VN PUT ACTIVE (1001 ACTIVE, 5550100 DROPPED)',
        'VN PUT DROPPED',
        `MN ${EMAIL} ACTIVE routable`,
        'VN DELETE DROPPED',
        'UN READY',
        ...ENDS,
      )
      await boss.drains()
    }),
  )

  holds(['V91'], 'the supervisor answers a call, and listens no more', () =>
    onMonitor(async ({ stage, agent, boss }) => {
      const second = String((await stage.on.acd('POST', '/calls', { from: '5550200', to: EXTENSION })).body.id)
      await boss.drains()
      await drops(boss, second, '', EXTENSION, 'ANSWER')
      expect(await boss.drains()).toEqual([...HANGS_UP, 'UN NOT_READY', 'UN TALKING', 'VN PUT ACTIVE'])
      await agent.hears(...HANGS_UP)
      await drops(boss, second)
      await boss.drains()
    }),
  )

  conflicts()
  bargeRows()
}

const HANGS_UP = [`VN PUT ACTIVE (${EXTENSION} DROPPED, 1001 ACTIVE)`, 'VN PUT DROPPED', 'VN DELETE DROPPED'] as const

/** What is refused, and how. */
function conflicts(): void {
  holds(['dialog 4.9'], 'whom nobody can listen to: the errors come later', () =>
    onWatch(async ({ agent, boss, call }) => {
      const fails = async (id: string, code: string, message: string, to?: string): Promise<void> => {
        await listens(boss, id, to)
        await boss.hears(`EN call ${code} ${message} #${id}`)
      }
      const INVALID = ['268', 'CF_AGENT_NOT_PARTY_ON_CALL'] as const
      await asks(agent, call, 'HOLD')
      await agent.drains()
      await fails('hold', '13145', 'The agent does not talk')
      await asks(agent, call, 'DROP')
      await agent.drains()
      await fails('ready', ...INVALID)
      await agent.client.putUser('<state>NOT_READY</state>')
      await agent.drains()
      await fails('not-ready', '13145', 'The agent does not talk')
      await fails('signed-out', ...INVALID, '1002')
    }),
  )

  holds(['dialog 4.9'], 'a supervisor who is on a call is refused at once; in READY later', () =>
    onMonitor(async ({ stage, boss, monitor }) => {
      expect(refusal(await posts(boss, 'SILENT_MONITOR'))).toBe('400 Invalid State fromAddress')
      await drops(boss, monitor)
      await boss.drains()
      await boss.client.putUser('<state>READY</state>')
      await boss.hears('UN READY')
      await listens(boss, 'ready')
      await boss.hears('EN call 21 CF_GENERIC_STATE_INCOMPATIBILITY #ready')
      await boss.client.putUser('<state>NOT_READY</state>')
      await boss.drains()
      await stage.agent.drains()
    }),
  )

  holds(['dialog 4.9'], 'one supervisor listens at a time, and nobody to a supervisor who listens', () =>
    onMonitor(
      async ({ stage, boss }) => {
        const second = await stage.another('1006')
        await second.client.putUser('<state>LOGIN</state><extension>1006</extension>')
        await second.hears('UN NOT_READY')
        const asks = (to: string) =>
          second.client.post(
            'User/1006/Dialogs',
            `<Dialog><requestedAction>SILENT_MONITOR</requestedAction><fromAddress>1006</fromAddress><toAddress>${to}</toAddress></Dialog>`,
            'second',
          )
        expect((await asks('1001')).status).toBe(202)
        await second.hears('EN call 34 CF_RESOURCE_OUT_OF_SERVICE #second')
        expect((await asks(EXTENSION)).status).toBe(202)
        await second.hears('EN call 268 CF_AGENT_NOT_PARTY_ON_CALL #second')
        await boss.hearsNothing()
      },
      {
        directory: directoryWith([
          'loginName: fsato\n',
          'loginName: fsato\n    roles: [Agent, Supervisor]\n    supervises: ["500", "2001"]\n',
        ]),
      },
    ),
  )

  holds(['dialog 4.9', 'dialog 4.10'], 'what is refused at once', () =>
    onMonitor(async ({ agent, boss, monitor }) => {
      const asked = async (client: Agent, user: string, fields: Readonly<Record<string, string>>): Promise<string> => {
        const inner = Object.entries(fields).map(([name, text]) => `<${name}>${text}</${name}>`)
        return refusal(await client.client.post(`User/${user}/Dialogs`, `<Dialog>${inner.join('')}</Dialog>`))
      }
      const listening = { requestedAction: 'SILENT_MONITOR', fromAddress: EXTENSION, toAddress: '1001' }
      const associatedDialogUri = `/finesse/api/Dialog/${monitor}`
      const barging = { ...listening, requestedAction: 'BARGE_CALL', associatedDialogUri }
      for (const each of [listening, barging]) {
        const of = (fields: Readonly<Record<string, string>>) => asked(boss, SUPERVISOR, { ...each, ...fields })
        expect(await of({ fromAddress: '' })).toBe('400 Parameter Missing fromAddress')
        expect(await of({ toAddress: '' })).toBe('400 Parameter Missing toAddress')
        expect(await of({ fromAddress: '1001' })).toBe('400 Invalid Input fromAddress')
        expect(await of({ toAddress: '4711' })).toBe('400 Invalid Destination toAddress')
        expect(await of({ toAddress: EXTENSION })).toBe('400 Invalid Destination toAddress')
        // The rights: only supervisors, for themselves.
        expect(await asked(agent, '1001', { ...each, fromAddress: '1001', toAddress: '1002' })).toBe(
          '401 Authorization Failure 1001',
        )
        expect(await asked(agent, SUPERVISOR, each)).toBe(`401 Invalid Authorization User Specified ${SUPERVISOR}`)
        expect(await asked(boss, '1001', each)).toBe('401 Invalid Authorization User Specified 1001')
      }
      const of = (fields: Readonly<Record<string, string>>) => asked(boss, SUPERVISOR, { ...barging, ...fields })
      expect(await of({ associatedDialogUri: '' })).toBe('400 Parameter Missing associatedDialogUri')
      expect(await of({ associatedDialogUri: monitor })).toBe('400 Invalid Input associatedDialogUri')
      expect(await of({ associatedDialogUri: '/finesse/api/Dialog/1' })).toBe('400 Invalid State associatedDialogUri')
      expect(await of({ toAddress: '1002' })).toBe('400 Invalid Destination toAddress')
      // On the monitor call itself there is no such action, and the agent has none.
      const body = (action: string, target: string) =>
        `<Dialog><requestedAction>${action}</requestedAction><targetMediaAddress>${target}</targetMediaAddress></Dialog>`
      for (const action of ['SILENT_MONITOR', 'BARGE_CALL', 'MAKE_CALL'])
        expect(refusal(await boss.client.put(`Dialog/${monitor}`, body(action, EXTENSION)))).toBe(
          '400 Invalid Input requestedAction',
        )
      await asks(agent, monitor, 'DROP', 'no-1')
      await agent.hears('EN call 4047 INVALID_ACTION DROP on extension 1001 #no-1')
      await drops(boss, monitor, 'no-2', EXTENSION, 'HOLD')
      await boss.hears(`EN call 4047 INVALID_ACTION HOLD on extension ${EXTENSION} #no-2`)
    }),
  )

  holds(['dialog 4.9'], 'an agent of another team is refused', () =>
    onMonitor(
      async ({ boss }) => {
        expect(refusal(await posts(boss, 'SILENT_MONITOR', '', '', '1004'))).toBe('401 Invalid Supervisor 1004')
      },
      { directory: directoryWith(['supervises: ["2001", "2002", "2003"]', 'supervises: ["2001"]']) },
    ),
  )
}

function bargeRows(): void {
  holds(['V93', 'V94', 'dialog 4.10'], 'a supervisor barges in, and leaves', () =>
    onMonitor(async ({ stage, agent, boss, call, monitor }) => {
      await stage.passes(1)
      stage.story.callHas(call, { callType: 'CONFERENCE' })
      expect((await barges(boss, monitor, 'barge-1')).status).toBe(202)
      await boss.hears(
        'VN DELETE DROPPED',
        `VN POST ACTIVE (1001 ACTIVE, 5550100 ACTIVE, ${EXTENSION} ACTIVE PARTICIPANT_DROP) #barge-1`,
      )
      await agent.hears(
        'VN DELETE DROPPED',
        `VN PUT ACTIVE (1001 ACTIVE, 5550100 ACTIVE, ${EXTENSION} ACTIVE PARTICIPANT_DROP)`,
      )
      expect([await agent.voice(), await boss.voice(), await boss.dialog(monitor)]).toEqual([
        'TALKING',
        'TALKING',
        '404',
      ])
      await drops(boss, call, 'drop-1')
      await boss.hears(`VN DELETE ACTIVE (1001 ACTIVE, 5550100 ACTIVE, ${EXTENSION} DROPPED) #drop-1`, 'UN NOT_READY')
      await agent.hears(`VN PUT ACTIVE (1001 ACTIVE, 5550100 ACTIVE, ${EXTENSION} DROPPED)`, 'VN PUT ACTIVE')
    }),
  )

  holds(['V95', 'V93'], 'a supervisor barges in, and drops the agent', () =>
    onMonitor(async ({ stage, agent, boss, call, monitor }) => {
      stage.story.callHas(call, { callType: 'CONFERENCE' })
      expect((await barges(boss, monitor)).status).toBe(202)
      await boss.drains()
      await agent.drains()
      await drops(boss, call, 'drop-1', '1001', 'PARTICIPANT_DROP')
      await agent.hears(
        `VN DELETE ACTIVE (1001 DROPPED, 5550100 ACTIVE, ${EXTENSION} ACTIVE PARTICIPANT_DROP)`,
        'UN READY',
      )
      await boss.hears(
        `VN PUT ACTIVE (1001 DROPPED, 5550100 ACTIVE, ${EXTENSION} ACTIVE PARTICIPANT_DROP) #drop-1`,
        `VN PUT ACTIVE (5550100 ACTIVE, ${EXTENSION} ACTIVE PARTICIPANT_DROP)`,
      )
      await drops(boss, call)
      await boss.drains()
    }),
  )

  holds(['dialog 4.10'], 'a call that the agent holds, and one beside a consult call, is not barged', () =>
    onMonitor(async ({ stage, agent, boss, call, monitor }) => {
      await asks(agent, call, 'HOLD')
      await agent.drains()
      expect(refusal(await barges(boss, monitor))).toBe('400 Invalid Destination toAddress')
      const second = String((await stage.on.acd('POST', '/calls', { from: '5550200', to: '1001' })).body.id)
      await asks(agent, second, 'ANSWER')
      await asks(agent, second, 'HOLD')
      await asks(agent, call, 'RETRIEVE')
      await agent.drains()
      expect(refusal(await barges(boss, monitor))).toBe('400 20999 toAddress')
      await asks(agent, second, 'DROP')
      await agent.drains()
      stage.story.callHas(call, { callType: 'CONFERENCE' })
      expect((await barges(boss, monitor)).status).toBe(202)
      await agent.drains()
      await boss.drains()
      // Who has barged in does not listen any more.
      expect(refusal(await barges(boss, monitor))).toBe('400 Invalid State associatedDialogUri')
    }),
  )

  holds(['dialog 4.10'], 'a call that is full is not barged', () =>
    onMonitor(
      async ({ stage, agent, boss, call, monitor }) => {
        const second = String((await stage.on.acd('POST', '/calls', { from: '5550200', to: '1001' })).body.id)
        await asks(agent, second, 'ANSWER')
        await agent.drains()
        stage.story.callHas(call, { callType: 'CONFERENCE', secondaryId: second })
        stage.story.callHas(second, { callType: 'CONFERENCE' })
        await asks(agent, call, 'CONFERENCE')
        await agent.drains()
        expect(refusal(await barges(boss, monitor))).toBe('400 20700 toAddress')
      },
      { directory: directoryWith(withSettings('conferencePartiesMax: 3')) },
    ),
  )

  holds(
    ['V93', 'I6', 'I7'],
    'a supervisor who barges in has the same work as before: nothing is interrupted anew',
    () =>
      onStage(async (stage) => {
        const { agent } = stage
        await agent.signsInToVoice()
        const boss = await signsIn(stage)
        await boss.signsIn(EMAIL)
        await boss.has(EMAIL, 'ACTIVE')
        const call = await talks({ agent, calls: (user) => stage.calls(user) })
        await listens(boss)
        await boss.hears('UN TALKING', 'VN POST ACTIVE', `MN ${EMAIL} INTERRUPTED routable`)
        await agent.drains()
        stage.story.callHas(call, { callType: 'CONFERENCE' })
        expect((await barges(boss, await newest(boss))).status).toBe(202)
        await boss.hears(
          'VN DELETE DROPPED',
          `VN POST ACTIVE (1001 ACTIVE, 5550100 ACTIVE, ${EXTENSION} ACTIVE PARTICIPANT_DROP)`,
        )
        await agent.drains()
        await drops(boss, call)
        await boss.hears(
          `VN DELETE ACTIVE (1001 ACTIVE, 5550100 ACTIVE, ${EXTENSION} DROPPED)`,
          'UN NOT_READY',
          `MN ${EMAIL} ACTIVE routable`,
        )
        await agent.drains()
      }),
  )
}
