/** A mutant: one small wrong edit of a source. Its id does not change when other parts of the source change. */
import { createHash } from 'node:crypto'
import { shortName } from './families.ts'
import { type Node, nameOf, type Source } from './syntax.ts'

/** The kinds of edits. README.md describes each. */
export const KINDS = [
  'guard-true',
  'guard-false',
  'guard-negated',
  'guard-removed',
  'target-removed',
  'target-replaced',
  'row-dropped',
  'action-dropped',
  'reenter-flipped',
  'flipped',
  'condition-true',
  'condition-false',
  'default-removed',
  'element-dropped',
  'element-swapped',
  'field-dropped',
  'field-replaced',
  'value-replaced',
  'text-changed',
  'side-exchanged',
  'effect-dropped',
  'effect-swapped',
  'case-dropped',
] as const
export type Kind = (typeof KINDS)[number]

/** A text that replaces a part of a source. */
export interface Replacement {
  /** Offsets of the replaced part. */
  readonly start: number
  readonly end: number
  readonly text: string
}

export interface Edit extends Replacement {
  readonly kind: Kind
}

/** A replacement in a file, by its path from the root of the repository. */
export interface Change extends Replacement {
  readonly file: string
}

export interface Mutant extends Edit {
  /** `file:line:kind:hash`. The line is for the reader. Ids that differ only in the line are of the same mutant. */
  readonly id: string
  /** Path from the root of the repository. */
  readonly file: string
  /** Names of the properties and variables around the edit. */
  readonly path: string
}

/** The id without its line. */
export const keyOf = (id: string): string => id.split(':').toSpliced(1, 1).join(':')

/** The name of the file in an id. */
export const fileOf = (id: string): string => id.slice(0, id.indexOf(':'))

/** The source after the edit. */
export const mutated = (text: string, { start, end, text: instead }: Replacement): string =>
  text.slice(0, start) + instead + text.slice(end)

/** The row ids in a comment on the lines of the edit, or on one of the next few lines. */
export function rowsBeside(text: string, { start, end }: Replacement): readonly string[] {
  const lines = text.split('\n')
  const last = lineAt(text, end)
  const own = lines.slice(lineAt(text, start) - 1, last)
  const near = [own.join('\n'), ...lines.slice(last, last + LINES_TO_COMMENT)]
  const found = near.map((line) => [...line.matchAll(/\/\/.*/g)].flatMap(([comment]) => comment.match(ROW_ID) ?? []))
  return found.find((rows) => rows.length > 0) ?? []
}

const ROW_ID = /\b[ADIPRS]\d{1,2}\b/g
const LINES_TO_COMMENT = 3

const lineAt = (text: string, offset: number): number => text.slice(0, offset).split('\n').length

/** Removes an element of a list or a property, with the comma after it. */
export function dropped(kind: Kind, { text }: Source, node: Node): Edit {
  const comma = /^\s*,/.exec(text.slice(node.end))?.[0].length ?? 0
  return { kind, start: node.start, end: node.end + comma, text: '' }
}

/** Exchanges two neighbours of a list. The text between them stays. */
export function swapped(kind: Kind, { text }: Source, first: Node, second: Node): Edit {
  const [one, between, other] = [
    text.slice(first.start, first.end),
    text.slice(first.end, second.start),
    text.slice(second.start, second.end),
  ]
  return { kind, start: first.start, end: second.end, text: other + between + one }
}

/** An exchange for each two neighbours of a list that differ. */
export function neighboursSwapped(kind: Kind, source: Source, list: readonly Node[]): readonly Edit[] {
  return list.flatMap((second, index) => {
    const first = list[index - 1]
    const same = first && source.text.slice(first.start, first.end) === source.text.slice(second.start, second.end)
    return first && !same ? [swapped(kind, source, first, second)] : []
  })
}

/** The nodes around the edit, the innermost last. */
function around(source: Source, { start, end }: Edit): readonly Node[] {
  let inner = source.root
  const found = [inner]
  for (;;) {
    const next = Object.values(inner)
      .flat()
      .find(
        (each): each is Node =>
          typeof each === 'object' && each !== null && 'start' in each && each.start <= start && each.end >= end,
      )
    if (!next) return found
    found.push(next)
    inner = next
  }
}

/** The names around an edit, and the text for its hash: these names and the row, without white space. */
function surroundings(source: Source, edit: Edit): { readonly path: string; readonly text: string } {
  const nodes = around(source, edit)
  const named = nodes.filter(({ type }) => /^(Property|VariableDeclarator|FunctionDeclaration)$/.test(type))
  const path = named.map(nameOf).filter((name) => name !== '')
  const row = nodes.findLast(({ type }) => type === 'ObjectExpression' || type === 'ArrowFunctionExpression')
  const text = row ? source.text.slice(row.start, row.end) : ''
  return { path: path.join('.'), text: [path, text.length > 400 ? '' : text].join().replaceAll(/\s+/g, '') }
}

/** The edits with their ids. Equal edits with equal surroundings differ by their order. */
export function named(source: Source, edits: readonly Edit[]): readonly Mutant[] {
  const short = shortName(source.file)
  const seen = new Map<string, number>()
  return edits.map((edit) => {
    const { path, text } = surroundings(source, edit)
    const covered = [edit.kind, text, source.text.slice(edit.start, edit.end), edit.text].join('\n')
    const nth = seen.get(covered) ?? 0
    seen.set(covered, nth + 1)
    const hash = createHash('sha256').update(`${covered}\n${nth}`).digest('hex').slice(0, 8)
    return { ...edit, file: source.file, path, id: [short, lineAt(source.text, edit.start), edit.kind, hash].join(':') }
  })
}
