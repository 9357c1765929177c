/** Scripts of campaigns: reservations, customers who are reached or not, and what agents say about them. */
import type { LegAction } from '../../machines/wire.ts'
import type { CampaignSubmission } from '../../src/engine/acd/campaigns-api.ts'
import type { Command } from '../../src/engine/commands.ts'
import type { Script, Step } from './scripts.ts'

/** Numbers outside. Each answers in its own way. */
const TALKS = '55501'
const BUSY = '55502'
const SILENT = '55504'
const AGENT = '1001'

const command = (given: Command): Step => ({ kind: 'command', run: (on) => on.engine.command(given) })
/** Calls are numbered from 0. A reservation has a number, and so has the call with the customer. */
const call = (number: number) => String(16777217 + number)
const is = (state: 'READY' | 'NOT_READY') => command({ type: 'user.setState', user: AGENT, state })
const signsIn: readonly Step[] = [command({ type: 'user.signIn', user: AGENT, extension: AGENT }), is('READY')]
const on = (number: number) => ({ user: AGENT, dialog: call(number), targetMediaAddress: AGENT })
const does = (number: number, action: LegAction) => command({ type: 'call.act', ...on(number), action, requestId: 'c' })
const classifies = (number: number) => command({ type: 'call.reclassify', ...on(number), classification: 'FAX' })
const callsBack = (number: number) =>
  command({ type: 'call.setCallback', ...on(number), callbackTime: '2030-01-01T10:00', callbackNumber: TALKS })
const cancels = (number: number) => command({ type: 'call.cancelCallback', ...on(number) })
const arrives: Step = {
  kind: 'submit',
  run: ({ engine }) => engine.acd?.submitCall({ from: '5550100', to: AGENT }) ?? Promise.resolve(),
}
const wait = (seconds: number): Step => ({ kind: 'time', run: ({ clock }) => clock.advance(seconds * 1000) })
const network: Step = {
  kind: 'submit',
  run: ({ engine }) =>
    engine.acd?.changeNetwork({
      numbers: {
        [TALKS]: { outcome: 'answer', ringSeconds: 5, talkSeconds: 60 },
        [BUSY]: { outcome: 'busy' },
        [SILENT]: { outcome: 'no-answer' },
      },
    }) ?? Promise.resolve(),
}
const campaign = (
  mode: CampaignSubmission['mode'],
  numbers: readonly string[],
  more: Partial<CampaignSubmission> = {},
): Step => ({
  kind: 'submit',
  run: ({ engine }) =>
    engine.acd?.campaigns.create({
      id: 'spring',
      mode,
      queue: '701',
      contacts: numbers.map((number) => ({ number })),
      ...more,
    }) ?? Promise.resolve(),
})

const asItIs: Script['options'] = () => ({})
const begins = (...steps: readonly Step[]): readonly Step[] => [network, ...signsIn, ...steps]

export const CAMPAIGN_SCRIPTS: readonly Script[] = [
  {
    name: 'a preview leads to a call with a customer',
    options: asItIs,
    steps: begins(
      campaign('preview', [TALKS]),
      does(0, 'ANSWER'),
      is('READY'),
      does(0, 'ACCEPT'),
      wait(5),
      classifies(1),
      classifies(1),
      callsBack(1),
      callsBack(1),
      cancels(1),
      does(1, 'DROP'),
    ),
  },
  {
    name: 'customers of previews are not reached',
    options: asItIs,
    steps: begins(
      campaign('preview', [BUSY, SILENT, TALKS, TALKS, TALKS]),
      does(0, 'ACCEPT'),
      does(1, 'ACCEPT'),
      wait(30),
      does(2, 'CLOSE'),
      does(3, 'REJECT'),
      wait(60),
    ),
  },
  {
    name: 'an agent leaves the reservation of a dialler, and one of a predictive one talks',
    options: asItIs,
    steps: begins(
      campaign('predictive', [SILENT, TALKS], { linesPerAgent: 2 }),
      is('NOT_READY'),
      is('READY'),
      is('READY'),
      wait(5),
      wait(60),
    ),
  },
  {
    name: 'a customer answers while the agent talks on another call',
    options: asItIs,
    steps: begins(
      campaign('preview', [TALKS]),
      does(0, 'ACCEPT'),
      arrives,
      does(1, 'ANSWER'),
      wait(5),
      classifies(1),
      does(1, 'DROP'),
    ),
  },
  {
    name: 'a reserved agent wants to leave the reservation by a state (CCX)',
    options: () => ({ directory: (sample) => ({ ...sample, platform: 'CCX' }) }),
    steps: begins(campaign('direct-preview', [TALKS]), is('NOT_READY'), is('READY'), does(0, 'REJECT')),
  },
]
