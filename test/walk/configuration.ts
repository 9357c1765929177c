/** The configurations of the walk: MRDs, fixed settings, and the inputs that are possible in a state. */
import type { UserConfig } from '../../machines/index.ts'
import type { InterruptAction, LegState, TaskAction } from '../../machines/wire.ts'
import { loadDirectory } from '../../src/directory/index.ts'
import { userSetup } from '../../src/engine/aggregate/user/setup.ts'
import type { DialogDeadline, Edge, WalkInput } from './input.ts'
import { type CallId, type Medium, newMedium, newWorld, shown, type World } from './world.ts'

export interface Configuration {
  readonly name: string
  /** Fixed settings, and inputs that are left out. For the reader only. */
  readonly pinned: readonly string[]
  readonly config: UserConfig
  world(): World
  edges(world: World, armed: readonly string[]): readonly Edge[]
}

const { directory } = await loadDirectory()

function configFor(mrds: readonly string[]): UserConfig {
  const user = directory.users.find((each) => each.id === '1001')
  if (!user) throw new Error('the sample has no user 1001')
  const { config } = userSetup(directory, user, { role: 'authority', acd: 'built-in', sides: ['A'] })
  return { ...config, mrds: Object.fromEntries(Object.entries(config.mrds).filter(([mrd]) => mrds.includes(mrd))) }
}

const ACTIONS: readonly TaskAction[] = ['ACCEPT', 'START', 'PAUSE', 'RESUME', 'WRAP_UP', 'CLOSE', 'TRANSFER']
const DEADLINES: readonly DialogDeadline[] = ['START_TIMEOUT', 'MAX_TASK_DURATION', 'TRANSFER_TIMEOUT', 'TASK_LIFE']

interface Pins {
  readonly limit: number
  readonly answers: readonly InterruptAction[]
  readonly atSignOut: 'CLOSE' | 'TRANSFER'
  readonly modes: boolean
  readonly transfers: boolean
  readonly signInAgain: boolean
}

/** Requests to a medium. There are none while the link is lost, because the side is out of service (ruling 29). */
function requests({ mrd, signedIn, dialogs }: Medium, pins: Pins): readonly WalkInput[] {
  const { limit, atSignOut } = pins
  const signIn = pins.answers.map((answer) => ({ do: 'media.signIn', mrd, limit, answer, atSignOut }) as const)
  const modes = [true, false].map((routable) => ({ do: 'media.routable', mrd, routable }) as const)
  const states = (['READY', 'NOT_READY', 'LOGOUT', 'ACTIVE'] as const).map(
    (state) => ({ do: 'media.state', mrd, state }) as const,
  )
  const act = (dialog: number, action: TaskAction, target: 'known' | 'unknown' = 'known') =>
    ({ do: 'act', mrd, dialog, action, target }) as const
  const actions = ACTIONS.filter((action) => pins.transfers || action !== 'TRANSFER')
  return [
    ...(signedIn && !pins.signInAgain ? [] : signIn),
    ...states,
    ...(pins.modes ? modes : []),
    ...dialogs.flatMap((_, place) => actions.map((action) => act(place, action))),
    ...(pins.transfers ? dialogs.map((_, place) => act(place, 'TRANSFER', 'unknown')) : []),
    act(dialogs.length, 'ACCEPT'), // a dialog that does not exist
  ]
}

/** Events of the ACD, and deadlines of dialogs. They are possible with and without the link. */
function events({ mrd, dialogs }: Medium, armed: readonly string[], pins: Pins): readonly WalkInput[] {
  return [
    { do: 'offer', mrd },
    ...dialogs.flatMap(({ transfer }, dialog): WalkInput[] => [
      { do: 'cancel', mrd, dialog },
      ...DEADLINES.filter((name) => armed.includes(`${1000 + dialog}_1001_${mrd} ${name}`)).map(
        (name): WalkInput => ({ do: 'deadline', mrd, dialog, name }),
      ),
      ...(pins.transfers
        ? [true, false].flatMap((confirmed): WalkInput[] => [
            { do: 'answer', mrd, dialog, confirmed, stale: true },
            ...(transfer ? [{ do: 'answer', mrd, dialog, confirmed, stale: false } as const] : []),
          ])
        : []),
    ]),
  ]
}

const alone = (inputs: readonly WalkInput[]): readonly Edge[] => inputs.map((input) => [input])
const USER_STATES = ['READY', 'NOT_READY', 'LOGOUT'] as const

/** The last session ends and does not come back (P2). */
const goneForGood: Edge = [
  { do: 'presence', available: true },
  { do: 'presence', available: false },
  { do: 'graceOver' },
]

/** The user signs in to voice and out, which signs out of all media (A22). */
const signsOut: Edge = [{ do: 'user.signIn' }, { do: 'user.state', state: 'LOGOUT' }]

/** Without the link there is no grace period, so the session only ends. */
const presenceEdges = (world: World): readonly Edge[] => {
  if (!someoneIsSignedIn(world)) return []
  return [world.link ? goneForGood : goneForGood.slice(0, 2)]
}

const someoneIsSignedIn = ({ media, voice }: World) => voice.signedIn || media.some(({ signedIn }) => signedIn)

const faults = ({ link, path }: World): readonly WalkInput[] => [
  { do: 'link', up: !link },
  { do: 'path', up: !path },
  { do: 'gateway', both: false },
  { do: 'gateway', both: true },
]

/**
 * (a, d) One interruptible MRD with up to two dialogs, interrupted by pieces of `work` of another MRD. (d) has the
 * inputs that (a) leaves out.
 */
function outsideInterrupts(
  name: string,
  pinned: readonly string[],
  pins: Pins,
  work: readonly string[],
  failing: (world: World) => readonly WalkInput[],
): Configuration {
  const always = ['voice signed out except in one edge', 'loss of presence and its grace period as one edge']
  return {
    name,
    pinned: [...always, `at sign-out ${pins.atSignOut}`, ...pinned],
    config: configFor(['5001']),
    world: () => newWorld([newMedium('5001', true)]),
    edges: (world, armed) => {
      const outside = world.working.map(({ id }) => id)
      const next = work.find((id) => !outside.includes(id))
      return [
        ...(world.link ? world.media.flatMap((each) => alone(requests(each, pins))) : []),
        ...world.media.flatMap((each) => alone(events(each, armed, pins))),
        ...alone(outside.map((id) => ({ do: 'work', id, joins: false }))),
        ...(next === undefined ? [] : alone([{ do: 'work', id: next, joins: true }])),
        ...alone(failing(world)),
        ...presenceEdges(world),
        ...(world.link && world.media.some((each) => shown(each) !== 'LOGOUT') ? [signsOut] : []),
      ]
    },
  }
}

/** Steps of a call, in legal order (`dialog 6`). */
function stepsOf(call: CallId, { voice }: World): readonly WalkInput[] {
  const leg = (change: 'ADDED' | 'CHANGED' | 'REMOVED', state: LegState, rona = false) =>
    ({ do: 'leg', call, change, leg: state, rona }) as const
  const ends = [
    // A call has no wrap-up if its agent leaves with its end.
    ...(voice.leaving.includes(call) ? [] : [leg('CHANGED', 'WRAP_UP')]),
    leg('CHANGED', 'DROPPED'),
  ]
  switch (voice.legs[call]) {
    case undefined:
      return [leg('ADDED', 'ALERTING')]
    case 'ALERTING':
      return [leg('CHANGED', 'ACTIVE'), leg('REMOVED', 'DROPPED'), leg('REMOVED', 'DROPPED', true)]
    case 'ACTIVE':
      return [leg('CHANGED', 'HELD'), ...ends]
    case 'HELD':
      return [leg('CHANGED', 'ACTIVE'), ...ends]
    default:
      return [leg('REMOVED', 'DROPPED')]
  }
}

/** The removal of a call that has just ended, or whose leg is dropped (V5, V7). It comes before any other input. */
function answerOfCall({ voice }: World): Edge | undefined {
  const call = voice.ending[0] ?? (['77', '78'] as const).find((each) => voice.legs[each] === 'DROPPED')
  const rona = call !== undefined && voice.legs[call] === 'ALERTING'
  return call === undefined ? undefined : [{ do: 'leg', call, change: 'REMOVED', leg: 'DROPPED', rona }]
}

/** While a call has to be removed, that is the only edge. */
const callsAnswerFirst =
  (edges: Configuration['edges']): Configuration['edges'] =>
  (world, armed) => {
    const answer = answerOfCall(world)
    return answer === undefined ? edges(world, armed) : [answer]
  }

function voiceEdges(world: World, armed: readonly string[], calls: readonly CallId[]): readonly Edge[] {
  const { voice, link } = world
  const asked = link ? USER_STATES : []
  return [
    ...(link && !voice.signedIn ? alone([{ do: 'user.signIn' }]) : []),
    ...alone(asked.map((state) => ({ do: 'user.state', state }) as const)),
    ...(armed.includes('user WRAP_UP_TIMEOUT') ? alone([{ do: 'wrapUpTimeout' }]) : []),
    ...calls.flatMap((call) => alone(stepsOf(call, world))),
  ]
}

const ONE_CALL = 'one call, no supervisor, LOAD 0 (e, f)'

/** (b) Two MRDs, one of them interruptible, with one dialog each, and a voice call. */
export function twoMediaAndACall(pins: Pins): Configuration {
  return {
    name: 'b',
    pinned: [
      `at sign-out ${pins.atSignOut}`,
      'no presence, no loss of the link (c), no transfers, no task life (d), no sign-in again, no change of mode (a)',
      ONE_CALL,
    ],
    config: configFor(['5001', '5002']),
    world: () => newWorld([newMedium('5001', true), newMedium('5002', false)]),
    edges: callsAnswerFirst((world, armed) => [
      ...(world.link ? world.media.flatMap((each) => alone(requests(each, pins))) : []),
      ...world.media.flatMap((each) => alone(events(each, armed, pins))),
      ...voiceEdges(world, armed, ['77']),
      [{ do: 'gateway', both: false }],
    ]),
  }
}

/** (c) One MRD with one dialog, a voice call, presence and faults. */
export function oneMediumAndACall(pins: Pins): Configuration {
  return {
    name: 'c',
    pinned: [
      'loss of presence and its grace period as one edge',
      `at sign-out ${pins.atSignOut}`,
      'no transfers, no sign-in again, no change of mode (a)',
      ONE_CALL,
    ],
    config: configFor(['5001']),
    world: () => newWorld([newMedium('5001', true)]),
    edges: callsAnswerFirst((world, armed) => [
      ...(world.link ? world.media.flatMap((each) => alone(requests(each, pins))) : []),
      ...world.media.flatMap((each) => alone(events(each, armed, pins))),
      ...voiceEdges(world, armed, ['77']),
      ...alone(faults(world)),
      ...presenceEdges(world),
    ]),
  }
}

/** (e, f) Two calls, and every way in which a sign-in ends in each of their states; one medium that calls interrupt. */
export function twoCalls(name: string, load: 0 | 1): Configuration {
  const medium = { do: 'media.signIn', mrd: '5001', limit: 1, answer: 'ACCEPT', atSignOut: 'CLOSE' } as const
  const act = (action: TaskAction) => ({ do: 'act', mrd: '5001', dialog: 0, action, target: 'known' }) as const
  const start: Edge = [
    medium,
    { do: 'media.state', mrd: '5001', state: 'READY' },
    { do: 'offer', mrd: '5001' },
    act('ACCEPT'),
    act('START'),
  ]
  return {
    name,
    pinned: [`LOAD ${load}`, 'a medium with a started task, or signed out', 'no faults except the link (c)'],
    config: { ...configFor(['5001']), logoutOnAgentDisconnect: load },
    world: () => newWorld([newMedium('5001', true)]),
    edges: callsAnswerFirst((world, armed) => [
      ...voiceEdges(world, armed, ['77', '78']),
      ...alone(USER_STATES.map((state) => ({ do: 'user.state', state, by: 'supervisor' }) as const)),
      ...(world.link && world.working.length === 0 && world.media.every(({ signedIn }) => !signedIn) ? [start] : []),
      ...alone([{ do: 'user.removed' }, { do: 'link', up: !world.link }]),
      ...presenceEdges(world),
    ]),
  }
}

const PLAIN: Pins = {
  limit: 1,
  answers: ['ACCEPT'],
  atSignOut: 'CLOSE',
  modes: false,
  transfers: false,
  signInAgain: false,
}

export const CONFIGURATIONS: Readonly<Record<'a' | 'b' | 'c' | 'd' | 'e' | 'f', Configuration>> = {
  a: outsideInterrupts(
    'a',
    ['no transfers, no application path (d)'],
    { ...PLAIN, limit: 2, answers: ['ACCEPT', 'IGNORE'], modes: true, signInAgain: true },
    ['w1', 'w2'],
    (world) => faults(world).filter((input) => input.do !== 'path'),
  ),
  b: twoMediaAndACall(PLAIN),
  c: oneMediumAndACall({ ...PLAIN, answers: ['ACCEPT', 'IGNORE'] }),
  d: outsideInterrupts(
    'd',
    ['ACCEPT, no change of mode, no sign-in again, one interrupting work (a)'],
    { ...PLAIN, limit: 2, atSignOut: 'TRANSFER', transfers: true },
    ['w1'],
    faults,
  ),
  e: twoCalls('e', 0),
  f: twoCalls('f', 1),
}
