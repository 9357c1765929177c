/**
 * How much the longest tests do. `npm test` takes their short forms; `npm run test:whole` takes all of them in full.
 */
export const isWhole = process.env.MRDIAN_TESTS === 'whole'

/** What a test uses: `short` in `npm test`, `whole` in `npm run test:whole`. */
export const extent = <T>(short: T, whole: T): T => (isWhole ? whole : short)

/** A selection of combinations: every `nth` one from number `first` on in `npm test`, all in `npm run test:whole`. */
export const some = <T>(all: readonly T[], nth: number, first = 0): readonly T[] =>
  isWhole ? all : all.filter((_, index) => index % nth === first % nth)
