/**
 * JSON text as the data file has it: frequent pieces (`phrases.ts`) are stored as control characters. JSON text has no
 * control characters of its own, because they are escaped in it. So texts of earlier versions, which were not packed, are
 * read as they are. A general compression would be smaller by little, and takes ten times as long for texts this short.
 */
import { PHRASES } from './phrases.ts'

/** The characters that stand for one piece each. NUL, and those that JSON allows between its parts, are left out. */
const SINGLE = [...range(0x01, 0x08), 0x0b, 0x0c, ...range(0x0e, 0x1b)]
/** This and a printable character stand for one of the other pieces. */
const PREFIX = 0x1c
const FIRST_SECOND = 0x21
const LAST_SECOND = 0x7e

/** The most pieces that the list can have. */
export const PHRASES_MAX = SINGLE.length + LAST_SECOND - FIRST_SECOND + 1

const tokenOf = (index: number): string => {
  const single = SINGLE[index]
  if (single !== undefined) return String.fromCharCode(single)
  return String.fromCharCode(PREFIX, FIRST_SECOND + index - SINGLE.length)
}

/** A piece of JSON and the characters that stand for it. */
interface Piece {
  readonly phrase: string
  readonly token: string
}

const PIECES: readonly Piece[] = PHRASES.map((phrase, index) => ({ phrase, token: tokenOf(index) }))
/** The pieces of one character, and those of two, by the code of their last character. */
const [ONE, TWO] = [phrasesOf(1), phrasesOf(2)]

const ASCII = 128

/** A key for the two characters at `index`; `undefined` if one of them is not ASCII, or behind the end. */
function pairAt(text: string, index: number): number | undefined {
  const first = text.charCodeAt(index)
  const second = text.charCodeAt(index + 1)
  return first < ASCII && second < ASCII ? first * ASCII + second : undefined
}

const GROUPS = Map.groupBy(PIECES, ({ phrase }) => pairAt(phrase, 0))

/**
 * The pieces by their first two characters, the longest first. Not one regular expression, because with a hundred
 * alternatives it would begin to match at almost every quotation mark.
 */
const BY_PAIR: readonly (readonly Piece[] | undefined)[] = Array.from({ length: ASCII * ASCII }, (_, pair) =>
  GROUPS.get(pair)?.toSorted((a, b) => b.phrase.length - a.phrase.length),
)

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what stands for the pieces
const TOKEN = /\x1c[!-~]|[\x01-\x08\x0b\x0c\x0e-\x1b]/g

/** `text`: JSON without control characters, as `JSON.stringify` makes it. */
export function packed(text: string): string {
  let result = ''
  let copied = 0
  let index = 0
  while (index < text.length) {
    const piece = pieceAt(text, index)
    if (piece) {
      result += text.slice(copied, index) + piece.token
      copied = index + piece.phrase.length
    }
    index = piece ? copied : index + 1
  }
  return result + text.slice(copied)
}

/** The longest piece that begins at `index`. */
function pieceAt(text: string, index: number): Piece | undefined {
  const pieces = BY_PAIR[pairAt(text, index) ?? 0]
  if (pieces) for (const piece of pieces) if (text.startsWith(piece.phrase, index)) return piece
  return undefined
}

/** The text before `packed`. Characters that stand for nothing stay; then the text is no JSON. */
export const unpacked = (text: string): string =>
  text.replace(TOKEN, (token) => (token.length === 1 ? ONE[token.charCodeAt(0)] : TWO[token.charCodeAt(1)]) ?? token)

function phrasesOf(length: number): readonly (string | undefined)[] {
  const phrases: string[] = []
  for (const { phrase, token } of PIECES) if (token.length === length) phrases[token.charCodeAt(length - 1)] = phrase
  return phrases
}

function range(from: number, to: number): readonly number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index)
}
