/** Derives the agent state of a medium. The rows are the ranks of `media 4.2`, from top to bottom. */
import { by } from '../rules.ts'

export const ladder = {
  description: 'The first row that holds gives the state, and clients never see this one.',
  always: [
    {
      ...by(['media 4.2', 'A14', 'I8'], 'The agent asked for NOT_READY, which outranks what follows from dialogs.'),
      guard: 'isDeclaredNotReady',
      target: 'NOT_READY',
    },
    {
      ...by(['media 4.2', 'I6'], 'The MRD is interrupted, and the interrupt is not over.'),
      guard: 'isInterrupted',
      target: 'INTERRUPTED',
    },
    { ...by(['media 4.2', 'A4'], 'The agent works on a dialog.'), guard: 'worksOnADialog', target: 'ACTIVE' },
    {
      ...by(['media 4.2', 'A4'], 'The agent wraps a dialog up and works on no other.'),
      guard: 'wrapsUpADialog',
      target: 'WORK_READY',
    },
    {
      ...by(['media 4.2', 'A4'], 'A dialog is paused, and the agent works on no other.'),
      guard: 'hasPausedDialog',
      target: 'PAUSED',
    },
    {
      ...by(['media 4.2', 'A10'], 'A dialog is offered, and there is no other.'),
      guard: 'hasOfferedDialog',
      target: 'RESERVED',
    },
    { ...by(['media 4.2', 'A13'], 'No dialog is open.'), target: 'READY' },
  ],
} as const
