/** Every kind of input, effect and output has a text. The tables below do not compile when a kind is missing. */
import { describe, expect, it } from 'vitest'
import type {
  CallView,
  DeadlineName,
  Effect,
  MediaView,
  TaskFacts,
  TaskView,
  UserView,
} from '../../../machines/effects.ts'
import { loadDirectory } from '../../../src/directory/index.ts'
import { outputsOf } from '../../../src/engine/aggregate/user/publish.ts'
import { userSetup } from '../../../src/engine/aggregate/user/setup.ts'
import type { FaultInput } from '../../../src/engine/api.ts'
import type { Input, Message, UserInputEvent } from '../../../src/engine/input.ts'
import type { Output } from '../../../src/engine/output.ts'
import type { AcdCallRequest, AcdRequest, JournalRow } from '../../../src/engine/ports.ts'
import type { PublishedValue } from '../../../src/engine/values.ts'
import { REPORTED_BY } from '../../../src/errors/index.ts'
import { deadlineTitle, upcoming } from '../../../src/history/explain/deadlines.ts'
import { refusedBy } from '../../../src/history/explain/failures.ts'
import { inputWords, whoWords } from '../../../src/history/explain/inputs.ts'
import { namesOf } from '../../../src/history/explain/names.ts'
import { putOut, requestWords, valueWords } from '../../../src/history/explain/outputs.ts'

const { directory } = await loadDirectory()
const user = directory.users.find(({ id }) => id === '1001')
if (!user) throw new Error('the sample has no 1001')
const setup = userSetup(directory, user, { role: 'authority', acd: 'built-in', sides: ['A'] })
const names = namesOf(setup, false)

type Of<Union, Key extends PropertyKey, Name> = Extract<Union, Readonly<Record<Key, Name>>>
type Kinds<T extends { readonly kind: string }> = { readonly [K in T['kind']]: Of<T, 'kind', K> }
type Types<T extends { readonly type: string }> = {
  readonly [K in T['type']]: T extends { readonly type: infer N } ? (K extends N ? T : never) : never
}

const task: TaskFacts = {
  id: '5002-1',
  scriptSelector: 'chat_sales',
  variables: [],
  queueNumber: '',
  queueName: '',
  associatedDialog: '',
}
const call: CallView = {
  dialog: '16777217',
  fromAddress: '5550100',
  toAddress: '1001',
  dnis: '1001',
  dialedNumber: '1001',
  callType: '',
  variables: [],
  state: 'ALERTING',
  legs: [],
}
const dialog = '1000_1001_5002'
const mrd = '5002'
const reason = null
const side = 'A' as const

const extensions = { extension: '1234', agentExtension: '1001' } as const
const monitor = { supervisor: '1234', agent: '1001', of: '16777217' } as const
const terms = { partiesMax: 4, dropParticipantFor: 'supervisor_only', supervisors: [] } as const
const barge = { supervisor: '1234', extension: '1234', agent: '1001', terms, last: call } as const

const EVENTS: Types<UserInputEvent> = {
  SIGN_IN: { type: 'SIGN_IN', side, extension: '1001', mobileAgent: null },
  READY: { type: 'READY', supervisor: false },
  NOT_READY: { type: 'NOT_READY', supervisor: false, reason },
  SIGN_OUT: { type: 'SIGN_OUT', supervisor: false, reason },
  WORK: { type: 'WORK' },
  CALLS_FOUND: { type: 'CALLS_FOUND' },
  MONITOR: { type: 'MONITOR', agent: '1001', ...extensions },
  BARGE_ASKED: { type: 'BARGE_ASKED', listener: '1234', extension: '1234', monitor: '16777218', controls: true, terms },
  MEDIA_SIGN_IN: {
    type: 'MEDIA_SIGN_IN',
    side,
    mrd,
    maxDialogLimit: 1,
    interruptAction: 'ACCEPT',
    dialogLogoutAction: 'CLOSE',
  },
  MEDIA_STATE: { type: 'MEDIA_STATE', mrd, state: 'READY', reason },
  MEDIA_ROUTABLE: { type: 'MEDIA_ROUTABLE', mrd, routable: true },
  DIALOG_ACTION: { type: 'DIALOG_ACTION', mrd, dialog, action: 'START', target: '', targetKnown: false },
  PRESENCE: { type: 'PRESENCE', side, session: '1001@localhost/desk', available: true },
  SERVICE_LOST: { type: 'SERVICE_LOST', side },
  SERVICE_BACK: { type: 'SERVICE_BACK', side },
  SESSIONS_LOST: { type: 'SESSIONS_LOST', side },
  LINK_LOST: { type: 'LINK_LOST', side },
  LINK_BACK: { type: 'LINK_BACK', side },
  PATH_LOST: { type: 'PATH_LOST' },
  PATH_BACK: { type: 'PATH_BACK' },
  PERIPHERAL_LOST: { type: 'PERIPHERAL_LOST', both: false },
  USER_EVENT: { type: 'USER_EVENT', state: 'READY', reason },
  MEDIA_EVENT: { type: 'MEDIA_EVENT', mrd, state: 'READY' },
  TASK_EVENT: { type: 'TASK_EVENT', mrd, dialog, state: 'ACTIVE' },
  CALL_EVENT: { type: 'CALL_EVENT', change: 'REMOVED', call },
}

const who = { user: '1001', task: '5002-1', offer: '5002-1/1' }
const consult = {
  associatedDialog: '16777217',
  user: '1001',
  extension: '1001',
  to: '5550100',
  destination: { kind: 'outside' },
  variables: [],
} as const
const joining = { how: 'TRANSFER', user: '1001', terms } as const
const facts = { campaign: 'spring', mode: 'preview', isBlended: true, isCallback: false, wrapUp: false } as const
const contact = { record: 'spring:1', number: '5550100', variables: [] } as const
const queueOfCampaign = { number: '701', name: 'Support Line' } as const
const reached = {
  ...facts,
  ...contact,
  reservation: '16777217',
  user: '1001',
  extension: '1001',
  queue: queueOfCampaign,
  talkMs: null,
} as const
const reserving = {
  type: 'RESERVES',
  user: '1001',
  extension: '1001',
  dialler: '9900',
  queue: queueOfCampaign,
  facts,
  variables: [],
  contacts: [contact],
  previewMs: 1,
  noAnswerMs: 1,
} as const
const MESSAGES: Types<Message> = {
  offer: { type: 'offer', mrd, offer: '5002-1/1', task },
  customerCancels: { type: 'customerCancels', task: '5002-1' },
  resubmitted: { type: 'resubmitted', mrd, dialog, task: '5002-1', attempt: null },
  resubmissionRefused: { type: 'resubmissionRefused', mrd, dialog, reason: 'full', attempt: null },
  availability: { type: 'availability', user: '1001', version: 1, claim: { eligible: true, freeSlots: 1, since: 0 } },
  offered: { type: 'offered', ...who, dialog },
  accepted: { type: 'accepted', ...who },
  refused: { type: 'refused', ...who, reason: 'NOT_READY' },
  handled: { type: 'handled', task: '5002-1' },
  resubmit: {
    type: 'resubmit',
    user: '1001',
    task: '5002-1',
    dialog,
    scriptSelector: 'chat_sales',
    cause: 'TRANSFER',
    attempt: 1,
  },
  cancelResubmission: { type: 'cancelResubmission', task: '5002-1', attempt: null },
  ended: { type: 'ended', task: '5002-1', cause: 'LOST' },
  enqueue: { type: 'enqueue', original: '5002-1', scriptSelector: 'chat_sales', variables: [], associatedDialog: '' },
  enqueued: { type: 'enqueued', original: '5002-1', task: '5001-2' },
  withdraw: { type: 'withdraw', task: '5002-1' },
  call: {
    type: 'call',
    event: { type: 'ARRIVES', from: '5550100', to: '1001', user: '1001', variables: [], wrapUp: false, ringMs: 1 },
  },
  callAvailability: {
    type: 'callAvailability',
    user: '1001',
    version: 1,
    claim: { eligible: true, freeSlots: 1, since: 0 },
    extension: '1001',
  },
  acdCallIsIn: { type: 'acdCallIsIn', call: 'c-1' },
  acdCallOver: { type: 'acdCallOver', call: 'c-1' },
  acdCallFailed: { type: 'acdCallFailed', user: '1001', call: 'c-1', offer: 'o-1' },
  farEnd: { type: 'farEnd', call: 'c-1', state: 'HUNG_UP' },
  callWaits: { type: 'callWaits', call: '16777217' },
  ringAt: { type: 'ringAt', user: '1001', extension: '1001', wrapUp: false, ringMs: 1 },
  callNotTaken: { type: 'callNotTaken', call: '16777217', user: '1001', isRefused: true },
  callLeftQueue: { type: 'callLeftQueue', call: '16777217' },
  queueRemoved: { type: 'queueRemoved' },
  consults: { type: 'consults', consult, requestId: '' },
  seeksAgents: { type: 'seeksAgents', campaign: 'spring', agents: 2, notFor: [] },
  loanOver: { type: 'loanOver', user: '1001', loan: 'spring/1', isRefused: true },
  agentLent: { type: 'agentLent', user: '1001', extension: '1001', wrapUp: false, loan: 'spring/1' },
  reserves: { type: 'reserves', event: reserving },
  reservationRefused: { type: 'reservationRefused', user: '1001', records: ['spring:1'] },
  reaches: { type: 'reaches', reached },
  reservationOver: { type: 'reservationOver', isRefused: false },
  campaignNews: { type: 'campaignNews', dialog: '16777217', news: { what: 'TAKEN', user: '1001' } },
  dialled: { type: 'dialled', number: '5550100' },
  numberIs: { type: 'numberIs', number: { outcome: 'BUSY' } },
  nails: { type: 'nails', extension: '1001', dialNumber: '5550100' },
  nail: { type: 'nail', dialog: '16777217', is: 'UP' },
  nailEnds: { type: 'nailEnds' },
  phoneFails: { type: 'phoneFails', user: '1001' },
  wantsToListen: { type: 'wantsToListen', listener: '1234', ...extensions, requestId: '' },
  newCallFailed: { type: 'newCallFailed', action: 'SILENT_MONITOR', failure: 'AGENT_NOT_TALKING', requestId: '' },
  monitors: { type: 'monitors', listening: { monitor, ...extensions }, requestId: '' },
  monitoringEnds: { type: 'monitoringEnds', user: '1001' },
  bargesIn: { type: 'bargesIn', ...barge, requestId: '' },
  hasBargedIn: { type: 'hasBargedIn' },
  legTaken: { type: 'legTaken', user: '1001' },
  legRefused: { type: 'legRefused', user: '1001' },
  wrapUpOver: { type: 'wrapUpOver', user: '1001' },
  agentSignedOut: { type: 'agentSignedOut', user: '1001' },
  agentLeaves: { type: 'agentLeaves', user: '1001', leaves: true },
  agentTalks: { type: 'agentTalks', user: '1001', elsewhere: true },
  holdForOther: { type: 'holdForOther', user: '1001' },
  lineIsFree: { type: 'lineIsFree', user: '1001', requestId: '' },
  joins: { type: 'joins', dialog: '16777217', how: 'CONFERENCE', terms, requestId: '' },
  joinsInto: { type: 'joinsInto', into: '16777217', ...joining, requestId: '' },
  legsCome: { type: 'legsCome', ...joining, legs: [], last: call, agents: [], requestId: '' },
  hasJoined: { type: 'hasJoined', ...joining },
  takesLine: { type: 'takesLine', dialog: '16777217', requestId: '' },
  leg: { type: 'leg', change: 'ADDED', leg: 'ALERTING', notAnswered: false, call, requestId: '' },
  legFailed: {
    type: 'legFailed',
    dialog: '16777217',
    failure: 'INVALID_CALL_ACTION',
    detail: 'DROP on extension 1001',
    requestId: '',
  },
}

const FAULTS: Types<FaultInput> = {
  'acd-link': { type: 'acd-link', side, up: false },
  side: { type: 'side', side, up: false },
  'app-path': { type: 'app-path', side, up: false },
  'peripheral-gateway': { type: 'peripheral-gateway', side, both: true, up: false },
  resubmission: { type: 'resubmission', side, mode: 'late', up: false },
}

const queue = { mrd, name: 'Chat', selectors: {}, losesTransfers: true, lateAfterMs: 1 }
const INPUTS: Kinds<Input> = {
  user: { kind: 'user', event: EVENTS.READY },
  call: { kind: 'call', event: { type: 'CALLER_HANGS_UP' } },
  side: { kind: 'side', change: 'LOST', dependency: 'acd-link' },
  fault: { kind: 'fault', fault: FAULTS['acd-link'] },
  acd: { kind: 'acd', event: { type: 'offer', mrd, offer: '1', task } },
  acdCall: {
    kind: 'acdCall',
    event: {
      type: 'offerCall',
      from: '5550100',
      to: '1001',
      user: '1001',
      variables: [],
      wrapUp: false,
      ringMs: 1,
      acd: { offer: 'o-1', call: 'c-1', dialled: '8000', callType: 'OTHER_IN' },
    },
  },
  submitTask: { kind: 'submitTask', scriptSelector: 'chat_sales', variables: [], agentId: '' },
  abandonTask: { kind: 'abandonTask', task: '5002-1' },
  erase: { kind: 'erase', tasks: ['5002-1'] },
  submitCall: {
    kind: 'submitCall',
    from: '5550100',
    to: '1001',
    user: '1001',
    variables: [],
    wrapUp: false,
    ringMs: 1,
  },
  queueCall: {
    kind: 'queueCall',
    from: '5550100',
    to: '8000',
    queue: { id: '701', name: 'Support Line' },
    variables: [],
    timeoutMs: 1,
  },
  makeCall: {
    kind: 'makeCall',
    user: '1001',
    extension: '1001',
    to: '5550100',
    destination: { kind: 'outside' },
    variables: [],
    wrapUp: false,
  },
  callOutside: {
    kind: 'callOutside',
    from: '5550100',
    to: '5550200',
    destination: { kind: 'outside' },
    variables: [],
  },
  campaign: { kind: 'campaign', change: { type: 'RUN', isRunning: true } },
  network: { kind: 'network', change: { numbers: { '5550100': { outcome: 'busy' } } } },
  message: { kind: 'message', from: 'queue/5002', number: 1, body: MESSAGES.handled },
  deadline: { kind: 'deadline', owner: dialog, name: 'START_TIMEOUT', due: 0 },
  configuredUser: { kind: 'configuredUser', setup },
  removedUser: { kind: 'removedUser', reason: setup.config.reasons.systemFailure },
  awaited: { kind: 'awaited', sides: ['A'] },
  heard: { kind: 'heard', missed: [1] },
  notBack: { kind: 'notBack', side, missed: [1, 2] },
  configuredQueue: { kind: 'configuredQueue', setup: queue },
  configuredVoiceQueue: {
    kind: 'configuredVoiceQueue',
    setup: { id: '701', name: 'Support Line', members: [], policy: 'in-order', ringMs: 1 },
  },
  removedQueue: { kind: 'removedQueue' },
  configuredSide: { kind: 'configuredSide', platform: 'CCE' },
  draining: { kind: 'draining', on: true },
  clockSetBack: { kind: 'clockSetBack', by: 3_600_000 },
}

const DEADLINES: Readonly<Record<DeadlineName, string>> = {
  START_TIMEOUT: dialog,
  MAX_TASK_DURATION: dialog,
  TRANSFER_TIMEOUT: dialog,
  PRESENCE_GRACE_OVER: 'presence:A',
  WRAP_UP_TIMEOUT: 'user',
  RING_TIMEOUT: '16777217',
  NUMBER_TIMEOUT: '16777217',
  TASK_LIFE: dialog,
  QUEUE_TIMEOUT: '16777217',
  ANSWER_DUE: '16777217#+1',
  TALK_OVER: '16777217#+1',
  FAILURE_TIMEOUT: '16777217#1001',
  LINE_DUE: '16777217',
  CAMPAIGN_DUE: 'campaign',
  OVERFLOW_DUE: 'queue',
  LATE_CONFIRMATION: `${dialog}#1`,
}

const REQUESTS: Types<AcdRequest> = {
  accepted: { type: 'accepted', ...who, dialog },
  refused: { type: 'refused', ...who, reason: 'BUSY_ELSEWHERE' },
  handled: { type: 'handled', user: '1001', task: '5002-1', dialog },
  resubmit: {
    type: 'resubmit',
    user: '1001',
    task: '5002-1',
    dialog,
    scriptSelector: 'chat_sales',
    cause: 'SIGN_OUT',
    attempt: 0,
  },
  cancelResubmission: { type: 'cancelResubmission', user: '1001', task: '5002-1', dialog, attempt: null },
  ended: { type: 'ended', user: '1001', task: '5002-1', dialog, cause: 'ABANDONED' },
  availability: { type: 'availability', user: '1001', version: 1, mrds: {} },
}

const ofCall = { user: '1001', call: 'c-1', offer: 'o-1', dialog: '16777217' }
const CALL_REQUESTS: Types<AcdCallRequest> = {
  callRefused: { type: 'callRefused', ...ofCall },
  callAnswered: { type: 'callAnswered', ...ofCall },
  callNotAnswered: { type: 'callNotAnswered', ...ofCall, cause: 'SIGN_OUT' },
  dialled: {
    type: 'dialled',
    user: '1001',
    call: '16777217/1',
    dialog: '16777217',
    number: '5550100',
    cause: 'CALL',
    variables: [],
  },
  callChanged: { type: 'callChanged', dialog: '16777217', callType: 'OUT', parties: [] },
  callOver: { type: 'callOver', call: 'c-1', dialog: '16777217', connectedTo: [] },
  callAvailability: { type: 'callAvailability', user: '1001', version: 1, eligible: true, since: 0, extension: '1001' },
}

const userView: UserView = {
  state: 'READY',
  stateChangeTime: 0,
  pendingState: '',
  reason,
  extension: '1001',
  mobileAgent: null,
}
const mediaView: MediaView = {
  mrd,
  actingSide: side,
  signIns: {},
  state: 'READY',
  stateChangeTime: 0,
  routable: true,
  maxDialogLimit: 1,
  interruptAction: 'ACCEPT',
  dialogLogoutAction: 'CLOSE',
  interruptible: false,
  reason,
  connected: true,
}
const taskView: TaskView = {
  dialog,
  mrd,
  task,
  state: 'ACTIVE',
  dispositionCode: '',
  actions: [],
  startTime: 0,
  stateChangeTime: 0,
}
const requestId = ''

const EFFECTS: Types<Effect> = {
  'user.changed': { type: 'user.changed', user: userView, requestId },
  'media.changed': { type: 'media.changed', media: mediaView, requestId },
  'task.added': { type: 'task.added', task: taskView, requestId },
  'task.changed': { type: 'task.changed', task: taskView, requestId },
  'task.removed': { type: 'task.removed', task: taskView, requestId },
  'call.added': { type: 'call.added', call, requestId },
  'call.changed': { type: 'call.changed', call, requestId },
  'call.removed': { type: 'call.removed', call, requestId },
  failed: { type: 'failed', subject: { kind: 'user' }, failure: 'INVALID_USER_STATE', detail: '', requestId },
  rejected: { type: 'rejected', rejection: 'ALREADY_SIGNED_OUT' },
  'deadline.armed': { type: 'deadline.armed', owner: dialog, name: 'START_TIMEOUT', due: 1 },
  'deadline.cleared': { type: 'deadline.cleared', owner: dialog, name: 'START_TIMEOUT' },
  acd: { type: 'acd', notice: { ask: 'handled', task: '5002-1', dialog } },
  'call.wrapUpOver': { type: 'call.wrapUpOver', dialog: '16777217' },
  'call.legTaken': { type: 'call.legTaken', dialog: '16777217' },
  'call.consults': { type: 'call.consults', consult, requestId },
  'user.nails': { type: 'user.nails', extension: '1001', dialNumber: '5550100' },
  'call.nailEnds': { type: 'call.nailEnds', dialog: '16777217' },
  'user.phones': { type: 'user.phones', number: '5550100', dialog: '16777217' },
  'call.phoneFails': { type: 'call.phoneFails', dialog: '16777217' },
  'user.wantsToListen': { type: 'user.wantsToListen', agent: '1001', ...extensions, requestId },
  'user.isNotHeard': { type: 'user.isNotHeard', supervisor: '1234', failure: 'AGENT_NOT_TALKING', requestId },
  'call.isHeard': { type: 'call.isHeard', monitor, ...extensions, requestId },
  'call.monitoringEnds': { type: 'call.monitoringEnds', dialog: '16777218' },
  'call.bargesIn': { type: 'call.bargesIn', dialog: '16777217', barge, requestId },
  'call.hasBargedIn': { type: 'call.hasBargedIn', dialog: '16777218' },
  'network.dialled': { type: 'network.dialled', dialog: '16777217', number: '5550100' },
  'customer.reached': { type: 'customer.reached', reached },
  'reservation.over': { type: 'reservation.over', reservation: '16777217', isRefused: true },
  'campaign.news': {
    type: 'campaign.news',
    campaign: 'spring',
    dialog: '16777217',
    news: { what: 'TAKEN', user: '1001' },
  },
  'call.legRefused': { type: 'call.legRefused', dialog: '16777217' },
  'call.agentSignedOut': { type: 'call.agentSignedOut', dialog: '16777217' },
  'call.agentLeaves': { type: 'call.agentLeaves', dialog: '16777217', leaves: true },
  'call.agentTalks': { type: 'call.agentTalks', dialog: '16777217', elsewhere: true },
  'call.holdsForOther': { type: 'call.holdsForOther', dialog: '16777217' },
  'call.lineIsFree': { type: 'call.lineIsFree', dialog: '16777217', requestId },
  'leg.joins': { type: 'leg.joins', user: '1001', dialog: '16777217', how: 'TRANSFER', terms, requestId },
  'call.joinsInto': { type: 'call.joinsInto', dialog: '1', into: '16777217', how: 'TRANSFER', terms, requestId },
  'call.sendsLegs': {
    type: 'call.sendsLegs',
    dialog: '1',
    into: '16777217',
    joining,
    other: { legs: [], last: call, agents: [] },
    requestId,
  },
  'call.hasJoined': { type: 'call.hasJoined', dialog: '1', joining },
  'leg.takesLine': { type: 'leg.takesLine', user: '1001', dialog: '16777217', requestId },
  'queue.waits': { type: 'queue.waits', queue: '701', dialog: '16777217' },
  'queue.notTaken': { type: 'queue.notTaken', queue: '701', dialog: '16777217', user: '1001', isRefused: false },
  'queue.left': { type: 'queue.left', queue: '701', dialog: '16777217' },
  leg: { type: 'leg', user: '1001', change: 'ADDED', leg: 'ALERTING', notAnswered: false, call, requestId },
  'leg.failed': {
    type: 'leg.failed',
    user: '1001',
    dialog: '1',
    failure: 'INVALID_CALL_ACTION',
    detail: '',
    requestId,
  },
  followed: { type: 'followed', what: 'user', from: 'LOGOUT', to: 'WORK', listed: false },
}
/** Effects of calls: messages to users, as `leg`, `legFailed` and `takesLine`, to other calls, and to the queue. */
const OF_CALLS = [
  'call.consults',
  'network.dialled',
  'customer.reached',
  'reservation.over',
  'campaign.news',
  'leg',
  'leg.failed',
  'leg.takesLine',
  'leg.joins',
  'call.sendsLegs',
  'call.hasJoined',
  'call.hasBargedIn',
  'queue.waits',
  'queue.notTaken',
  'queue.left',
]

const row: JournalRow = {
  position: 1,
  aggregate: 'user/1001',
  sequence: 1,
  at: 0,
  machineVersion: 2,
  outcome: 'applied',
  error: null,
  input: null,
  origin: null,
  cause: null,
  made: null,
  outbox: null,
}
const said = (outputs: readonly Output[]) =>
  putOut(row, outputs, undefined, { storeId: 'store', waiting: new Set(), lanes: new Map(), missed: new Set() }, names)

function expectSentences(sentences: readonly string[]): void {
  for (const sentence of sentences) {
    expect(sentence).toMatch(/^\S.*\S$/)
    expect(sentence).not.toMatch(/undefined|null|\[object|NaN/)
    expect(sentence).not.toContain('5550100')
  }
  expect(new Set(sentences).size).toBe(sentences.length)
}

describe('there is a text for', () => {
  it('every input', () => {
    expectSentences(Object.values(INPUTS).map((input) => inputWords(input, 'user/1001', names)))
  })
  it('every event of a user', () => {
    expectSentences(Object.values(EVENTS).map((event) => inputWords({ kind: 'user', event }, 'user/1001', names)))
  })
  it('every message', () => {
    expectSentences(
      Object.values(MESSAGES).map((body) =>
        inputWords({ kind: 'message', from: 'x', number: 1, body }, 'user/1001', names),
      ),
    )
  })
  it('every fault, and its end', () => {
    const all = Object.values(FAULTS).flatMap((fault) => [fault, { ...fault, up: true }])
    expectSentences(all.map((fault) => inputWords({ kind: 'fault', fault }, 'side/A', names)))
  })
  it('every deadline', () => {
    const all = Object.entries(DEADLINES)
    expectSentences(Object.values(all).map(([name, owner]) => upcoming({ name: nameOf(name), owner, due: 1 }).text))
    expectSentences(Object.values(all).map(([name, owner]) => deadlineTitle(nameOf(name), owner)))
  })
  it('every request to an external ACD', () => {
    expectSentences([...Object.values(REQUESTS), ...Object.values(CALL_REQUESTS)].map(requestWords))
  })
  it('every failure', () => {
    expectSentences(
      Object.values(REPORTED_BY.Refused)
        .map(refusedBy)
        .map(({ rule, text }) => `${text} (${rule})`),
    )
  })
  it('every origin', () => {
    const origins = ['rest', 'board', 'acd-control', 'xmpp', 'acd', 'finesse', 'api', 'engine']
    expectSentences(origins.map((via) => whoWords({ via, by: null }, '1001')))
  })
  it('every effect of a user', () => {
    for (const [type, effect] of Object.entries(EFFECTS)) {
      const { notifications, requests, deadlines, failures, flagged } = said(
        outputsOf(effect, { setup, mobileSide: null, cutOff: [], actingSide: side }),
      )
      const told = [...notifications, ...requests, ...deadlines, ...failures, ...flagged]
      expect([type, told.length > 0]).toEqual([type, !OF_CALLS.includes(type)])
    }
  })
  it('every value that is published', () => {
    const values: readonly PublishedValue[] = Object.values(EFFECTS)
      .flatMap((effect) => outputsOf(effect, { setup, mobileSide: null, cutOff: [], actingSide: side }))
      .flatMap((output) => (output.type === 'publish' ? [output.notification.value] : []))
    const system: PublishedValue = {
      kind: 'systemInfo',
      side,
      status: 'OUT_OF_SERVICE',
      statusReason: 'down',
      platform: 'CCE',
      currentTime: 0,
      lastCtiHeartbeatStatus: 'success',
      lastCtiHeartbeatTime: 0,
    }
    const queues: readonly PublishedValue[] = [
      { kind: 'queue', id: mrd, name: 'Chat' },
      { kind: 'queues', user: '1001', queues: [{ id: mrd, name: 'Chat' }] },
    ]
    const kinds: Readonly<Record<PublishedValue['kind'], true>> = {
      user: true,
      media: true,
      task: true,
      call: true,
      queue: true,
      queues: true,
      systemInfo: true,
      teamMessage: true,
      failure: true,
    }
    const message: PublishedValue = {
      kind: 'teamMessage',
      id: '4f0c',
      createdBy: { id: '1234', firstName: '', lastName: '' },
      createdAt: 0,
      durationSeconds: 60,
      content: 'The queue is long',
      teams: ['2001'],
    }
    const all = [...values, ...queues, system, message]
    expect(new Set(all.map(({ kind }) => kind))).toEqual(new Set(Object.keys(kinds)))
    for (const value of all) expect(valueWords(value, names)).toMatch(/^\S.*\S$/)
  })
})

function nameOf(name: string): DeadlineName {
  if (!isName(name)) throw new Error(name)
  return name
}
const isName = (name: string): name is DeadlineName => name in DEADLINES
