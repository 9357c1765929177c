/** `dialog 5` and 6.10: calls of campaigns; `user 5.2` U10, U11, U14 to U20. */
import { expect } from 'vitest'
import { holds } from './registry.ts'
import { type Agent, onStage, type Stage } from './stage.ts'
import { acts } from './v-outgoing.rows.ts'

const CUSTOMER = '5550301'
const OTHER_CUSTOMER = '5550302'
const DIALLER = '9900'
/** The network outside answers after so many seconds. */
const ANSWER_SECONDS = 5

type Mode = 'preview' | 'direct-preview' | 'progressive' | 'predictive'

/** Types and values of `BAStatus` (`dialog 5.2`). Queue 701 has a number of its own, so its agents are blended. */
const TYPES = {
  preview: {
    reservation: 'OUTBOUND_PREVIEW',
    reservationStatus: 'BLENDED_PREVIEW_OUTBOUND_RESERVATION',
    status: 'BLENDED_PREVIEW_OUTBOUND',
  },
  'direct-preview': {
    reservation: 'OUTBOUND_DIRECT_PREVIEW',
    reservationStatus: 'BLENDED_DIRECT_PREVIEW_OUTBOUND_RESERVATION',
    status: 'BLENDED_DIRECT_PREVIEW_OUTBOUND',
  },
  progressive: { reservation: '', reservationStatus: '', status: 'BLENDED_PROGRESSIVE_OUTBOUND' },
  predictive: { reservation: '', reservationStatus: '', status: 'BLENDED_PREDICTIVE_OUTBOUND' },
} as const

const OF_CAMPAIGN = {
  BAAccountNumber: '',
  BAResponse: '',
  BAStatus: '',
  BADialedListID: '',
  BATimeZone: '',
  BABuddyName: '',
}

export interface Calling {
  readonly mode?: Mode
  readonly numbers?: readonly string[]
  readonly settings?: object
  /** The server shows the number as a variable too. */
  readonly isCcx?: true
  /** Other types than those of the mode. */
  readonly types?: Parameters<Stage['story']['hasCampaign']>[0]['types']
}

/** The story knows what the calls of the campaign show. The next reservation is for the first number. */
function knows(
  { story }: Stage,
  { mode = 'preview', numbers = [CUSTOMER], isCcx, types = TYPES[mode] }: Calling = {},
): void {
  const contacts = numbers.map((number, place) => ({
    number,
    isNext: place === 0,
    variables: {
      ...{ callVariable1: 'gold', BACampaign: 'Spring sale', ...OF_CAMPAIGN, BAAccountNumber: `A-${number}` },
      ...(isCcx ? { BACustomerNumber: number } : {}),
    },
  }))
  story.hasCampaign({ dialler: DIALLER, queue: { number: '701', name: 'Support Line' }, types, contacts })
}

/** A campaign begins to call these numbers, by default one with a preview. */
export async function begins(stage: Stage, calling: Calling = {}): Promise<void> {
  const { mode = 'preview', numbers = [CUSTOMER], settings = {} } = calling
  knows(stage, calling)
  const contacts = numbers.map((number) => ({
    number,
    accountNumber: `A-${number}`,
    variables: { callVariable1: 'gold' },
  }))
  const campaign = { id: 'spring', name: 'Spring sale', mode, queue: '701', contacts, ...settings }
  expect((await stage.on.acd('POST', '/campaigns', campaign)).status).toBe(201)
}

/** Numbers of contacts by their last outcome, or their state before it. */
async function contacts({ on }: Stage): Promise<readonly string[]> {
  const { body } = await on.acd('GET', '/campaigns/spring')
  const list = Array.isArray(body.list) ? body.list : []
  return list.map(({ number, state, attempts, outcome }) => [number, state, attempts, outcome ?? '-'].join(' '))
}

/** How a number outside answers. */
async function answers({ on }: Stage, number: string, outcome: object): Promise<void> {
  expect((await on.acd('POST', '/network', { numbers: { [number]: outcome } })).status).toBe(200)
}

export const idOf = async (agent: Agent): Promise<string> => {
  const { body } = await agent.client.get(`User/${agent.user}/Dialogs`)
  return /<id>(\d+)<\/id>/.exec(body)?.[1] ?? ''
}

const OFFERED = `(1001 ALERTING ACCEPT CLOSE REJECT, ${DIALLER} INITIATED)`
const ACCEPTED = `(1001 ACCEPTED, ${DIALLER} INITIATED)`
const OVER = `(1001 DROPPED, ${DIALLER} INITIATED)`
const RIGHTS = 'RECLASSIFY UPDATE_SCHEDULED_CALLBACK'
const TALKS = `(1001 ACTIVE ${RIGHTS}, ${CUSTOMER} ACTIVE)`
/** Agent 1001 hangs up, and is READY again. */
const ENDS = [`VN PUT ACTIVE (1001 DROPPED, ${CUSTOMER} ACTIVE)`, 'VN PUT DROPPED', 'VN DELETE DROPPED', 'UN READY']
const E3 = (action: string, id: string) => `EN call 4047 INVALID_ACTION ${action} on extension 1001 #${id}`

/** An action with parameters. Status, type and data of the error, if there is one. */
async function asks(agent: Agent, call: string, action: string, params: object, requestId?: string): Promise<string> {
  const each = Object.entries(params).map(
    ([name, value]) => `<ActionParam><name>${name}</name><value>${value}</value></ActionParam>`,
  )
  const body =
    `<Dialog><requestedAction>${action}</requestedAction><targetMediaAddress>${agent.user}</targetMediaAddress>` +
    `<actionParams>${each.join('')}</actionParams></Dialog>`
  const { status, value } = await agent.client.put(`Dialog/${call}`, body, requestId)
  return [status, value('ErrorType'), value('ErrorData')].filter((part) => part !== undefined).join(' ')
}

/** Agent 1001 is READY, and a campaign has reserved the agent. */
const reserved = (test: (stage: Stage, reservation: string) => Promise<void>, calling: Calling = {}) =>
  onStage(async (stage) => {
    const { agent } = stage
    await agent.signsInToVoice()
    await begins(stage, calling)
    await agent.hears('UN RESERVED_OUTBOUND_PREVIEW', `VN POST ALERTING ${OFFERED}`)
    await test(stage, await idOf(agent))
  })

/** Agent 1001 talks with a customer of the campaign. */
const talking = (test: (stage: Stage, call: string) => Promise<void>, calling: Calling = {}) =>
  reserved(async (stage, reservation) => {
    const { agent } = stage
    await acts(agent, reservation, 'ACCEPT')
    await agent.hears(`VN PUT ACCEPTED ${ACCEPTED}`)
    await stage.passes(ANSWER_SECONDS)
    await agent.hears('UN TALKING', `VN POST ACTIVE ${TALKS}`, `VN DELETE ACCEPTED ${OVER}`)
    await test(stage, await idOf(agent))
  }, calling)

export function campaignRows(): void {
  previewRows()
  unreachedRows()
  diallerRows()
  queueRows()
  customerRows()
}

function previewRows(): void {
  holds(
    ['V110', 'V111', 'V112', 'U11', 'U20', 'dialog 5.2'],
    'a preview that the agent accepts, and the customer answers',
    () =>
      reserved(async (stage, reservation) => {
        const { agent } = stage
        expect(await agent.voice()).toBe('RESERVED_OUTBOUND_PREVIEW')
        expect(await agent.dialog(reservation)).toBe('ALERTING')
        await stage.passes(1)
        await acts(agent, reservation, 'ACCEPT', 'accept-1')
        await agent.hears(`VN PUT ACCEPTED ${ACCEPTED} #accept-1`)
        expect(await agent.dialog(reservation)).toBe('ACCEPTED')
        await stage.passes(ANSWER_SECONDS)
        await agent.hears('UN TALKING', `VN POST ACTIVE ${TALKS}`, `VN DELETE ACCEPTED ${OVER}`)
        const call = await idOf(agent)
        expect([await agent.dialog(call), await agent.dialog(reservation)]).toEqual(['ACTIVE', '404'])
        expect(await contacts(stage)).toEqual([`${CUSTOMER} closed 1 REACHED`])
        await acts(agent, call, 'DROP', 'drop-1')
        const [first = '', ...rest] = ENDS
        await agent.hears(`${first} #drop-1`, ...rest)
      }),
  )

  holds(['V114', 'U18'], 'REJECT leaves the contact to another agent', () =>
    reserved(async (stage, reservation) => {
      const { agent } = stage
      const other = await stage.another('1002')
      await acts(agent, reservation, 'REJECT', 'reject-1')
      await agent.hears(`VN DELETE ALERTING ${OVER} #reject-1`, 'UN READY')
      await stage.passes(100)
      await agent.hearsNothing()
      expect(await contacts(stage)).toEqual([`${CUSTOMER} waits 0 -`])
      await other.signsInToVoice()
      await other.hears('UN RESERVED_OUTBOUND_PREVIEW', `VN POST ALERTING ${OFFERED.replace('1001', '1002')}`)
    }),
  )

  holds(['V114', 'U18'], 'CLOSE: nobody calls the contact', () =>
    reserved(async (stage, reservation) => {
      await acts(stage.agent, reservation, 'CLOSE', 'close-1')
      await stage.agent.hears(`VN DELETE ALERTING ${OVER} #close-1`, 'UN READY')
      expect(await contacts(stage)).toEqual([`${CUSTOMER} closed 0 CLOSED`])
    }),
  )

  holds(['U18', 'V113'], 'an agent who does not decide in time is READY again', () =>
    reserved(
      async (stage) => {
        await stage.passes(20)
        await stage.agent.hears(`VN DELETE ALERTING ${OVER}`, 'UN READY')
        expect(await contacts(stage)).toEqual([`${CUSTOMER} later 1 TIMED_OUT`])
      },
      { settings: { previewSeconds: 20 } },
    ),
  )

  holds(['V115', 'dialog 4.1'], 'a reservation allows nothing else, and nothing at all once it is accepted', () =>
    reserved(async ({ agent }, reservation) => {
      const to = '<toAddress>1002</toAddress><targetMediaAddress>1001</targetMediaAddress>'
      for (const action of ['ANSWER', 'HOLD', 'RETRIEVE', 'DROP', 'TRANSFER', 'CONFERENCE']) {
        await acts(agent, reservation, action, 'no-1')
        await agent.hears(E3(action, 'no-1'))
      }
      for (const action of ['CONSULT_CALL', 'TRANSFER_SST']) {
        await agent.acts(reservation, action, 'no-2', to)
        await agent.hears(E3(action, 'no-2'))
      }
      await acts(agent, reservation, 'ACCEPT')
      await agent.hears(`VN PUT ACCEPTED ${ACCEPTED}`)
      for (const action of ['ACCEPT', 'CLOSE', 'REJECT', 'DROP']) {
        await acts(agent, reservation, action, 'no-3')
        await agent.hears(E3(action, 'no-3'))
      }
    }),
  )

  holds(['V115', 'dialog 4.1'], 'ACCEPT, CLOSE and REJECT on a call that is no reservation', () =>
    onStage(async (stage) => {
      const { agent } = stage
      await agent.signsInToVoice('NOT_READY')
      const call = await stage.calls('1001')
      await agent.drains()
      for (const action of ['ACCEPT', 'CLOSE', 'REJECT']) {
        await acts(agent, call, action, 'no-1')
        await agent.hears(E3(action, 'no-1'))
      }
    }),
  )
}

function unreachedRows(): void {
  for (const [outcome, becomes] of [
    ['busy', 'later 1 BUSY'],
    ['bad-number', 'closed 1 BAD_NUMBER'],
  ] as const)
    holds(['V113', 'U18'], `the customer's number is ${outcome}`, () =>
      reserved(async (stage, reservation) => {
        await answers(stage, CUSTOMER, { outcome })
        await acts(stage.agent, reservation, 'ACCEPT')
        await stage.agent.hears(`VN PUT ACCEPTED ${ACCEPTED}`, `VN DELETE ACCEPTED ${OVER}`, 'UN READY')
        expect(await contacts(stage)).toEqual([`${CUSTOMER} ${becomes}`])
      }),
    )

  holds(['V113', 'U19', 'user 5.5'], 'NOT_READY during a preview waits, unpublished, until the dialler gives up', () =>
    reserved(async (stage, reservation) => {
      const { agent } = stage
      await answers(stage, CUSTOMER, { outcome: 'no-answer' })
      await agent.client.putUser('<state>NOT_READY</state>', 'later-1')
      await acts(agent, reservation, 'ACCEPT')
      await agent.hears(`VN PUT ACCEPTED ${ACCEPTED}`)
      await stage.passes(29)
      await agent.hearsNothing()
      await stage.passes(1)
      await agent.hears(`VN DELETE ACCEPTED ${OVER}`, 'UN NOT_READY')
      expect(await contacts(stage)).toEqual([`${CUSTOMER} later 1 NO_ANSWER`])
    }),
  )

  holds(['V113'], 'a contact that was not reached is called again, as often as the campaign allows', () =>
    reserved(
      async (stage, reservation) => {
        const { agent } = stage
        await answers(stage, CUSTOMER, { outcome: 'busy' })
        await acts(agent, reservation, 'ACCEPT')
        await agent.hears(`VN PUT ACCEPTED ${ACCEPTED}`, `VN DELETE ACCEPTED ${OVER}`, 'UN READY')
        await stage.passes(60)
        await agent.hears('UN RESERVED_OUTBOUND_PREVIEW', `VN POST ALERTING ${OFFERED}`)
        await acts(agent, await idOf(agent), 'ACCEPT')
        await agent.hears(`VN PUT ACCEPTED ${ACCEPTED}`, `VN DELETE ACCEPTED ${OVER}`, 'UN READY')
        await stage.passes(600)
        await agent.hearsNothing()
        expect(await contacts(stage)).toEqual([`${CUSTOMER} closed 2 BUSY`])
      },
      { settings: { retrySeconds: 60, attemptsMax: 2 } },
    ),
  )

  holds(['V113', 'U20'], 'an agent who talks on another call when the customer answers', () =>
    reserved(async (stage, reservation) => {
      const { agent } = stage
      await acts(agent, reservation, 'ACCEPT')
      await agent.hears(`VN PUT ACCEPTED ${ACCEPTED}`)
      const call = await stage.calls('1001')
      await acts(agent, call, 'ANSWER')
      await agent.hears('VN POST ALERTING', 'UN TALKING', 'VN PUT ACTIVE')
      await stage.passes(ANSWER_SECONDS)
      await agent.hears(`VN DELETE ACCEPTED ${OVER}`)
      expect(await contacts(stage)).toEqual([`${CUSTOMER} later 1 ABANDONED`])
    }),
  )

  holds(['user 5.7', 'V113'], 'a supervisor signs a reserved agent out', () =>
    reserved(async (stage, reservation) => {
      const { agent, on } = stage
      await acts(agent, reservation, 'ACCEPT')
      await agent.hears(`VN PUT ACCEPTED ${ACCEPTED}`)
      const { status } = await on.restOnly('1234').put('User/1001', '<User><state>LOGOUT</state></User>')
      expect(status).toBe(202)
      await agent.hears('UN LOGOUT (999)', `VN DELETE ACCEPTED ${OVER}`)
      expect(await contacts(stage)).toEqual([`${CUSTOMER} waits 0 -`])
    }),
  )
}

/** Agent 1001 is reserved by a campaign that does not ask. */
const dialling = (test: (stage: Stage) => Promise<void>, calling: Calling = {}) =>
  onStage(async (stage) => {
    await stage.agent.signsInToVoice()
    await begins(stage, { mode: 'progressive', ...calling })
    await stage.agent.hears('UN RESERVED_OUTBOUND')
    await test(stage)
  })

function diallerRows(): void {
  holds(['U10', 'U16', 'V112', 'dialog 5.2'], 'progressive: the agent sees no reservation, only the call', () =>
    dialling(async (stage) => {
      const { agent } = stage
      expect([await agent.voice(), await idOf(agent)]).toEqual(['RESERVED_OUTBOUND', ''])
      const { body } = await stage.on.acd('GET', '/calls')
      const reservations = Object.values(body)
      expect(reservations).toHaveLength(1)
      await stage.passes(ANSWER_SECONDS)
      await agent.hears('UN TALKING', `VN POST ACTIVE ${TALKS}`)
      await acts(agent, await idOf(agent), 'DROP')
      await agent.hears(...ENDS)
    }),
  )

  holds(['U17', 'V113'], 'progressive: nobody answers', () =>
    dialling(
      async (stage) => {
        await stage.passes(4)
        await stage.agent.hears('UN READY')
        expect(await contacts(stage)).toEqual([`${CUSTOMER} later 1 NO_ANSWER`])
      },
      { settings: { noAnswerSeconds: 4 } },
    ),
  )

  holds(['U14'], 'a reserved agent asks for READY, and may be reserved again at once', () =>
    dialling(async (stage) => {
      const { agent } = stage
      await agent.client.putUser('<state>READY</state>', 'ready-1')
      await agent.hears('UN READY #ready-1', 'UN RESERVED_OUTBOUND')
      await stage.passes(ANSWER_SECONDS)
      await agent.hears('UN TALKING', `VN POST ACTIVE ${TALKS}`)
    }),
  )

  holds(['U15'], 'a reserved agent asks for NOT_READY', () =>
    dialling(async (stage) => {
      const { agent } = stage
      await agent.client.putUser('<state>NOT_READY</state><reasonCodeId>16</reasonCodeId>', 'not-1')
      await agent.hears('UN NOT_READY #not-1')
      expect(await contacts(stage)).toEqual([`${CUSTOMER} waits 0 -`])
      await stage.passes(100)
      await agent.hearsNothing()
      await agent.client.putUser('<state>READY</state>')
      await agent.hears('UN READY', 'UN RESERVED_OUTBOUND')
    }),
  )

  holds(['U10', 'user 5.7'], 'a supervisor may not make a reserved agent NOT_READY, but sign the agent out', () =>
    dialling(async (stage) => {
      const supervisor = stage.on.restOnly('1234')
      const asksFor = (state: string) => supervisor.put('User/1001', `<User><state>${state}</state></User>`, 'sup-1')
      expect((await asksFor('NOT_READY')).status).toBe(202)
      await stage.agent.hears('EN user 22 CF_INVALID_OBJECT_STATE #sup-1')
      expect((await asksFor('LOGOUT')).status).toBe(202)
      await stage.agent.hears('UN LOGOUT (999) #sup-1')
      expect(await contacts(stage)).toEqual([`${CUSTOMER} waits 0 -`])
    }),
  )

  holds(['U16', 'dialog 5.2'], 'predictive: several numbers ring for one agent, who gets the first that answers', () =>
    dialling(
      async (stage) => {
        await stage.passes(ANSWER_SECONDS)
        await stage.agent.hears('UN TALKING', `VN POST ACTIVE ${TALKS}`)
        expect(await contacts(stage)).toEqual([`${CUSTOMER} closed 1 REACHED`, `${OTHER_CUSTOMER} waits 0 -`])
      },
      { mode: 'predictive', numbers: [CUSTOMER, OTHER_CUSTOMER], settings: { linesPerAgent: 2 } },
    ),
  )
}

function queueRows(): void {
  holds(['V110', 'U11'], 'an agent for whom a call of a customer waits is not reserved', () =>
    onStage(async (stage) => {
      const { agent, on } = stage
      expect((await on.acd('POST', '/calls', { from: '5550100', to: '8000' })).status).toBe(201)
      await begins(stage)
      await agent.client.putUser('<state>LOGIN</state><extension>1001</extension>')
      await agent.hears('UN NOT_READY')
      await agent.client.putUser('<state>READY</state>')
      await agent.hears('UN READY', 'UN RESERVED', 'VN POST ALERTING')
      await acts(agent, await idOf(agent), 'ANSWER')
      await acts(agent, await idOf(agent), 'DROP')
      const heard = await agent.drains()
      expect(heard.slice(-3)).toEqual(['UN READY', 'UN RESERVED_OUTBOUND_PREVIEW', `VN POST ALERTING ${OFFERED}`])
    }),
  )

  holds(['V110'], 'a campaign that is stopped reserves nobody', () =>
    onStage(async (stage) => {
      const { agent, on } = stage
      await agent.signsInToVoice()
      await begins(stage, { settings: { running: false } })
      await stage.passes(60)
      await agent.hearsNothing()
      expect((await on.acd('POST', '/campaigns/spring', { action: 'START' })).status).toBe(200)
      await agent.hears('UN RESERVED_OUTBOUND_PREVIEW', `VN POST ALERTING ${OFFERED}`)
      expect((await on.acd('POST', '/campaigns/spring', { action: 'STOP' })).status).toBe(200)
      await acts(agent, await idOf(agent), 'REJECT')
      await agent.hears(`VN DELETE ALERTING ${OVER}`, 'UN READY')
    }),
  )
}

const CLASSIFIED = `VN PUT ACTIVE ${TALKS}`

function customerRows(): void {
  holds(['dialog 5.1'], 'RECLASSIFY: every agent hears the value of BAResponse', () =>
    talking(async (stage, call) => {
      const { agent, story } = stage
      expect(await asks(agent, call, 'RECLASSIFY', { outboundClassification: 'FAX' }, 'class-1')).toBe('202')
      story.callHas(call, { variables: { BAResponse: 'FAX' } })
      await agent.hears(`${CLASSIFIED} #class-1`)
      expect(await contacts(stage)).toEqual([`${CUSTOMER} closed 1 FAX`])
      // What was said before is not published again.
      expect(await asks(agent, call, 'RECLASSIFY', { outboundClassification: 'FAX' }, 'class-2')).toBe('202')
      await agent.hearsNothing()
      expect(await asks(agent, call, 'RECLASSIFY', { outboundClassification: 'ANS_MACHINE' })).toBe('202')
      story.callHas(call, { variables: { BAResponse: 'ANS_MACHINE' } })
      await agent.hears(CLASSIFIED)
      expect(await contacts(stage)).toEqual([`${CUSTOMER} later 1 ANS_MACHINE`])
    }),
  )

  holds(['dialog 5.1', 'dialog 4.1'], 'wrong parameters are refused at once', () =>
    talking(async ({ agent }, call) => {
      expect([
        await asks(agent, call, 'RECLASSIFY', {}),
        await asks(agent, call, 'RECLASSIFY', { outboundClassification: 'LION' }),
        await asks(agent, call, 'UPDATE_SCHEDULED_CALLBACK', {}),
        await asks(agent, call, 'UPDATE_SCHEDULED_CALLBACK', { callbackTime: '2024-02-30T10:00' }),
        await asks(agent, call, 'UPDATE_SCHEDULED_CALLBACK', { callbackTime: 'noon' }),
        await asks(agent, call, 'UPDATE_SCHEDULED_CALLBACK', { callbackNumber: 'a b' }),
      ]).toEqual([
        '400 Parameter Missing outboundClassification',
        '400 Bad Request outboundClassification',
        '400 Parameter Missing callbackTime',
        '400 Bad Request callbackTime',
        '400 Bad Request callbackTime',
        '400 Bad Request callbackNumber',
      ])
      await agent.hearsNothing()
    }),
  )

  holds(['dialog 5.1'], 'a call that is not from a campaign cannot be classified, or called back', () =>
    onStage(async (stage) => {
      const { agent } = stage
      await agent.signsInToVoice()
      const call = await stage.calls('1001')
      await acts(agent, call, 'ANSWER')
      await agent.drains()
      for (const [action, params] of [
        ['RECLASSIFY', { outboundClassification: 'VOICE' }],
        ['UPDATE_SCHEDULED_CALLBACK', { callbackNumber: CUSTOMER }],
        ['CANCEL_SCHEDULED_CALLBACK', {}],
      ] as const) {
        expect(await asks(agent, call, action, params, 'no-1')).toBe('202')
        await agent.hears('EN call 2 CF_REQUEST_INCOMPATIBLE_WITH_OBJECT #no-1')
      }
    }),
  )

  holds(['dialog 5.1', 'dialog 5.2'], 'a callback is scheduled, changed, and made at its time', () =>
    talking(async (stage, call) => {
      const { agent, story } = stage
      const time = await minuteIn(stage, 600)
      const callback = { callbackTime: time, callbackNumber: OTHER_CUSTOMER }
      expect(await asks(agent, call, 'UPDATE_SCHEDULED_CALLBACK', { callbackTime: time }, 'back-1')).toBe('202')
      story.callHas(call, { callback: { callbackTime: time } })
      const canCancel = TALKS.replace(RIGHTS, `${RIGHTS} CANCEL_SCHEDULED_CALLBACK`)
      await agent.hears(`VN PUT ACTIVE ${canCancel} #back-1`)
      expect(await asks(agent, call, 'UPDATE_SCHEDULED_CALLBACK', { callbackNumber: OTHER_CUSTOMER })).toBe('202')
      story.callHas(call, { callback })
      await agent.hears(`VN PUT ACTIVE ${canCancel}`)
      expect(await asks(agent, call, 'UPDATE_SCHEDULED_CALLBACK', callback)).toBe('202')
      await agent.hearsNothing()
      await acts(agent, call, 'DROP')
      await agent.hears(...ENDS)
      expect(await contacts(stage)).toEqual([`${OTHER_CUSTOMER} later 1 REACHED`])
      const types = { ...TYPES.preview, reservation: 'OUTBOUND_CALLBACK_PREVIEW' }
      const back = { ...types, reservationStatus: 'PREVIEW_OUTBOUND_RESERVATION' }
      knows(stage, { numbers: [CUSTOMER], types: back })
      await stage.passes(600)
      await agent.hears('UN RESERVED_OUTBOUND_PREVIEW', `VN POST ALERTING ${OFFERED}`)
    }),
  )

  holds(['dialog 5.1'], 'a callback is cancelled', () =>
    talking(async (stage, call) => {
      const { agent, story } = stage
      const time = await minuteIn(stage, 600)
      await acts(agent, call, 'CANCEL_SCHEDULED_CALLBACK', 'no-1')
      await agent.hears(E3('CANCEL_SCHEDULED_CALLBACK', 'no-1'))
      expect(await asks(agent, call, 'UPDATE_SCHEDULED_CALLBACK', { callbackTime: time })).toBe('202')
      story.callHas(call, { callback: { callbackTime: time } })
      await agent.next()
      await acts(agent, call, 'CANCEL_SCHEDULED_CALLBACK', 'cancel-1')
      story.callHas(call, { callback: undefined })
      await agent.hears(`VN PUT ACTIVE ${TALKS} #cancel-1`)
      expect(await contacts(stage)).toEqual([`${CUSTOMER} closed 1 REACHED`])
    }),
  )

  holds(['V71', 'dialog 5.2'], 'a transferred customer keeps BAStatus, and may be classified by the new agent', () =>
    talking(async (stage, call) => {
      const { agent, story } = stage
      const other = await stage.another('1002')
      await other.signsInToVoice('NOT_READY')
      const to = '<targetMediaAddress>1001</targetMediaAddress><toAddress>1002</toAddress>'
      await agent.acts(call, 'TRANSFER_SST', undefined, to)
      await agent.hears('UN HOLD', `VN PUT ACTIVE (1001 HELD ${RIGHTS}, ${CUSTOMER} ACTIVE)`)
      story.callHas(call, { callType: 'TRANSFER' })
      await agent.drains()
      await other.drains()
      await acts(other, call, 'ANSWER')
      await other.drains()
      expect(await asks(other, call, 'RECLASSIFY', { outboundClassification: 'DO_NOT_CALL' })).toBe('202')
      story.callHas(call, { variables: { BAResponse: 'DO_NOT_CALL' } })
      await other.hears(`VN PUT ACTIVE (${CUSTOMER} ACTIVE, 1002 ACTIVE ${RIGHTS})`)
      expect(await contacts(stage)).toEqual([`${CUSTOMER} closed 1 DO_NOT_CALL`])
    }),
  )
}

/** The minute of the server's time in so many seconds, as callbacks have it. */
async function minuteIn({ agent }: Stage, seconds: number): Promise<string> {
  const { value } = await agent.client.get('SystemInfo')
  return new Date(Date.parse(value('currentTimestamp') ?? '') + seconds * 1000).toISOString().slice(0, 16)
}
