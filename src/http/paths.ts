/** Which path of a surface a request means, whatever its method. */

const PARAMETER = ':'

/** The paths that a surface serves, with what it says of each. */
export class ServedPaths<T> {
  readonly #paths: readonly { readonly segments: readonly string[]; readonly value: T }[]

  /** Templates as the router takes them (`/User/:id`), each with a value. */
  constructor(paths: Iterable<readonly [template: string, value: T]>) {
    this.#paths = [...paths].map(([template, value]) => ({ segments: segmentsOf(template), value }))
  }

  /** The value of the path that a URL means; `undefined` where nothing is served. A slash at the end makes no difference. */
  at(url: string, prefix: string): T | undefined {
    const asked = segmentsOf(pathOfUrl(url).slice(prefix.length)).map(decoded)
    return this.#paths.find(({ segments }) => means(asked, segments))?.value
  }
}

/** A URL without its query. */
export const pathOfUrl = (url: string): string => url.split('?', 1)[0] ?? ''

function means(asked: readonly string[], segments: readonly string[]): boolean {
  return (
    asked.length === segments.length &&
    segments.every((segment, index) => (segment.startsWith(PARAMETER) ? asked[index] !== '' : asked[index] === segment))
  )
}

function segmentsOf(path: string): readonly string[] {
  const segments = path.split('/')
  return segments.slice(1, segments.at(-1) === '' ? -1 : undefined)
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}
