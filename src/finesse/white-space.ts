/**
 * White space of XML 1.0 (production 3), which is four characters. JavaScript's `trim` and `\s` also match about twenty
 * others, such as the no-break space and the byte order mark. They must not be used for text from clients.
 */
const SPACES = ' \t\r\n'
const BLANK = /^[ \t\r\n]*$/

/** Is the text empty or only white space? */
export function isBlank(text: string): boolean {
  return BLANK.test(text)
}

/**
 * The text without white space at both ends. A regular expression would be slow, as it tries every run of spaces
 * inside.
 */
export function trimSpace(text: string): string {
  let start = 0
  let end = text.length
  while (start < end && SPACES.includes(text.charAt(start))) start += 1
  while (end > start && SPACES.includes(text.charAt(end - 1))) end -= 1
  return text.slice(start, end)
}
