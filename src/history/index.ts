/** The past: what led to a state. */
export * from './explain/index.ts'
