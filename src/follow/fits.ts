/**
 * Does what was told fit to what is known? A stanza that came late, or in another order than it was sent, is older than
 * what is known. It is accepted all the same, and the user is read again.
 */
import type { DialogValue } from '../engine/values.ts'
import type { Told } from './events/update.ts'
import type { Belongings } from './picture.ts'

/** `wasTold`: something about the same subject was told before. A dialog that was, and is not known, has ended. */
export function fits(told: Told, known: Belongings | undefined, wasTold: boolean): boolean {
  if (!known?.user) return true
  switch (told.kind) {
    case 'user':
    case 'summary':
      return !isOlder(told.value.stateChangeTime, known.user.stateChangeTime)
    case 'media':
      return !isOlder(told.value.status?.stateChangeTime, known.media.get(told.value.id)?.status?.stateChangeTime)
    case 'dialog': {
      const before = known.dialogs.get(told.value.id)
      if (told.change === 'removed') return before !== undefined || wasTold
      if (before) return !isOlder(newestIn(told.value), newestIn(before))
      return told.change === 'added' && !wasTold
    }
    default:
      return true
  }
}

const isOlder = (told: number | null | undefined, known: number | null | undefined): boolean =>
  typeof told === 'number' && typeof known === 'number' && told < known

/** When the dialog, or one of its parties, changed last. */
const newestIn = (dialog: DialogValue): number =>
  dialog.kind === 'task'
    ? dialog.stateChangeTime
    : Math.max(0, ...dialog.participants.map((each) => each.stateChangeTime ?? 0))
