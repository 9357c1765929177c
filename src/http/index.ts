/** Functions that all HTTP surfaces share. */
export { type AskingRequest, type CorsMode, corsHeaders, isOpenToAll } from './cors.ts'
export { pathOfUrl, ServedPaths } from './paths.ts'
export { idOf, loggedId, type NumberedRequest, PRINTABLE, REQUEST_ID_MAX, requestIdOf } from './request-id.ts'
export { type RequestKey, requestKeyOf } from './request-key.ts'
export {
  type ArrivingRequest,
  type ForeignBy,
  foreignBy,
  hasOwnHost,
  isNamedWrongly,
  isOfForeignPage,
  mayUse,
  type PageAccess,
} from './same-origin.ts'
export { inSlices } from './slices.ts'
export { type Arriving, type Connected, type FromCaller, isOverTls, sourceOf } from './source.ts'
