/**
 * The effects of a user's rows, in words, by what they are about. Each file adds its own to those before it.
 */
import { withConfiguration } from './configuration.ts'

/** Guards and actions together: the words that the chart is written in. */
export const user = withConfiguration
