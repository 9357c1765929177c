/** Passes requests on to the server that has the store. */

export type { Answer, Asked } from './exchange.ts'
export { Forwarder, type ForwarderOptions } from './forwarder.ts'
export { FORWARDED_BY, isPassedOn, SESSION_HEADER } from './headers.ts'
export type { ForwardRefusal } from './refusal.ts'
