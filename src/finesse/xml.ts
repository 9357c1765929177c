/**
 * Writes XML by joining escaped pieces.
 *
 * Every function returns markup. Only `leaf` and `escapeText` take text, so no text can get into a document unescaped.
 */

// Characters that XML 1.0 cannot express, not even as references. \p{Cs} matches a lone surrogate.
const FORBIDDEN = '\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\ufffe\\uffff\\p{Cs}'
const IMPOSSIBLE = new RegExp(`[${FORBIDDEN}]`, 'u')
const SPECIAL = new RegExp(`[&<>${FORBIDDEN}]`, 'u')
const ALL_SPECIAL = new RegExp(`[&<>${FORBIDDEN}]`, 'gu')

/** Does the text contain a character that XML 1.0 forbids? */
export function hasForbiddenCharacter(text: string): boolean {
  return IMPOSSIBLE.test(text)
}

function replacement(character: string): string {
  if (character === '&') return '&amp;'
  if (character === '<') return '&lt;'
  return character === '>' ? '&gt;' : ''
}

/**
 * Escapes character data: only `&`, `<` and `>`, because some clients unescape no more than these (`notifications
 * 6.2`). Characters that XML 1.0 forbids are dropped.
 */
export function escapeText(text: string): string {
  return SPECIAL.test(text) ? text.replace(ALL_SPECIAL, replacement) : text
}

/** An element with text. Empty text gives an empty element, never a missing one (`user 3.2`). */
export function leaf(name: string, text: string | number | boolean): string {
  return `<${name}>${typeof text === 'string' ? escapeText(text) : text}</${name}>`
}

/** An element with child elements, which are given as markup. */
export function parent(name: string, ...children: readonly string[]): string {
  return `<${name}>${children.join('')}</${name}>`
}

/** A list. An empty one is `<name/>`, as in recordings, because a public client compares this text (`user 4.7`). */
export function list(name: string, members: readonly string[], attributes = ''): string {
  return members.length === 0 ? `<${name}${attributes}/>` : `<${name}${attributes}>${members.join('')}</${name}>`
}

/** A time on the wire without milliseconds, as queues have it (`dialog 8`). */
export function wireSecond(time: number | null): string {
  return wireTime(time === null ? null : Math.floor(time / 1000) * 1000).replace('.000Z', 'Z')
}

/** A time on the wire: UTC with milliseconds; empty when unknown (`user 5.8`). `time`: milliseconds since 1970 UTC. */
export function wireTime(time: number | null): string {
  if (time === null || !Number.isFinite(time) || Math.abs(time) > 8.64e15) return ''
  return new Date(time).toISOString()
}
