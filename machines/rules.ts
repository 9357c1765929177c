/**
 * All rules by their ids, each in one sentence. Each sentence is written only here. A row of a chart has the ids of the
 * rules that it implements (`meta.rules`). Its `description` is the sentence of the first rule, unless the row has a
 * more precise one. Explanations, diagrams, the catalogue of row tests and `RULES.md` use these sentences.
 *
 * The ids: A, D, I, R, RV, S and P are the tables for media, dialogs, interrupts, the Start Timeout, sign-out and
 * failures. U is the agent state, V the call. Ids such as `user 5.5` are parts of the contract without tables. Ids such
 * as `ruling 32` are decisions where the contract leaves room.
 */

export interface Rule {
  /** One sentence for a supervisor. */
  readonly text: string
  /** The module that implements the rule, if no row of a chart does. */
  readonly heldBy?: string
  /** Why the rule is not implemented. */
  readonly absent?: string
}

const TASK_STATE = 'machines/media/model.ts'

/** Media: the agent state in one MRD. */
const MEDIA = {
  A1: { text: 'A sign-in to an MRD leads to NOT_READY, routable, with the three settings that the agent chose.' },
  A2: { text: 'A repeated sign-in is refused, but its settings count.' },
  A3: { text: 'An agent who asks for READY and has no open dialog is READY, and routable.' },
  A4: { text: 'An agent who asks for READY while dialogs are open gets the state that follows from the dialogs.' },
  A5: { text: 'Asking for READY while READY changes nothing, and nothing is published.' },
  A6: { text: 'Asking for READY while dialogs decide the state changes nothing, and nothing is published.' },
  A7: { text: 'An agent who asks for NOT_READY is NOT_READY, and open dialogs keep their states.' },
  A8: { text: 'While a dialog is offered and not accepted, NOT_READY is refused.' },
  A9: {
    text: 'NOT_READY takes effect at once, so it is never pending, and a second one is published like the first.',
    heldBy: 'machines/media.ts',
  },
  A10: { text: 'An agent who is chosen for a task becomes RESERVED, and then the dialog is published.' },
  A11: { text: 'A further task below the limit becomes a dialog and does not change the state.' },
  A12: {
    text: 'Whenever a dialog changes, the state is derived from the dialogs again, and is published only if it differs.',
  },
  A13: { text: 'When the last dialog is closed the agent is READY, and as routable as before.' },
  A14: {
    text: 'An agent who asked for NOT_READY stays NOT_READY when the last dialog is closed, and nothing is published.',
  },
  A15: { text: 'An agent whose MRD is interrupted becomes INTERRUPTED.' },
  A16: { text: 'When the interrupt is over the state follows from the dialogs, which have their old states again.' },
  A17: { text: 'A change between routable and not routable is published and does not change the state.' },
  A18: { text: 'A request to be not routable waits while a dialog is offered, or accepted and not started.' },
  A19: { text: 'A request for the routable mode that is set already is refused.' },
  A20: { text: 'An agent who lets an offer run out becomes not routable.' },
  A21: { text: 'A sign-out from an MRD ends its dialogs and leads to LOGOUT.' },
  A22: { text: 'A sign-out of the user, also a forced one, signs the user out of the media too.' },
  A23: { text: 'When the acting side loses its link to the ACD the state is WORK_NOT_READY.' },
  A24: { text: 'An agent who is not signed in to the MRD can only sign in.' },
} as const

/** One nonvoice dialog. */
const DIALOG = {
  D1: { text: 'A task that comes to an agent is an OFFERED dialog, and its Start Timeout begins.' },
  D2: { text: 'An offered dialog that the agent accepts is ACCEPTED, and its Start Timeout ends.' },
  D3: { text: 'A dialog that is not accepted within its Start Timeout is closed, and its task goes back to the ACD.' },
  D4: { text: 'When the customer gives up before it is accepted, the dialog is closed.' },
  D5: { text: 'An accepted dialog that the agent starts is ACTIVE, and may interrupt other MRDs.' },
  D6: { text: 'An active dialog can be paused.' },
  D7: { text: 'A paused dialog can be resumed.' },
  D8: { text: 'An active or paused dialog can be wrapped up.' },
  D9: { text: 'An agent who closes a dialog has handled its task.' },
  D10: { text: 'A transferred dialog is closed once the ACD has taken the task back.' },
  D11: { text: 'A transfer that fails, or gets no answer in time, is reported, and the dialog stays.' },
  D12: { text: 'An interrupt makes a dialog INTERRUPTED and remembers its state, and nothing is published.' },
  D13: { text: 'When the interrupt is over a dialog has its old state again, and nothing is published.' },
  D14: { text: 'A dialog whose old state was lost while it was interrupted is UNKNOWN and can only be closed.' },
  D15: { text: 'No action on an interrupted dialog is accepted.' },
  D16: { text: 'A dialog that was open as long as its MRD allows is closed.' },
  D17: { text: 'A sign-out with CLOSE closes every open dialog as handled.' },
  D18: { text: 'A sign-out with TRANSFER closes every open dialog and gives its task back.' },
  D19: { text: 'When the application path stays down for the task life, the dialog is closed.' },
  D20: { text: 'A dialog that is wrapped up can be paused or resumed.' },
} as const

/** Interrupts. */
const INTERRUPT = {
  I1: { text: 'Work that may not be interrupted interrupts an MRD whose agent accepts interrupts and has dialogs.' },
  I2: { text: 'With IGNORE an interrupt changes nothing.', heldBy: 'machines/media/guards.ts' },
  I3: { text: 'An agent who is READY has nothing to interrupt and stays so.', heldBy: 'machines/media.ts' },
  I4: { text: 'An agent who is NOT_READY or signed out is not interrupted.', heldBy: 'machines/media.ts' },
  I5: {
    text: 'A second interrupt changes nothing, but the dialogs stay interrupted until both are over.',
    heldBy: 'machines/media.ts',
  },
  I6: { text: 'As long as any interrupting work is left the interrupt goes on.' },
  I7: { text: 'When the last interrupting work is over the dialogs get their old states back.' },
  I8: {
    text: 'An interrupted agent may become NOT_READY, and the dialogs stay interrupted.',
    heldBy: 'machines/media.ts',
  },
  I9: { text: 'An interrupted agent may sign out like any other.', heldBy: 'machines/media.ts' },
  I10: { text: 'While an MRD is interrupted no action on its dialogs is accepted.' },
  I11: {
    text: 'A dialog may reach its longest duration while interrupted, and the interrupt ends with the last dialog.',
    heldBy: 'machines/media/actions.ts',
  },
  I12: { text: 'If a gateway failed during the interrupt, the dialog is UNKNOWN afterwards.' },
  I13: {
    text: 'Settings that change while interrupted count from the next interrupt on.',
    heldBy: 'machines/media/actions.ts',
  },
} as const

/** The Start Timeout, sign-out, presence loss and failures. */
const COURSES = {
  R1: { text: 'Every offer has the Start Timeout of its MRD.', heldBy: 'machines/task/actions.ts' },
  R2: { text: 'An offer that runs out closes the dialog, and its task counts as not handled.' },
  R3: { text: 'The task of an offer that ran out goes back to the script selector that it came from.' },
  R4: { text: 'An agent who let an offer run out becomes not routable, which is published.' },
  R5: { text: 'After an offer ran out the state follows from the other dialogs.' },
  R6: { text: 'No task comes until the agent asks to be routable again.', heldBy: TASK_STATE },
  RV1: { text: 'Each of several offers has a Start Timeout of its own.', heldBy: 'machines/task.ts' },
  RV2: { text: 'An offer also runs out while the link to the ACD is down.' },
  RV3: {
    text: 'When a side is lost its offers go on at the other side, with the time they had.',
    heldBy: 'src/engine/aggregate/side/loss.ts',
  },
  RV4: { text: 'A task that cannot be given back to the ACD at that moment is lost.' },
  RV5: {
    text: 'A dialog that was accepted and never started has no Start Timeout any more, only its longest duration.',
  },
  S1: { text: 'A sign-out ends every open dialog first.' },
  S2: { text: 'The disposition code of a dialog says that a sign-out ended it.' },
  S3: { text: 'At a sign-out, CLOSE reports tasks as handled and TRANSFER gives them back.' },
  S4: { text: 'Clients are notified of every dialog that a sign-out ends.' },
  S5: { text: 'When its dialogs have ended the medium is in LOGOUT, and clients are notified.' },
  P1: { text: 'Presence that comes back within the grace period changes nothing.' },
  P2: { text: 'When presence stays away for the grace period the user is signed out by force.' },
  P3: { text: 'After a move to the other side, the grace period of the old side may still sign the user out.' },
  P4: {
    text: 'An agent whose client moves to the other side goes on there.',
    heldBy: 'machines/user/actions/sides.ts',
  },
  P5: {
    text: 'When the side of an agent loses its link to the ACD, media are WORK_NOT_READY, and tasks due back are lost.',
  },
  P6: {
    text: 'After a lost link, a sign-in on the other side leads to the state of the dialogs, or to NOT_READY without dialogs.',
  },
  P7: { text: 'When the link is back the medium leaves WORK_NOT_READY by itself, or when the agent asks for it.' },
  P8: { text: 'A dialog that is offered while the link is down cannot be accepted, and runs out.' },
  P9: { text: 'When a gateway fails, interrupted dialogs lose their old state.' },
  P10: {
    text: 'The loss of one of two connections to the ACD is the loss of one side.',
    heldBy: 'src/engine/commit/tick.ts',
  },
  P11: { text: 'When both gateways fail, dialogs are lost.' },
  P12: {
    text: 'A client application that goes away changes nothing while presence lasts.',
    heldBy: 'machines/presence.ts',
  },
  P13: {
    text: 'While tasks cannot be given back, automatic transfers are lost, and transfers by agents are refused.',
    heldBy: 'src/engine/acd/built-in.ts',
  },
} as const

/** The agent state, voice. */
const USER = {
  U1: {
    text: 'The state may be UNKNOWN when it cannot be determined.',
    absent: 'only a followed Finesse reports it',
  },
  U2: { text: 'A user who is signed out may sign in.' },
  U3: { text: 'A sign-in leads to NOT_READY.' },
  U4: { text: 'An agent may sign out from NOT_READY.' },
  U5: { text: 'An agent who is NOT_READY may change the reason.' },
  U6: { text: 'An agent who is NOT_READY may become READY.' },
  U7: { text: 'An agent who is NOT_READY and places a call is TALKING.' },
  U8: { text: 'An agent who is READY may become NOT_READY.' },
  U9: { text: 'An incoming call makes an agent who is READY RESERVED.' },
  U10: { text: 'A campaign may reserve an agent who is READY.' },
  U11: { text: 'A campaign with a preview may reserve an agent who is READY.' },
  U12: { text: 'An agent who answers is TALKING.' },
  U13: { text: 'An agent who was READY is READY again when a call ends without an answer.' },
  U14: { text: 'A reserved agent of a campaign may ask for READY.' },
  U15: { text: 'A reserved agent of a campaign may ask for NOT_READY.' },
  U16: { text: 'A reserved agent who gets the call of the campaign is TALKING.' },
  U17: { text: 'A reserved agent who gets no call of the campaign is READY again.' },
  U18: { text: 'When a preview ends the agent is READY as before.' },
  U19: { text: 'NOT_READY that was asked for during a preview waits for its end.' },
  U20: { text: 'An agent who gets the call of a preview is TALKING.' },
  U21: { text: 'An agent who has no active call and one on hold is in HOLD.' },
  U22: { text: 'After the call an agent who was READY, or asked for it meanwhile, is READY.' },
  U23: { text: 'After the call an agent who was NOT_READY, or asked for it meanwhile, is NOT_READY.' },
  U24: { text: 'An agent who wraps up and is to be NOT_READY afterwards is in WORK.' },
  U25: { text: 'An agent who wraps up and is to be READY afterwards is in WORK_READY.' },
  U26: { text: 'An agent who takes a call off hold is TALKING.' },
  U27: { text: 'An agent in WORK may choose READY, which ends the wrap-up.' },
  U28: { text: 'WORK ends in NOT_READY, by choice or when the wrap-up time is over.' },
  U29: { text: 'WORK_READY ends in READY, by choice or when the wrap-up time is over.' },
  U30: { text: 'An agent in WORK_READY may choose NOT_READY, which ends the wrap-up.' },
} as const

/** One call. */
const CALL = {
  V1: { text: 'The agent for whom a call is meant is RESERVED first.' },
  V2: { text: "A call that arrives rings at the agent's extension." },
  V3: { text: 'A call that the agent answers is ACTIVE.' },
  V4: { text: 'When the caller hangs up, the caller is DROPPED first.' },
  V5: { text: 'Without wrap-up the agent is DROPPED then, and the agent state changes when the call is removed.' },
  V6: { text: 'With wrap-up the agent stays on the call in WRAP_UP.' },
  V7: {
    text: 'When a call is removed the agent has the state from before the call, or the one that was asked for meanwhile.',
  },
  V8: { text: 'When the wrap-up is over the call is removed first, and then the agent has the next state.' },
  V9: { text: 'An agent who hangs up first leaves the call before the caller does.' },
  V10: { text: 'An agent who was READY and did not answer in time is NOT_READY.' },
  V11: { text: 'When the caller gives up while the call rings, the call is removed.' },
  V12: { text: 'A caller who is an agent is notified of the call too.' },
  V13: { text: 'A call that was not routed rings too, and does not change the state of an agent who is NOT_READY.' },
  V20: { text: 'An agent who makes a call is TALKING from off-hook on.' },
  V21: {
    text: 'An agent who is READY and makes a call is NOT_READY first, so that no call is routed meanwhile, and READY again after it.',
  },
  V22: { text: 'The number is known when it is dialled.' },
  V23: { text: 'The call is ALERTING when it rings at the other party.' },
  V24: { text: 'When the other party answers, both are connected.' },
  V25: { text: 'A call to a number that is busy fails.' },
  V26: { text: 'A call to a number that does not exist fails.' },
  V27: { text: 'A call that failed is removed when the agent hangs up, and stays FAILED.' },
  V28: { text: 'An agent who hangs up before the number is dialled leaves no other trace.' },
  V29: { text: 'When the caller hangs up, the other party is still there first.' },
  V30: { text: 'Then the other party leaves too.' },
  V31: { text: 'An agent wraps up after a call that the agent made only if that is set for outgoing calls.' },
  V32: { text: 'A call that cannot be made is reported as an error, and nothing else happens.' },
  V40: { text: 'A party that holds is HELD, and the call stays ACTIVE.' },
  V41: { text: 'A second agent may hold as well.' },
  V42: { text: 'A party that retrieves the call is ACTIVE again.' },
  V43: { text: 'A call on hold can be dropped like an active one.' },
  V44: { text: 'An action that is not in the list of the leg is refused.', heldBy: 'machines/call/leg-model.ts' },
  V45: { text: 'With several calls the agent is TALKING while any is active, and in HOLD while one is held.' },
  V50: { text: 'An agent who consults somebody puts the call on hold first.' },
  V51: { text: 'Then the agent is off-hook for another call, which names the first one.' },
  V52: { text: 'The number of that call is known when it is dialled.' },
  V53: { text: 'It rings at the party whom the agent consults.' },
  V54: { text: 'When that party answers, both are connected, and the first call stays on hold.' },
  V55: { text: 'A call on hold may be joined with another call of the agent that is active or rings.' },
  V56: { text: 'When the agent drops that call, the first one stays on hold.' },
  V57: { text: 'The agent may alternate between the calls.' },
  V60: { text: 'The agent to whom a call is transferred is told of it while the old agent is still listed.' },
  V61: { text: 'Then the call in which they spoke is over.' },
  V62: { text: 'Then the old agent is no longer listed.' },
  V63: { text: 'An agent who transfers a call leaves both calls, and the state changes after that.' },
  V64: { text: 'Other agents on the call are told who is on it now.' },
  V65: { text: 'A call can be transferred while it still rings at the new agent.' },
  V66: { text: 'The call on hold survives, and names the other one as its secondary call.' },
  V67: { text: 'The new agent keeps the state that the agent had in the other call.', heldBy: 'machines/user.ts' },
  V70: { text: 'An agent who transfers a call at once puts it on hold first.' },
  V71: { text: 'Then the agent leaves the call, before the target has answered.' },
  V72: { text: 'The call rings at the target as a transferred one.' },
  V73: { text: 'If the target cannot be reached, that is reported, and the agent talks again.' },
  V74: { text: 'A call that is not answered cannot be transferred at once.', heldBy: 'machines/call/leg-model.ts' },
  V80: { text: 'In a conference all parties of two calls are connected in the one that was on hold.' },
  V81: { text: 'The agents in a conference are TALKING.', heldBy: 'machines/user/ladder.ts' },
  V82: { text: 'Only the agent who began a conference can add parties to it.' },
  V83: { text: 'The others are told of a party that leaves, once with it and once without it.' },
  V84: { text: 'A conference of two parties goes on.', heldBy: 'machines/call/join-rows.ts' },
  V85: { text: 'When the last but one leaves, the call ends like any other.', heldBy: 'machines/call.ts' },
  V86: { text: 'An agent who is dropped from a conference leaves it like one who hangs up.' },
  V87: { text: 'When its controller leaves, a conference goes on, and nobody can add parties.' },
  V88: { text: 'A call has no more parties than the system allows.' },
  V90: {
    text: 'A supervisor who listens to an agent is TALKING, and the agent has a second call, in which the agent can do nothing.',
  },
  V91: { text: 'When the supervisor listens no more, the monitor call is over for both.' },
  V92: { text: 'When the agent leaves the call, or transfers it, nobody listens any more.' },
  V93: { text: 'A supervisor who barges in is a party of the call, which the agent controls, and listens no more.' },
  V94: {
    text: 'A supervisor who has barged in may leave the call like every party.',
    heldBy: 'machines/call/join-rows.ts',
  },
  V95: { text: 'A supervisor who has barged in may drop the agent.', heldBy: 'machines/call/conference.ts' },
  V100: {
    text: 'A change is told to every agent on the call, and only the agent who asked for it gets the request id.',
  },
  V101: { text: 'Call data can be changed during wrap-up too.' },
  V102: { text: 'Call data that are changed to what they were are not published.' },
  V103: { text: 'Call data cannot be changed while the call rings.' },
  V104: {
    text: 'A wrap-up reason stays with the call.',
    heldBy: 'machines/call/actions.ts',
  },
  V105: { text: 'A call that is over is not found any more.', heldBy: 'src/engine/input/command-input.ts' },
  V110: { text: 'An agent who is reserved sees the customer, and decides whether the dialler calls.' },
  V111: { text: 'When the agent accepts, the dialler calls the customer.' },
  V112: { text: 'A customer who is reached talks with the agent in a new call, and the reservation is over.' },
  V113: {
    text: 'If the customer is not reached, the agent has the state from before, or the one asked for meanwhile.',
  },
  V114: { text: 'An agent who rejects a reservation leaves the customer to others, and one who closes it does not.' },
  V115: { text: 'A reservation allows nothing else.', heldBy: 'machines/call/leg-model.ts' },
} as const

/** Parts of the contract without rows. */
const PARTS = {
  'media 3.2': {
    text: 'For an MRD that the user does not belong to, only its name is shown.',
    heldBy: 'src/engine/aggregate/user/values.ts',
  },
  'media 4.1': { text: 'Only a sign-in, or the link to the ACD when it is back, leads out of WORK_NOT_READY.' },
  'media 4.2': { text: 'The state is derived from the request of the agent and from the dialogs, by rank.' },
  'media 4.3': {
    text: 'The routable mode says whether the agent may get tasks, and a sign-in makes the agent routable.',
  },
  'media 4.4': {
    text: 'A request that the state or the routable mode does not allow is refused.',
    heldBy: 'machines/media.ts',
  },
  'media 4.5': {
    text: 'Only an agent who is signed in, READY, routable, below the limit and not busy elsewhere gets a task.',
  },
  'media 5.1': {
    text: 'At the sign-in the agent chooses the limit, and what interrupts and a sign-out do to dialogs.',
  },
  'media 5.5': { text: 'An agent in WORK_NOT_READY may ask to leave it once the link is back.' },
  'media 6.1': {
    text: 'A request that is invalid by itself is refused at once.',
    heldBy: 'src/finesse/errors.ts',
  },
  'media 6.2': {
    text: 'A request about state or mode that fails afterwards has its error code.',
    heldBy: 'src/finesse/errors.ts',
  },
  'media 6.3': {
    text: 'A request about a dialog that fails afterwards has its error code.',
    heldBy: 'src/finesse/errors.ts',
  },
  'media 9.1': { text: 'An action on a dialog that has just ended is refused.' },
  'media 10': {
    text: 'A closed dialog says by its disposition code why it ended.',
    heldBy: 'machines/task.ts',
  },
  'media 12.3': { text: 'Interrupting work asks every other MRD once, when it begins.' },
  'media 13': { text: 'One of two sides acts for the user, and its settings count.' },
  'user 4.1': { text: 'A user who is signed in and signs in again keeps the state.' },
  'user 4.3': { text: 'A user who is signed out cannot sign out.' },
  'user 5.1': { text: 'A followed Finesse may report any state after any other.' },
  'user 5.2': { text: 'A request that the state does not allow is refused.' },
  'user 5.4': { text: 'A user who is signed out cannot become NOT_READY.' },
  'user 5.5': { text: 'A state that is asked for during a call waits until the call is over.' },
  'user 5.6': { text: 'Calls decide the state, the most urgent leg first.' },
  'user 5.7': { text: 'A supervisor may sign an agent out in every state, and make a READY agent NOT_READY.' },
  'user 7': { text: 'Only a user with this permission may sign in as a mobile agent.' },
  'dialog 2.1': { text: 'The state of a call is derived from its legs.' },
  'dialog 2.2': { text: 'A leg leads from off-hook through ringing and talk to its end.' },
  'dialog 6.4': {
    text: 'A call that an agent makes to a queue looks like a routed call to the agent who gets it.',
  },
  'dialog 6.3': {
    // Our choice: no document says it. A telephone does so, and an agent talks on one call at a time.
    text: 'An agent who answers or retrieves a call puts the call on which the agent talks on hold first.',
  },
  'dialog 4.1': { text: 'An action that the call does not allow at that time is refused.' },
  'dialog 4.4': { text: 'A call on hold is joined with the active call of the agent.' },
  'dialog 4.9': { text: 'A supervisor who is NOT_READY may listen to an agent who talks.' },
  'dialog 4.10': { text: 'A supervisor who listens may barge in, if the agent may add a party to the call.' },
  'dialog 4.11': { text: 'A call that is active can be recorded, and nothing changes (CCX).' },
  'dialog 4.12': { text: 'The system is set up so that some may drop other agents from a conference.' },
  'dialog 4.5': { text: 'Call data are changed as a whole, or not at all.' },
  'dialog 5.1': { text: 'Only a call of a campaign can be classified, or called back.' },
  'dialog 5.2': {
    text: 'The type of the call and a variable say how the campaign has made it.',
    heldBy: 'machines/call/campaign.ts',
  },
  'dialog 4.8': { text: 'Tones are sent on a call that is active.' },
  'dialog 6': { text: 'The agent state that a call causes is published before the call itself.' },
  'notifications 5.4': {
    text: 'A notification that could not be delivered waits until the session is known to be back or gone.',
    heldBy: 'src/engine/delivery/delivery.ts',
  },
  'notifications 9.1': {
    text: 'Presence says whether a session is connected, and the grace period begins when the last one is gone.',
  },
  'notifications 9.2': { text: 'A forced sign-out leads to NOT_READY or LOGOUT, as configured.' },
  'notifications 9.4': {
    text: 'The system can be configured to ignore the grace period of a side that the user has left.',
  },
  'notifications 12.1': { text: 'A side is out of service while anything that it depends on is missing.' },
  'notifications 12.3': { text: 'A side whose link comes back publishes open dialogs again.' },
  'notifications 12.4': { text: 'The side that the user moves to does not know what only the old side knew.' },
} as const

/** Decisions where the contract leaves room. */
const RULINGS = {
  'ruling 9': { text: 'A dialog that is offered or accepted while its MRD is interrupted keeps its state.' },
  'ruling 11': { text: 'Asking for READY where dialogs decide the state is accepted and ignored.' },
  'ruling 12': { text: 'A new reason for NOT_READY is published.' },
  'ruling 13': { text: 'An action that the state of the dialog does not list is refused.' },
  'ruling 14': { text: 'Each state of a dialog has its list of actions.', heldBy: 'machines/task/model.ts' },
  'ruling 16': { text: "The user's sign-out also signs the user out of the media, as configured." },
  'ruling 30': { text: 'Media follow a forced sign-out as they follow any other.' },
  'ruling 32': { text: 'A call that was not routed reserves only an agent who is READY.' },
  'ruling 33': { text: 'An agent may sign out from NOT_READY only.' },
  'ruling 34': { text: 'A sign-out of a user who is signed out is refused at once.' },
  'ruling 35': { text: 'A user who does not belong to an MRD cannot sign in to it.' },
  'ruling 37': { text: 'The side of the newest presence, or else of the last sign-in, acts for the user.' },
  'ruling 39': { text: 'When the link is back, the state and mode from before its loss hold again.' },
  'ruling 47': { text: 'A user who is signed out has no call that rings or is in wrap-up.' },
  'ruling 50': { text: 'A request to be not routable that still waits can be cancelled, and nothing is published.' },
} as const

export const RULES = {
  ...MEDIA,
  ...DIALOG,
  ...INTERRUPT,
  ...COURSES,
  ...USER,
  ...CALL,
  ...PARTS,
  ...RULINGS,
} as const satisfies Readonly<Record<string, Rule>>

export type RuleId = keyof typeof RULES

export const isRuleId = (id: string): id is RuleId => Object.hasOwn(RULES, id)

/** The metadata of a row of a chart. */
export interface RowMeta {
  /** The rules that the row implements. Empty for a row that no rule asks for; its description says why it exists. */
  readonly rules: readonly RuleId[]
}

/** The metadata of a state of a chart. */
export interface StateMeta {
  /** The states that the tables list as next states. A follower flags a step of Finesse to any other state. */
  readonly next?: readonly string[]
}

/** The metadata of a state that lists its next states (`user 5.2`, `media 12.1`, `media 12.2`). */
export const leadsTo = <S extends string>(...next: readonly S[]) => ({ meta: { next } satisfies StateMeta }) as const

/** The listed next states of a state node of XState. */
export function nextOf({ meta }: { readonly meta?: unknown }): readonly string[] {
  if (typeof meta !== 'object' || meta === null || !('next' in meta) || !Array.isArray(meta.next)) return []
  return meta.next.filter((state) => typeof state === 'string')
}

/** Metadata of a row that implements these rules. Without `description` the row has the sentence of the first rule. */
export function by(rules: RuleId | readonly RuleId[], description?: string) {
  const ids: readonly RuleId[] = typeof rules === 'string' ? [rules] : rules
  const [first] = ids
  return {
    description: description ?? (first ? RULES[first].text : ''),
    meta: { rules: ids } satisfies RowMeta,
  } as const
}

/** Metadata of a row that no rule asks for, such as book-keeping of the machines. `description` says why it exists. */
export const ownWork = (description: string) => ({ description, meta: { rules: [] } satisfies RowMeta }) as const

/** The metadata of a row in XState. */
interface Told {
  readonly description?: string | undefined
  readonly meta?: unknown
}

/** The rules of a row of XState. */
export function rulesOf({ meta }: Told): readonly RuleId[] {
  if (typeof meta !== 'object' || meta === null || !('rules' in meta) || !Array.isArray(meta.rules)) return []
  return meta.rules.filter((id): id is RuleId => typeof id === 'string' && isRuleId(id))
}

export const descriptionOf = ({ description = '' }: Told): string => description
