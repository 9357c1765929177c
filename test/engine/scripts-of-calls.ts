/** Scripts in which agents call each other, queues and numbers outside, consult, transfer, confer and drop each other. */

import type { JoinAction, LegAction, MobileAgentMode } from '../../machines/wire.ts'
import type { Directory } from '../../src/directory/model.ts'
import type { Command } from '../../src/engine/commands.ts'
import type { FarEndState } from '../../src/engine/ports.ts'
import { scriptedAcd } from '../../src/testing/index.ts'
import type { Script, Step } from './scripts.ts'

/** Numbers outside. Each answers in its own way. */
const TALKS = '55501'
const BUSY = '55502'
const BAD = '55503'
const SILENT = '55504'
/** The numbers of two queues. Agents 1001, 1002 and 1003 belong to the first one. */
const QUEUE = '8000'
const OTHER_QUEUE = '8001'
const SECOND = 1000

// ---------------------------------------------------------------------------------------------- steps

const command = (given: Command): Step => ({ kind: 'command', run: (on) => on.engine.command(given) })
/** Calls are numbered from 0, in the order in which they begin. */
const call = (number: number) => String(16777217 + number)
const signIn = (...users: readonly string[]): readonly Step[] =>
  users.map((user) => command({ type: 'user.signIn', user, extension: user }))
const is = (user: string, state: 'READY' | 'NOT_READY' | 'LOGOUT', by: 'self' | 'supervisor' = 'self') =>
  command({ type: 'user.setState', user, state, by })
/** A call has a new number after a failure, so this step is not repeated. */
const makes = (user: string, toAddress: string): Step => ({
  kind: 'submit',
  run: (on) => on.engine.command({ type: 'call.make', user, fromAddress: user, toAddress }),
})
const does = (user: string, number: number, action: LegAction) =>
  command({ type: 'call.act', user, dialog: call(number), action, targetMediaAddress: user, requestId: 'c' })
const consults = (user: string, number: number, toAddress: string) =>
  command({ type: 'call.consult', user, dialog: call(number), targetMediaAddress: user, toAddress })
const transfersTo = (user: string, number: number, toAddress: string) =>
  command({ type: 'call.transferTo', user, dialog: call(number), targetMediaAddress: user, toAddress })
const joins = (user: string, number: number, action: JoinAction) =>
  command({ type: 'call.join', user, dialog: call(number), action, targetMediaAddress: user })
const drops = (user: string, number: number, targetMediaAddress: string) =>
  command({ type: 'call.dropParticipant', user, dialog: call(number), targetMediaAddress })
const mobile = (mode: MobileAgentMode, dialNumber: string) =>
  command({ type: 'user.signIn', user: '1006', extension: '1006', mobileAgent: { mode, dialNumber } })
/** As for `makes`. */
const listens = (user: string, toAddress: string): Step => ({
  kind: 'submit',
  run: (on) => on.engine.command({ type: 'call.monitor', user, fromAddress: user, toAddress }),
})
const barges = (user: string, toAddress: string, number: number) =>
  command({ type: 'call.barge', user, fromAddress: user, toAddress, monitor: call(number), requestId: 'b' })
const arrives = (to: string): Step => ({
  kind: 'submit',
  run: (on) => on.engine.acd?.submitCall({ from: '5550100', to }) ?? Promise.resolve(),
})
const hangsUp = (number: number): Step => ({
  kind: 'submit',
  run: (on) => on.engine.acd?.hangUp(call(number)) ?? Promise.resolve(),
})
const offered = (user: string, id: string): Step => ({
  kind: 'submit',
  run: (on) =>
    on.engine.acdEvents.offerCall(user, `offer of ${id}`, { id, from: '5550100', to: '8000', variables: [] }),
})
const farEnd = (id: string, state: FarEndState): Step => ({
  kind: 'submit',
  run: (on) => on.engine.acdEvents.farEnd(id, state),
})
const network: Step = {
  kind: 'submit',
  run: (on) =>
    on.engine.acd?.changeNetwork({
      numbers: {
        [TALKS]: { outcome: 'answer', ringSeconds: 5, talkSeconds: 10 },
        [BUSY]: { outcome: 'busy' },
        [BAD]: { outcome: 'bad-number' },
        [SILENT]: { outcome: 'no-answer' },
      },
    }) ?? Promise.resolve(),
}
const connects = (user: string, available: boolean): Step => ({
  kind: 'event',
  run: (on) => on.engine.adapters.presence({ user, side: 'A', session: 'a', available }),
})
const wait = (seconds: number): Step => ({ kind: 'time', run: (on) => on.clock.advance(seconds * SECOND) })

/** The first agent gets a call and consults the second one, who answers. They are the calls 0 and 1. */
const consulted = (first: string, second: string): readonly Step[] => [
  ...signIn(first, second),
  arrives(first),
  does(first, 0, 'ANSWER'),
  consults(first, 0, second),
  does(second, 1, 'ANSWER'),
]

// ---------------------------------------------------------------------------------------------- scripts

const asItIs: Script['options'] = () => ({})
const withSettings =
  (settings: Partial<Directory['settings']>): Script['options'] =>
  () => ({ directory: (sample) => ({ ...sample, settings: { ...sample.settings, ...settings } }) })

export const CALL_SCRIPTS: readonly Script[] = [
  {
    name: 'agents call each other',
    options: asItIs,
    steps: [
      ...signIn('1001', '1002'),
      is('1001', 'READY'),
      makes('1001', '1002'),
      makes('1001', '1004'),
      does('1002', 0, 'ANSWER'),
      does('1001', 0, 'HOLD'),
      does('1001', 0, 'RETRIEVE'),
      does('1002', 0, 'DROP'),
      makes('1001', '1004'),
      wait(60),
      makes('1001', '1002'),
      wait(300),
      makes('1001', '1002'),
      does('1001', 4, 'DROP'),
      makes('1001', '1002'),
      is('1002', 'LOGOUT', 'supervisor'),
      wait(300),
    ],
  },
  {
    name: 'an agent calls numbers outside',
    options: asItIs,
    steps: [
      network,
      ...signIn('1001'),
      makes('1001', TALKS),
      wait(60),
      makes('1001', BUSY),
      does('1001', 1, 'DROP'),
      makes('1001', BAD),
      wait(60),
      makes('1001', SILENT),
      wait(300),
      makes('1001', SILENT),
      hangsUp(4),
      does('1001', 4, 'DROP'),
      makes('1001', SILENT),
      does('1001', 5, 'DROP'),
      makes('1001', BUSY),
      is('1001', 'LOGOUT', 'supervisor'),
      wait(300),
    ],
  },
  {
    name: 'an agent consults and transfers',
    options: asItIs,
    steps: [
      ...consulted('1001', '1002'),
      does('1001', 0, 'RETRIEVE'),
      does('1001', 0, 'HOLD'),
      joins('1001', 0, 'TRANSFER'),
      does('1001', 1, 'RETRIEVE'),
      joins('1001', 0, 'TRANSFER'),
      consults('1002', 0, '1001'),
      joins('1002', 0, 'TRANSFER'),
      does('1001', 2, 'ANSWER'),
      does('1001', 0, 'ANSWER'),
      consults('1001', 0, '1004'),
      wait(60),
      does('1001', 0, 'RETRIEVE'),
      does('1001', 0, 'DROP'),
    ],
  },
  {
    name: 'an agent consults an agent who is on the call already',
    options: asItIs,
    steps: [
      ...signIn('1001', '1002'),
      makes('1001', '1002'),
      does('1002', 0, 'ANSWER'),
      consults('1001', 0, '1002'),
      does('1002', 1, 'ANSWER'),
      joins('1001', 0, 'TRANSFER'),
      joins('1001', 0, 'CONFERENCE'),
      does('1001', 1, 'DROP'),
      does('1001', 0, 'DROP'),
    ],
  },
  {
    name: 'agents confer, and drop each other',
    options: withSettings({ enableDropParticipantFor: 'conference_controller_and_supervisor' }),
    steps: [
      ...signIn('1004'),
      ...consulted('1001', '1002'),
      drops('1001', 1, '1002'),
      joins('1001', 0, 'CONFERENCE'),
      drops('1002', 0, '1001'),
      drops('1001', 0, '1004'),
      consults('1002', 0, '1004'),
      consults('1001', 0, '1004'),
      does('1004', 2, 'ANSWER'),
      joins('1001', 0, 'CONFERENCE'),
      drops('1001', 0, '1004'),
      does('1001', 0, 'DROP'),
      consults('1002', 0, '1004'),
      hangsUp(0),
    ],
  },
  {
    name: 'a conference is full, and belongs to another agent',
    options: withSettings({ conferencePartiesMax: 3 }),
    steps: [
      ...signIn('1004'),
      ...consulted('1001', '1002'),
      joins('1001', 0, 'CONFERENCE'),
      consults('1001', 0, '1004'),
      does('1004', 2, 'ANSWER'),
      joins('1001', 0, 'CONFERENCE'),
      does('1001', 2, 'DROP'),
      makes('1004', '1002'),
      does('1002', 3, 'ANSWER'),
      does('1002', 0, 'RETRIEVE'),
      joins('1002', 3, 'CONFERENCE'),
      is('1002', 'LOGOUT', 'supervisor'),
      does('1001', 0, 'DROP'),
      does('1002', 0, 'DROP'),
    ],
  },
  {
    name: 'an agent transfers calls to numbers',
    options: asItIs,
    steps: [
      network,
      ...signIn('1001', '1002'),
      arrives('1001'),
      does('1001', 0, 'ANSWER'),
      transfersTo('1001', 0, BUSY),
      transfersTo('1001', 0, BAD),
      transfersTo('1001', 0, '1004'),
      transfersTo('1001', 0, '1002'),
      does('1002', 0, 'ANSWER'),
      transfersTo('1002', 0, TALKS),
      wait(60),
      arrives('1001'),
      does('1001', 1, 'ANSWER'),
      transfersTo('1001', 1, SILENT),
      wait(300),
      arrives('1001'),
      does('1001', 2, 'ANSWER'),
      transfersTo('1001', 2, '1002'),
      is('1002', 'LOGOUT', 'supervisor'),
    ],
  },
  {
    name: 'an agent calls a queue',
    options: asItIs,
    steps: [
      ...signIn('1001', '1002'),
      makes('1001', QUEUE),
      is('1002', 'READY'),
      wait(15),
      is('1002', 'READY'),
      does('1002', 0, 'ANSWER'),
      does('1001', 0, 'DROP'),
      is('1002', 'NOT_READY'),
      makes('1001', QUEUE),
      does('1001', 1, 'DROP'),
      makes('1001', QUEUE),
      wait(630),
      makes('1001', QUEUE),
      wait(595),
      is('1002', 'READY'),
      wait(45),
    ],
  },
  {
    name: 'an agent transfers customers to a queue',
    options: asItIs,
    steps: [
      ...signIn('1001', '1002'),
      arrives('1001'),
      does('1001', 0, 'ANSWER'),
      transfersTo('1001', 0, QUEUE),
      is('1002', 'READY'),
      wait(15),
      is('1002', 'READY'),
      does('1002', 0, 'ANSWER'),
      consults('1002', 0, QUEUE),
      joins('1002', 0, 'TRANSFER'),
      hangsUp(0),
      arrives('1001'),
      does('1001', 2, 'ANSWER'),
      transfersTo('1001', 2, QUEUE),
      is('1002', 'NOT_READY'),
      wait(600),
      arrives('1001'),
      does('1001', 3, 'ANSWER'),
      transfersTo('1001', 3, QUEUE),
      wait(595),
      is('1002', 'READY'),
      wait(15),
    ],
  },
  {
    name: 'an agent waits in a queue together with a customer',
    options: asItIs,
    steps: [
      ...signIn('1001', '1002', '1005'),
      arrives('1001'),
      does('1001', 0, 'ANSWER'),
      consults('1001', 0, QUEUE),
      joins('1001', 0, 'CONFERENCE'),
      transfersTo('1001', 0, '1005'),
      consults('1001', 0, OTHER_QUEUE),
      joins('1001', 0, 'TRANSFER'),
      does('1001', 2, 'DROP'),
      does('1001', 0, 'RETRIEVE'),
      is('1002', 'READY'),
      does('1002', 0, 'ANSWER'),
      does('1001', 0, 'DROP'),
      hangsUp(0),
      arrives('1001'),
      does('1001', 3, 'ANSWER'),
      consults('1001', 3, QUEUE),
      joins('1001', 3, 'TRANSFER'),
      wait(60),
      hangsUp(3),
    ],
  },
  {
    name: 'numbers outside call each other',
    options: asItIs,
    steps: [network, arrives(TALKS), wait(60), arrives(BUSY), wait(60), arrives(SILENT), hangsUp(2)],
  },
  {
    name: 'an agent who is signed out is transferred (LOAD 1)',
    options: withSettings({ logoutOnAgentDisconnect: 1 }),
    steps: [
      ...consulted('1001', '1002'),
      connects('1002', true),
      connects('1002', false),
      wait(60),
      joins('1001', 0, 'TRANSFER'),
      hangsUp(0),
    ],
  },
  {
    name: 'agents transfer and wrap up, with a reason',
    options: () => ({
      directory: (sample) => ({
        ...sample,
        users: sample.users.map((user) => ({
          ...user,
          settings: { ...user.settings, wrapUpOnIncoming: 'REQUIRED_WITH_WRAP_UP_DATA' },
        })),
      }),
    }),
    steps: [
      ...consulted('1001', '1002'),
      joins('1001', 0, 'TRANSFER'),
      is('1001', 'READY'),
      command({ type: 'call.setData', user: '1001', dialog: call(0), wrapUpReason: 'sold' }),
      is('1001', 'READY'),
      transfersTo('1002', 0, '1001'),
      does('1001', 0, 'ANSWER'),
      hangsUp(0),
      wait(300),
    ],
  },
  {
    name: 'one user listens to another one, and barges in',
    options: withSettings({ conferencePartiesMax: 4 }),
    steps: [
      ...signIn('1001', '1002', '1003'),
      listens('1002', '1001'),
      is('1002', 'READY'),
      listens('1002', '1001'),
      is('1002', 'NOT_READY'),
      arrives('1001'),
      does('1001', 0, 'ANSWER'),
      listens('1002', '1001'),
      listens('1002', '1001'),
      listens('1003', '1001'),
      does('1002', 1, 'DROP'),
      listens('1002', '1001'),
      does('1001', 0, 'HOLD'),
      barges('1002', '1001', 2),
      does('1001', 0, 'RETRIEVE'),
      arrives('1002'),
      does('1002', 3, 'ANSWER'),
      does('1002', 3, 'DROP'),
      listens('1002', '1001'),
      barges('1002', '1001', 2),
      barges('1002', '1001', 4),
      barges('1002', '1001', 4),
      listens('1003', '1002'),
      does('1001', 0, 'DROP'),
      does('1002', 0, 'DROP'),
      wait(10),
    ],
  },
  {
    name: 'a mobile agent',
    options: asItIs,
    steps: [
      network,
      mobile('NAILED_CONNECTION', TALKS),
      is('1006', 'READY'),
      wait(6),
      is('1006', 'READY'),
      is('1006', 'NOT_READY'),
      is('1006', 'LOGOUT'),
      mobile('NAILED_CONNECTION', BUSY),
      wait(60),
      mobile('NAILED_CONNECTION', TALKS),
      wait(60),
      mobile('CALL_BY_CALL', BUSY),
      is('1006', 'READY'),
      arrives('1006'),
      mobile('CALL_BY_CALL', TALKS),
      arrives('1006'),
      wait(60),
      is('1006', 'NOT_READY'),
      is('1006', 'LOGOUT'),
      wait(600),
    ],
  },
  {
    name: 'an agent signs in at another extension (CCX)',
    options: () => ({
      directory: (sample) => ({
        ...sample,
        platform: 'CCX',
        users: sample.users.map((user) => (user.id === '1001' ? { ...user, extensions: ['1001', '1011'] } : user)),
      }),
    }),
    steps: [
      ...signIn('1001'),
      is('1001', 'READY'),
      arrives('1001'),
      command({ type: 'user.signIn', user: '1001', extension: '1011' }),
      is('1001', 'READY'),
      wait(60),
    ],
  },
  {
    name: 'a user who listens is signed out (LOAD 1)',
    options: withSettings({ logoutOnAgentDisconnect: 1 }),
    steps: [
      ...signIn('1001', '1002'),
      arrives('1001'),
      does('1001', 0, 'ANSWER'),
      connects('1002', true),
      listens('1002', '1001'),
      connects('1002', false),
      wait(60),
      hangsUp(0),
    ],
  },
  {
    name: "calls of an embedder's ACD",
    options: () => ({ acd: scriptedAcd({ numbers: 'silence' }) }),
    steps: [
      ...signIn('1001', '1002'),
      offered('1001', 'c-1'),
      does('1001', 0, 'ANSWER'),
      transfersTo('1001', 0, TALKS),
      farEnd(`${call(0)}/1`, 'BUSY'),
      consults('1001', 0, TALKS),
      farEnd(`${call(1)}/1`, 'ANSWERED'),
      joins('1001', 0, 'CONFERENCE'),
      farEnd('c-1', 'HUNG_UP'),
      does('1001', 0, 'DROP'),
      makes('1002', TALKS),
      wait(10),
    ],
  },
]
