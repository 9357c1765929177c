/**
 * Checks where an input comes from. A caller may not use the types, and the journal stores the origin: a row that cannot
 * be read would prevent the next start.
 */
import { InvalidArgument } from '../../errors/mrdian-error.ts'
import type { Once, Origin, Window } from '../store-port.ts'

/** The origin of a call of the embedding program that names none. */
export const UNNAMED: Origin = { via: 'api' }

/** Longest `by` and `request`, in characters. */
const TEXT_MAX = 1024
/** Longest `key`, in characters. */
export const KEY_MAX = 256

const VIA: Readonly<Record<Origin['via'], true>> = {
  rest: true,
  board: true,
  'acd-control': true,
  xmpp: true,
  acd: true,
  finesse: true,
  api: true,
  engine: true,
}

const isVia = (value: unknown): value is Origin['via'] => typeof value === 'string' && Object.hasOwn(VIA, value)

/** The origin with the fields that the journal knows, and no others. `undefined` if one of these is not valid. */
export function originOf(given: unknown): Origin | undefined {
  if (typeof given !== 'object' || given === null) return undefined
  const fields = new Map<string, unknown>(Object.entries(given))
  const [via, by, request] = [fields.get('via'), fields.get('by'), fields.get('request')]
  const [missed, key, once] = [fields.get('missed'), fields.get('key'), fields.get('once')]
  if (!isVia(via) || !isText(by) || !isText(request) || !isWindow(missed)) return undefined
  if (!isKey(key) || !isOnce(once)) return undefined
  return {
    via,
    ...(by === undefined ? {} : { by }),
    ...(request === undefined ? {} : { request }),
    ...(missed === undefined ? {} : { missed: { from: missed.from, to: missed.to } }),
    ...(key === undefined ? {} : { key }),
    ...(once === undefined ? {} : { once }),
  }
}

const isKey = (value: unknown): value is string | undefined =>
  value === undefined || (typeof value === 'string' && value !== '' && value.length <= KEY_MAX)

/** As `KnownCommands` has made it. */
const isOnce = (value: unknown): value is Once | undefined =>
  value === undefined ||
  (typeof value === 'object' &&
    value !== null &&
    'key' in value &&
    isKey(value.key) &&
    'salt' in value &&
    isText(value.salt) &&
    'request' in value &&
    isText(value.request) &&
    (!('left' in value) || isText(value.left)))

const isWindow = (value: unknown): value is Window | undefined =>
  value === undefined ||
  (typeof value === 'object' &&
    value !== null &&
    'from' in value &&
    'to' in value &&
    Number.isFinite(value.from) &&
    Number.isFinite(value.to))

const isText = (value: unknown): value is string | undefined =>
  value === undefined || (typeof value === 'string' && value.length <= TEXT_MAX)

/**
 * The origin with the fields that the journal knows.
 *
 * @throws InvalidArgument for an unknown `via`, for a `by` or `request` that is no text or has more than 1024
 * characters, and for a `key` that has not 1 to 256.
 */
export function checkedOrigin(given: unknown): Origin {
  const origin = originOf(given)
  if (!origin)
    throw new InvalidArgument('the origin has no known `via`, or a `by`, `request` or `key` that is not a short text')
  return origin
}
