/**
 * Colours of axes, texts and other parts of the charts. They are read from the style sheet, so that they are those of
 * the page.
 */

export interface Theme {
  readonly text: string
  readonly soft: string
  readonly line: string
  readonly page: string
  readonly accent: string
  /** Colour of the band of a fault. */
  readonly band: string
}

export function themeNow(): Theme {
  const style = getComputedStyle(document.documentElement)
  const read = (name: string) => style.getPropertyValue(`--${name}`).trim()
  return {
    text: read('text'),
    soft: read('soft'),
    line: read('line'),
    page: read('page'),
    accent: read('accent'),
    band: read('band'),
  }
}

/** Calls the listener when the page changes between light and dark, and before and after printing. */
export function onLook(changed: () => void, printing: (on: boolean) => void): void {
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', changed)
  let isPrinting = false
  const print = (on: boolean) => {
    if (on === isPrinting) return
    isPrinting = on
    document.documentElement.classList.toggle('printing', on)
    printing(on)
  }
  matchMedia('print').addEventListener('change', ({ matches }) => print(matches))
  addEventListener('beforeprint', () => print(true))
  addEventListener('afterprint', () => print(false))
}
