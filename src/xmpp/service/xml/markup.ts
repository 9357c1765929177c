/**
 * Writes XML. Attributes are in double quotes, because hand-written clients search for them (`notifications 3.3`). In
 * text only `&`, `<` and `>` are escaped, so quotes stay literal (`notifications 6`).
 */
import { escapeText } from '../../../finesse/xml.ts'

/** Well-formed XML, already escaped. */
export class Markup {
  readonly xml: string
  constructor(xml: string) {
    this.xml = xml
  }
}

/** Attributes in the order in which they are written. Those that are `undefined` are left out. */
export type Attributes = Readonly<Record<string, string | undefined>>

/** Content of an element. Markup is written unchanged, strings are escaped as text, `undefined` is left out. */
export type Content = Markup | string | undefined

/** Escapes an attribute value for double quotes. Line breaks and tabs become references, so that parsers keep them. */
export function escapeAttribute(value: string): string {
  return escapeText(value)
    .replaceAll('"', '&quot;')
    .replace(/[\t\n\r]/g, (character) => `&#${character.charCodeAt(0)};`)
}

function attributesXml(attributes: Attributes): string {
  let xml = ''
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined) xml += ` ${name}="${escapeAttribute(value)}"`
  }
  return xml
}

function restOfElement(name: string, attributes: Attributes, content: readonly Content[]): string {
  let inner = ''
  for (const part of content) {
    if (part !== undefined) inner += part instanceof Markup ? part.xml : escapeText(part)
  }
  const start = attributesXml(attributes)
  return inner === '' ? `${start}/>` : `${start}>${inner}</${name}>`
}

/** An element. Give its namespace as the attribute `xmlns`. */
export function tag(name: string, attributes: Attributes = {}, ...content: Content[]): Markup {
  return new Markup(`<${name}${restOfElement(name, attributes, content)}`)
}

/** Joins several pieces of markup. */
export function all(parts: readonly Markup[]): Markup {
  return new Markup(parts.map((part) => part.xml).join(''))
}

/**
 * A top-level element of a stream, in two forms: for a TCP stream, whose root declares the namespaces, and for a
 * WebSocket frame, in which the element declares its own (`notifications 3.5`).
 */
export class Packet {
  readonly #name: string
  readonly #frameDeclaration: string
  readonly #rest: string

  constructor(name: string, frameDeclaration: string, rest: string) {
    this.#name = name
    this.#frameDeclaration = frameDeclaration
    this.#rest = rest
  }

  /** Form for a stream whose root declares `jabber:client` and the prefix `stream`. */
  get streamed(): string {
    return `<${this.#name}${this.#rest}`
  }

  /** Form for a frame of its own. */
  get framed(): string {
    return `<${this.#name}${this.#frameDeclaration}${this.#rest}`
  }
}

/** An `iq`, `message` or `presence`. */
export function stanza(name: string, attributes: Attributes, ...content: Content[]): Packet {
  return new Packet(name, ' xmlns="jabber:client"', restOfElement(name, attributes, content))
}

/** An element with the prefix `stream`: features, error. */
export function streamElement(name: string, ...content: Content[]): Packet {
  const qualified = `stream:${name}`
  return new Packet(
    qualified,
    ' xmlns:stream="http://etherx.jabber.org/streams"',
    restOfElement(qualified, {}, content),
  )
}

/** Any other element. It declares its own namespace in both forms. */
export function packet(name: string, attributes: Attributes, ...content: Content[]): Packet {
  return new Packet(name, '', restOfElement(name, attributes, content))
}
