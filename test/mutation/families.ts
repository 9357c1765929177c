/** What is mutated: the charts and the words that they are written in, and what leaves: renderers and publishing. */

/** A file as ids name it. */
export const shortName = (file: string): string => file.replace(/^(?:machines|src)\//, '')

export const CHARTS = [
  ...['media', 'media/ladder', 'task', 'user', 'user/ladder', 'presence', 'call', 'side'],
  ...['followed/media', 'followed/task', 'followed/user'],
].map((name) => `machines/${name}.ts`)

/** Files about one thing each, whose actions the chart of a user is written in. */
const USER_ACTIONS = ['agent-state', 'calls', 'media', 'sides', 'presence', 'configuration']

const WORDS: readonly string[] = [
  ...['media', 'task'].flatMap((name) => ['guards', 'model', 'actions'].map((words) => `machines/${name}/${words}.ts`)),
  ...['guards', 'model', ...USER_ACTIONS.map((about) => `actions/${about}`)].map(
    (words) => `machines/user/${words}.ts`,
  ),
  'machines/user/media-request.ts',
  'machines/availability.ts',
]

/** What writes documents. The readers of requests are no part of it. */
export const RENDERERS: readonly string[] = [
  ...['dialog', 'media', 'user', 'queue', 'reason-code', 'system-info', 'update'],
  ...['error-xml', 'errors', 'xml'],
].map((name) => `src/finesse/${name}.ts`)

/** What decides what is said where, to which side, and when. */
export const PUBLISHING: readonly string[] = [
  ...['aggregate/user/publish', 'aggregate/user/values', 'aggregate/user/change', 'aggregate/user/acd-notice'],
  ...['aggregate/side/behaviour', 'aggregate/call/behaviour'],
  ...['delivery/loop-hooks', 'delivery/delivery', 'reads'],
]
  .map((name) => `src/engine/${name}.ts`)
  .concat('src/xmpp/rendering.ts')

export const FAMILIES = { machines: [...CHARTS, ...WORDS], renderers: RENDERERS, publishing: PUBLISHING } as const
export type Family = keyof typeof FAMILIES

export const FILES: readonly string[] = Object.values(FAMILIES).flat()

/** The family of a file, by its path or by the name that ids give it. */
export function familyOf(file: string): Family {
  const short = shortName(file)
  const among = (files: readonly string[]) => files.some((each) => shortName(each) === short)
  return among(RENDERERS) ? 'renderers' : among(PUBLISHING) ? 'publishing' : 'machines'
}

/** Files that a word chooses: one file, with its folder or without, or all of a folder or a family. */
export function filesNamed(word: string): readonly string[] {
  const path = word.replace(/\/$/, '')
  if (path in FAMILIES) return FILES.filter((file) => familyOf(file) === path)
  const exact = FILES.filter((file) => file === path || shortName(file) === path)
  if (exact.length > 0) return exact
  const within = FILES.filter((file) => file.startsWith(`${path}/`) || shortName(file).startsWith(`${path}/`))
  return within.length > 0 ? within : FILES.filter((file) => file.endsWith(`/${path}`))
}
