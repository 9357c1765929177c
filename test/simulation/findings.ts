/** What is checked, by name, and what was found wrong. */

export const INVARIANTS = {
  'dialog-limit': 'live dialogs are at most maxDialogLimit',
  'interrupted-refuses': 'INTERRUPTED: no dialog action is accepted',
  'ignore-unchanged': 'IGNORE: an interrupt changes nothing',
  'offer-ends-once': 'every offer ends in exactly one of accepted, transferred, closed',
  'one-agent': 'a task is at most at one agent, and its queue says the same',
  'offered-once': 'no offer is made twice',
  deadline: 'no state is older than its deadline',
  'one-notification':
    'a change is told once: the committed row leaves with its own id and content, and never again once it was taken',
  'commit-order': 'notifications about an agent come on each node in the order of their commits',
  'view-is-get': 'what was told last is what a read says',
  replay: 'the journal leads to the live state, byte for byte',
  'restore-twice': 'persist, restore, persist is the same, twice',
  'recovered-as-committed': 'a process that starts finds what was committed',
  'server-time': "a server's time is the wall clock at its start, and the time that has passed since",
  'nobody-misses': 'who was there when the process or the notification service went away hears what was said meanwhile',
  'cut-changes-nothing': 'a directory that is cut off changes nothing',
  'lets-in': 'connections without a session are bounded, keep nobody out, and leave nothing behind',
  'stale-presence': 'presence of a session that is gone changes nothing',
  'no-ghost': 'every leg of a call ends in time, and who is signed out is in none that rings or is wrapped up',
  'idle-capacity': 'no task waits while somebody may have it',
  'accepted-is-journalled': 'what was answered 202 or 201 is in the journal',
  'refusal-leaves-no-trace': 'what was answered 503 is not in the journal',
  'refusal-has-reason': 'nobody is refused while everything works, and nobody gets a 500',
  'nobody-stuck': 'when faults end and agents work, all that is open comes to its end within a bound',
  'no-failed-input': 'no step throws',
  model: 'clients are told, and read, what the sequential model says',
  'same-twice': 'the same seed gives the same journal and the same transcript',
} as const

export type Invariant = keyof typeof INVARIANTS

export interface Finding {
  readonly invariant: Invariant
  readonly what: string
  /** Milliseconds since the beginning. */
  readonly at: number
}

/** So many are kept; the first one is what matters. */
const KEPT = 12

export class Findings {
  readonly list: Finding[] = []
  readonly #now: () => number

  constructor(now: () => number) {
    this.#now = now
  }

  add(invariant: Invariant, what: string): void {
    if (this.list.length < KEPT) this.list.push({ invariant, what, at: this.#now() })
  }
}
