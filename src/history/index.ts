/** Explanations from the journal: what led to a state. */
export * from './explain/index.ts'
