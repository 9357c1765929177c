/** The address of a user and a moment: `#/user/1001?at=2026-11-27T10:41:36.387Z&mrd=5001`. */
import { readTime } from '../../../../times/index.ts'

export interface Place {
  readonly user: string | undefined
  /** Milliseconds since 1970 UTC; `undefined`: now. */
  readonly at: number | undefined
  readonly mrd: string | undefined
}

/** Reads the part after `#`. Ignores what it cannot read. */
export function readPlace(hash: string): Place {
  const [path = '', query = ''] = hash.replace(/^#/, '').split('?', 2)
  const asked = new URLSearchParams(query)
  return {
    user: decoded(/^\/user\/([^/]+)\/?$/.exec(path)?.[1]),
    at: momentOf(asked.get('at')),
    mrd: asked.get('mrd') || undefined,
  }
}

/** A time in any form that commands accept; `undefined` for other text. */
export function momentOf(text: string | null): number | undefined {
  if (text === null) return undefined
  try {
    return readTime(text, { now: Date.now() })
  } catch {
    return undefined
  }
}

function decoded(text: string | undefined): string | undefined {
  try {
    return text === undefined ? undefined : decodeURIComponent(text)
  } catch {
    return undefined
  }
}

export function placeHash({ user, at, mrd }: Place): string {
  if (user === undefined) return '#/'
  const asked = new URLSearchParams({
    ...(at === undefined ? {} : { at: new Date(at).toISOString() }),
    ...(mrd === undefined ? {} : { mrd }),
  })
  // A colon needs no escape here, and makes times easier to read.
  const query = asked.toString().replaceAll('%3A', ':')
  return `#/user/${encodeURIComponent(user)}${query === '' ? '' : `?${query}`}`
}
