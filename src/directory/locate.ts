/** Places in a directory file: paths such as `users[2].teamId`, and their lines. */
import { type Document, isAlias, isMap, isNode, isScalar, isSeq, type LineCounter, type Pair, type YAMLMap } from 'yaml'

/** Keys and indexes from the top of the document. */
export type Path = readonly (string | number)[]

/** A path as text, such as `users[2].teamId`. Keys that are not plain words are quoted. */
export function printPath(path: Path): string {
  let printed = ''
  for (const step of path) {
    if (typeof step === 'number') printed += `[${step}]`
    else if (!/^[\w-]+$/.test(step)) printed += `[${JSON.stringify(step)}]`
    else printed += printed === '' ? step : `.${step}`
  }
  return printed
}

interface Place {
  readonly line: number
  readonly column: number
}

/** The entries of maps by their keys. The index of a map is built at its first use. */
class Entries {
  readonly #known = new WeakMap<YAMLMap, ReadonlyMap<string, Pair>>()

  find(map: YAMLMap, key: string): Pair | undefined {
    let entries = this.#known.get(map)
    if (entries === undefined) {
      entries = new Map(map.items.flatMap((pair) => (isScalar(pair.key) ? [[String(pair.key.value), pair]] : [])))
      this.#known.set(map, entries)
    }
    return entries.get(key)
  }
}

/**
 * Returns a function that finds the line and column of a path, counted from 1. If the path does not exist, it gives the
 * place of the nearest entry around it.
 */
export function locator(document: Document, lines: LineCounter): (path: Path) => Place {
  const entries = new Entries()
  return (path) => {
    let node: unknown = document.contents
    let offset = startOf(node) ?? 0
    for (const step of path) {
      const next = stepInto(isAlias(node) ? node.resolve(document) : node, step, entries)
      if (next === undefined) break
      node = next.node
      offset = next.offset ?? offset
    }
    const { line, col } = lines.linePos(offset)
    return { line: Math.max(line, 1), column: Math.max(col, 1) }
  }
}

function stepInto(
  node: unknown,
  step: string | number,
  entries: Entries,
): { node: unknown; offset: number | undefined } | undefined {
  if (isSeq(node) && typeof step === 'number') {
    const item = node.items[step]
    return item === undefined ? undefined : { node: item, offset: startOf(item) }
  }
  if (!isMap(node)) return undefined
  const pair = entries.find(node, String(step))
  return pair && { node: pair.value, offset: startOf(pair.key) }
}

function startOf(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined
}
