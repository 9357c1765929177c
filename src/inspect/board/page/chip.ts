/** A state as a coloured chip: the colour is that of the reports, the words say it too. */

import { element } from '../../../pages/browser/dom.ts'
import { inkOn } from '../../../pages/colour.ts'
import { lookOf } from '../../../pages/states.ts'

/** In words. Only voice has two kinds of wrap-up to tell apart. */
export const wordOf = (mrd: string, state: string): string =>
  mrd !== VOICE && state === 'WORK_READY' ? 'Wrap-up' : lookOf(state).label

/** MRD of voice. */
const VOICE = '1'

export class Chip {
  readonly node = element('span', { class: 'chip' })
  #state = ''

  /** True when it shows another state than before; the first is no change. */
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
