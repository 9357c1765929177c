/** An element as it was received: names resolved to namespaces, entities resolved, nothing else interpreted. */
export interface Element {
  /** Local name, without prefix. */
  readonly name: string
  /** Namespace, `''` when there is none. */
  readonly ns: string
  /** Attributes by the name as written (`xml:lang`); namespace declarations are left out. */
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
