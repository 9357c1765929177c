/** The section of `src/rest/README.md` that shows the table of rights. */
import { renderRestError } from '../../src/finesse/index.ts'
import {
  cellOf,
  NODE_RIGHTS,
  type NodeRight,
  type NodeVerdict,
  RELATIONS,
  REST_RIGHTS,
  type RestRight,
  type RestVerdict,
  type Right,
  ROLES,
  type Role,
} from '../../src/rights/index.ts'

/** `own: yes; team, foreign, unknown: 401 Unauthorized`, or the verdict alone where only one can occur. */
function cellText<V extends string>(right: Right<V>, role: Role, words: (verdict: V) => string): string {
  const groups = new Map<string, string[]>()
  for (const relation of RELATIONS) {
    const verdict = cellOf(right, role, relation)
    if (verdict === '-') continue
    const text = words(verdict)
    groups.set(text, [...(groups.get(text) ?? []), relation])
  }
  const parts = [...groups]
  if (parts.length === 1 && parts[0]?.[1].length === 1) return parts[0][0]
  return parts.map(([text, relations]) => `${relations.join(', ')}: ${text}`).join('; ')
}

function restWords(verdict: RestVerdict): string {
  if (verdict === 'yes') return '**yes**'
  const { status, body } = renderRestError({ key: verdict, about: '' })
  return `${status} \`${/<ErrorType>([^<]*)/.exec(body)?.[1] ?? ''}\``
}

function nodeWords(verdict: NodeVerdict): string {
  return verdict === 'yes' || verdict === 'automatic' ? `**${verdict}**` : `\`${verdict}\``
}

/** Keys of rows that are alike, in the order of the table. */
function grouped<R extends object>(rows: Readonly<Record<string, R>>): readonly (readonly [readonly string[], R])[] {
  const groups = new Map<string, [string[], R]>()
  for (const [key, right] of Object.entries(rows)) {
    const same = JSON.stringify(right)
    const group = groups.get(same) ?? [[], right]
    group[0].push(key)
    groups.set(same, group)
  }
  return [...groups.values()]
}

/** `/User/:id` as pages write it: `/User/{id}`. */
const path = (text: string) => `\`${text.replace(/:(\w+)/g, '{$1}')}\``

function tableOf(head: string, rows: readonly (readonly string[])[]): string {
  return [
    `| ${head} | agent | supervisor | administrator |`,
    '|---|---|---|---|',
    ...rows.map((row) => `| ${row.join(' | ')} |`),
  ].join('\n')
}

export function rightsSection(): string {
  const rest = grouped<RestRight>(REST_RIGHTS).map(([keys, right]) => [
    keys.map(path).join('<br>'),
    ...ROLES.map((role) => cellText(right, role, restWords)),
  ])
  const nodes = Object.values<NodeRight>(NODE_RIGHTS).map((right) => [
    right.paths.map(path).join('<br>'),
    ...ROLES.map((role) => cellText(right, role, nodeWords)),
  ])
  return `${tableOf('Operation', rest)}\n\n${tableOf('Subscription to the node', nodes)}\n`
}
