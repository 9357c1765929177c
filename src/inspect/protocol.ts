/**
 * The protocol between the inspector bridge and its viewers. Only types, because the viewer's page is built from it
 * too.
 *
 * Frames are those of `@statelyai/inspect` 0.7: each WebSocket message, and each line of a history, is one JSON object.
 * Every frame has an additional member, `mrdian`. With it a viewer can order and group frames and find their row in the
 * journal. Readers of the package ignore it.
 *
 * All paths are below `/inspect` on the REST port, for the same origin only, never with CORS.
 *
 * | Request | |
 * |---|---|
 * | `POST /inspect/tickets` | HTTP Basic of an administrator, or `Authorization: Bearer` with a session or with the ticket of a link: answers `Admission` |
 * | `GET /inspect/stream` | WebSocket; Basic, or `?ticket=`. `StreamQuery` as query |
 * | `GET /inspect/machines` | `Machines`; Basic or Bearer |
 * | `GET /inspect/explain/{user}` | the JSON of `GET /acd/explain/{user}`, with `at` as query; without the name of the user while personal data is hidden; Basic or Bearer |
 * | `GET /inspect/history` | `HistoryQuery`; NDJSON: frames, then `EndFrame`; Basic or Bearer |
 * | `GET /inspect/states` | `StatesQuery`; NDJSON: an `ActorsFrame` for each user, then `EndFrame`; Basic or Bearer |
 *
 * A refused request gets JSON, `{ error, message, about }`, as from `/acd`. An upgrade is refused with 401, 403 (wrong
 * Origin or Host, or not an administrator), 400 (a query that cannot be read) or 503 (too many viewers).
 */

export type * from './protocol/compact.ts'
export type * from './protocol/frames.ts'
export { PROTOCOL, STATELY_VERSION } from './protocol/frames.ts'
export type * from './protocol/requests.ts'
