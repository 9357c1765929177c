/** The agents of a queue in words: why its contacts wait. For pages, commands and answers alike. */
import type { OfferRefusal } from '../../../machines/effects.ts'
import type { Prevented, Staffing } from './staffing.ts'

/** Name of an MRD by its id. */
export type NameOf = (mrd: string) => string

const WORDS: Readonly<Record<Exclude<OfferRefusal, 'BUSY_ELSEWHERE'>, string>> = {
  NOT_SIGNED_IN: 'not signed in',
  NOT_READY: 'not ready',
  NOT_ROUTABLE: 'not routable',
  NO_CAPACITY: 'without a free slot',
  LINK_DOWN: 'without the link to the ACD',
  PATH_DOWN: 'without the path of the MRD',
  RULES: 'refused by the rules in force',
  FAILED: 'refused after an error',
}

/** What prevents an agent: `held by Chat`, `not ready`. */
export function preventedWords({ why, heldBy }: Pick<Prevented, 'why' | 'heldBy'>, nameOf: NameOf): string {
  if (why !== 'BUSY_ELSEWHERE') return WORDS[why]
  return heldBy.length === 0 ? 'held by other work' : `held by ${heldBy.map(nameOf).join(' and ')}`
}

/** The agents of a queue: `nobody is free: 27 held by Chat, 3 not ready; 2 free agents are for what has waited 20 s`. */
export function staffingText({ free, prevented, later = [], isDraining }: Staffing, nameOf: NameOf): string {
  const others = prevented.map((each) => `${each.agents} ${preventedWords(each, nameOf)}`)
  if (free === 0 && others.length === 0 && later.length === 0) return 'the queue has no agents'
  const nobody = free === 0 ? 'nobody is free' : `${free} ${free === 1 ? 'agent is' : 'agents are'} free`
  const delayed = later.map(
    ({ agents, afterSeconds }) =>
      `${agents} ${agents === 1 ? 'free agent is' : 'free agents are'} for what has waited ${afterSeconds} s`,
  )
  const drains = isDraining ? ['the server is draining, so nothing is offered'] : []
  return [[nobody, others.join(', ')].filter(Boolean).join(': '), ...delayed, ...drains].join('; ')
}
