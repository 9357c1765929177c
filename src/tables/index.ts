/** Tables of figures, as text and as CSV. */
export { csv } from './csv.ts'
export { table } from './text.ts'
