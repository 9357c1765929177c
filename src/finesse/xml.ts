/**
 * Writes XML by concatenation of escaped pieces.
 *
 * Every function returns markup; only `leaf` and `escapeText` take text, so text cannot reach a document unescaped.
 */

// Characters that XML 1.0 has no way to express, references included; a lone surrogate matches \p{Cs}.
const FORBIDDEN = '\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\ufffe\\uffff\\p{Cs}'
const IMPOSSIBLE = new RegExp(`[${FORBIDDEN}]`, 'u')
const SPECIAL = new RegExp(`[&<>${FORBIDDEN}]`, 'u')
const ALL_SPECIAL = new RegExp(`[&<>${FORBIDDEN}]`, 'gu')

/** Does the text hold a character that XML 1.0 forbids, whether written as such or as a reference? */
export function hasForbiddenCharacter(text: string): boolean {
  return IMPOSSIBLE.test(text)
}

function replacement(character: string): string {
  if (character === '&') return '&amp;'
  if (character === '<') return '&lt;'
  return character === '>' ? '&gt;' : ''
}

/**
 * Escapes character data: `&`, `<` and `>` only, because clients undo no more than these (`notifications 6.2`).
 * Characters that XML 1.0 forbids are dropped.
 */
export function escapeText(text: string): string {
  return SPECIAL.test(text) ? text.replace(ALL_SPECIAL, replacement) : text
}

/** An element that holds text; empty text gives an empty element, never a missing one (`user 3.2`). */
export function leaf(name: string, text: string | number | boolean): string {
  return `<${name}>${typeof text === 'string' ? escapeText(text) : text}</${name}>`
}

/** An element that holds other elements, given as markup. */
export function parent(name: string, ...children: readonly string[]): string {
  return `<${name}>${children.join('')}</${name}>`
}

/** A list: recorded servers close an empty one in its own tag, and a public client compares the text (`user 4.7`). */
export function list(name: string, members: readonly string[], attributes = ''): string {
  return members.length === 0 ? `<${name}${attributes}/>` : `<${name}${attributes}>${members.join('')}</${name}>`
}

/** Time on the wire: UTC with milliseconds, empty when unknown (`user 5.8`). */
export function wireTime(time: number | null): string {
  if (time === null || !Number.isFinite(time) || Math.abs(time) > 8.64e15) return ''
  return new Date(time).toISOString()
}
