/** Other forms of a scenario: the `variants` of its file, and changes from the command line. They work on plain YAML. */
import { z } from 'zod'
import type { Finding } from '../../directory/findings.ts'
import { isInherited } from '../../directory/names.ts'

/** Sets a value at a path such as `chat.size` or `handling.5002.active`. */
export interface Change {
  readonly path: string
  readonly value: unknown
}

type Fail = (findings: readonly Finding[]) => never
type Plain = Readonly<Record<string, unknown>>

const variants = z
  .array(z.strictObject({ name: z.string().min(1).max(64), change: z.record(z.string(), z.unknown()) }))
  .min(1)
  .max(50)

const isMap = (value: unknown): value is Plain => typeof value === 'object' && value !== null && !Array.isArray(value)

/** Lists whose entries have names, so that a change can name one. */
const NAMED: ReadonlySet<string> = new Set(['agents', 'arrivals'])

/** The baseline's name, and the plain form of every variant. */
export function formsOf(
  plain: unknown,
  fail: Fail,
): { readonly baseline: string; readonly forms: readonly { name: string; plain: unknown; index: number }[] } {
  const baseline = isMap(plain) && typeof plain.baseline === 'string' ? plain.baseline : 'as it is'
  if (!isMap(plain) || plain.variants === undefined) return { baseline, forms: [] }
  const given = variants.safeParse(plain.variants)
  if (!given.success) {
    const [issue] = given.error.issues
    const path = issue?.path.map((step) => (typeof step === 'number' ? step : String(step))) ?? []
    return fail([{ path: ['variants', ...path], message: issue?.message ?? 'is not valid' }])
  }
  const names = [baseline, ...given.data.map(({ name }) => name)]
  const twice = names.findIndex((name, index) => names.indexOf(name) !== index)
  if (twice > 0)
    return fail([{ path: ['variants', twice - 1, 'name'], message: `there are two variants ${names[twice]}` }])
  const { variants: _, ...base } = plain
  const forms = given.data.map(({ name, change }, index) => {
    const inVariant = (findings: readonly Finding[]) =>
      fail(findings.map(({ path, message }) => ({ path: ['variants', index, 'change', ...path], message })))
    return { name, index, plain: merged(base, change, [], inVariant) }
  })
  return { baseline, forms }
}

/** `base` with the changes: maps are merged, entries of `agents` and `arrivals` by their names; all else is replaced. */
function merged(base: unknown, change: unknown, path: Finding['path'], fail: Fail): unknown {
  const [last] = path.slice(-1)
  if (Array.isArray(base) && isMap(change) && path.length === 1 && NAMED.has(String(last)))
    return mergedList(base, change, path, fail)
  if (!isMap(base) || !isMap(change)) return change
  const result: Record<string, unknown> = { ...base }
  for (const [key, value] of Object.entries(change)) {
    if (isInherited(key)) return fail([{ path: [...path, key], message: 'every object has a member of this name' }])
    if (value === null) delete result[key]
    else result[key] = merged(base[key], value, [...path, key], fail)
  }
  return result
}

function mergedList(base: readonly unknown[], change: Plain, path: Finding['path'], fail: Fail): readonly unknown[] {
  const nameOf = (entry: unknown) => (isMap(entry) ? (entry.name ?? entry.selector) : undefined)
  for (const name of Object.keys(change))
    if (!base.some((entry) => nameOf(entry) === name))
      fail([{ path: [...path, name], message: `there is none of this name among ${path.join('.')}` }])
  return base.map((entry) => {
    const name = nameOf(entry)
    const own = typeof name === 'string' ? change[name] : undefined
    return own === undefined ? entry : merged(entry, own, [...path, String(name)], fail)
  })
}

/**
 * The scenario with the changes. A path begins with a key of the file, or with the name of a group of agents; `size` of a
 * group is its `count`.
 */
export function changesIn(plain: unknown, changes: readonly Change[], fail: Fail): unknown {
  return changes.reduce((form, { path, value }) => {
    const steps = stepsOf(form, path)
    if (steps === undefined)
      return fail([{ path: [], message: `${path}: it must begin with a key of the scenario or the name of a group` }])
    return merged(form, nested(steps, value), [], fail)
  }, plain)
}

function stepsOf(plain: unknown, path: string): readonly string[] | undefined {
  if (!isMap(plain)) return undefined
  const groups = (Array.isArray(plain.agents) ? plain.agents : []).flatMap((group: unknown) =>
    isMap(group) && typeof group.name === 'string' ? [group.name] : [],
  )
  // A name of a group may have dots in it.
  const group = groups.filter((name) => path.startsWith(`${name}.`)).sort((a, b) => b.length - a.length)[0]
  if (group !== undefined) {
    const rest = path.slice(group.length + 1)
    return ['agents', group, ...(rest === 'size' ? ['count'] : rest.split('.'))]
  }
  const steps = path.split('.')
  return Object.hasOwn(plain, steps[0] ?? '') && steps.every((step) => step !== '') ? steps : undefined
}

const nested = (steps: readonly string[], value: unknown): Plain =>
  steps.length <= 1 ? { [steps[0] ?? '']: value } : { [steps[0] ?? '']: nested(steps.slice(1), value) }
