/**
 * Reads XML from clients. Accepts every well-formed document of XML 1.0 without a DOCTYPE, within the limits below
 * (ruling 23).
 *
 * saxes checks well-formedness in one pass. Namespaces are ignored: names are kept as written, and prefixes need not be
 * declared. Attributes, comments and processing instructions are checked and dropped.
 */
import { costlyCharacters } from './costly.ts'
import { isBlank, trimSpace } from './white-space.ts'
import { xml10Parser } from './xml10-parser.ts'

/** An element. `text` is its character data, or `''` when it has child elements. */
export interface XmlElement {
  readonly name: string
  /** Without white space at both ends. */
  readonly text: string
  readonly children: readonly XmlElement[]
  /** Contains both text and elements, as no Finesse document does. */
  readonly mixed: boolean
}

/** Longest document that is parsed, in characters. The REST API already refuses bodies of more than 64 KiB. */
export const MAX_DOCUMENT = 64 * 1024
/** Most levels of elements. */
export const MAX_DEPTH = 16
/** Most start tags and end tags together. The tag of an empty element counts once. */
export const MAX_TAGS = 4096
/** Most attributes, comments, instructions, CDATA sections, references and carriage returns together. */
export const MAX_DETAILS = 4096

/** Parses a request body. `undefined` when it is not well-formed or exceeds a limit. */
export function parseRequest(text: string): XmlElement | undefined {
  // The parser would read a lone surrogate and the next character as one character.
  if (text.length > MAX_DOCUMENT || !text.isWellFormed()) return undefined
  let details = costlyCharacters(text, MAX_DETAILS)
  if (details > MAX_DETAILS) return undefined
  const countDetail = () => {
    details += 1
    if (details > MAX_DETAILS) throw new RangeError('too many attributes, comments or references')
  }
  // Line ends by XML 1.0 2.11. Done before parsing, so that the parser's positions are positions in this text.
  const document = text.replace(/\r\n?/g, '\n')
  const builder = new TreeBuilder()
  const parser = xml10Parser()
  parser.on('doctype', () => parser.fail('a DOCTYPE is not allowed'))
  parser.on('attribute', countDetail)
  parser.on('comment', countDetail)
  parser.on('processinginstruction', ({ body }) => {
    countDetail()
    // The parser does not require the white space between target and data (production 16).
    const before = document.charAt(parser.position - '?>'.length - body.length - 1)
    if (body !== '' && !isBlank(before)) parser.fail('no white space behind the target')
  })
  parser.on('opentag', ({ name }) => builder.start(name))
  parser.on('text', (piece) => builder.text(piece))
  parser.on('cdata', (piece) => {
    countDetail()
    builder.text(piece)
  })
  parser.on('closetag', ({ isSelfClosing }) => builder.end(isSelfClosing))
  try {
    parser.write(document).close()
  } catch {
    // Not well-formed, or above a limit.
    return undefined
  }
  return builder.root
}

/** An element whose end tag has not come yet. */
interface OpenElement {
  readonly name: string
  text: string
  readonly children: XmlElement[]
}

/** Builds elements from parser events. Throws `RangeError` above a limit. */
class TreeBuilder {
  readonly #open: OpenElement[] = []
  #tags = 0
  #root: XmlElement | undefined

  /** The outermost element; `undefined` until it is complete. */
  get root(): XmlElement | undefined {
    return this.#root
  }

  start(name: string): void {
    this.#countTag()
    if (this.#open.length >= MAX_DEPTH) throw new RangeError('elements are nested too deeply')
    this.#open.push({ name, text: '', children: [] })
  }

  text(piece: string): void {
    // Text outside the root is only white space.
    const element = this.#open.at(-1)
    if (element !== undefined) element.text += piece
  }

  end(isSelfClosing: boolean): void {
    if (!isSelfClosing) this.#countTag()
    const open = this.#open.pop()
    if (open === undefined) return
    const element = elementOf(open)
    const parent = this.#open.at(-1)
    if (parent === undefined) this.#root = element
    else parent.children.push(element)
  }

  #countTag(): void {
    this.#tags += 1
    if (this.#tags > MAX_TAGS) throw new RangeError('too many tags')
  }
}

function elementOf({ name, text, children }: OpenElement): XmlElement {
  const hasChildren = children.length > 0
  return {
    name,
    text: hasChildren ? '' : trimSpace(text),
    children,
    mixed: hasChildren && !isBlank(text),
  }
}
