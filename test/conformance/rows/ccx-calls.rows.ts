/** What differs on CCX in calls: after a failover (`dialog 1.2`, 1.3, 5.2, `user 5.8`), in transfers and conferences, and for supervisors. */
import { expect } from 'vitest'
import { holds } from './registry.ts'
import { type Agent, directoryWith, onStage, type Stage } from './stage.ts'
import { begins, idOf } from './v-campaigns.rows.ts'
import { asks, hangsUp } from './voice.ts'

const SUPERVISOR = '1234'
const EXTENSION = '1001001'

const onCcx = (test: (stage: Stage) => Promise<void>, ...changes: readonly (readonly [string, string])[]) =>
  onStage(test, { directory: directoryWith(['platform: CCE', 'platform: CCX'], ...changes) })

/** Agent 1001 talks on a call of the queue. Everything is read. */
async function talks({ agent, on, story }: Stage): Promise<string> {
  const { body } = await on.acd('POST', '/calls', { from: '5550100', queue: '8000' })
  const call = String(body.id)
  story.callHas(call, { callType: 'ACD_IN' })
  await asks(agent, call, 'ANSWER')
  await agent.drains()
  return call
}

/** What is told about the side. */
const LINK = ['SN OUT_OF_SERVICE', 'SN IN_SERVICE'] as const

/** The link to the ACD is lost, and is back a second later. */
async function failsOver(stage: Stage, isForgotten = true): Promise<void> {
  await stage.passes(1)
  await stage.fault({ type: 'acd-link', up: false })
  if (isForgotten) stage.story.failsOver()
  await stage.passes(1)
  await stage.fault({ type: 'acd-link', up: true })
}

/** Some values of the call as GET shows it: its type, the `BAStatus`, and since when each party has its state. */
async function shown({ client }: Agent, call: string) {
  const { body, value } = await client.get(`Dialog/${call}`)
  const times = [...body.matchAll(/<stateChangeTime>([^<]*)</g)].map(([, time]) => time !== '')
  const [, status] = /<name>BAStatus<\/name><value>([^<]*)</.exec(body) ?? []
  return { type: value('mediaProperties/callType'), status, isTimeKnown: times }
}

/** The supervisor asks for something with the call of agent 1001. */
const supervises = (boss: Agent, action: string, more = '', requestId?: string) =>
  boss.client.post(
    `User/${SUPERVISOR}/Dialogs`,
    `<Dialog><requestedAction>${action}</requestedAction><fromAddress>${EXTENSION}</fromAddress><toAddress>1001</toAddress>${more}</Dialog>`,
    requestId,
  )

async function supervisor(stage: Stage): Promise<Agent> {
  const boss = await stage.another(SUPERVISOR)
  await boss.client.putUser(`<state>LOGIN</state><extension>${EXTENSION}</extension>`)
  await boss.hears('UN NOT_READY')
  return boss
}

export function ccxCallRows(): void {
  holds(
    ['user 5.4', 'dialog 5.2'],
    'after a failover the type of the call and the times before it are unknown, and later ones are known',
    () =>
      onCcx(async (stage) => {
        const { agent } = stage
        await agent.signsInToVoice()
        const call = await talks(stage)
        expect(await shown(agent, call)).toEqual({ type: 'ACD_IN', status: undefined, isTimeKnown: [true, true] })
        await failsOver(stage)
        await agent.hears(
          ...LINK,
          'UN TALKING -> LOGOUT',
          'VN POST ACTIVE (1001 ACTIVE START_RECORDING, 5550100 ACTIVE)',
        )
        expect(await shown(agent, call)).toEqual({ type: 'NULL', status: undefined, isTimeKnown: [false, false] })
        expect((await agent.client.get('User/1001')).value('stateChangeTime')).toBe('')
        await stage.passes(1)
        await asks(agent, call, 'HOLD')
        await agent.hears('VN PUT ACTIVE (1001 HELD, 5550100 ACTIVE)')
        expect(await shown(agent, call)).toEqual({ type: 'NULL', status: undefined, isTimeKnown: [true, false] })
        await hangsUp(stage, call)
        expect((await agent.drains()).at(-1)).toBe('UN LOGOUT (255)')
        // A call that comes after the failover is known.
        await agent.signsInToVoice()
        expect((await shown(agent, await talks(stage))).type).toBe('ACD_IN')
      }),
  )

  holds(['dialog 5.2'], 'after a failover a call of a campaign has no BAStatus', () =>
    onCcx(async (stage) => {
      const { agent } = stage
      await agent.signsInToVoice()
      await begins(stage, { mode: 'progressive', isCcx: true })
      await stage.passes(5)
      await agent.drains()
      const call = await idOf(agent)
      expect(await shown(agent, call)).toMatchObject({ type: 'OUTBOUND', status: 'BLENDED_PROGRESSIVE_OUTBOUND' })
      await failsOver(stage)
      await agent.drains()
      expect(await shown(agent, call)).toMatchObject({ type: 'NULL', status: '' })
      await asks(agent, call, 'DROP')
      await agent.drains()
    }),
  )

  holds(['user 5.6', 'dialog 4.5'], 'REQUIRED_WITH_WRAP_UP_DATA: after a direct preview no reason is needed', () =>
    onCcx(
      async (stage) => {
        const { agent } = stage
        await agent.signsInToVoice()
        await begins(stage, { mode: 'direct-preview', isCcx: true })
        await agent.drains()
        await asks(agent, await idOf(agent), 'ACCEPT')
        await stage.passes(5)
        await agent.drains()
        await asks(agent, await idOf(agent), 'DROP')
        expect(await agent.drains()).toContain('UN WORK')
        await agent.client.putUser('<state>NOT_READY</state>', 'done')
        expect((await agent.drains()).at(-1)).toBe('UN NOT_READY')
      },
      [
        'extensions: ["1001"]\n',
        'extensions: ["1001"]\n    settings: { wrapUpOnIncoming: REQUIRED_WITH_WRAP_UP_DATA }\n',
      ],
    ),
  )

  holds(['dialog 5.2'], 'nothing of it is forgotten with `fidelity: lossless`, nor on CCE', () =>
    onCcx(
      async (stage) => {
        const { agent } = stage
        await agent.signsInToVoice()
        const call = await talks(stage)
        await failsOver(stage, false)
        await agent.hears(...LINK, 'UN TALKING', 'VN POST ACTIVE (1001 ACTIVE START_RECORDING, 5550100 ACTIVE)')
        expect(await shown(agent, call)).toEqual({ type: 'ACD_IN', status: undefined, isTimeKnown: [true, true] })
        await hangsUp(stage, call)
        await agent.drains()
      },
      ['platform: CCX\n', 'platform: CCX\nsettings: { fidelity: lossless }\n'],
    ),
  )

  holds(['V72'], 'a direct transfer to an agent has the type OFFERED', () =>
    onCcx(async (stage) => {
      const { agent } = stage
      const other = await stage.another('1002')
      await agent.signsInToVoice()
      await other.signsInToVoice('NOT_READY')
      const call = await talks(stage)
      const to = '<targetMediaAddress>1001</targetMediaAddress><toAddress>1002</toAddress>'
      await agent.acts(call, 'TRANSFER_SST', 'sst', to)
      await agent.hears('VN PUT ACTIVE (1001 HELD, 5550100 ACTIVE)')
      stage.story.callHas(call, { callType: 'OFFERED' })
      expect(await other.drains()).toContainEqual(expect.stringMatching(/^VN POST ALERTING/))
      expect((await shown(other, call)).type).toBe('OFFERED')
      await other.acts(call, 'ANSWER', '', '<targetMediaAddress>1002</targetMediaAddress>')
      await other.acts(call, 'DROP', '', '<targetMediaAddress>1002</targetMediaAddress>')
      await other.drains()
      await agent.drains()
    }),
  )

  holds(['V82', 'dialog 4.4'], 'another agent cannot add parties to a conference: 22', () =>
    onCcx(async (stage) => {
      const { agent, story } = stage
      const other = await stage.another('1002')
      await agent.signsInToVoice()
      await other.signsInToVoice('NOT_READY')
      const call = await talks(stage)
      const to = '<targetMediaAddress>1001</targetMediaAddress><toAddress>1002</toAddress>'
      await agent.acts(call, 'CONSULT_CALL', '', to)
      await agent.drains()
      const consult = await idOf(other)
      await other.acts(consult, 'ANSWER', '', '<targetMediaAddress>1002</targetMediaAddress>')
      await agent.drains()
      await other.drains()
      story.callHas(call, { callType: 'CONFERENCE', secondaryId: consult })
      story.callHas(consult, { callType: 'CONFERENCE' })
      await asks(agent, call, 'CONFERENCE')
      await agent.drains()
      await other.drains()
      const more = '<targetMediaAddress>1002</targetMediaAddress><toAddress>1003</toAddress>'
      await other.acts(call, 'CONSULT_CALL', 'no-1', more)
      await other.hears('EN call 22 CF_INVALID_OBJECT_STATE #no-1')
      await hangsUp(stage, call)
      await agent.drains()
      await other.drains()
    }),
  )

  holds(['dialog 4.1'], 'a new call has no variables', () =>
    onCcx(async ({ agent }) => {
      await agent.signsInToVoice()
      const variable = '<CallVariable><name>callVariable1</name><value>x</value></CallVariable>'
      const { status, value } = await agent.client.post(
        'User/1001/Dialogs',
        `<Dialog><requestedAction>MAKE_CALL</requestedAction><fromAddress>1001</fromAddress><toAddress>1002</toAddress><mediaProperties><callvariables>${variable}</callvariables></mediaProperties></Dialog>`,
      )
      expect([status, value('ErrorType'), value('ErrorData')]).toEqual([400, 'Invalid Input', 'mediaProperties'])
    }),
  )

  holds(
    ['dialog 4.9', 'dialog 4.10', 'V90', 'V93'],
    'a supervisor listens to a call that no queue has routed, and stays NOT_READY after a barge',
    () =>
      onCcx(async (stage) => {
        const { agent, story } = stage
        await agent.signsInToVoice('NOT_READY')
        const boss = await supervisor(stage)
        const call = await stage.calls('1001')
        await asks(agent, call, 'ANSWER')
        await asks(agent, call, 'HOLD')
        await agent.drains()
        expect((await supervises(boss, 'SILENT_MONITOR', '', 'held')).status).toBe(202)
        await boss.hears('EN call 88049 The agent does not talk #held')
        await asks(agent, call, 'RETRIEVE')
        await agent.drains()
        expect((await supervises(boss, 'SILENT_MONITOR')).status).toBe(202)
        await boss.hears('VN POST ACTIVE')
        await agent.hears('VN POST ACTIVE')
        story.callHas(call, { callType: 'CONFERENCE' })
        const uri = `<associatedDialogUri>/finesse/api/Dialog/${await idOf(boss)}</associatedDialogUri>`
        expect((await supervises(boss, 'BARGE_CALL', uri)).status).toBe(202)
        expect((await boss.drains()).filter((line) => line.startsWith('UN'))).toEqual([])
        expect([await boss.voice(), await agent.voice()]).toEqual(['NOT_READY', 'NOT_READY'])
        await agent.drains()
        await hangsUp(stage, call)
        await boss.drains()
        await agent.drains()
      }),
  )
}
