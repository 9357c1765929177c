/** The tools beside the lanes. */
import { button, element } from '../browser/dom.ts'
import type { TimeAxis } from './time-axis.ts'

/** The buttons that zoom and move the time, and what they show. */
export function zoomTools(axis: TimeAxis): HTMLElement {
  const seen = element('span', { class: 'soft seen', 'aria-live': 'polite' })
  const showSpan = () => {
    seen.textContent = `${axis.label(axis.from)} to ${axis.label(axis.to)}`
  }
  axis.onChange(showSpan)
  showSpan()
  return element(
    'div',
    { class: 'tools', role: 'group', 'aria-label': 'Time' },
    button('+', 'Zoom in', () => axis.zoom(0.5)),
    button('\u2212', 'Zoom out', () => axis.zoom(2)),
    button('\u2190', 'Earlier', () => axis.shift(-0.2)),
    button('\u2192', 'Later', () => axis.shift(0.2)),
    button('All', 'Show the whole time', () => axis.showAll()),
    seen,
    element(
      'span',
      { class: 'soft' },
      'Ctrl and wheel or two fingers zoom, dragging moves. In the lanes: + and \u2212, left and right, 0 for all.',
    ),
  )
}
