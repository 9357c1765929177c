/** Changes the texts of elements in an XML document, and leaves every other character as it is. */

/** A tag, with the text up to the next one. */
const TAG = /<(\/?)([\w.:-]+)([^>]*?)(\/?)>([^<]*)/g

const unescaped = (text: string): string =>
  text
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&apos;/g, "'")
    .replace(/&amp;/g, '&')

const escaped = (text: string): string => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;')

/** `change` gets the names of the parent and of the element, and its text, which is not empty. */
export function rewritten(xml: string, change: (parent: string, element: string, text: string) => string): string {
  const open: string[] = []
  return xml.replace(TAG, (whole, closing: string, name: string, attributes: string, empty: string, text: string) => {
    if (closing !== '') open.pop()
    else if (empty === '') open.push(name)
    if (closing !== '' || empty !== '' || text.trim() === '') return whole
    const before = unescaped(text)
    const after = change(open.at(-2) ?? '', name, before)
    return after === before ? whole : `<${name}${attributes}>${escaped(after)}`
  })
}
