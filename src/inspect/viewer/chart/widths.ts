/**
 * Widths of the letters in the charts. A chart is placed before it is known in which font a browser shows it, so these are
 * those of a wide one, DejaVu Sans. In most fonts texts are narrower, and never is a box too small: the page narrows texts
 * that are wider.
 */

/** Size of the texts in CSS pixels. */
export const TEXT_SIZE = 12

/** What a text is: the name of a state, which is bold, or the label of an arrow. */
export type TextKind = 'state' | 'label'

/** From the space to the tilde, in tenths of a pixel. */
const LETTERS: Readonly<Record<TextKind, readonly number[]>> = {
  state: `42 55 63 101 83 120 105 37 55 55 63 101 46 50 46 44 83 83 83 83 83 83 83 83 83 83 48 48 101 101 101 70
    120 93 91 88 100 82 82 98 100 45 45 93 76 119 100 102 88 102 92 86 82 97 93 132 93 87 87 55 44 55 101 60
    60 81 86 71 86 81 52 86 85 41 41 80 41 125 85 82 86 86 59 71 57 85 78 111 77 78 70 85 44 85 101`
    .split(/\s+/)
    .map(Number),
  label: `38 48 55 101 76 114 94 33 47 47 60 101 38 43 38 40 76 76 76 76 76 76 76 76 76 76 40 40 101 101 101 64
    120 82 82 84 92 76 69 93 90 35 35 79 67 104 90 94 72 94 83 76 73 88 82 119 82 73 82 47 40 47 101 60
    60 74 76 66 76 74 42 76 76 33 33 69 33 117 76 73 76 76 49 63 47 76 71 98 71 71 63 76 40 76 101`
    .split(/\s+/)
    .map(Number),
}
/** Of any other letter, in tenths of a pixel. */
const OTHER = 120

/** The width of a text in CSS pixels. */
export const widthOfText = (text: string, kind: TextKind): number =>
  [...text].reduce((sum, letter) => sum + (LETTERS[kind][letter.charCodeAt(0) - 32] ?? OTHER), 0) / 10
