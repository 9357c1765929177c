/** What the readers of objects share: what they know beside the document, and values of a limited set. */
import type { Side } from '../../../machines/wire.ts'
import { type Tree, textAt } from './tree.ts'

/** What a reader knows beside the document. */
export interface Reading {
  /** The side that the document comes from. */
  readonly side: Side
  /** The followed user who is signed in at this extension. Calls name extensions only. */
  agentAt(extension: string): string | undefined
  /** Called with each value that the contract does not have: where it stands, and the value. */
  strange(where: string, value: string): void
}

/** The value if it is one of `known`. Otherwise it is reported, and `instead` is used. An empty value is not reported. */
export function oneOf<V extends string>(
  known: readonly V[],
  value: string,
  instead: V,
  where: string,
  reading: Pick<Reading, 'strange'>,
): V {
  const found = known.find((each) => each === value)
  if (found !== undefined) return found
  if (value !== '') reading.strange(where, value)
  return instead
}

/** A time of the wire in milliseconds since 1970 UTC; `null` if there is none. */
export function timeAt(tree: Tree | undefined, ...path: readonly string[]): number | null {
  const time = Date.parse(textAt(tree, ...path))
  return Number.isNaN(time) ? null : time
}

/** A whole number; `instead` if there is none. */
export function numberAt(tree: Tree | undefined, name: string, instead: number): number {
  const text = textAt(tree, name)
  const value = Number(text)
  return text === '' || !Number.isSafeInteger(value) ? instead : value
}
