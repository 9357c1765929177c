/** The parts of the contract that are no tables of rows, with their definitions. */
import { desktopRows } from './desktop.rows.ts'
import { operationRows } from './operations.rows.ts'
import { refusalRows } from './refusals.rows.ts'

export interface Part {
  readonly title: string
  readonly define: () => void
}

export const DESKTOP_PARTS: readonly Part[] = [
  { title: 'What desktops read', define: desktopRows },
  { title: 'Operations', define: operationRows },
  { title: 'Refusals', define: refusalRows },
]
