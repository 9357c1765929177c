/** Control of the built-in ACD over HTTP. */
export type { AcdControlOptions, DirectoryControl, MovableClock } from './operation.ts'
export { acdControl, DEFAULT_PREFIX } from './plugin.ts'
export { answerOf, ControlRefusal, refusalOf, sendRefusal } from './refusal.ts'
