/** Values to render. Fields that a test does not set have defaults. */
import type { MediaPropertiesLayout } from '../../src/directory/configuration/model.ts'
import type { Workflow, WorkflowAction } from '../../src/directory/configuration/workflow-model.ts'
import type {
  CallDialogValue,
  FailureValue,
  MediaStatus,
  MediaValue,
  NamedQueueValue,
  Notification,
  QueuesValue,
  SystemInfoValue,
  TaskDialogValue,
  TeamMessageValue,
  UserValue,
} from '../../src/engine/values.ts'

export const AT = Date.UTC(2024, 4, 14, 9, 12, 33, 418)
export const AT_TEXT = '2024-05-14T09:12:33.418Z'

export const TEAM_MEETING = {
  id: '16',
  category: 'NOT_READY',
  code: 10,
  label: 'Team Meeting',
  forAll: true,
  systemCode: false,
} as const

export function userValue(changes: Partial<UserValue> = {}): UserValue {
  return {
    kind: 'user',
    id: '1001',
    loginId: '1001',
    loginName: 'areyes',
    firstName: 'Ana',
    lastName: 'Reyes',
    roles: ['Agent'],
    state: 'NOT_READY',
    stateChangeTime: AT,
    pendingState: '',
    reasonCodeId: '-1',
    extension: '0012',
    settings: { wrapUpOnIncoming: 'OPTIONAL', wrapUpOnOutgoing: 'NOT_ALLOWED' },
    wrapUpTimer: 30,
    teamId: '2001',
    teamName: 'First Line Support',
    supervises: [],
    ...changes,
  }
}

export function mediaStatus(changes: Partial<MediaStatus> = {}): MediaStatus {
  return {
    state: 'NOT_READY',
    stateChangeTime: AT,
    routable: true,
    maxDialogLimit: 3,
    interruptAction: 'IGNORE',
    dialogLogoutAction: 'TRANSFER',
    reasonCodeId: '-1',
    mediaConnected: true,
    ...changes,
  }
}

export function mediaValue(changes: Partial<MediaValue> = {}): MediaValue {
  return {
    kind: 'media',
    user: '1001',
    id: '5002',
    name: 'Chat',
    description: 'Web & chat',
    interruptible: false,
    status: mediaStatus(),
    ...changes,
  }
}

export function taskValue(changes: Partial<TaskDialogValue> = {}): TaskDialogValue {
  return {
    kind: 'task',
    id: '1001_5_1',
    user: '1001',
    mrd: '5002',
    mediaType: 'Chat',
    associatedDialog: '',
    queueNumber: '6120',
    queueName: 'Chat.Sales',
    callKey: { prefix: '153200', callId: '88', sequence: '1' },
    variables: [{ name: 'callVariable1', value: 'room <4711>' }],
    state: 'OFFERED',
    dispositionCode: '',
    actions: ['ACCEPT'],
    startTime: AT,
    stateChangeTime: AT,
    ...changes,
  }
}

export function callValue(changes: Partial<CallDialogValue> = {}): CallDialogValue {
  return {
    kind: 'call',
    id: '14095381',
    fromAddress: '5550177',
    toAddress: '1001',
    dnis: '1001',
    dialedNumber: '8000',
    callType: 'PREROUTE_ACD_IN',
    variables: [],
    state: 'ALERTING',
    participants: [
      {
        mediaAddress: '1001',
        user: '1001',
        state: 'ALERTING',
        stateCause: '',
        actions: ['ANSWER'],
        startTime: AT,
        stateChangeTime: AT,
      },
      {
        mediaAddress: '5550177',
        state: 'INITIATED',
        stateCause: '',
        actions: ['ANSWER', 'DROP'],
        startTime: AT,
        stateChangeTime: AT,
      },
    ],
    ...changes,
  }
}

export function systemInfoValue(changes: Partial<SystemInfoValue> = {}): SystemInfoValue {
  return {
    kind: 'systemInfo',
    side: 'A',
    status: 'IN_SERVICE',
    statusReason: '',
    platform: 'CCE',
    currentTime: AT,
    lastCtiHeartbeatStatus: 'success',
    lastCtiHeartbeatTime: AT,
    ...changes,
  }
}

export function queueValue(changes: Partial<NamedQueueValue> = {}): NamedQueueValue {
  return { kind: 'queue', id: '5002', name: 'Chat & Sales', ...changes }
}

export function queuesValue(changes: Partial<QueuesValue> = {}): QueuesValue {
  return { kind: 'queues', user: '1001', queues: [{ id: '5002', name: 'Chat & Sales' }], ...changes }
}

export function notification(changes: Partial<Notification> & Pick<Notification, 'value'>): Notification {
  return {
    node: '/finesse/api/User/1001',
    source: '/finesse/api/User/1001',
    event: 'PUT',
    shape: 'item',
    requestId: '',
    ...changes,
  }
}

export function failureValue(failure: FailureValue['failure'], changes: Partial<FailureValue> = {}): FailureValue {
  return { kind: 'failure', failure, ...changes }
}

export function teamMessageValue(changes: Partial<TeamMessageValue> = {}): TeamMessageValue {
  return {
    kind: 'teamMessage',
    id: '9',
    createdBy: { id: '1234', firstName: 'Chris', lastName: 'Smith' },
    createdAt: AT,
    durationSeconds: 600,
    content: 'Fire drill & cake',
    teams: ['2001', '2002'],
    ...changes,
  }
}

export const LAYOUT: MediaPropertiesLayout = {
  id: '7',
  name: 'Sales & more',
  description: 'For sales',
  type: 'CUSTOM',
  header: { displayName: 'Customer', mediaProperty: 'callVariable1' },
  columns: [
    [
      { displayName: 'Number', mediaProperty: 'fromAddress' },
      { displayName: 'Wrap-up', mediaProperty: 'wrapUpReason' },
    ],
    [],
  ],
}

export const WORKFLOW: Workflow = {
  id: '41',
  name: 'Greet',
  description: 'Shows <the> customer',
  media: '1',
  triggerSet: {
    type: 'SYSTEM',
    name: 'CALL_ARRIVES',
    allowOverlappingCallWorkflow: false,
    triggers: [
      {
        variable: { name: 'mediaType', node: '//mediaType', type: 'CUSTOM' },
        comparator: 'IS_EQUAL',
        value: 'Voice',
      },
    ],
  },
  conditionSet: {
    applyMethod: 'ANY',
    conditions: [
      { variable: { name: 'callVariable1', node: '', type: 'SYSTEM' }, comparator: 'CONTAINS', value: 'gold' },
    ],
  },
  actions: ['31'],
}

export const WORKFLOW_ACTION: WorkflowAction = {
  id: '31',
  name: 'Look up',
  type: 'BROWSER_POP',
  handledBy: 'FINESSE_DESKTOP',
  params: [
    { name: 'path', value: 'https://crm.example/?n=$1&x' },
    { name: 'windowName', value: 'crm' },
  ],
  variables: [{ name: 'ANI', node: '//fromAddress', type: 'CUSTOM', testValue: '5550100' }],
}
