/** Finds the path of a surface for a request with any method. */

const PARAMETER = ':'

/** A method at a path, in the form of the router (`/User/:id`). */
interface Served {
  readonly method: string
  readonly path: string
}

/** The methods that a surface serves at each of its paths. */
export class ServedPaths<M extends string> {
  readonly #paths: readonly { readonly segments: readonly string[]; readonly methods: readonly M[] }[]

  /** `methods`: all methods of any path, in the order for `Allow`. `everywhere`: methods that every path has. */
  constructor(operations: readonly Served[], methods: readonly M[], everywhere: readonly M[] = []) {
    const has = (path: string, method: string) =>
      operations.some((each) => each.path === path && each.method === method)
    this.#paths = [...new Set(operations.map(({ path }) => path))].map((path) => ({
      segments: segmentsOf(path),
      // Each path with GET also has HEAD.
      methods: methods.filter((each) => everywhere.includes(each) || has(path, each === 'HEAD' ? 'GET' : each)),
    }))
  }

  /** The methods of the path in a URL; none for an unknown path. A slash at the end makes no difference. */
  at(url: string, prefix: string): readonly M[] {
    const asked = segmentsOf(pathOfUrl(url).slice(prefix.length)).map(decoded)
    return this.#paths.find(({ segments }) => means(asked, segments))?.methods ?? []
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
