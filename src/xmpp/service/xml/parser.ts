import { SaxesParser, type SaxesTagNS } from 'saxes'
import { costlyCharacters } from '../../../finesse/costly.ts'
import { isBlank } from '../../../finesse/white-space.ts'
import { NS } from '../namespaces.ts'
import type { Element } from './element.ts'
import { XmlViolation } from './violation.ts'

/** Limits of the XML that a client may send. */
export interface XmlLimits {
  /** Most bytes of one stanza. */
  readonly stanzaBytes: number
  /** Most levels of elements in one stanza. */
  readonly depth: number
  /**
   * Most elements, attributes, CDATA sections, references and carriage returns together, in one stanza or in one `body`
   * of BOSH with all its stanzas.
   */
  readonly nodes: number
}

/** An element whose end tag has not come yet. Children are appended to it. */
interface OpenElement extends Element {
  readonly children: (Element | string)[]
}

function attributesOf(tag: SaxesTagNS): Map<string, string> {
  const attributes = new Map<string, string>()
  for (const [name, attribute] of Object.entries(tag.attributes)) {
    if (attribute.prefix !== 'xmlns' && name !== 'xmlns') attributes.set(name, attribute.value)
  }
  return attributes
}

/** Builds elements from parser events. */
class ElementBuilder {
  readonly #open: OpenElement[] = []
  readonly #limits: XmlLimits
  /** Count for the limit `nodes`, since the last complete stanza. */
  #count = 0

  constructor(limits: XmlLimits) {
    this.#limits = limits
  }

  get level(): number {
    return this.#open.length
  }

  start(tag: SaxesTagNS): void {
    if (this.#open.length >= this.#limits.depth)
      throw new XmlViolation('policy-violation', 'elements nested too deeply')
    this.node()
    const element: OpenElement = { name: tag.local, ns: tag.uri, attributes: attributesOf(tag), children: [] }
    this.#open.at(-1)?.children.push(element)
    this.#open.push(element)
  }

  /** Counts an element, an attribute or a CDATA section. */
  node(): void {
    this.#add(1)
  }

  /** Counts the references and carriage returns of a text before it is parsed. */
  ahead(text: string): void {
    this.#add(costlyCharacters(text, this.#limits.nodes))
  }

  #add(nodes: number): void {
    this.#count += nodes
    if (this.#count > this.#limits.nodes)
      throw new XmlViolation('policy-violation', 'too many elements, attributes or references')
  }

  text(text: string): void {
    this.#open.at(-1)?.children.push(text)
  }

  /** Closes an element. Returns it when it is the outermost one, that is, a complete stanza. */
  end(): Element | undefined {
    const element = this.#open.pop()
    if (this.#open.length > 0) return undefined
    this.#count = 0
    return element
  }
}

function restrictedParser(): SaxesParser<{ xmlns: true }> {
  // XML 1.1 would allow control characters, which would break the streams of their receivers.
  const parser = new SaxesParser({ xmlns: true, position: false, defaultXMLVersion: '1.0', forceXMLVersion: true })
  // RFC 6120 11.1: no comments, processing instructions, document type declarations or own entities.
  for (const event of ['comment', 'processinginstruction', 'doctype'] as const) {
    parser.on(event, () => {
      throw new XmlViolation('restricted-xml', event)
    })
  }
  parser.on('xmldecl', (declaration) => {
    if (declaration.encoding !== undefined && declaration.encoding.toLowerCase() !== 'utf-8')
      throw new XmlViolation('unsupported-encoding', declaration.encoding)
  })
  return parser
}

/** Events of a stream. */
export interface StreamParserEvents {
  /** The stream's root element was opened. */
  header(attributes: ReadonlyMap<string, string>): void
  element(element: Element): void
  /** The stream's root element was closed. */
  footer(): void
}

/**
 * Parser of one XML stream over TCP. `write` throws errors that `violationOf` translates. After an error, and after a
 * restart of the stream, the parser must not be used any more.
 *
 * The caller splits the input after each `>`, so that each call completes at most one stanza.
 */
export class StreamParser {
  readonly #limits: XmlLimits
  readonly #parser = restrictedParser()
  readonly #builder: ElementBuilder
  readonly #events: StreamParserEvents
  #rootOpen = false
  /** Bytes since the last complete stanza; 0 between stanzas. */
  #bytes = 0

  constructor(limits: XmlLimits, events: StreamParserEvents) {
    this.#limits = limits
    this.#builder = new ElementBuilder(limits)
    this.#events = events
    this.#parser.on('attribute', () => this.#builder.node())
    this.#parser.on('opentag', (tag) => this.#opened(tag))
    this.#parser.on('closetag', () => this.#closed())
    this.#parser.on('text', (text) => this.#text(text))
    this.#parser.on('cdata', (text) => {
      this.#builder.node()
      this.#text(text)
    })
  }

  write(input: string): void {
    // White space between stanzas is dropped without a limit. It serves as keep-alive (`notifications 3.3`), and some
    // clients send a line break before they restart the stream.
    const piece = this.#bytes === 0 ? input.replace(/^[ \t\r\n]+/, '') : input
    if (piece === '') return
    this.#bytes += Buffer.byteLength(piece)
    if (this.#bytes > this.#limits.stanzaBytes) throw new XmlViolation('policy-violation', 'stanza too large')
    this.#builder.ahead(piece)
    this.#parser.write(piece)
  }

  #opened(tag: SaxesTagNS): void {
    if (this.#rootOpen) {
      this.#builder.start(tag)
      return
    }
    if (tag.local !== 'stream' || tag.uri !== NS.stream) throw new XmlViolation('invalid-namespace', tag.name)
    // The root may declare no default namespace: stanzas may have prefixes (RFC 6120 4.8.2) or no namespace at all.
    const content = tag.ns[''] ?? ''
    if (content !== '' && content !== NS.client) throw new XmlViolation('invalid-namespace', content)
    this.#rootOpen = true
    this.#bytes = 0
    this.#events.header(attributesOf(tag))
  }

  #closed(): void {
    if (this.#builder.level === 0) {
      this.#events.footer()
      return
    }
    const element = this.#builder.end()
    if (element === undefined) return
    this.#bytes = 0
    this.#events.element(element)
  }

  #text(text: string): void {
    if (this.#builder.level > 0) this.#builder.text(text)
    else if (!isBlank(text)) throw new XmlViolation('bad-format', 'text between stanzas')
  }
}

/**
 * Parses one frame of a WebSocket, which is exactly one element. Returns `undefined` for white space, which is a
 * keep-alive. Throws errors that `violationOf` translates.
 */
export function parseFrame(frame: string, limits: XmlLimits): Element | undefined {
  if (Buffer.byteLength(frame) > limits.stanzaBytes) throw new XmlViolation('policy-violation', 'frame too large')
  if (isBlank(frame)) return undefined
  const builder = new ElementBuilder(limits)
  const parser = restrictedParser()
  let complete: Element | undefined
  parser.on('attribute', () => builder.node())
  parser.on('opentag', (tag) => builder.start(tag))
  parser.on('closetag', () => {
    complete = builder.end() ?? complete
  })
  parser.on('text', (piece) => builder.text(piece))
  parser.on('cdata', (piece) => {
    builder.node()
    builder.text(piece)
  })
  builder.ahead(frame)
  parser.write(frame).close()
  return complete
}
