/**
 * Migrations of data that older machine versions wrote. Snapshots and journal rows are migrated one version at a time
 * when they are read. The store keeps the old form until a new snapshot replaces it.
 */
import { MACHINE_VERSION } from '../../../machines/index.ts'
import type { OwnRow } from '../aggregate/aggregate.ts'
import { isList, isObject, type JsonObject } from '../json.ts'
import type { Json, SnapshotRow } from '../ports.ts'
import { callWithoutState, treeWithHierarchy } from './migration-to-hierarchy.ts'
import { callSnapshotWithLegs, withoutLegActions } from './migration-to-legs.ts'
import { changed, withBehind } from './migration-tools.ts'
import { UnknownMachineVersion } from './unknown-version.ts'

/** A migration from the machine version `from` to the next. */
export interface Migration {
  readonly name: string
  readonly from: number
  /** Migrates the state of a snapshot. */
  state(state: Json, aggregate: string): Json
  /** Migrates the input of a journal row. */
  input(input: Json, aggregate: string): Json
}

/** Adds `acd` to a setup. For an authority with an external ACD it is wrong, and the next start corrects it. */
function withAcd(holder: Json): Json {
  if (!isObject(holder) || !isObject(holder.setup) || !('profile' in holder.setup)) return holder
  const acd = holder.setup.role === 'follower' ? 'external' : 'built-in'
  return { ...holder, setup: { ...holder.setup, acd } }
}

/** Adds the settings for a second side. */
function withSides(config: JsonObject): JsonObject {
  const { forgetsOnLinkLoss = true } = config
  const { forgetsOnLinkLoss: _, ...rest } = withBehind(config, 'forgetsOnLinkLoss', {
    forgets: forgetsOnLinkLoss,
    suppressesLateForcedSignOut: false,
  })
  return rest
}

/** False for the users of a follower, because they are signed in at the followed Finesse. */
const isSignedInHere = ({ role, state }: JsonObject): boolean => role === 'authority' && state !== 'LOGOUT'

/**
 * Adds to a medium which side knows the sign-in settings. The acting side gets those of the medium. A user who never
 * signed in, or who is signed in at a followed Finesse, has none.
 */
function mediumWithSides(child: JsonObject, actingSide: Json): Json {
  return changed(child, 'snapshot', (snapshot) =>
    changed(snapshot, 'context', (context) => {
      const { maxDialogLimit = 1, interruptAction = 'ACCEPT', dialogLogoutAction = 'CLOSE' } = context
      const known = { maxDialogLimit, interruptAction, dialogLogoutAction }
      const wasSignedIn = context.role === 'authority' && context.stateChangeTime !== null
      const signIns = wasSignedIn ? { [String(actingSide)]: known } : {}
      const withBoth = withBehind(withBehind(context, 'settings', { actingSide }), 'dialogLogoutAction', { signIns })
      const { maxDialogLimit: _, interruptAction: __, dialogLogoutAction: ___, ...rest } = withBoth
      return rest
    }),
  )
}

const stateOf = (child: Json | undefined): Json | undefined =>
  isObject(child) && isObject(child.snapshot) ? child.snapshot.value : undefined

/** Adds the side of the sign-in and the sides with presence to the tree of a user. */
function treeWithSides(tree: JsonObject): Json {
  const { children, context } = tree
  if (!isObject(children) || !isObject(context)) return tree
  const { actingSide = 'A', presence = {} } = context
  const isThere = (side: string) => ['PRESENT', 'UNKNOWN'].includes(String(stateOf(children[`presence:${side}`])))
  const present = Object.keys(isObject(presence) ? presence : {}).filter(isThere)
  const known = withBehind(context, 'actingSide', {
    signedInOn: isSignedInHere(context) ? actingSide : null,
    present: [...present.filter((side) => side !== actingSide), ...present.filter((side) => side === actingSide)],
    movedWhileReady: false,
  })
  const media = Object.entries(children).map(([id, child]) => [
    id,
    id.startsWith('media:') && isObject(child) ? mediumWithSides(child, actingSide) : child,
  ])
  return { ...tree, context: changed(known, 'config', withSides), children: Object.fromEntries(media) }
}

/** Version 2 always kept the agent of a resubmitted task. Tasks of that version keep this behaviour. */
const withKeptAgent = (task: Json): Json =>
  isObject(task) && typeof task.agentId === 'string' && task.agentId !== ''
    ? withBehind(task, 'agentId', { keepAgent: true })
    : task

const queueWithKeptAgents = (state: JsonObject): Json => {
  const { open, finished } = state
  const lifted = (tasks: Json | undefined) => (isList(tasks) ? tasks.map(withKeptAgent) : (tasks ?? []))
  return { ...state, open: lifted(open), finished: lifted(finished) }
}

const setupWithSides = (holder: Json): Json => changed(holder, 'setup', (setup) => changed(setup, 'config', withSides))

/**
 * Version 2 had no actions for legs in these states, which only outside parties have. Now they have DROP (`dialog 3`).
 */
const HAD_NO_ACTIONS: readonly (Json | undefined)[] = ['INITIATING', 'INITIATED', 'FAILED']

/** Adds the actions to all legs of calls in a state or an input. */
function withLegActions(json: Json): Json {
  if (isList(json)) return json.map(withLegActions)
  if (!isObject(json)) return json
  const entries = Object.entries(json).map(([key, value]) => [key, withLegActions(value)] as const)
  const lifted: JsonObject = Object.fromEntries(entries)
  return 'mediaAddress' in json && HAD_NO_ACTIONS.includes(json.state) ? { ...lifted, actions: ['DROP'] } : lifted
}

/** All migrations, oldest first. */
export const MIGRATIONS: readonly Migration[] = [
  {
    name: 'the setup of a user names the kind of ACD, and a side its platform',
    from: 1,
    state: (stored, aggregate) => {
      if (!isObject(stored) || !isObject(stored.state)) return stored
      const state = aggregate.startsWith('side/') ? { platform: 'CCE', ...stored.state } : withAcd(stored.state)
      return { ...stored, state }
    },
    input: withAcd,
  },
  {
    name: 'a user has sign-in settings and presence by side; a task may keep its agent; every leg may be dropped',
    from: 2,
    state: (old, aggregate) => {
      const stored = withLegActions(old)
      if (aggregate.startsWith('queue/')) return changed(stored, 'state', queueWithKeptAgents)
      if (!aggregate.startsWith('user/')) return stored
      return changed(stored, 'state', (state) => changed(setupWithSides(state), 'tree', treeWithSides))
    },
    input: (old) => {
      const input = withLegActions(old)
      if (isObject(input) && input.kind === 'submitTask') return withKeptAgent(input)
      return changed(setupWithSides(input), 'event', (event) =>
        event.type === 'MEDIA_SIGN_IN' ? withBehind(event, 'type', { side: 'A' }) : event,
      )
    },
  },
  {
    name: 'SIGNED_IN is a state above all states but LOGOUT, and the context has no copy of the state',
    from: 3,
    state: (stored, aggregate) => {
      if (aggregate.startsWith('call/')) return changed(stored, 'state', callWithoutState)
      if (!aggregate.startsWith('user/')) return stored
      return changed(stored, 'state', (state) => changed(state, 'tree', treeWithHierarchy))
    },
    input: (input) => input,
  },
  {
    name: 'a call has its legs as actors, and no leg stores its allowed actions',
    from: 4,
    state: (old, aggregate) => {
      const stored = withoutLegActions(old)
      return aggregate.startsWith('call/') ? callSnapshotWithLegs(stored) : stored
    },
    input: withoutLegActions,
  },
  {
    name: 'agents make calls; states and inputs stay as they are, because what is new is absent in older ones',
    from: 5,
    state: (stored) => stored,
    input: (input) => input,
  },
  {
    name: 'monitor calls, mobile agents, campaigns, overflow; nothing changes, because what is new is absent in older ones',
    from: 6,
    state: (stored) => stored,
    input: (input) => input,
  },
]

/** The migrations from a version to the current one, in order. Throws `UnknownMachineVersion`. */
function path(aggregate: string, version: number, migrations: readonly Migration[]): readonly Migration[] {
  const steps: Migration[] = []
  for (let at = version; at !== MACHINE_VERSION; at += 1) {
    const next = migrations.find((migration) => migration.from === at)
    if (!next) throw new UnknownMachineVersion(aggregate, version, MACHINE_VERSION)
    steps.push(next)
  }
  return steps
}

/** Names of the migrations from a version to the current one, in order. Throws `UnknownMachineVersion`. */
export function liftedBy(aggregate: string, version: number, migrations = MIGRATIONS): readonly string[] {
  return path(aggregate, version, migrations).map(({ name }) => name)
}

/** The snapshot in the form of the current version. Throws `UnknownMachineVersion`. */
export function currentSnapshot(row: SnapshotRow, migrations = MIGRATIONS): SnapshotRow {
  const { aggregate, machineVersion } = row
  if (machineVersion === MACHINE_VERSION) return row
  const steps = path(aggregate, machineVersion, migrations)
  const state = steps.reduce((each, step) => step.state(each, aggregate), row.state)
  return { ...row, machineVersion: MACHINE_VERSION, state }
}

/** The journal row in the form of the current version. Throws `UnknownMachineVersion`. */
export function currentRow<Row extends OwnRow>(row: Row, migrations = MIGRATIONS): Row {
  const { aggregate, machineVersion } = row
  if (machineVersion === MACHINE_VERSION) return row
  const steps = path(aggregate, machineVersion, migrations)
  const input = steps.reduce((each, step) => step.input(each, aggregate), row.input)
  return { ...row, machineVersion: MACHINE_VERSION, input }
}
