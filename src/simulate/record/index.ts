/** Records a journal as a scenario. */
export { type Recording, type RecordOptions, record } from './record.ts'
