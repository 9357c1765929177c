/** Documents of any size that cost a weak reader much more work than their sender. */
export type Shape = (size: number) => string

/** Repeats the piece between head and tail up to the size. */
const filled =
  (piece: string, head = '<User>', tail = '</User>'): Shape =>
  (size) =>
    head + piece.repeat(Math.max(0, Math.floor((size - head.length - tail.length) / piece.length))) + tail

/** The same with a number in each piece, so that all pieces are different. */
const numbered =
  (piece: (n: string) => string, head: string, tail: string): Shape =>
  (size) => {
    const pieces: string[] = []
    for (let room = size - head.length - tail.length, n = 0; room > 0; n += 1) {
      const next = piece(n.toString(36))
      pieces.push(next)
      room -= next.length
    }
    return head + pieces.slice(0, -1).join('') + tail
  }

export const HOSTILE: Readonly<Record<string, Shape>> = {
  'comments that do not end': filled('<!--'),
  'comments that do not end, outside the root': filled('<!--', '<User/>', ''),
  'CDATA sections that do not end': filled('<![CDATA['),
  'instructions that do not end': filled('<?a '),
  'a declaration that does not end': filled(' ', '<?xml version="1.0"', ''),
  'a declaration of spaces': filled(' ', '<?xml version="1.0"', '?><User/>'),
  'a declaration of encodings': filled(' encoding="a"', '<?xml version="1.0"', '?><User/>'),
  'a DOCTYPE that does not end': filled('<!ENTITY a "', '<!DOCTYPE a [', ''),
  'a DOCTYPE of entities': filled('<!ENTITY a "&a;">', '<!DOCTYPE a [', ']><User>&a;</User>'),
  'tags that do not end': filled('<a '),
  'elements that do not end': filled('<a>'),
  'end tags': filled('</a>'),
  'empty comments': filled('<!---->'),
  'comments around the root': filled('<!---->', '', '<User/>'),
  'hyphens in a comment': filled('- ', '<User><!--', '--></User>'),
  'empty CDATA sections': filled('<![CDATA[]]>'),
  'brackets in a CDATA section': filled(']', '<User><![CDATA[', ']]></User>'),
  'brackets in text': filled(']'),
  'empty instructions': filled('<?a?>'),
  'question marks in an instruction': filled('?', '<User><?a ', '?></User>'),
  'line ends in an instruction': filled('\r\n', '<User><?a ', '?></User>'),
  'small elements': filled('<a/>'),
  'small elements with end tags': filled('<a></a>'),
  'small elements, each with text': filled('<a>b</a>'),
  'text between comments': filled('a<!---->'),
  attributes: numbered((n) => ` a${n}=""`, '<User', '/>'),
  'the same attribute': filled(' a=""', '<User', '/>'),
  'attributes with prefixes': numbered((n) => ` a${n}:b=""`, '<User', '/>'),
  'attributes without a value': filled(' a', '<User', '/>'),
  'an attribute that does not end': filled('a', '<User a="', ''),
  'references in an attribute': filled('&#65;', '<User a="', '"/>'),
  'spaces in a tag': filled(' ', '<User', '/>'),
  'a name': filled('a', '<User><', '/></User>'),
  'names of colons': filled(':', '<User><', '/></User>'),
  'a name of letters beyond the basic plane': filled('\u{10000}', '<User><', '/></User>'),
  'numeric references': filled('&#65;'),
  'predefined references': filled('&lt;'),
  ampersands: filled('&'),
  'a reference that does not end': filled('a', '<User>&', '</User>'),
  'a numeric reference of many digits': filled('9', '<User>&#', ';</User>'),
  'a numeric reference of many zeros': filled('0', '<User>&#', '65;</User>'),
  'angle brackets': filled('<'),
  'closing angle brackets': filled('>'),
  spaces: filled(' '),
  'spaces in text': filled(' ', '<User>a', 'b</User>'),
  'spaces as references': filled('&#32;', '<User>a', 'b</User>'),
  'spaces around the root': filled('\r\n', '', '<User/>'),
  'carriage returns': filled('\r'),
  text: filled('x'),
  'text beyond the basic plane': filled('\u{1f600}'),
  'lone surrogates': filled('\ud83d'),
  NUL: filled('\0', '', ''),
}
