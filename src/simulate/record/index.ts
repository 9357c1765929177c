/** From a journal to a scenario. */
export { type Recording, type RecordOptions, record } from './record.ts'
