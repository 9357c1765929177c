/** The legend: a button per state. It is pressed while the state is shown. */

import { button, element } from '../browser/dom.ts'
import { lookOf, STATES } from '../states.ts'
import { swatch } from './tiles.ts'

const ORDER = Object.keys(STATES)

function place(state: string): number {
  const at = ORDER.indexOf(state)
  return at < 0 ? ORDER.length : at
}

export class Legend {
  readonly host: HTMLElement
  readonly #hidden = new Set<string>()
  readonly #buttons = new Map<string, HTMLButtonElement>()
  readonly #changed: () => void

  constructor(states: readonly string[], changed: () => void) {
    this.#changed = changed
    const inOrder = [...states].sort((a, b) => place(a) - place(b))
    for (const state of inOrder) this.#buttons.set(state, this.#buttonOf(state))
    this.host = element(
      'fieldset',
      { class: 'legend' },
      element('legend', {}, 'States shown'),
      ...this.#buttons.values(),
      button('All', 'Show all states', () => this.#hide([])),
      button('None', 'Hide all states', () => this.#hide(inOrder)),
    )
  }

  isHidden(state: string): boolean {
    return this.#hidden.has(state)
  }

  #buttonOf(state: string): HTMLButtonElement {
    const { label } = lookOf(state)
    const made = element(
      'button',
      { type: 'button', 'aria-pressed': 'true', title: state, 'data-state': state },
      swatch(state),
      label,
    )
    made.addEventListener('click', () => {
      const others = [...this.#hidden].filter((each) => each !== state)
      this.#hide(this.#hidden.has(state) ? others : [...others, state])
    })
    return made
  }

  #hide(states: readonly string[]): void {
    this.#hidden.clear()
    for (const state of states) this.#hidden.add(state)
    for (const [state, made] of this.#buttons) made.setAttribute('aria-pressed', String(!this.#hidden.has(state)))
    this.#changed()
  }
}
