/** The forms of what desktops read, as they were recorded, or as the documents print them. */
import { any, element, type Form, maybe, some, text, truth, uri, whole } from './form.ts'

const TIME = /^(?:|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)$/
const STATE = /^[A-Z_]+$/

const TEAM_NAME = element('Team', some('id'), some('name'), uri('uri', 'Team/{}'))

const REASON_OF_STATE = element(
  'reasonCode',
  some('category'),
  whole('code'),
  truth('forAll'),
  whole('id'),
  text('label'),
  maybe(truth('systemCode')),
  uri('uri', 'ReasonCode/{}'),
)

/** `user 3.2` */
export const USER = element(
  'User',
  uri('dialogs', 'User/{}/Dialogs'),
  text('extension'),
  text('firstName'),
  text('lastName'),
  some('loginId'),
  some('loginName'),
  text('mediaType', /^1$/),
  maybe(element('mobileAgent', text('dialNumber'), text('mode'))),
  text('pendingState'),
  maybe(REASON_OF_STATE),
  maybe(whole('reasonCodeId')),
  element('roles', any(text('role', /^(?:Agent|Supervisor)$/))),
  element('settings', text('wrapUpOnIncoming'), text('wrapUpOnOutgoing')),
  text('state', STATE),
  text('stateChangeTime', TIME),
  some('teamId'),
  some('teamName'),
  maybe(element('teams', any(TEAM_NAME))),
  uri('uri', 'User/{}'),
  whole('wrapUpTimer'),
)

export const USERS = element('Users', any(USER))

/** `user 8.1`: members in a short form. */
export const TEAM = element(
  'Team',
  some('id'),
  some('name'),
  uri('uri', 'Team/{}'),
  element(
    'users',
    any(
      element(
        'User',
        uri('dialogs', 'User/{}/Dialogs'),
        text('extension'),
        text('firstName'),
        text('lastName'),
        some('loginId'),
        text('mediaType', /^1$/),
        text('pendingState'),
        maybe(REASON_OF_STATE),
        text('state', STATE),
        text('stateChangeTime', TIME),
        uri('uri', 'User/{}'),
      ),
    ),
  ),
)

export const TEAMS = element('Teams', any(TEAM_NAME))

/** `user 4.10` */
export const REASON_CODE = element(
  'ReasonCode',
  uri('uri', 'ReasonCode/{}'),
  whole('id'),
  text('category', /^(?:NOT_READY|LOGOUT)$/),
  whole('code'),
  text('label'),
  truth('forAll'),
  truth('systemCode'),
)

export const reasonCodes = (category: string): Form => element(`ReasonCodes category="${category}"`, any(REASON_CODE))

/** `user 4.11`; `owner` is the part of the URI before the object. */
export const wrapUpReason = (owner = ''): Form =>
  element('WrapUpReason', uri('uri', `${owner}WrapUpReason/{}`), text('label'), truth('forAll'))

export const wrapUpReasons = (owner = ''): Form => element('WrapUpReasons', any(wrapUpReason(owner)))

const ENTRY = element('entry', text('displayName'), text('mediaProperty'))

/** `user 4.12` */
export const LAYOUT = element(
  'MediaPropertiesLayout',
  uri('uri', 'MediaPropertiesLayout/{}'),
  text('name'),
  text('description'),
  text('type', /^(?:DEFAULT|CUSTOM)$/),
  element('header', ENTRY),
  any(element('column', any(ENTRY))),
)

export const LAYOUTS = element('MediaPropertiesLayouts', any(LAYOUT))

export const CONTACT = element(
  'Contact',
  text('firstName'),
  text('lastName'),
  text('phoneNumber'),
  text('description'),
  uri('uri', 'PhoneBook/{}/Contact/{}'),
)

export const CONTACTS = element('Contacts', any(CONTACT))

const phoneBook = (contacts: Form): Form =>
  element('PhoneBook', uri('uri', 'PhoneBook/{}'), some('name'), text('type', /^(?:GLOBAL|TEAM)$/), contacts)

/** `user 4.12`: alone, a book has the URI of its contacts. */
export const PHONE_BOOK = phoneBook(uri('contacts', 'PhoneBook/{}/Contacts'))
export const PHONE_BOOKS = element('PhoneBooks', any(phoneBook(element('contacts', any(CONTACT)))))

const VARIABLE = [text('name'), text('node'), text('type')]
const comparison = (name: string): Form =>
  element(name, element('Variable', ...VARIABLE), text('comparator'), text('value'))

/** `dialog 12` */
export const WORKFLOW_ACTION = element(
  'WorkflowAction',
  uri('uri', 'WorkflowAction/{}'),
  some('name'),
  some('type'),
  some('handledBy'),
  element('params', any(element('Param', text('name'), text('value')))),
  element('actionVariables', any(element('ActionVariable', ...VARIABLE, text('testValue')))),
)

export const WORKFLOW_ACTIONS = element('WorkflowActions', any(WORKFLOW_ACTION))

const workflow = (action: Form): Form =>
  element(
    'Workflow',
    uri('uri', 'Workflow/{}'),
    some('name'),
    text('description'),
    some('media'),
    element(
      'TriggerSet',
      some('type'),
      some('name'),
      truth('allowOverlappingCallWorkflow'),
      element('triggers', any(comparison('Trigger'))),
    ),
    element('ConditionSet', some('applyMethod'), element('conditions', any(comparison('Condition')))),
    element('workflowActions', any(action)),
  )

/** Alone, a workflow has summaries of its actions; in lists for desktops, whole actions. */
export const WORKFLOW = workflow(element('WorkflowAction', some('name'), some('type'), uri('uri', 'WorkflowAction/{}')))
export const WORKFLOWS = element('Workflows', any(workflow(WORKFLOW_ACTION)))
export const BARE_WORKFLOWS = element('Workflows', any(WORKFLOW))

const COUNTS = [
  'agentsReady',
  'agentsNotReady',
  'agentsBusyOther',
  'agentsLoggedOn',
  'agentsTalkingInbound',
  'agentsTalkingOutbound',
  'agentsTalkingInternal',
  'agentsWrapUpNotReady',
  'agentsWrapUpReady',
]

/** `dialog 8` */
export const QUEUE = element(
  'Queue',
  some('name'),
  element(
    'statistics',
    whole('callsInQueue'),
    text('startTimeOfLongestCallInQueue', /^(?:|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{3})?Z)$/),
    ...COUNTS.map(whole),
  ),
  uri('uri', 'Queue/{}'),
)

export const QUEUES = element('Queues', any(QUEUE))

/** `dialog 10` */
export const ECC = element(
  'ECCVariableConfig',
  any(element('ECCVariable', text('name', /^user\./), text('length', /^\d{1,3}$/))),
)

/** `user 9.1` */
export const SYSTEM_INFO = element(
  'SystemInfo',
  text('currentTimestamp', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
  text('deploymentType', /^UCC[EX]$/),
  some('lastCTIHeartbeatStatus'),
  whole('lastSuccessCTIHeartbeatTime'),
  whole('ctiVersion'),
  whole('ctiHeartbeatInterval'),
  text('license'),
  whole('peripheralId'),
  element('primaryNode', some('host')),
  maybe(element('secondaryNode', some('host'))),
  text('status', /^IN_SERVICE$/),
  text('statusReason', /^$/),
  text('systemAuthMode', /^(?:NON_SSO|SSO|HYBRID)$/),
  whole('timezoneOffset'),
  uri('uri', 'SystemInfo'),
  some('xmppDomain'),
  text('xmppPubSubDomain', /^pubsub\./),
)

/** `user 9.2` */
export const AUTH_MODE = element('UserAuthMode', text('authMode', /^(?:NON_SSO|SSO)$/))

const DOMAIN = element(
  'MediaDomain',
  text('description'),
  some('id'),
  truth('interruptible'),
  some('name'),
  uri('uri', 'MediaDomain/{}'),
)

/** No document has their form. */
export const MEDIA_DOMAIN = DOMAIN
export const MEDIA_DOMAINS = element('MediaDomains', any(DOMAIN))

/** `dialog 9` */
export const TEAM_MESSAGE = element(
  'TeamMessage',
  uri('uri', 'TeamMessage/{}'),
  some('id'),
  element('createdBy', some('id'), text('firstName'), text('lastName')),
  text('createdAt', /^\d{10}$/),
  whole('duration'),
  some('content'),
  element('teams', any(some('team'))),
)

export const TEAM_MESSAGES = element('TeamMessages', any(TEAM_MESSAGE))
