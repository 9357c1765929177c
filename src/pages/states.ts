/**
 * The looks of the states in reports, on the board and in the inspector. Keys are the wire values of
 * `machines/wire.ts`.
 *
 * Fills have medium brightness. They contrast with white and with dark pages (3 to 1), and black or white text is
 * readable on them (4.5 to 1). Fills of the same brightness are hard to distinguish without colour vision and in print.
 * So the hatch is a second sign, and letters are a third one if there is room.
 */
import type { LegState, MediaState, TaskState, UserState } from '../../machines/wire.ts'

export type Hatch =
  | 'none'
  /** No bar, only a line: the agent or the dialog is not active. */
  | 'baseline'
  | 'dots'
  | 'horizontal'
  | 'vertical'
  | 'thin-diagonal'
  /** Broad stripes. Only INTERRUPTED has them. */
  | 'stripes'
  | 'cross'

export interface StateLook {
  readonly label: string
  /** For a bar that is too short for the label. */
  readonly letters: string
  /** `#rrggbb` */
  readonly fill: string
  readonly hatch: Hatch
}

/** What a call is to an agent, in the lanes of a report: more than the state of the agent's leg. */
export type PartInCall =
  /** The agent talks about a call that is on hold. */
  | 'CONSULT'
  | 'CONFERENCE'
  /** A supervisor listens to the agent. */
  | 'MONITORED'
  /** The agent, a supervisor, listens to another one. */
  | 'MONITORS'

export type KnownState = UserState | MediaState | TaskState | LegState | PartInCall

const GREY = '#7b828c'
const OFFER = { fill: '#a06cc8', hatch: 'dots' } as const
const AT_WORK = { fill: '#1f6fd0', hatch: 'none' } as const
const ON_HOLD = { fill: '#c77700', hatch: 'horizontal' } as const
const WRAP_UP = { fill: '#148f93', hatch: 'vertical' } as const
const NOBODY_KNOWS = { fill: '#8d6e63', hatch: 'cross' } as const

/** In the order of the legend. */
export const STATES: Readonly<Record<KnownState, StateLook>> = {
  LOGOUT: { label: 'Signed out', letters: '', fill: GREY, hatch: 'baseline' },
  NOT_READY: { label: 'Not ready', letters: 'NR', fill: '#7d8590', hatch: 'thin-diagonal' },
  READY: { label: 'Ready', letters: 'R', fill: '#2f9e5b', hatch: 'none' },
  RESERVED: { label: 'Reserved', letters: 'RES', ...OFFER },
  RESERVED_OUTBOUND: { label: 'Reserved, outbound', letters: 'RES', ...OFFER },
  RESERVED_OUTBOUND_PREVIEW: { label: 'Reserved, preview', letters: 'RES', ...OFFER },
  OFFERED: { label: 'Offered', letters: 'OFF', ...OFFER },
  ACCEPTED: { label: 'Accepted', letters: 'ACC', ...OFFER },
  ACTIVE: { label: 'Active', letters: 'A', ...AT_WORK },
  TALKING: { label: 'Talking', letters: 'T', ...AT_WORK },
  PAUSED: { label: 'Paused', letters: 'P', ...ON_HOLD },
  HOLD: { label: 'Hold', letters: 'H', ...ON_HOLD },
  INTERRUPTED: { label: 'Interrupted', letters: 'INT', fill: '#d6336c', hatch: 'stripes' },
  WORK: { label: 'Wrap-up, then not ready', letters: 'W', ...WRAP_UP },
  WORK_READY: { label: 'Wrap-up, then ready', letters: 'W', ...WRAP_UP },
  WRAPPING_UP: { label: 'Wrapping up', letters: 'W', ...WRAP_UP },
  WORK_NOT_READY: { label: 'Work, not ready', letters: 'WNR', fill: '#8a6d3b', hatch: 'vertical' },
  CLOSED: { label: 'Closed', letters: '', fill: GREY, hatch: 'baseline' },
  INITIATING: { label: 'Off hook', letters: 'OH', ...OFFER },
  INITIATED: { label: 'Calls', letters: 'C', ...OFFER },
  ALERTING: { label: 'Rings', letters: 'R', ...OFFER },
  CONSULT: { label: 'Consults', letters: 'CON', fill: '#1f6fd0', hatch: 'dots' },
  CONFERENCE: { label: 'Conference', letters: 'CNF', fill: '#1f6fd0', hatch: 'vertical' },
  MONITORED: { label: 'Is listened to', letters: 'M', fill: '#8d6e63', hatch: 'dots' },
  MONITORS: { label: 'Listens', letters: 'M', fill: '#8d6e63', hatch: 'dots' },
  HELD: { label: 'Held', letters: 'H', ...ON_HOLD },
  FAILED: { label: 'Failed', letters: 'F', fill: '#d6336c', hatch: 'cross' },
  WRAP_UP: { label: 'Wrap-up', letters: 'W', ...WRAP_UP },
  DROPPED: { label: 'Left', letters: '', fill: GREY, hatch: 'baseline' },
  UNKNOWN: { label: 'Unknown', letters: '?', ...NOBODY_KNOWS },
}

/** Background colours of the pages for which the fills are made. */
export const PAGE_COLOURS = { light: '#ffffff', dark: '#14171c' } as const

function isKnown(state: string): state is KnownState {
  return Object.hasOwn(STATES, state)
}

/** The look of a state. A state that is not in the table is shown under its own name, in the look of UNKNOWN. */
export function lookOf(state: string): StateLook {
  return isKnown(state) ? STATES[state] : { label: state, letters: '?', ...NOBODY_KNOWS }
}
