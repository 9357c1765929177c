/** `dialog 6.2`: calls that agents make, V20-V32, and V12. */
import { expect } from 'vitest'
import { holds } from './registry.ts'
import { type Agent, directoryWith, EMAIL, onStage, type Stage } from './stage.ts'

/** The body of a MAKE_CALL. */
export const callBody = (to: string, { from = '1001', more = '' } = {}): string =>
  `<Dialog><requestedAction>MAKE_CALL</requestedAction><fromAddress>${from}</fromAddress>` +
  `<toAddress>${to}</toAddress>${more}</Dialog>`

/** Asks for a call, with the answer's status, and type and data of its error. */
async function asksFor(agent: Agent, body: string, requestId?: string): Promise<string> {
  const { status, value } = await agent.client.post(`User/${agent.user}/Dialogs`, body, requestId)
  return [status, value('ErrorType'), value('ErrorData')].filter((each) => each !== undefined).join(' ')
}

/** An agent calls from its own extension. */
export async function calls(agent: Agent, to: string, requestId?: string): Promise<void> {
  expect(await asksFor(agent, callBody(to, { from: agent.user }), requestId)).toBe('202')
}

/** The id of the newest call of an agent. */
export async function callOf(agent: Agent): Promise<string> {
  const { body } = await agent.client.get(`User/${agent.user}/Dialogs`)
  const ids = [...body.matchAll(/<id>(\d+)<\/id>/g)].map(([, id = '']) => id)
  expect(ids.length).toBeGreaterThan(0)
  return ids.at(-1) ?? ''
}

/** An action of an agent on a call. */
export const acts = (agent: Agent, call: string, action: string, requestId?: string) =>
  agent.acts(call, action, requestId, `<targetMediaAddress>${agent.user}</targetMediaAddress>`)

/** Off-hook and dialled, from NOT_READY (V20, V22). */
export const DIALS = ['UN TALKING', 'VN POST INITIATING (1001 INITIATING) #call-1', 'VN PUT INITIATED (1001 INITIATED)']
/** It rings at agent 1002 (V23). */
const RINGS = '(1001 INITIATED, 1002 ALERTING)'

interface Both {
  readonly stage: Stage
  readonly agent: Agent
  readonly other: Agent
}

/** Agents 1001 and 1002 are signed in, by default NOT_READY. */
const both = (
  test: (on: Both) => Promise<void>,
  {
    directory,
    state = 'NOT_READY',
  }: { readonly directory?: ReturnType<typeof directoryWith>; readonly state?: 'READY' | 'NOT_READY' } = {},
) =>
  onStage(
    async (stage) => {
      const other = await stage.another('1002')
      await stage.agent.signsInToVoice(state)
      await other.signsInToVoice(state)
      await test({ stage, agent: stage.agent, other })
    },
    directory === undefined ? {} : { directory },
  )

/** Agent 1001 talks with 1002, whom 1001 has called. */
async function connected({ agent, other }: Both): Promise<string> {
  await calls(agent, '1002')
  await agent.drains()
  await other.drains()
  const call = await callOf(other)
  await acts(other, call, 'ANSWER')
  await agent.drains()
  await other.drains()
  return call
}

/** Agent 1001 has these settings. */
const withSettings = (settings: string) =>
  directoryWith(['extensions: ["1001"]\n', `extensions: ["1001"]\n    settings: { ${settings} }\n`])

export function outgoingRows(): void {
  holds(['V40', 'V41', 'V42'], 'both agents hold, and one of them retrieves the call', () =>
    both(async (on) => {
      const { agent, other } = on
      const call = await connected(on)
      await acts(agent, call, 'HOLD', 'hold-1')
      const held = 'VN PUT ACTIVE (1001 HELD, 1002 ACTIVE)'
      await agent.hears('UN HOLD', `${held} #hold-1`)
      await other.hears(held)
      await acts(other, call, 'HOLD', 'hold-2')
      const bothHeld = 'VN PUT ACTIVE (1001 HELD, 1002 HELD)'
      await other.hears('UN HOLD', `${bothHeld} #hold-2`)
      await agent.hears(bothHeld)
      await acts(agent, call, 'RETRIEVE', 'back-1')
      const back = 'VN PUT ACTIVE (1001 ACTIVE, 1002 HELD)'
      await agent.hears('UN TALKING', `${back} #back-1`)
      await other.hears(back)
    }),
  )

  holds(['V12', 'V20', 'V22', 'V23', 'V24', 'U7'], 'MAKE_CALL to an agent, who answers', () =>
    both(async ({ stage, agent, other }) => {
      await calls(agent, '1002', 'call-1')
      await agent.hears(...DIALS, `VN PUT ALERTING ${RINGS}`)
      await other.hears(`VN POST ALERTING ${RINGS}`)
      const call = await callOf(agent)
      expect(await agent.dialog(call)).toBe('ALERTING')
      await stage.passes(2)
      await acts(other, call, 'ANSWER', 'answer-1')
      await other.hears('UN TALKING', 'VN PUT ACTIVE #answer-1')
      await agent.hears('VN PUT ACTIVE')
      expect(await agent.dialog(call)).toBe('ACTIVE')
    }),
  )

  holds(['V21', 'V31'], 'from READY: NOT_READY 50006, TALKING, and READY again after the call', () =>
    both(
      async (on) => {
        const { agent, other } = on
        await calls(agent, '1002', 'call-1')
        await agent.hears('UN NOT_READY (50006)', ...DIALS, `VN PUT ALERTING ${RINGS}`)
        await other.hears('UN RESERVED', `VN POST ALERTING ${RINGS}`)
        const call = await callOf(agent)
        await acts(other, call, 'ANSWER')
        await agent.hears('VN PUT ACTIVE')
        await other.hears('UN TALKING', 'VN PUT ACTIVE')
        await acts(agent, call, 'DROP', 'drop-1')
        await agent.hears(...ends('1001', '#drop-1'), 'UN READY')
        await other.hears(...ends('1002'), 'UN READY')
      },
      { state: 'READY' },
    ),
  )

  holds(['V29', 'V30', 'V31'], 'the caller drops, without wrap-up', () =>
    both(async (on) => {
      const call = await connected(on)
      await acts(on.agent, call, 'DROP', 'drop-1')
      await on.agent.hears(...ends('1001', '#drop-1'), 'UN NOT_READY')
      await on.other.hears(...ends('1002'), 'UN NOT_READY')
      expect(await on.agent.dialog(call)).toBe('404')
    }),
  )

  holds(['V29', 'V30', 'V31'], 'wrap-up only by wrapUpOnOutgoing', () =>
    both(
      async (on) => {
        const call = await connected(on)
        const [left, over] = [`(1001 WRAP_UP, 1002 ACTIVE)`, `(1001 WRAP_UP, 1002 DROPPED)`]
        await acts(on.agent, call, 'DROP')
        await on.agent.hears('UN WORK', `VN PUT ACTIVE ${left}`, `VN PUT ACTIVE ${over}`)
        await on.other.hears(
          `VN PUT ACTIVE ${left}`,
          `VN PUT ACTIVE ${over}`,
          `VN DELETE ACTIVE ${over}`,
          'UN NOT_READY',
        )
        await on.stage.passes(600)
        await on.agent.hears('VN DELETE DROPPED', 'UN NOT_READY')
      },
      { directory: withSettings('wrapUpOnOutgoing: REQUIRED, wrapUpOnIncoming: NOT_ALLOWED') },
    ),
  )

  holds(['V31'], 'no wrap-up of the caller by wrapUpOnIncoming', () =>
    both(
      async (on) => {
        const call = await connected(on)
        await acts(on.agent, call, 'DROP')
        await on.agent.hears(...ends('1001'), 'UN NOT_READY')
        await on.other.hears(...ends('1002'), 'UN NOT_READY')
      },
      { directory: withSettings('wrapUpOnOutgoing: NOT_ALLOWED, wrapUpOnIncoming: REQUIRED') },
    ),
  )

  holds(['V28'], 'the caller gives up while it rings', () =>
    both(async ({ agent, other }) => {
      await calls(agent, '1002')
      await agent.drains()
      await other.drains()
      const call = await callOf(agent)
      const gone = 'VN DELETE ALERTING (1001 DROPPED, 1002 DROPPED)'
      await acts(agent, call, 'DROP', 'drop-1')
      await agent.hears(`${gone} #drop-1`, 'UN NOT_READY')
      await other.hears(gone)
      expect(await agent.dialog(call)).toBe('404')
    }),
  )

  holds(['V25', 'V27'], 'nobody answers: the call fails, and the caller hangs up', () =>
    both(
      async ({ stage, agent, other }) => {
        await calls(agent, '1002')
        const call = await callOf(agent)
        await agent.drains()
        await other.drains()
        await stage.passes(600)
        const gone = '(1001 INITIATED, 1002 DROPPED)'
        await other.hears(`VN DELETE ALERTING ${gone}`, 'UN NOT_READY (32767)')
        // Half a minute later the network clears the call that nobody has dropped.
        await agent.hears('VN PUT FAILED (1001 FAILED OTHER, 1002 DROPPED)')
        await agent.hears('VN DELETE FAILED (1001 DROPPED OTHER, 1002 DROPPED)', 'UN READY')
        expect(await agent.dialog(call)).toBe('404')
      },
      { state: 'READY' },
    ),
  )

  holds(['V26', 'V27'], 'the other agent is signed out: the call fails, and the caller hangs up', () =>
    onStage(async ({ agent }) => {
      await agent.signsInToVoice('NOT_READY')
      await calls(agent, '1002', 'call-1')
      const cause = 'DEVICE_RESOURCE_NOT_AVAILABLE'
      await agent.hears(...DIALS, `VN PUT FAILED (1001 FAILED ${cause})`)
      const call = await callOf(agent)
      expect(await agent.dialog(call)).toBe('FAILED')
      await acts(agent, call, 'HOLD', 'no-1')
      await agent.hears('EN call 4047 INVALID_ACTION HOLD on extension 1001 #no-1')
      await acts(agent, call, 'DROP', 'drop-1')
      await agent.hears(`VN DELETE FAILED (1001 DROPPED ${cause}) #drop-1`, 'UN NOT_READY')
    }),
  )

  holds(['V25'], 'the other agent is signed out while it rings', () =>
    both(async ({ stage, agent, other }) => {
      await calls(agent, '1002')
      await agent.drains()
      await other.drains()
      const supervisor = stage.on.restOnly('1234')
      expect((await supervisor.put('User/1002', '<User><state>LOGOUT</state></User>')).status).toBe(202)
      await agent.hears('VN PUT FAILED (1001 FAILED OTHER, 1002 DROPPED)')
      await other.hears('UN LOGOUT (999)', 'VN DELETE ALERTING (1001 INITIATED, 1002 DROPPED)')
      await acts(agent, await callOf(agent), 'DROP')
      await agent.drains()
    }),
  )

  holds(['V32'], 'a second call, and one during wrap-up: an error, and nothing else', () =>
    both(
      async (on) => {
        const { agent, stage } = on
        const call = await connected(on)
        await calls(agent, '1004', 'no-1')
        await agent.hears(`${E7} #no-1`)
        await acts(agent, call, 'HOLD')
        await agent.drains()
        await calls(agent, '1004', 'no-2')
        await agent.hears(`${E7} #no-2`)
        await acts(agent, call, 'DROP')
        await agent.drains()
        await calls(agent, '1004', 'no-3')
        await agent.hears(`${E7} #no-3`)
        await stage.passes(600)
        await agent.drains()
        await on.other.drains()
      },
      { directory: withSettings('wrapUpOnOutgoing: REQUIRED') },
    ),
  )

  holds(['V20'], 'call variables at the creation go along', () =>
    both(async ({ agent, other }) => {
      const variable = '<CallVariable><name>callVariable1</name><value>gold</value></CallVariable>'
      const more = `<mediaProperties><callvariables>${variable}</callvariables></mediaProperties>`
      expect(await asksFor(agent, callBody('1002', { more }), 'call-1')).toBe('202')
      await agent.hears(...DIALS, `VN PUT ALERTING ${RINGS}`)
      await other.hears(`VN POST ALERTING ${RINGS}`)
      await acts(agent, await callOf(agent), 'DROP')
      await agent.drains()
      await other.drains()
    }),
  )

  holds(['V32'], 'what is wrong by itself is refused at once', () =>
    onStage(async ({ agent }) => {
      const variables = (name: string, value: string) =>
        `<mediaProperties><callvariables><CallVariable><name>${name}</name><value>${value}</value></CallVariable>` +
        '</callvariables></mediaProperties>'
      // Nobody is signed in at 1001 yet.
      expect(await asksFor(agent, callBody('1002'))).toBe('400 Invalid Input fromAddress')
      await agent.signsInToVoice('NOT_READY')
      const refused = (to: string, options?: Parameters<typeof callBody>[1]) => asksFor(agent, callBody(to, options))
      expect(await refused('1001')).toBe('400 Invalid Destination toAddress')
      expect(await refused('1002', { from: '1004' })).toBe('400 Invalid Input fromAddress')
      expect(await refused('')).toBe('400 Parameter Missing toAddress')
      expect(await refused('1002', { from: '' })).toBe('400 Parameter Missing fromAddress')
      expect(await refused('x'.repeat(65))).toBe('400 Invalid Input toAddress')
      expect(await refused('Zürich')).toBe('400 Invalid Input toAddress')
      expect(await refused('1002', { more: variables('BAStatus', 'x') })).toBe('400 Invalid Input BAStatus')
      expect(await refused('1002', { more: variables('callVariable1', 'x'.repeat(41)) })).toBe(
        '400 Invalid Input mediaProperties',
      )
      const reason = '<mediaProperties><wrapUpReason>Sold</wrapUpReason></mediaProperties>'
      expect(await refused('1002', { more: reason })).toBe('400 Invalid Input wrapUpReason')
      expect(await asksFor(agent, '<Dialog/>')).toBe('400 Parameter Missing requestedAction')
      expect(await asksFor(agent, '<Dialog><requestedAction>DROP</requestedAction></Dialog>')).toBe(
        '400 Invalid Input requestedAction',
      )
      const { status } = await agent.client.post('User/1002/Dialogs', callBody('1004'))
      expect(status).toBe(401)
      await agent.hearsNothing()
    }),
  )

  holds(['V24', 'V30'], 'the call interrupts an e-mail of both agents while it is active (ruling 8)', () =>
    both(async (on) => {
      const { agent, other } = on
      for (const each of [agent, other]) {
        await each.signsIn(EMAIL)
        await each.has(EMAIL, 'ACTIVE')
      }
      await calls(agent, '1002')
      await agent.drains()
      await other.drains()
      expect([await agent.sees(EMAIL), await other.sees(EMAIL)]).toEqual(['ACTIVE routable', 'ACTIVE routable'])
      const call = await callOf(agent)
      await acts(other, call, 'ANSWER')
      await agent.drains()
      await other.drains()
      expect([await agent.sees(EMAIL), await other.sees(EMAIL)]).toEqual([
        'INTERRUPTED routable',
        'INTERRUPTED routable',
      ])
      await acts(other, call, 'DROP')
      await agent.drains()
      await other.drains()
      expect([await agent.sees(EMAIL), await other.sees(EMAIL)]).toEqual(['ACTIVE routable', 'ACTIVE routable'])
    }),
  )

  outsideRows()
  consultRows()
}

// ------------------------------------------------------------------------------------------------ outside

/** Agent 1001 is signed in, and numbers outside answer as `network` says. */
const withNetwork = (network: object, test: (stage: Stage) => Promise<void>) =>
  onStage(async (stage) => {
    await stage.agent.signsInToVoice('NOT_READY')
    expect((await stage.on.acd('POST', '/network', network)).status).toBe(200)
    await test(stage)
  })

const OUT = '5550100'

function outsideRows(): void {
  holds(['V23', 'V24', 'V30'], 'MAKE_CALL to a number outside, which answers and hangs up', () =>
    withNetwork({ default: { outcome: 'answer', ringSeconds: 7, talkSeconds: 60 } }, async (stage) => {
      const { agent } = stage
      await calls(agent, OUT, 'call-1')
      await agent.hears(...DIALS, `VN PUT ALERTING (1001 INITIATED, ${OUT} ALERTING)`)
      await stage.passes(6)
      await agent.hearsNothing()
      await stage.passes(1)
      await agent.hears('VN PUT ACTIVE')
      await stage.passes(59)
      await agent.hearsNothing()
      await stage.passes(1)
      await agent.hears(`VN PUT ACTIVE (1001 ACTIVE, ${OUT} DROPPED)`, 'VN PUT DROPPED', 'VN DELETE DROPPED')
      await agent.hears('UN NOT_READY')
    }),
  )

  for (const [outcome, cause, row] of [
    ['busy', 'BUSY', 'V25'],
    ['bad-number', 'BAD_DESTINATION', 'V26'],
  ] as const)
    holds([row, 'V27'], `a number outside that is ${outcome}`, () =>
      withNetwork({ numbers: { [OUT]: { outcome } } }, async ({ agent }) => {
        await calls(agent, OUT, 'call-1')
        await agent.hears(...DIALS, `VN PUT FAILED (1001 FAILED ${cause})`)
        await acts(agent, await callOf(agent), 'DROP', 'drop-1')
        await agent.hears(`VN DELETE FAILED (1001 DROPPED ${cause}) #drop-1`, 'UN NOT_READY')
      }),
    )

  holds(['V25', 'V27'], 'nobody answers outside: the call fails after three minutes, and ends', () =>
    withNetwork({ default: { outcome: 'no-answer' } }, async (stage) => {
      const { agent } = stage
      await calls(agent, OUT)
      await agent.drains()
      await stage.passes(179)
      await agent.hearsNothing()
      await stage.passes(1)
      await agent.hears(`VN PUT FAILED (1001 FAILED OTHER, ${OUT} DROPPED)`)
      await stage.passes(30)
      await agent.hears(`VN DELETE FAILED (1001 DROPPED OTHER, ${OUT} DROPPED)`, 'UN NOT_READY')
    }),
  )

  holds(['V28'], 'the agent gives up while it rings outside', () =>
    withNetwork({ default: { outcome: 'answer', ringSeconds: 7 } }, async (stage) => {
      const { agent } = stage
      await calls(agent, OUT)
      await agent.drains()
      await acts(agent, await callOf(agent), 'DROP', 'drop-1')
      await agent.hears(`VN DELETE ALERTING (1001 DROPPED, ${OUT} DROPPED) #drop-1`, 'UN NOT_READY')
      await stage.passes(600)
      await agent.hearsNothing()
    }),
  )
}

// ------------------------------------------------------------------------------------------------ consult

interface Consulting extends Both {
  /** The call of the customer. */
  readonly first: string
}

/** Agent 1001 talks with a customer; 1002 is NOT_READY. */
const talking = (test: (on: Consulting) => Promise<void>) =>
  both(async (on) => {
    const { stage, agent } = on
    const first = await stage.calls('1001', { callVariable1: 'gold' })
    await acts(agent, first, 'ANSWER')
    await agent.drains()
    await test({ ...on, first })
  })

export const asksConsult = (agent: Agent, call: string, to: string, requestId?: string) =>
  agent.acts(
    call,
    'CONSULT_CALL',
    requestId,
    `<targetMediaAddress>${agent.user}</targetMediaAddress><toAddress>${to}</toAddress>`,
  )

/** On hold, off-hook, dialled (V50-V52). */
export const CONSULTS = [
  'UN HOLD',
  `VN PUT ACTIVE (1001 HELD, ${OUT} ACTIVE)`,
  'UN TALKING',
  'VN POST INITIATING (1001 INITIATING) #consult-1',
  'VN PUT INITIATED (1001 INITIATED)',
]

/** Agent 1001 consults 1002, who has answered. The id of that call. */
async function consulted({ agent, other, first }: Consulting): Promise<string> {
  await asksConsult(agent, first, '1002')
  await agent.drains()
  await other.drains()
  const second = await callOf(other)
  await acts(other, second, 'ANSWER')
  await agent.drains()
  await other.drains()
  return second
}

/** The call on hold, which may be joined with the consult call. */
const JOINABLE = 'VN PUT ACTIVE (1001 HELD TRANSFER CONFERENCE, 5550100 ACTIVE)'

function consultRows(): void {
  holds(['V50', 'V51', 'V52', 'V53', 'V54', 'V56'], 'CONSULT_CALL to an agent, who answers, and its end', () =>
    talking(async ({ agent, other, first }) => {
      await asksConsult(agent, first, '1002', 'consult-1')
      await agent.hears(...CONSULTS, `VN PUT ALERTING ${RINGS}`, JOINABLE)
      await other.hears(`VN POST ALERTING ${RINGS}`)
      const second = await callOf(other)
      await acts(other, second, 'ANSWER', 'answer-1')
      await other.hears('UN TALKING', 'VN PUT ACTIVE #answer-1')
      await agent.hears('VN PUT ACTIVE')
      await acts(agent, second, 'DROP', 'drop-1')
      await agent.hears(...ends('1001', '#drop-1'), 'UN HOLD', 'VN PUT ACTIVE (1001 HELD, 5550100 ACTIVE)')
      await other.hears(...ends('1002'), 'UN NOT_READY')
      await acts(agent, first, 'RETRIEVE')
      await agent.hears('UN TALKING', 'VN PUT ACTIVE')
    }),
  )

  holds(['V57'], 'the agent alternates', () =>
    talking(async (on) => {
      const { agent, other, first } = on
      const second = await consulted(on)
      await acts(agent, second, 'HOLD', 'hold-1')
      const held = 'VN PUT ACTIVE (1001 HELD, 1002 ACTIVE)'
      await agent.hears('UN HOLD', `${held} #hold-1`, 'VN PUT ACTIVE (1001 HELD, 5550100 ACTIVE)')
      await other.hears(held)
      await acts(agent, first, 'RETRIEVE', 'back-1')
      const joinable = 'VN PUT ACTIVE (1001 HELD TRANSFER CONFERENCE, 1002 ACTIVE)'
      await agent.hears('UN TALKING', 'VN PUT ACTIVE #back-1', joinable)
      await other.hears(joinable)
      await acts(agent, second, 'DROP')
      await agent.drains()
      await other.drains()
    }),
  )

  holds(['V53', 'V56'], 'nobody is reached: the consult call fails, and the first one stays on hold', () =>
    talking(async ({ stage, agent, first }) => {
      await asksConsult(agent, first, '1004', 'consult-1')
      const cause = 'DEVICE_RESOURCE_NOT_AVAILABLE'
      await agent.hears(...CONSULTS, `VN PUT FAILED (1001 FAILED ${cause})`)
      await stage.passes(30)
      await agent.hears(`VN DELETE FAILED (1001 DROPPED ${cause})`, 'UN HOLD')
      expect(await agent.dialog(first)).toBe('ACTIVE')
    }),
  )

  holds(['V50'], 'on hold, or while it rings, it is E3; a wrong number is refused at once', () =>
    talking(async ({ agent, first }) => {
      const wrong = (to: string) =>
        agent.client.put(
          `Dialog/${first}`,
          `<Dialog><requestedAction>CONSULT_CALL</requestedAction><targetMediaAddress>1001</targetMediaAddress>` +
            `<toAddress>${to}</toAddress></Dialog>`,
        )
      for (const to of ['1001', 'Zürich', 'x'.repeat(65)])
        expect((await wrong(to)).value('ErrorType')).toBe('Invalid Input')
      expect((await wrong('')).value('ErrorType')).toBe('Parameter Missing')
      await acts(agent, first, 'HOLD')
      await agent.drains()
      await asksConsult(agent, first, '1002', 'no-1')
      await agent.hears('EN call 4047 INVALID_ACTION CONSULT_CALL on extension 1001 #no-1')
    }),
  )
}

export const E7 = 'EN call 34 CF_RESOURCE_OUT_OF_SERVICE'

/** The end of the call that 1001 drops first, without wrap-up, as this agent is told. */
export function ends(agent: string, requestId = ''): readonly string[] {
  const [left, id] = ['(1001 DROPPED, 1002 ACTIVE)', requestId === '' ? '' : ` ${requestId}`]
  // The one who has left is gone at once.
  if (agent === '1001') return [`VN PUT ACTIVE ${left}${id}`, 'VN PUT DROPPED', 'VN DELETE DROPPED']
  return [`VN PUT ACTIVE ${left}`, 'VN PUT DROPPED', 'VN DELETE DROPPED']
}
