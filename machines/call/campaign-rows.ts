/** The rows of campaigns: reservations, and calls with the customers who were reached (`dialog 6.10`). */
import { by, leadsTo, ownWork } from '../rules.ts'

const clearsReserved = 'clearReserved' as const

/** Rows of a call that has just begun. */
export const whenBegun = {
  RESERVES: {
    ...by(['V110', 'V1'], 'A campaign reserves an agent, whose line is asked.'),
    target: 'RESERVATION',
    actions: ['reserve', 'askLine'],
  },
  REACHES: {
    ...by('V112', 'The customer has answered the dialler, and the line of the agent is asked.'),
    target: 'ACTIVE',
    actions: ['connectCustomer', 'askLine'],
  },
} as const

/** Requests about a call with a customer of a campaign. */
export const campaignRequests = {
  RECLASSIFY: [
    { ...by('dialog 5.1'), guard: 'isOfNoCampaign', actions: 'failCampaign' },
    { ...by('dialog 4.1', 'The leg of the agent does not allow it.'), guard: 'isForbidden', actions: 'refuse' },
    {
      ...by('dialog 5.1', 'The agent says what the dialler has reached, and every agent on the call is told.'),
      guard: 'changesResponse',
      actions: ['noteResponse', 'tellAll', 'tellCampaignOfClass'],
    },
    by('V102', 'The agent says what was said before, which is not published.'),
  ],
  UPDATE_SCHEDULED_CALLBACK: [
    { ...by('dialog 5.1', 'Only a campaign calls back.'), guard: 'isOfNoCampaign', actions: 'failCampaign' },
    { ...by('dialog 4.1', 'The leg of the agent does not allow it.'), guard: 'isForbidden', actions: 'refuse' },
    {
      ...by('dialog 5.1', 'The customer is to be called back, and every agent on the call is told when and where.'),
      guard: 'changesCallback',
      actions: ['noteCallback', 'tellAll', 'tellCampaignOfCallback'],
    },
    by('V102', 'The callback is the same as before, which is not published.'),
  ],
  CANCEL_SCHEDULED_CALLBACK: [
    { ...by('dialog 5.1', 'Only a campaign calls back.'), guard: 'isOfNoCampaign', actions: 'failCampaign' },
    { ...by('dialog 4.1', 'There is no callback to cancel.'), guard: 'isForbidden', actions: 'refuse' },
    {
      ...by('dialog 5.1', 'The customer is not to be called back, and every agent on the call is told.'),
      actions: ['forgetCallback', 'tellAll', 'tellCampaignOfCallback'],
    },
  ],
} as const

/** The line of the agent has taken the call with the customer. */
export const isTakenByAgent = {
  ...by('V112'),
  guard: 'isNewCampaignCall',
  actions: { type: 'endReservation', params: { isRefused: false } },
} as const

/** Its line could not take it. */
export const isLostToAgent = {
  ...ownWork('The line of the agent is taken by another call, and the customer is lost.'),
  guard: 'isLostToAgent',
  target: 'DROPPED',
  actions: ['noteLeg', { type: 'endReservation', params: { isRefused: true } }],
} as const

/** An agent who is reserved for a campaign. */
export const reservation = {
  description: 'A campaign has reserved an agent.',
  initial: 'OFFERED',
  on: {
    LEG_TAKEN: [
      {
        ...by('V110'),
        guard: 'isPreview',
        actions: ['noteTaken', 'tellCampaignOfTaking'],
      },
      {
        ...by(['U10', 'dialog 5.2'], 'The agent is reserved and is not asked, so the dialler calls at once.'),
        actions: ['noteTaken', 'tellCampaignOfTaking', 'acceptForAgent'],
      },
    ],
    NUMBER_IS: [
      {
        ...by(['V113', 'U17'], 'The last number is busy or bad, and the customer is not reached.'),
        guard: 'isLastToFail',
        actions: ['noteLine', clearsReserved],
      },
      { ...ownWork('The network says how the number answers.'), actions: ['noteLine', 'timeLines'] },
    ],
    LINE_DUE: [
      {
        ...by(['V112', 'U16', 'U20'], 'The customer has answered, and gets the agent.'),
        guard: 'isCustomerThere',
        actions: 'reachCustomer',
      },
      {
        ...by(['V113', 'U17'], 'Nobody has answered the dialler in time.'),
        actions: ['giveUpLines', clearsReserved],
      },
    ],
    CALLER_HANGS_UP: { ...by('V113', 'The dialler gives up.'), actions: clearsReserved },
    RESERVATION_OVER: {
      ...by('V112', 'The agent has the call with the customer, and the reservation is over.'),
      actions: ['noteOutcome', clearsReserved],
    },
    LEG_CHANGED: [
      {
        ...by('V111'),
        guard: 'isAccepted',
        target: '.ACCEPTED',
        actions: ['noteLeg', 'noteAccepted', 'tellChanged', 'dialContacts'],
      },
      {
        ...by('user 5.1', 'The agent is not available, or has left the reservation.'),
        guard: 'isOwnCallRefused',
        target: 'DROPPED',
        actions: ['noteLeg', 'forgetLines', 'tellCampaignOfEnd'],
      },
      {
        ...by(['V112', 'V113', 'V114'], 'The reservation is over, and the agent is told.'),
        target: 'DROPPED',
        actions: ['noteLeg', 'forgetLines', 'release', 'tellCampaignOfEnd'],
      },
    ],
  },
  states: {
    OFFERED: { description: 'The agent decides whether the dialler calls the customer, and clients see ALERTING.' },
    ACCEPTED: { description: 'The dialler calls for the agent, who waits.', ...leadsTo('DROPPED') },
  },
} as const
