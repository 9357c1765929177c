/** `dialog 6.3`, 6.9: calls on hold, V40-V45; call data, V100-V105; and tones, `dialog 4.8`. */
import { expect } from 'vitest'
import { holds } from './registry.ts'
import { type Agent, CHAT, directoryWith, EMAIL, onStage, type Stage } from './stage.ts'
import { asks, E3, EXTENSION, legs, onCall, talks, wrapsUp } from './voice.ts'

/** The call on hold, which may be joined with the active one. */
const joinable = legs('HELD TRANSFER CONFERENCE', 'ACTIVE')

export function vRows(): void {
  holds(
    ['V40', 'V42', 'U21', 'U26'],
    'HOLD, then RETRIEVE: first the user, then the call, with the id of the request',
    () =>
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
      await agent.hears('UN HOLD', legs('HELD', 'ACTIVE'), 'UN TALKING', 'VN PUT ACTIVE #answer-2', joinable)
      await asks(agent, first, 'RETRIEVE', 'back-1')
      await agent.hears('UN HOLD', legs('HELD', 'ACTIVE'), 'UN TALKING', 'VN PUT ACTIVE #back-1', joinable)
      await asks(agent, first, 'HOLD')
      await agent.hears('UN HOLD', legs('HELD', 'ACTIVE'), legs('HELD', 'ACTIVE'))
      // Nobody talks now, so nothing has to be put on hold.
      await asks(agent, second, 'RETRIEVE')
      await agent.hears('UN TALKING', 'VN PUT ACTIVE', joinable)
      await asks(agent, second, 'DROP')
      await agent.hears(legs('DROPPED', 'ACTIVE'), 'VN PUT DROPPED', 'VN DELETE DROPPED', 'UN HOLD')
      await agent.hears(legs('HELD', 'ACTIVE'))
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

  dataRows()
  toneRows()
}

// ------------------------------------------------------------------------------------------------ call data

const PROTECTED = 'EN call 14 E_CTI_PROTECTED_VARIABLE'
const TOO_LONG = 'EN call 3 INVALID_CALL_VARIABLE_VALUE'

type Values = Readonly<Record<string, string>>

const variablesIn = (values: Values): string =>
  Object.entries(values)
    .map(([name, value]) => `<CallVariable><name>${name}</name><value>${value}</value></CallVariable>`)
    .join('')

/** The body of an UPDATE_CALL_DATA. */
const dataBody = (inner: string): string =>
  `<Dialog><requestedAction>UPDATE_CALL_DATA</requestedAction><mediaProperties>${inner}</mediaProperties></Dialog>`

const listOf = (variables: string): string => `<callvariables>${variables}</callvariables>`

/** Asks for new data; the answer's status and type of error. */
async function changes(agent: Agent, call: string, inner: string, requestId?: string): Promise<string> {
  const { status, value } = await agent.client.put(`Dialog/${call}`, dataBody(inner), requestId)
  return [status, value('ErrorType'), value('ErrorData')].filter((each) => each !== undefined).join(' ')
}

/** More than 2000 bytes of `user.` variables. */
const hundredItems: Values = Object.fromEntries(
  Array.from({ length: 100 }, (_, index) => [`user.items[${index}]`, 'x'.repeat(20)]),
)

/** The array of the sample is too small for more than 2000 bytes. */
const withItems = () =>
  directoryWith([
    '  - { name: user.orders, length: 20, size: 3 }\n',
    '  - { name: user.orders, length: 20, size: 3 }\n  - { name: user.items, length: 40, size: 100 }\n',
  ])

/** Agent 1001 talks on a call that came with data. */
const onCallWithData = (
  test: (stage: Stage, call: string) => Promise<void>,
  options: Parameters<typeof onStage>[1] = {},
) =>
  onStage(async (stage) => {
    const { agent } = stage
    await agent.signsInToVoice()
    await test(stage, await talks({ agent, calls: () => stage.calls('1001', { callVariable1: 'gold' }) }))
  }, options)

function dataRows(): void {
  holds(['V100', 'V102', 'V104'], 'call variables and the wrap-up reason change, and are told only if they do', () =>
    onCallWithData(async ({ agent, story }, call) => {
      const news = { callVariable1: 'silver', callVariable7: '', 'user.account': '4711', 'user.orders[2]': 'a' }
      story.callHas(call, { variables: news, wrapUpReason: 'Order taken' })
      const inner = `<wrapUpReason>Order taken</wrapUpReason>${listOf(variablesIn(news))}`
      expect(await changes(agent, call, inner, 'data-1')).toBe('202')
      await agent.hears('VN PUT ACTIVE #data-1')
      expect(await changes(agent, call, inner, 'data-2')).toBe('202')
      await agent.hearsNothing()
      // An empty text is a value.
      story.callHas(call, { variables: { callVariable1: '' }, wrapUpReason: '' })
      expect(await changes(agent, call, `<wrapUpReason/>${listOf(variablesIn({ callVariable1: '' }))}`)).toBe('202')
      await agent.hears('VN PUT ACTIVE')
      expect(await agent.dialog(call)).toBe('ACTIVE')
    }),
  )

  holds(['V101', 'V105'], 'in wrap-up, and not after the call', () =>
    onCallWithData(
      async (stage, call) => {
        const { agent, story } = stage
        await asks(agent, call, 'DROP')
        await agent.drains()
        story.callHas(call, { wrapUpReason: 'Sold' })
        expect(await changes(agent, call, '<wrapUpReason>Sold</wrapUpReason>', 'data-1')).toBe('202')
        await agent.hears(`${legs('WRAP_UP', 'DROPPED')} #data-1`)
        await agent.client.putUser('<state>READY</state>')
        await agent.hears('VN DELETE DROPPED', 'UN READY')
        expect(await changes(agent, call, '<wrapUpReason>Late</wrapUpReason>')).toBe(`404 Dialog Not Found ${call}`)
      },
      { directory: wrapsUp() },
    ),
  )

  holds(['V103'], 'while it rings is E3', () =>
    onStage(async (stage) => {
      const { agent } = stage
      await agent.signsInToVoice('NOT_READY')
      const call = await stage.calls('1001', { callVariable1: 'gold' })
      await agent.drains()
      expect(await changes(agent, call, listOf(variablesIn({ callVariable1: 'x' })), 'no-1')).toBe('202')
      await agent.hears(E3('UPDATE_CALL_DATA', 'no-1'))
    }),
  )

  holds(
    ['V100'],
    'a call without variables was not routed: its variables are protected, the wrap-up reason is not',
    () =>
      onCall(async ({ agent, story }, call) => {
        const both = `<wrapUpReason>Sold</wrapUpReason>${listOf(variablesIn({ callVariable1: 'x' }))}`
        expect(await changes(agent, call, both, 'no-1')).toBe('202')
        await agent.hears(`${PROTECTED} #no-1`)
        story.callHas(call, { wrapUpReason: 'Sold' })
        expect(await changes(agent, call, '<wrapUpReason>Sold</wrapUpReason>', 'data-1')).toBe('202')
        await agent.hears('VN PUT ACTIVE #data-1')
      }),
  )

  holds(
    ['V100', 'dialog 4.5'],
    'values that are too long or have another form: nothing is changed; ECC values are cut',
    () =>
      onCallWithData(
        async ({ agent, story }, call) => {
          const wrong: readonly Values[] = [
            { callVariable1: 'x'.repeat(41), callVariable2: 'fine' },
            { 'user.account[0]': 'scalar set as array' },
            { 'user.items': 'array set as scalar' },
            { 'user.items[100]': 'index beyond the size' },
            hundredItems,
          ]
          for (const [number, values] of wrong.entries()) {
            expect(await changes(agent, call, listOf(variablesIn(values)), `no-${number}`)).toBe('202')
            await agent.hears(`${TOO_LONG} #no-${number}`)
          }
          story.callHas(call, { variables: { callVariable2: 'y'.repeat(40), 'user.account': 'z'.repeat(40) } })
          const long = { callVariable2: 'y'.repeat(40), 'user.account': 'z'.repeat(41) }
          expect(await changes(agent, call, listOf(variablesIn(long)))).toBe('202')
          await agent.hears('VN PUT ACTIVE')
        },
        { directory: withItems() },
      ),
  )

  holds(['V100'], 'names and characters that cannot be are refused at once', () =>
    onCallWithData(async ({ agent }, call) => {
      const refused = async (variables: string) => changes(agent, call, listOf(variables))
      expect(await refused(variablesIn({ callVariable11: 'x' }))).toBe('400 Invalid Input callVariable11')
      expect(await refused(variablesIn({ 'user.unknown': 'x' }))).toBe('400 Invalid Input user.unknown')
      expect(await refused(variablesIn({ BAStatus: 'x' }))).toBe('400 Invalid Input BAStatus')
      expect(await refused(variablesIn({ callVariable1: 'Müller' }))).toBe('400 Invalid Input callVariable1')
      const twice = variablesIn({ callVariable1: 'x' }) + variablesIn({ callVariable1: 'y' })
      expect(await refused(twice)).toBe('400 Invalid Input callVariable1')
      const long = `<wrapUpReason>${'ü'.repeat(20)}</wrapUpReason>`
      expect(await changes(agent, call, long)).toBe('400 Invalid Input wrapUpReason')
      expect(await changes(agent, call, '')).toBe('400 Parameter Missing mediaProperties')
      expect(
        (await agent.client.put(`Dialog/${call}`, dataBody('<wrapUpReason>a</wrapUpReason><wrapUpReason/>'))).status,
      ).toBe(400)
      await agent.hearsNothing()
    }),
  )

  holds(['V100'], 'the data of a call of others are refused (E2)', () =>
    onCallWithData(async (stage, call) => {
      const other = stage.on.restOnly('1002')
      const { status, value } = await other.put(`Dialog/${call}`, dataBody('<wrapUpReason>a</wrapUpReason>'))
      expect([status, value('ErrorType')]).toEqual([401, 'Invalid Authorization User Specified'])
    }),
  )
}

// ------------------------------------------------------------------------------------------------ tones

const tonesBody = (tones: string, more = EXTENSION): string =>
  `<Dialog><requestedAction>SEND_DTMF</requestedAction>${more}<actionParams><ActionParam><name>dtmfString</name>` +
  `<value>${tones}</value></ActionParam></actionParams></Dialog>`

async function sends(agent: Agent, call: string, body: string, requestId?: string): Promise<string> {
  const { status, value } = await agent.client.put(`Dialog/${call}`, body, requestId)
  return [status, value('ErrorType'), value('ErrorData')].filter((each) => each !== undefined).join(' ')
}

function toneRows(): void {
  holds(['dialog 4.8'], 'tones on an active call change nothing; on hold they are refused at once', () =>
    onCall(async ({ agent }, call) => {
      expect(await sends(agent, call, tonesBody('42#*A'))).toBe('202')
      await agent.hearsNothing()
      await asks(agent, call, 'HOLD')
      await agent.drains()
      expect(await sends(agent, call, tonesBody('1'))).toBe('401 Invalid State targetMediaAddress')
      await agent.hearsNothing()
    }),
  )

  holds(['dialog 4.8'], 'tones while it rings are E3', () =>
    onStage(async (stage) => {
      const { agent } = stage
      await agent.signsInToVoice('NOT_READY')
      const call = await stage.calls('1001')
      await agent.drains()
      expect(await sends(agent, call, tonesBody('1'), 'no-1')).toBe('202')
      await agent.hears(E3('SEND_DTMF', 'no-1'))
    }),
  )

  holds(['dialog 4.8'], 'what is missing or no tone is refused at once', () =>
    onCall(async ({ agent }, call) => {
      expect(await sends(agent, call, tonesBody('1E'))).toBe('400 Invalid Input dtmfString')
      expect(await sends(agent, call, tonesBody(''))).toBe('400 Parameter Missing dtmfString')
      expect(await sends(agent, call, tonesBody('1', ''))).toBe('400 Parameter Missing targetMediaAddress')
      await agent.hearsNothing()
    }),
  )

  holds(['dialog 4.8'], 'CCX does not know the letters', () =>
    onCall(
      async ({ agent }, call) => {
        expect(await sends(agent, call, tonesBody('1A'), 'no-1')).toBe('202')
        await agent.hears('EN call 3 CF_VALUE_OUT_OF_RANGE #no-1')
      },
      { directory: directoryWith(['platform: CCE', 'platform: CCX']) },
    ),
  )
}
