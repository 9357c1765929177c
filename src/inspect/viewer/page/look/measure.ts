/** Widths of texts in CSS pixels. */
const canvas = document.createElement('canvas').getContext('2d')
const known = new Map<string, number>()
/** Most widths that are remembered. */
const LIMIT = 5000

/** Width of a text in a font, written as in CSS: `600 12px system-ui, sans-serif`. */
export function widthOf(text: string, font: string): number {
  const key = `${font} ${text}`
  const width = known.get(key) ?? measured(text, font)
  if (known.size >= LIMIT) known.clear()
  known.set(key, width)
  return width
}

function measured(text: string, font: string): number {
  if (canvas === null) return text.length * 7
  canvas.font = font
  return canvas.measureText(text).width
}
