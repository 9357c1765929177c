/** What happens to a pair that serves a side each. */
import { FAULTS, type Fault } from './faults.ts'
import type { SideHost } from './side-host.ts'

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/** Longer than a server waits for the other one before it takes its side for lost, in ms. */
const LONG = 12_000
const SHORT = 5000

/** Those of each pair, and what happens between servers of a side each. */
export const SIDE_FAULTS: readonly Fault<SideHost>[] = [
  ...FAULTS,
  {
    name: 'the servers do not reach each other',
    takesOver: 'never',
    losesStandby: true,
    strike: async ({ owner }) => owner.ignoreOther(),
    end: async ({ owner }) => {
      await pause(LONG)
      owner.answerOther()
    },
  },
  {
    name: 'the servers do not reach each other for a moment',
    takesOver: 'never',
    strike: async ({ owner }) => owner.ignoreOther(),
    end: async ({ owner, random }) => {
      await pause(random.whole(SHORT))
      owner.answerOther()
    },
  },
]
