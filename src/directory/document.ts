/** Parses the YAML of a directory file into a document whose nodes know their lines. */
import { Composer, type Document, isScalar, Lexer, LineCounter, type ParsedNode, Parser, visit } from 'yaml'
import { DirectoryError, type DirectoryProblem } from './errors.ts'

/** Most levels of lists and maps. A directory has seven. */
const MAX_LEVELS = 32

/** Limited because resolving an alias searches the whole document. */
const MAX_ALIASES = 1000

/** Most syntax problems that are reported. A file that is not YAML may have one at every character. */
const MAX_SYNTAX_PROBLEMS = 100

export interface DirectoryDocument {
  readonly document: Document
  readonly lines: LineCounter
  /** The file ends with `...`, YAML's document end marker. */
  readonly hasEndMark: boolean
}

/** Parses the syntax. Throws `DirectoryError` if the text is not YAML, or not exactly one document. */
export function readDocument(text: string, file: string): DirectoryDocument {
  const lines = new LineCounter()
  const place = (offset: number, message: string): DirectoryProblem => {
    const { line, col } = lines.linePos(offset)
    return { file, line: Math.max(line, 1), column: Math.max(col, 1), path: '', message: `is not YAML: ${message}` }
  }
  const fail = (problems: readonly DirectoryProblem[]): never => {
    throw new DirectoryError(problems)
  }
  const tooDeep = (offset: number) => fail([place(offset, `lists and maps are nested deeper than ${MAX_LEVELS}`)])
  // `walk` finds repeated keys. The composer would compare every pair of keys, which takes too long.
  const composer = new Composer<ParsedNode>({ uniqueKeys: false })
  const [document, another] = composer.compose(tokens(text, lines, tooDeep), true, text.length)
  if (document === undefined) return fail([place(0, 'there is no document')])
  if (document.errors.length > 0)
    return fail(document.errors.slice(0, MAX_SYNTAX_PROBLEMS).map(({ message, pos }) => place(pos[0], message)))
  if (another !== undefined) return fail([place(another.range[0], 'there is more than one document')])
  const { repeated, aliases } = walk(document)
  if (aliases > MAX_ALIASES) return fail([place(0, `there are more than ${MAX_ALIASES} aliases`)])
  if (repeated.length > 0) return fail(repeated.map((offset) => place(offset, 'Map keys must be unique')))
  return { document, lines, hasEndMark: document.directives.docEnd }
}

/** Does the same as `Parser.parse`, but stops at the greatest depth allowed. */
function* tokens(text: string, lines: LineCounter, tooDeep: (offset: number) => never) {
  const parser = new Parser(lines.addNewLine)
  lines.addNewLine(0)
  for (const lexeme of new Lexer().lex(text)) {
    yield* parser.next(lexeme)
    if (parser.stack.length > MAX_LEVELS) tooDeep(parser.offset)
  }
  yield* parser.end()
}

/** The offsets of repeated keys, up to the limit, and the number of aliases. */
function walk(document: Document): { readonly repeated: readonly number[]; readonly aliases: number } {
  const repeated: number[] = []
  let aliases = 0
  visit(document, {
    Alias() {
      aliases += 1
    },
    Map(_, map) {
      const keys = new Set<string>()
      for (const { key } of map.items) {
        if (!isScalar(key)) continue
        const name = String(key.value)
        if (keys.has(name) && repeated.length < MAX_SYNTAX_PROBLEMS) repeated.push(key.range?.[0] ?? 0)
        keys.add(name)
      }
    },
  })
  return { repeated, aliases }
}
