/** Names of MRDs, dialogs and other subjects for people. */
import type { UserSetup } from '../../engine/aggregate/user/setup.ts'
import type { Subject } from './explanation.ts'

/** Placeholder for a personal value that is not shown. */
export const HIDDEN = '…'

export interface Names {
  readonly user: string
  /** For example `1001 (Ana Reyes)`. */
  readonly agent: string
  /** For example `Email (5001)`. */
  mrd(id: string): string
  subject(subject: Subject): string
  /** For values of call variables and numbers of callers: the value, or the placeholder if they are hidden. */
  personal(value: string): string
}

export function namesOf(setup: UserSetup, showPersonal: boolean): Names {
  const { id: user, firstName, lastName } = setup.profile
  const mrd = (id: string): string => {
    if (id === '1') return 'Voice'
    const name = setup.mrds.find((each) => each.id === id)?.name ?? ''
    return name === '' ? `MRD ${id}` : `${name} (${id})`
  }
  return {
    user,
    agent: `${user} (${firstName} ${lastName})`,
    mrd,
    subject: (subject) => {
      switch (subject.kind) {
        case 'voice':
          return 'Voice'
        case 'media':
          return mrd(subject.mrd)
        case 'dialog':
          return `${mrd(subject.mrd)} dialog ${subject.dialog}`
        case 'call':
          return `Call ${subject.dialog}`
        case 'presence':
          return `Presence on side ${subject.side}`
      }
    },
    personal: (value) => (showPersonal || value === '' ? value : HIDDEN),
  }
}
