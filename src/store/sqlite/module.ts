/**
 * Node's SQLite. It is loaded when this module is evaluated. A static import would fail on an older Node before
 * `node-version.ts` can say what is wrong.
 */
export const { backup, DatabaseSync } = process.getBuiltinModule('node:sqlite')
export type DatabaseSync = import('node:sqlite').DatabaseSync
