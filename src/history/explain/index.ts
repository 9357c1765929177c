/** Explains why a user, an MRD or a dialog is in its state. */
export { explain } from './explain.ts'
export type * from './explanation.ts'
export { ExplainError, LIMIT as EPISODE_LIMIT, type Question } from './question.ts'
export { explainQueue, type QueueExplanation, type QueueQuestion, queueExplanationText } from './queue.ts'
export { explanationText } from './text.ts'
