/** Makes elements. Text is always set as text; nothing here parses markup. */

type Child = Node | string | undefined

type Attributes = Readonly<Record<string, string | number | undefined>>

/** Makes an element with attributes (`class` included) and children. Children that are `undefined` are left out. */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined) made.setAttribute(name, String(value))
  }
  made.append(...children.filter((child) => child !== undefined))
  return made
}

/** Makes a button that calls `act`. `label` is its tooltip and its name for screen readers. */
export function button(text: string, label: string, act: () => void): HTMLButtonElement {
  const made = element('button', { type: 'button', 'aria-label': label, title: label }, text)
  made.addEventListener('click', act)
  return made
}
