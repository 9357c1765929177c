/** Characters that XML 1.0 cannot hold, not even escaped; one of them would end the stream for everybody. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const FORBIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g

/** Replaces what XML cannot hold by the replacement character. */
export function withoutForbiddenCharacters(text: string): string {
  return text.toWellFormed().replace(FORBIDDEN, '\ufffd')
}

/** Bytes of UTF-8 that a text takes as character data. */
export function escapedBytes(text: string): number {
  let bytes = Buffer.byteLength(text)
  for (const character of text) {
    if (character === '&') bytes += 4
    else if (character === '<' || character === '>') bytes += 3
  }
  return bytes
}
