/** The sources that are mutated: the charts with their guards, models and actions, the renderers, and publishing. */

/** The name of a file in ids. */
export const shortName = (file: string): string => file.replace(/^(?:machines|src)\//, '')

export const CHARTS = [
  ...['media', 'media/ladder', 'task', 'user', 'user/ladder', 'presence', 'call', 'call/leg', 'side'],
  ...['outgoing', 'join', 'queue', 'single-step', 'monitor', 'campaign'].map((name) => `call/${name}-rows`),
  ...['monitor', 'mobile', 'reserved'].map((name) => `user/${name}-rows`),
  ...['followed/media', 'followed/task', 'followed/user', 'followed/call', 'followed/leg'],
].map((name) => `machines/${name}.ts`)

/** The files with the actions of the chart of a user. */
const USER_ACTIONS = [
  ...[
    'agent-state',
    'sign-ins',
    'calls',
    'reservations',
    'wrap-ups',
    'monitoring',
    'mobile',
    'media',
    'sides',
    'presence',
  ],
  'configuration',
]

const WORDS: readonly string[] = [
  ...['media', 'task'].flatMap((name) => ['guards', 'model', 'actions'].map((words) => `machines/${name}/${words}.ts`)),
  ...['guards', 'model', 'monitoring', ...USER_ACTIONS.map((about) => `actions/${about}`)].map(
    (words) => `machines/user/${words}.ts`,
  ),
  ...[
    'guards',
    'model',
    'leg-model',
    'actions',
    'data',
    'queue',
    'outgoing',
    'joining',
    'join-actions',
    'conference',
  ].map((words) => `machines/call/${words}.ts`),
  ...['single-step', 'acd-side', 'seen-by', 'monitor', 'monitor-actions', 'campaign', 'campaign-actions'].map(
    (words) => `machines/call/${words}.ts`,
  ),
  'machines/followed/call-model.ts',
  'machines/user/media-request.ts',
  'machines/user/ccx.ts',
  'machines/user/mobile.ts',
  'machines/availability.ts',
]

/** The sources that write documents, without those that read requests. */
export const RENDERERS: readonly string[] = [
  ...['dialog', 'media', 'user', 'queue', 'reason-code', 'wrap-up-reason', 'system-info', 'update'],
  ...['layout', 'media-domain', 'phone-book', 'team-message', 'workflow'],
  ...['error-xml', 'errors', 'xml'],
].map((name) => `src/finesse/${name}.ts`)

/** The sources that decide what is published, on which side, and when. */
export const PUBLISHING: readonly string[] = [
  ...['aggregate/user/publish', 'aggregate/user/values', 'aggregate/user/change', 'aggregate/user/acd-notice'],
  ...['aggregate/side/behaviour', 'aggregate/call/behaviour'],
  ...['delivery/loop-hooks', 'delivery/delivery', 'reads'],
]
  .map((name) => `src/engine/${name}.ts`)
  .concat('src/xmpp/rendering.ts')

/** The other files of these folders, and why they are not mutated. */
export const NOT_MUTATED: Readonly<Record<string, readonly string[]>> = {
  'They have types, names, sentences and rules, and decide nothing.': [
    ...['contract', 'effects', 'failures', 'occurrence', 'requests', 'rules', 'wire', 'index', 'user/actions/index'],
    ...['user/replaceable', 'task/replaceable', 'media/replaceable'],
    ...['user/standard', 'user/start', 'task/standard', 'media/standard', 'beginning'],
  ].map((name) => `machines/${name}.ts`),
  'They run machines, describe them or replace their guards, and have tests of their own.': [
    ...['replaced', 'replacing-guard', 'report', 'run', 'steps', 'wire-state', 'followed/step', 'followed/beginning'],
  ].map((name) => `machines/${name}.ts`),
  'They read requests, which the tests of REST and the fuzz tests are for.': [
    ...[
      'client-log-request',
      'dialog-request',
      'campaign-request',
      'media-request',
      'user-request',
      'task-feed',
      'team-message-request',
      'request',
      'parse',
    ],
    ...['costly', 'encoding', 'white-space', 'xml-body', 'xml10-parser', 'index'],
  ].map((name) => `src/finesse/${name}.ts`),
}

export const FAMILIES = { machines: [...CHARTS, ...WORDS], renderers: RENDERERS, publishing: PUBLISHING } as const
export type Family = keyof typeof FAMILIES

export const FILES: readonly string[] = Object.values(FAMILIES).flat()

/** The family of a file, by its path or its name in ids. */
export function familyOf(file: string): Family {
  const short = shortName(file)
  const among = (files: readonly string[]) => files.some((each) => shortName(each) === short)
  return among(RENDERERS) ? 'renderers' : among(PUBLISHING) ? 'publishing' : 'machines'
}

/** The files that a word selects: one file, with or without its folder, or all files of a folder or a family. */
export function filesNamed(word: string): readonly string[] {
  const path = word.replace(/\/$/, '')
  if (path in FAMILIES) return FILES.filter((file) => familyOf(file) === path)
  const exact = FILES.filter((file) => file === path || shortName(file) === path)
  if (exact.length > 0) return exact
  const within = FILES.filter((file) => file.startsWith(`${path}/`) || shortName(file).startsWith(`${path}/`))
  return within.length > 0 ? within : FILES.filter((file) => file.endsWith(`/${path}`))
}
