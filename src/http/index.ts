/** What the HTTP surfaces share, whichever part serves them. */
export { type CorsMode, corsHeaders, isOriginAllowed } from './cors.ts'
export { pathOfUrl, ServedPaths } from './paths.ts'
export { type Connected, type FromCaller, sourceOf } from './source.ts'
