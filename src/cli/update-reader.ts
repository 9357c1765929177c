/** Reads an `Update` document for display. */
import { SaxesParser } from 'saxes'

export class Element {
  readonly name: string
  readonly children: Element[] = []
  text = ''

  constructor(name: string) {
    this.name = name
  }

  /** The first child of this name. */
  child(name: string): Element | undefined {
    return this.children.find((each) => each.name === name)
  }
}

/** The root element of a document. Throws on XML that is not well-formed. */
export function parseUpdate(document: string): Element {
  const top = new Element('')
  const open = [top]
  const parser = new SaxesParser()
  parser.on('opentag', ({ name }) => {
    const element = new Element(name)
    open.at(-1)?.children.push(element)
    open.push(element)
  })
  parser.on('text', (text) => {
    const element = open.at(-1)
    if (element) element.text += text
  })
  parser.on('closetag', () => open.pop())
  parser.on('error', (error) => {
    throw error
  })
  parser.write(document).close()
  const [root] = top.children
  if (!root) throw new Error('the document is empty')
  return root
}
