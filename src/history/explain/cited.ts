/** The rules that an explanation cites, in their own words. */
import { isRuleId, RULES } from '../../../machines/index.ts'

/** Sentences of the rules that stand anywhere below, by their ids, in the order in which they are cited. */
export function citedRules(told: unknown): Readonly<Record<string, string>> {
  const cited = new Set<string>()
  collect(told, cited)
  return Object.fromEntries([...cited].filter(isRuleId).map((id) => [id, RULES[id].text]))
}

function collect(told: unknown, cited: Set<string>): void {
  if (typeof told !== 'object' || told === null) return
  if ('rule' in told && typeof told.rule === 'string') for (const id of told.rule.split(', ')) cited.add(id)
  for (const part of Object.values(told)) collect(part, cited)
}
