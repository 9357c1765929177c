/** Characters that XML 1.0 cannot contain, not even escaped. One of them would end the stream for all notifications. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const FORBIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g

/** Replaces characters that XML cannot contain by the replacement character (U+FFFD). */
export function withoutForbiddenCharacters(text: string): string {
  return text.toWellFormed().replace(FORBIDDEN, '\ufffd')
}

/** Length of a text as escaped character data, in bytes of UTF-8. */
export function escapedBytes(text: string): number {
  let bytes = Buffer.byteLength(text)
  for (const character of text) {
    if (character === '&') bytes += 4
    else if (character === '<' || character === '>') bytes += 3
  }
  return bytes
}
