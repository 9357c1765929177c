/** A state as a coloured chip with its name. The colours are those of the reports. */

import { element } from '../../../pages/browser/dom.ts'
import { inkOn } from '../../../pages/colour.ts'
import { lookOf } from '../../../pages/states.ts'

/** The name of a state. Only voice distinguishes two kinds of wrap-up. */
export const wordOf = (mrd: string, state: string): string =>
  mrd !== VOICE && state === 'WORK_READY' ? 'Wrap-up' : lookOf(state).label

/** The MRD of voice. */
const VOICE = '1'

export class Chip {
  readonly node = element('span', { class: 'chip' })
  #state = ''

  /** Shows a state. Returns true if it differs from the state before; the first state does not count as a change. */
  show(state: string, text: string): boolean {
    if (this.node.textContent !== text) this.node.textContent = text
    if (state === this.#state) return false
    const wasShown = this.#state !== ''
    this.#state = state
    const { fill } = lookOf(state)
    this.node.dataset.state = state
    this.node.title = state
    this.node.style.setProperty('--fill', fill)
    this.node.style.setProperty('--ink', inkOn(fill))
    return wasShown
  }
}
