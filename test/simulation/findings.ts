/** The invariants by name, and the findings of a run. */

export const INVARIANTS = {
  'dialog-limit': 'open dialogs are at most maxDialogLimit',
  'interrupted-refuses': 'a medium that is INTERRUPTED accepts no dialog action',
  'ignore-unchanged': 'with IGNORE, an interrupt changes nothing',
  'offer-ends-once': 'every offer ends in exactly one of accepted, transferred, closed',
  'one-agent': 'a task is with at most one agent, and its queue agrees',
  'offered-once': 'no offer is made twice',
  deadline: 'no state is older than its deadline',
  'one-notification': 'a committed row is sent with its id and content, and not again after its delivery is committed',
  'commit-order': 'on each node, notifications about an agent have the order of their commits',
  'view-is-get': 'the last notification about an object is equal to a read',
  replay: 'a replay of the journal gives the live state, byte for byte',
  'restore-twice': 'persist, restore, persist gives the same state, twice',
  'recovered-as-committed': 'a process that starts recovers what was committed',
  'server-time': "a server's time is the wall clock at its start plus the time that has passed since",
  'nobody-misses':
    'a user who had a session when the process or the notification service was lost misses no notification',
  'cut-changes-nothing': 'a directory that is cut off changes nothing',
  'lets-in': 'connections without a session are limited, keep no client out, and leave nothing behind',
  'stale-presence': 'presence of a session that has ended changes nothing',
  'no-ghost':
    'every leg of a call ends in time, an agent talks on one call, and under LOGOUT none rings or is wrapped up',
  'same-order': 'all agents of a call are told of its states in the same order',
  'idle-capacity': 'no task waits while an agent is free for it',
  'accepted-is-journalled': 'a request that was answered with 202 or 201 is in the journal',
  'refusal-leaves-no-trace': 'a request that was answered with 503 is not in the journal',
  'refusal-has-reason': 'no answer is 500, and none is 503 while everything works',
  'nobody-stuck': 'when faults have ended and agents work, all tasks and calls end within a limit',
  'no-failed-input': 'no step throws',
  model: 'notifications and reads are those of the sequential model',
  'same-twice': 'the same seed gives the same journal and the same transcript',
} as const

export type Invariant = keyof typeof INVARIANTS

export interface Finding {
  readonly invariant: Invariant
  readonly what: string
  /** Simulated milliseconds since the start of the run. */
  readonly at: number
}

/** How many findings are kept. The first one matters most. */
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
