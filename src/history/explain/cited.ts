/** Collects the rules that an explanation cites. */
import { isRuleId, RULES } from '../../../machines/index.ts'

/** Sentences of the rules that are cited anywhere in `told`, by id, in the order of citation. */
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
