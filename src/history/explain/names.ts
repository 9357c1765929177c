/** How things are called, for people. */
import type { UserSetup } from '../../engine/aggregate/user/setup.ts'
import type { Subject } from './explanation.ts'

/** Stands for a value that was not asked for. */
export const HIDDEN = '…'

export interface Names {
  readonly user: string
  /** `1001 (Ana Reyes)`. */
  readonly agent: string
  /** `Email (5001)`. */
  mrd(id: string): string
  subject(subject: Subject): string
  /** Values of call variables and numbers of callers: as they are, or hidden. */
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
