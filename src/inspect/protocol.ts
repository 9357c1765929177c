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
 * | `POST /inspect/tickets` | HTTP Basic of an administrator, or `Authorization: Bearer` with the ticket of a link: answers `Admission`, and sets the cookie of the sign-in |
 * | `GET /inspect/sign-in` | goes on with the sign-in of the cookie: `Admission`, or 204 if there is none |
 * | `DELETE /inspect/sign-in` | signs out: ends the sign-in of the cookie for all pages |
 * | `GET /inspect/stream` | WebSocket; Basic, the cookie, or `?ticket=`. `StreamQuery` as query |
 * | `GET /inspect/machines` | `Machines`; Basic or the cookie |
 * | `GET /inspect/explain/{user}` | the JSON of `GET /acd/explain/{user}`, with `at` as query; without the name of the user while personal data is hidden; Basic or the cookie |
 * | `GET /inspect/history` | `HistoryQuery`; NDJSON: frames, then `EndFrame`; Basic or the cookie |
 * | `GET /inspect/states` | `StatesQuery`; NDJSON: an `ActorsFrame` for each user, then `EndFrame`; Basic or the cookie |
 *
 * A refused request gets JSON, `{ error, message, about }`, as from `/acd`. An upgrade is refused with 401, 403 (wrong
 * Origin or Host, or not an administrator), 400 (a query that cannot be read) or 503 (too many viewers).
 */

export type * from './protocol/compact.ts'
export type * from './protocol/frames.ts'
export { PROTOCOL, STATELY_VERSION } from './protocol/frames.ts'
export type * from './protocol/requests.ts'
