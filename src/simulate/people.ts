/** What a simulation assumes of people who are interrupted or have several things in hand, for the report. */
import type { Assumption } from './result.ts'
import type { Member, Scenario } from './scenario/model.ts'
import type { Drawn, HandlingTimes } from './scenario/schema.ts'
import { printDuration } from './scenario/time.ts'

const GIVEN = 'the scenario'

/** Of the parts that a scenario may leave out: the value that holds then, and why. */
const USUAL = {
  turns: {
    value: 'none: all of it is the agent’s own work',
    source:
      'an assumption. A chat is better described by turns: while the customer writes, the agent is free (QPC, Concurrent chat sessions)',
  },
  concurrency: { value: 'no loss for further tasks', source: 'an assumption' },
  resumeSeconds: {
    value: '0s',
    source:
      'an assumption. Interrupted tasks took no longer in total (Mark, Gudith, Klocke 2008); to pick one up again takes seconds (Brumby, Janssen, Mark 2019)',
  },
  switchSeconds: { value: '0s', source: 'an assumption' },
} as const

type Part = keyof typeof USUAL

const LABELS: Readonly<Record<Part, string>> = {
  turns: 'turns',
  concurrency: 'several tasks in hand',
  resumeSeconds: 'to pick up interrupted work',
  switchSeconds: 'to take up another task',
}

/** For example `lognormal, mean 3m, sd 1m`. */
export function printDrawn({ constant, exponential, lognormal, uniform }: Drawn): string {
  if (constant !== undefined) return printDuration(constant)
  if (exponential !== undefined) return `exponential, mean ${printDuration(exponential)}`
  if (uniform !== undefined) return `${printDuration(uniform[0])} to ${printDuration(uniform[1])}`
  const { mean = 0, sd = 0 } = lognormal ?? {}
  return `lognormal, mean ${printDuration(mean)}, sd ${printDuration(sd)}`
}

/** Where a scenario says what it takes to pick up interrupted work. */
const AS_LONG: Assumption = {
  about: 'the length of an interruption',
  value: 'makes no difference: work is picked up as fast after a long one as after a short one',
  source: 'an assumption. It takes longer after a long one (Brumby, Janssen, Mark 2019); by how much is not known',
}

/** Everything that the scenario says, and the defaults of what it leaves out. One line for equal values of all media. */
export function assumptionsOf({ directory, members, handling, arrivals }: Scenario): readonly Assumption[] {
  const acting = members.filter(({ group }) => !group.scripted)
  const used = directory.mediaRoutingDomains.filter(({ id }) => acting.some(({ group }) => id in group.media))
  if (used.length === 0) return []
  const hands = {
    about: 'an agent’s hands',
    value: 'one thing at a time: a call, a turn, or own work, whatever interruptAction says',
    source: 'an assumption',
  }
  const parts = ['turns', 'concurrency', 'resumeSeconds', 'switchSeconds'] as const
  return [hands, ...parts.flatMap(ofPart)]

  function ofPart(part: Part): readonly Assumption[] {
    const given: Assumption[] = []
    const without: string[] = []
    for (const { id, name } of used) {
      const own = groupsOf(acting, id).flatMap(({ name: group, handling: times }) =>
        entry(part, times[id], `${name}, ${group}`),
      )
      const here = entry(part, handling[id], name)
      given.push(...here, ...own)
      if (here.length === 0 && own.length === 0) without.push(name)
    }
    given.push(...arrivals.flatMap((arrival) => entry(part, arrival.handling, arrival.key)))
    const isGiven = given.length > 0
    if (without.length > 0) given.push({ about: `${LABELS[part]}, ${without.join(', ')}`, ...USUAL[part] })
    if (part === 'resumeSeconds' && isGiven) given.push(AS_LONG)
    return given
  }
}

function groupsOf(members: readonly Member[], mrd: string): readonly Member['group'][] {
  return [...new Set(members.map(({ group }) => group))].filter((group) => mrd in group.media)
}

function entry(part: Part, times: HandlingTimes | undefined, where: string): readonly Assumption[] {
  const value = times && printed(part, times)
  return value === undefined ? [] : [{ about: `${LABELS[part]}, ${where}`, value, source: GIVEN }]
}

function printed(part: Part, { turns, concurrency, resumeSeconds, switchSeconds }: HandlingTimes): string | undefined {
  if (part === 'turns') return turns && `agent ${printDrawn(turns.agent)}; customer ${printDrawn(turns.customer)}`
  if (part === 'concurrency')
    return concurrency === undefined ? undefined : `${Math.round(concurrency * 100)}% longer for each further one`
  const cost = part === 'resumeSeconds' ? resumeSeconds : switchSeconds
  return cost && printDrawn(cost)
}
