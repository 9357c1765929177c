/** The box that follows the pointer over the lanes. */
import { element } from '../browser/dom.ts'

/** Distance of the box from the pointer, in CSS pixels. */
const AWAY = 14

export class Hover {
  readonly #box = element('div', { class: 'hover', role: 'tooltip' })
  readonly #contentAt: (x: number, y: number) => HTMLElement | undefined

  /** `contentAt` returns the lines for a position in the chart. */
  constructor(contentAt: (x: number, y: number) => HTMLElement | undefined) {
    this.#contentAt = contentAt
    this.hide()
    document.body.append(this.#box)
  }

  at(chart: HTMLElement, x: number, y: number): void {
    const content = this.#contentAt(x, y)
    if (!content) return this.hide()
    this.#box.replaceChildren(content)
    this.#box.hidden = false
    const frame = chart.getBoundingClientRect()
    const { offsetWidth, offsetHeight } = this.#box
    const left = Math.min(frame.x + x + AWAY, innerWidth - offsetWidth - AWAY)
    const below = frame.y + y + AWAY
    const top = below + offsetHeight > innerHeight ? frame.y + y - AWAY - offsetHeight : below
    this.#box.style.left = `${Math.max(0, left)}px`
    this.#box.style.top = `${Math.max(0, top)}px`
  }

  hide(): void {
    this.#box.hidden = true
  }
}
