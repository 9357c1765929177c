/** The directory: who exists. */
export {
  type CredentialChanges,
  credentialChanges,
  type Difference,
  type DirectoryChanges,
  directoryChanges,
} from './changes.ts'
export { DirectoryError, type DirectoryProblem } from './errors.ts'
export { loadDirectory, parseDirectory } from './load.ts'
export { type Lookup, lookup } from './lookup.ts'
export * from './model.ts'
export { foldName } from './names.ts'
