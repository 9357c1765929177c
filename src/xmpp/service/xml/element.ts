/** A received element. Namespaces and references are resolved, nothing else is interpreted. */
export interface Element {
  /** Local name, without prefix. */
  readonly name: string
  /** Namespace, `''` when there is none. */
  readonly ns: string
  /** Attributes by their names as written (`xml:lang`), without namespace declarations. */
  readonly attributes: ReadonlyMap<string, string>
  readonly children: readonly (Element | string)[]
}

/** The child elements, in order. */
export function elementsOf(element: Element): Element[] {
  return element.children.filter((child) => typeof child !== 'string')
}

/** The first child with this name and, when given, this namespace. */
export function childOf(element: Element, name: string, ns?: string): Element | undefined {
  return elementsOf(element).find((child) => child.name === name && (ns === undefined || child.ns === ns))
}

/** The text directly inside an element. */
export function textOf(element: Element): string {
  return element.children.filter((child) => typeof child === 'string').join('')
}

/**
 * Replaces the namespace `from` by `to` in the element and its children, but not below elements of other namespaces.
 */
export function renamed(element: Element, from: string, to: string): Element {
  if (element.ns !== from) return element
  const children = element.children.map((child) => (typeof child === 'string' ? child : renamed(child, from, to)))
  return { ...element, ns: to, children }
}
