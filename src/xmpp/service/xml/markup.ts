/**
 * XML on its way out. Attributes stand in double quotes, because hand-written clients scan for them
 * (`notifications 3.3`), and text escapes `&`, `<` and `>` only, so that quotes stay literal (`notifications 6`).
 */
import { escapeText } from '../../../finesse/xml.ts'

/** Well-formed XML, already escaped. */
export class Markup {
  readonly xml: string
  constructor(xml: string) {
    this.xml = xml
  }
}

/** Attributes in the order of the wire; `undefined` leaves one out. */
export type Attributes = Readonly<Record<string, string | undefined>>

/** What goes into an element: markup as it is, strings as text. */
export type Content = Markup | string | undefined

/** Escapes the value of an attribute that stands in double quotes; line breaks and tabs survive as references. */
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

/** An element; a namespace is given as the attribute `xmlns`. */
export function tag(name: string, attributes: Attributes = {}, ...content: Content[]): Markup {
  return new Markup(`<${name}${restOfElement(name, attributes, content)}`)
}

/** Several pieces of markup, one after the other. */
export function all(parts: readonly Markup[]): Markup {
  return new Markup(parts.map((part) => part.xml).join(''))
}

/**
 * One top-level element of a stream, in the two forms in which it travels: inside a TCP stream, whose root declares the
 * namespaces, and alone in a WebSocket frame, where it declares its own (`notifications 3.5`).
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

/** `iq`, `message` or `presence`. */
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

/** Any other element; it declares its own namespace in both forms. */
export function packet(name: string, attributes: Attributes, ...content: Content[]): Packet {
  return new Packet(name, '', restOfElement(name, attributes, content))
}
