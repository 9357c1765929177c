/**
 * White space as XML 1.0 has it (production 3): four characters. JavaScript's `trim` and `\s` take some twenty more, among
 * them the no-break space and the byte order mark, so text from outside is never judged by them.
 */
const SPACES = ' \t\r\n'
const BLANK = /^[ \t\r\n]*$/

/** Is there nothing but white space? */
export function isBlank(text: string): boolean {
  return BLANK.test(text)
}

/** The text without white space at its ends. A loop, since an expression for the end would look at every run inside. */
export function trimSpace(text: string): string {
  let start = 0
  let end = text.length
  while (start < end && SPACES.includes(text.charAt(start))) start += 1
  while (end > start && SPACES.includes(text.charAt(end - 1))) end -= 1
  return text.slice(start, end)
}
