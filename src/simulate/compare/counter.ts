/**
 * The same variants with other assumptions about people, to see whether a difference comes from them: if interruptions and
 * further tasks cost something, then with no such cost; if they cost nothing, then with a small one.
 */
import type { Scenario, Variant } from '../scenario/model.ts'
import type { HandlingTimes } from '../scenario/schema.ts'

export interface Counter {
  readonly kind: 'free' | 'costly'
  readonly variants: readonly Variant[]
}

/** What people lose in the small case, in ms: an assumption, in the order of what Brumby, Janssen and Mark report. */
export const SMALL = { resumeSeconds: 15_000, switchSeconds: 5000 } as const

const FREE = { concurrency: undefined, resumeSeconds: undefined, switchSeconds: undefined } as const
const constant = (ms: number) => ({ constant: ms, min: 0, max: ms })
const COSTLY = { resumeSeconds: constant(SMALL.resumeSeconds), switchSeconds: constant(SMALL.switchSeconds) }

/** `undefined` if nobody works in a medium, or all agents are scripted: then nothing is assumed. */
export function counterOf(variants: readonly Variant[]): Counter | undefined {
  const works = variants.some(({ scenario }) =>
    scenario.members.some(({ group }) => !group.scripted && Object.keys(group.media).length > 0),
  )
  if (!works) return undefined
  const kind = variants.some(({ scenario }) => hasCosts(scenario)) ? 'free' : 'costly'
  const change = kind === 'free' ? freed : costly
  return { kind, variants: variants.map(({ name, scenario }) => ({ name, scenario: change(scenario) })) }
}

const hasCosts = ({ handling, members, arrivals }: Scenario): boolean =>
  [
    ...Object.values(handling),
    ...members.flatMap(({ group }) => Object.values(group.handling)),
    ...arrivals.map((arrival) => arrival.handling),
  ].some(
    ({ concurrency, resumeSeconds, switchSeconds }) =>
      concurrency !== undefined || resumeSeconds !== undefined || switchSeconds !== undefined,
  )

function freed(scenario: Scenario): Scenario {
  const all = (handling: Readonly<Record<string, HandlingTimes>>) =>
    Object.fromEntries(Object.entries(handling).map(([mrd, times]) => [mrd, { ...times, ...FREE }]))
  const known = [...new Set(scenario.members.map(({ group }) => group))]
  const groups = new Map(known.map((group) => [group, { ...group, handling: all(group.handling) }]))
  return {
    ...scenario,
    handling: all(scenario.handling),
    members: scenario.members.map((member) => ({ ...member, group: groups.get(member.group) ?? member.group })),
    arrivals: scenario.arrivals.map((arrival) => ({ ...arrival, handling: { ...arrival.handling, ...FREE } })),
  }
}

function costly(scenario: Scenario): Scenario {
  const mrds = scenario.directory.mediaRoutingDomains.map(({ id }) => id)
  const handling = Object.fromEntries(mrds.map((mrd) => [mrd, { ...scenario.handling[mrd], ...COSTLY }]))
  return { ...scenario, handling: { ...scenario.handling, ...handling } }
}
