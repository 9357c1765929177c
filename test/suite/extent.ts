/**
 * How much the longest tests do. `npm test` takes their short forms; `npm run test:whole` takes all of them in full.
 */
export const isWhole = process.env.MRDIAN_TESTS === 'whole'

/** What a test uses: `short` in `npm test`, `whole` in `npm run test:whole`. */
export const extent = <T>(short: T, whole: T): T => (isWhole ? whole : short)
