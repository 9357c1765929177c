/** Which diagrams there are, and in which formats. */

/** The names of the machines. */
export const MACHINES = ['user', 'media', 'task', 'call', 'presence', 'side'] as const

/** Each format, and how its files end. */
export const FORMATS = { mermaid: 'mmd', json: 'json', tables: 'tables.json', svg: 'svg', scxml: 'scxml' } as const
export type Format = keyof typeof FORMATS
