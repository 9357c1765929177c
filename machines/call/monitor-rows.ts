/** The rows of monitor calls, and of calls into which a supervisor barges: `dialog 6.8`. */
import { by, ownWork } from '../rules.ts'

/** The row with which a monitor call begins. */
export const begins = {
  MONITORS: { ...by('V90'), target: 'ACTIVE', actions: ['beginMonitor', 'tellAllAdded'] },
} as const

/** Rows of a monitor call, in every state. */
export const monitored = {
  MONITORING_ENDS: { ...by('V92'), actions: 'endMonitoring' },
  HAS_BARGED_IN: {
    ...by('V93', 'The supervisor who listened is a party of the other call now, where that was told.'),
    target: '.DROPPED',
    actions: 'leaveMonitor',
  },
} as const

/** The supervisor of a monitor call is signed out. */
export const supervisorLeaves = {
  ...by('V91', 'The supervisor who listens is signed out, and so listens no more.'),
  guard: 'isMonitor',
  actions: 'endMonitoring',
} as const

export const isNoBarge = {
  ...ownWork('The call into which the supervisor wants to barge is not connected any more.'),
  actions: 'failBarge',
} as const

/** Rows of a call with parties that are connected. */
export const whenHeard = {
  BARGES_IN: [
    {
      ...by('dialog 4.10', 'The call has changed meanwhile, and nobody can be added to it.'),
      guard: 'cannotBeBarged',
      actions: 'failBarge',
    },
    { ...by('V93'), actions: ['bargeIn', 'tellBarge'] },
  ],
} as const
