/** Shape of the sections that desktops read. Rules between entries are in `checks.ts`. */
import { z } from 'zod'
import { filled, numericId, teams } from '../schema-parts.ts'

/** Longest label of a wrap-up reason, in bytes (`user 6.1`). */
const WRAP_UP_LABEL = 39

const wrapUpReason = z.strictObject({
  id: numericId,
  label: filled(WRAP_UP_LABEL).refine(
    (label) => Buffer.byteLength(label) <= WRAP_UP_LABEL,
    `must have at most ${WRAP_UP_LABEL} bytes in UTF-8`,
  ),
  teams,
})

/** The sections, as parts of the schema of the file. Every section may be left out. */
export const configurationSections = {
  wrapUpReasons: z.array(wrapUpReason).max(1600).default([]),
}
