/** Which diagrams there are, and in which formats. */

/** The names of the machines: those of the authority, and those of a follower, which decide nothing. */
export const MACHINES = [
  'user',
  'media',
  'task',
  'call',
  'presence',
  'side',
  'followed-user',
  'followed-media',
  'followed-task',
] as const

export type MachineName = (typeof MACHINES)[number]

/** Each format, and how its files end. */
export const FORMATS = { mermaid: 'mmd', json: 'json', tables: 'tables.json', svg: 'svg', scxml: 'scxml' } as const
export type Format = keyof typeof FORMATS
