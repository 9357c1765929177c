/** The directory: users, teams, media routing domains, reason codes and settings. */
export {
  type ConfigurationChanges,
  type CredentialChanges,
  credentialChanges,
  type Difference,
  type DirectoryChanges,
  directoryChanges,
} from './changes.ts'
export { assigned, isAssigned } from './configuration/assigned.ts'
export { defaultLayout, layouts } from './configuration/layouts.ts'
export * from './configuration/model.ts'
export * from './configuration/workflow-model.ts'
export { DirectoryError, type DirectoryProblem } from './errors.ts'
export { cutOff, type LoadOptions, loadDirectory, readDirectory } from './load.ts'
export { type Lookup, lookup } from './lookup.ts'
export * from './model.ts'
export { foldName } from './names.ts'
export { type ParseOptions, parseDirectory } from './parse.ts'
export { REMOVAL_LIMIT, type RemovalLimit, RemovalsNotConfirmed } from './removals.ts'
