import { SaxesParser, type SaxesTagNS } from 'saxes'
import { costlyCharacters } from '../../../finesse/costly.ts'
import { isBlank } from '../../../finesse/white-space.ts'
import { NS } from '../namespaces.ts'
import type { Element } from './element.ts'
import { XmlViolation } from './violation.ts'

/** Bounds of what a peer may send. */
export interface XmlLimits {
  /** Bytes of one stanza. */
  readonly stanzaBytes: number
  /** Levels of elements inside one stanza. */
  readonly depth: number
  /**
   * Elements, attributes, CDATA sections, references and carriage returns of one stanza together, or of one `body` of BOSH
   * with all its stanzas.
   */
  readonly nodes: number
}

/** An element under construction; its children are appended in place. */
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

/** Builds elements from parser events, and hands out each one that is complete. */
class ElementBuilder {
  readonly #open: OpenElement[] = []
  readonly #limits: XmlLimits
  /** What `nodes` bounds, since the last complete stanza. */
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

  /** Counts references and carriage returns, before they are read. */
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

  /** The element when its end tag closed the outermost one. */
  end(): Element | undefined {
    const element = this.#open.pop()
    if (this.#open.length > 0) return undefined
    this.#count = 0
    return element
  }
}

function restrictedParser(): SaxesParser<{ xmlns: true }> {
  // XML 1.1 would let control characters in, which break the streams of those to whom they are sent.
  const parser = new SaxesParser({ xmlns: true, position: false, defaultXMLVersion: '1.0', forceXMLVersion: true })
  // RFC 6120 11.1: no comments, processing instructions, document type declarations or entities of one's own.
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

/** What happens in a stream. */
export interface StreamParserEvents {
  /** The stream's root has been opened. */
  header(attributes: ReadonlyMap<string, string>): void
  element(element: Element): void
  /** The stream's root has been closed. */
  footer(): void
}

/**
 * Parser of one XML stream as it goes over TCP. `write` throws what `violationOf` understands; after that, and after a
 * stream restart, the parser is of no further use.
 *
 * The caller cuts the input behind each `>`, so that one call completes one stanza at most.
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
    // White space between stanzas is dropped, whatever its amount: it is keep-alive (`notifications 3.3`), and some
    // clients end what they sent before a restart with a line break.
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
    // Stanzas may be prefixed instead (RFC 6120 4.8.2), or name no namespace at all.
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
 * Parses one frame of a WebSocket: exactly one element, or white space, which is a keep-alive and gives `undefined`.
 * Throws what `violationOf` understands.
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
