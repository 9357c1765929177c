/** Derives the agent state from the legs of calls and from the state before them. The first row that holds is taken. */
import { by } from '../rules.ts'

export const ladder = {
  description: 'The first row that holds gives the state, and clients never see this one.',
  always: [
    { ...by(['U12', 'U16', 'U20', 'U26', 'V3', 'V42', 'V45']), guard: 'isOnCall', target: 'TALKING' },
    { ...by(['U21', 'V40', 'V45']), guard: 'hasHeldCall', target: 'HOLD' },
    {
      ...by(['user 5.7', 'ruling 47'], 'A sign-out by a supervisor had waited for the end of the call.'),
      guard: 'isToSignOut',
      target: '#user.LOGOUT',
      actions: ['settleSignOut', 'thenSignOutOfMedia'],
    },
    { ...by(['U25', 'V6']), guard: 'wrapsUpToReady', target: 'WORK_READY' },
    { ...by(['U24', 'V6']), guard: 'wrapsUp', target: 'WORK' },
    {
      ...by(['U11', 'V110', 'V111'], 'A campaign has reserved the agent, who sees the reservation.'),
      guard: 'isReservedForPreview',
      target: 'RESERVED_OUTBOUND_PREVIEW',
    },
    { ...by('U10'), guard: 'isReservedForCampaign', target: 'RESERVED_OUTBOUND' },
    { ...by(['U9', 'V1']), guard: 'isRung', target: 'RESERVED' },
    {
      ...by('user 5.4', 'The agent has a call that no queue has routed, and is NOT_READY during it (CCX).'),
      guard: 'hasUnroutedCall',
      target: 'NOT_READY',
      actions: 'showReasonDuringCall',
    },
    {
      ...by(['V13', 'ruling 32']),
      guard: 'isRungWhileNotReady',
      target: 'NOT_READY',
      actions: 'showReasonBesideCalls',
    },
    { ...by(['U22', 'U13', 'U17', 'U18', 'U29']), guard: 'isToBeReady', target: 'READY', actions: 'settle' },
    { ...by(['U23', 'U19', 'U28']), target: 'NOT_READY', actions: 'settle' },
  ],
} as const
