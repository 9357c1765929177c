/** The names and formats of the diagrams. */

/** The names of the machines: those of the authority, and those of a follower (`followed-…`). */
export const MACHINES = [
  'user',
  'media',
  'task',
  'call',
  'leg',
  'presence',
  'side',
  'followed-user',
  'followed-media',
  'followed-task',
  'followed-call',
  'followed-leg',
] as const

export type MachineName = (typeof MACHINES)[number]

/** Each format, and the ending of its files. */
export const FORMATS = { mermaid: 'mmd', json: 'json', tables: 'tables.json', svg: 'svg', scxml: 'scxml' } as const
export type Format = keyof typeof FORMATS
