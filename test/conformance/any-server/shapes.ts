/**
 * Compares whole documents, and counts for each kind of document how many differ. A document that differs does not fail
 * the row in which it was seen: one element that is different in every User would make all rows differ.
 */
import type { Comparison } from '../story/sources.ts'
import { parseTree, printed, type Tree } from '../tree.ts'

/** What the report shows of one kind of document. */
export interface Shape {
  readonly kind: string
  seen: number
  differing: number
  /** The lines of the first document that differs: `- ` is documented, `+ ` was found. */
  readonly difference: string[]
}

/** Elements that contain a time, or a number that follows from one. Their form is checked, not their value. */
const TIMES: Readonly<Record<string, RegExp>> = {
  stateChangeTime: /^$|^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/,
  startTime: /^$|^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/,
  callKeyPrefix: /^\d*$/,
}

function timeless(tree: Tree): Tree {
  const form = TIMES[tree.name]
  if (form?.test(tree.text)) return { ...tree, text: 'a time' }
  return { ...tree, children: tree.children.map(timeless) }
}

/** Lines that only one of the documents has, or that stand elsewhere. */
export function differenceOf(expected: string, found: string): readonly string[] {
  const [documented, shown] = [expected.split('\n'), found.split('\n')]
  const missing = without(documented, shown).map((line) => `- ${line}`)
  const more = without(shown, documented).map((line) => `+ ${line}`)
  if (missing.length > 0 || more.length > 0) return [...missing, ...more]
  const at = documented.findIndex((line, index) => line !== shown[index])
  return at < 0 ? [] : [`- ${documented[at]}`, `+ ${shown[at]}`, '  (the order of elements)']
}

/** The lines that are left when each line of `others` takes one away. */
function without(lines: readonly string[], others: readonly string[]): readonly string[] {
  const left = [...others]
  return lines.filter((line) => {
    const at = left.indexOf(line)
    if (at >= 0) left.splice(at, 1)
    return at < 0
  })
}

export class Shapes {
  readonly #all = new Map<string, Shape>()

  /** In the order of their first document. */
  get all(): readonly Shape[] {
    return [...this.#all.values()]
  }

  readonly compare: Comparison = (text, expected, kind, about) => {
    const shape = this.#all.get(kind) ?? { kind, seen: 0, differing: 0, difference: [] }
    this.#all.set(kind, shape)
    shape.seen += 1
    const difference = differenceOf(printed(timeless(expected)), printed(timeless(parseTree(text))))
    if (difference.length === 0) return
    shape.differing += 1
    if (shape.difference.length === 0) shape.difference.push(`${about}:`, ...difference)
  }
}
