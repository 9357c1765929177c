/** Reads and writes XML with what every browser has. */

const DOCUMENT = document.implementation.createDocument(null, null)

/** An element with children. Text is escaped when the element is written. */
export function node(name: string, ...children: readonly (Node | string)[]): Element {
  const made = DOCUMENT.createElement(name)
  made.append(...children)
  return made
}

export const written = (element: Element): string => new XMLSerializer().serializeToString(element)

/** @throws Error for text that is not XML */
export function parsed(text: string): Element {
  const { documentElement } = new DOMParser().parseFromString(text, 'application/xml')
  if (documentElement.querySelector('parsererror')) throw new Error(`not XML: ${text}`)
  return documentElement
}

/** The elements at a path of names, such as `participants/Participant`. */
export const all = (within: Element, path: string): readonly Element[] =>
  path
    .split('/')
    .reduce<readonly Element[]>(
      (found, name) => found.flatMap((each) => [...each.children].filter(({ tagName }) => tagName === name)),
      [within],
    )

/** The text of the first element at a path; empty if there is none. */
export const text = (within: Element, path: string): string => all(within, path)[0]?.textContent ?? ''
