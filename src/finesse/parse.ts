/**
 * Reads XML from outside: strict about form, bounded in size and depth, and without any conversion of values.
 *
 * fast-xml-parser alone accepts unclosed elements, turns `0012` into 12 and expands entities that a document declares;
 * what it lets pass is checked here.
 */
import { XMLParser, XMLValidator } from 'fast-xml-parser'
import { hasForbiddenCharacter } from './xml.ts'

/** An element; `text` is its character data when it has no child elements. */
export interface XmlElement {
  readonly name: string
  readonly text: string
  readonly children: readonly XmlElement[]
  /** Text and elements side by side, which no Finesse document has. */
  readonly mixed: boolean
}

/** Longest document that is looked at, in characters; the fronts refuse bodies of more than 64 KiB before. */
export const MAX_DOCUMENT = 64 * 1024
const MAX_DEPTH = 16
const MAX_TAGS = 4096

const DECLARATION =
  /^<\?xml\s+version\s*=\s*(?:"1\.\d"|'1\.\d')(?:\s+encoding\s*=\s*["']([A-Za-z][\w.-]*)["'])?(?:\s+standalone\s*=\s*["'](?:yes|no)["'])?\s*\?>/
// Of everything that begins like this only comments and CDATA sections pass: no DOCTYPE, no ENTITY, no instruction.
const NOT_WANTED = /<\?|<!(?!--|\[CDATA\[)/
// CDATA comes first, so that what looks like a comment inside it stays text.
const SECTION = /<!\[CDATA\[[\s\S]*?\]\]>|<!--([\s\S]*?)-->/g
const EMPTY_COMMENT = '<!---->'
const REFERENCE = /&(?:#x([0-9a-fA-F]{1,6})|#([0-9]{1,7})|(amp|lt|gt|quot|apos));/g
const PREDEFINED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: false,
  processEntities: false,
  cdataPropName: '#cdata',
  maxNestedTags: MAX_DEPTH,
})

/** Reads a request body. `undefined`: not well-formed, or more than a Finesse document may hold. */
export function parseRequest(text: string): XmlElement | undefined {
  if (text.length > MAX_DOCUMENT || hasForbiddenCharacter(text)) return undefined
  const body = withoutProlog(text)
  if (body === undefined || NOT_WANTED.test(body)) return undefined
  try {
    if (!isOneElement(body) || body.split('<', MAX_TAGS + 2).length > MAX_TAGS) return undefined
    if (XMLValidator.validate(body) !== true) return undefined
    const document: unknown = parser.parse(body)
    return rootOf(document)
  } catch {
    // The parser throws for what its validator let pass, for depth, and for names that it takes for an attack.
    return undefined
  }
}

function withoutProlog(text: string): string | undefined {
  const start = text.startsWith('\ufeff') ? text.slice(1) : text
  const declaration = DECLARATION.exec(start)
  if (declaration === null) return withoutOuterComments(start)
  const encoding = declaration[1]
  if (encoding !== undefined && !/^(?:utf-?8|us-ascii)$/i.test(encoding)) return undefined
  return withoutOuterComments(start.slice(declaration[0].length))
}

// Neither validator nor parser looks into comments, or at text behind the root.
function withoutOuterComments(text: string): string | undefined {
  let legal = true
  const emptied = text.replace(SECTION, (section: string, comment: string | undefined) => {
    if (comment === undefined) return section
    legal &&= !comment.includes('--') && !comment.endsWith('-')
    return EMPTY_COMMENT
  })
  if (!legal) return undefined
  let body = emptied.trim()
  while (body.startsWith(EMPTY_COMMENT)) body = body.slice(EMPTY_COMMENT.length).trimStart()
  while (body.endsWith(EMPTY_COMMENT)) body = body.slice(0, -EMPTY_COMMENT.length).trimEnd()
  return body
}

// Neither text nor CDATA may stand beside the root.
function isOneElement(body: string): boolean {
  if (body.startsWith('<!') || body.endsWith(']]>')) return false
  return body.indexOf('>', body.lastIndexOf('<')) === body.length - 1
}

function rootOf(document: unknown): XmlElement | undefined {
  const content = contentOf(document)
  if (content === undefined || content.text.trim() !== '' || content.children.length !== 1) return undefined
  return content.children[0]
}

interface Content {
  readonly text: string
  readonly children: readonly XmlElement[]
}

// The parser's ordered form: a list of objects, each with one key, the name, beside bookkeeping of attributes.
function contentOf(nodes: unknown): Content | undefined {
  if (!Array.isArray(nodes)) return undefined
  const list: readonly unknown[] = nodes
  let text = ''
  const children: XmlElement[] = []
  for (const node of list) {
    const entry = entryOf(node)
    if (entry === undefined || !legalAttributes(node)) return undefined
    const [name, value] = entry
    if (name === '#text') {
      const decoded = typeof value === 'string' ? decode(value) : undefined
      if (decoded === undefined) return undefined
      text += decoded
    } else if (name === '#cdata') {
      text += cdataText(value)
    } else {
      const content = contentOf(value)
      if (content === undefined) return undefined
      children.push(elementOf(name, content))
    }
  }
  return { text, children }
}

function elementOf(name: string, content: Content): XmlElement {
  const hasText = content.text.trim() !== ''
  const hasChildren = content.children.length > 0
  return {
    name,
    text: hasChildren ? '' : content.text.trim(),
    children: content.children,
    mixed: hasText && hasChildren,
  }
}

function entryOf(node: unknown): readonly [string, unknown] | undefined {
  if (typeof node !== 'object' || node === null) return undefined
  return Object.entries(node).find(([key]) => key !== ':@')
}

// Attributes mean nothing here, but a document is either well-formed or not.
function legalAttributes(node: unknown): boolean {
  if (typeof node !== 'object' || node === null || !(':@' in node)) return true
  const attributes = node[':@']
  if (typeof attributes !== 'object' || attributes === null) return true
  return Object.values(attributes).every(
    (value: unknown) => typeof value === 'string' && !value.includes('<') && decode(value) !== undefined,
  )
}

function cdataText(value: unknown): string {
  if (!Array.isArray(value)) return ''
  const entry = entryOf(value[0])
  return entry !== undefined && typeof entry[1] === 'string' ? entry[1] : ''
}

/** Resolves references; anything else that begins with `&` is an undeclared entity, hence an error. */
function decode(text: string): string | undefined {
  if (text.includes(']]>')) return undefined
  if (!text.includes('&')) return text
  let legal = true
  const decoded = text.replace(REFERENCE, (_, hex: string | undefined, decimal: string | undefined, name: string) => {
    if (hex === undefined && decimal === undefined) return PREDEFINED[name] ?? ''
    const code = hex === undefined ? Number.parseInt(decimal ?? '', 10) : Number.parseInt(hex, 16)
    const character = code <= 0x10ffff ? String.fromCodePoint(code) : '\0'
    legal &&= !hasForbiddenCharacter(character)
    return character
  })
  return legal && !text.replace(REFERENCE, '').includes('&') ? decoded : undefined
}
