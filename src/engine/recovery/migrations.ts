/**
 * What older machines wrote, as the machines of this version understand it. Snapshots and journal rows are lifted one
 * version at a time when they are read; the store keeps them as they were until a new snapshot replaces them.
 */
import { MACHINE_VERSION } from '../../../machines/index.ts'
import type { OwnRow } from '../aggregate/aggregate.ts'
import { isList, isObject, type JsonObject } from '../json.ts'
import type { Json, SnapshotRow } from '../ports.ts'
import { callWithoutState, treeWithHierarchy } from './migration-to-hierarchy.ts'
import { changed, withBehind } from './migration-tools.ts'
import { UnknownMachineVersion } from './unknown-version.ts'

/** The way from one machine version to the next. */
export interface Migration {
  readonly name: string
  readonly from: number
  /** State of a snapshot, in the shape of `from`, as the next version has it. */
  state(state: Json, aggregate: string): Json
  /** An input of a journal row, likewise. */
  input(input: Json, aggregate: string): Json
}

/** A setup from before it said who hands out tasks. The next start says it again if it was an ACD outside. */
function withAcd(holder: Json): Json {
  if (!isObject(holder) || !isObject(holder.setup) || !('profile' in holder.setup)) return holder
  const acd = holder.setup.role === 'follower' ? 'external' : 'built-in'
  return { ...holder, setup: { ...holder.setup, acd } }
}

/** Settings of before there was a second side to move to. */
function withSides(config: JsonObject): JsonObject {
  const { forgetsOnLinkLoss = true } = config
  const { forgetsOnLinkLoss: _, ...rest } = withBehind(config, 'forgetsOnLinkLoss', {
    forgets: forgetsOnLinkLoss,
    suppressesLateForcedSignOut: false,
  })
  return rest
}

/** A follower's users are signed in elsewhere. */
const isSignedInHere = ({ role, state }: JsonObject): boolean => role === 'authority' && state !== 'LOGOUT'

/**
 * A medium of before it knew what each side knows: whoever acts has the settings. Who never was in another state than
 * LOGOUT, or is signed in elsewhere, has none.
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

/** A user's tree of before it knew where the user has been. */
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

/** A resubmitted task stayed meant for its agent: what was submitted under that rule is served by it. */
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

/** States of a leg that had no actions before those of outside parties were shown (`dialog 3`). */
const HAD_NO_ACTIONS: readonly (Json | undefined)[] = ['INITIATING', 'INITIATED', 'FAILED']

/** Legs of calls, wherever a state or an input holds them. */
function withLegActions(json: Json): Json {
  if (isList(json)) return json.map(withLegActions)
  if (!isObject(json)) return json
  const entries = Object.entries(json).map(([key, value]) => [key, withLegActions(value)] as const)
  const lifted: JsonObject = Object.fromEntries(entries)
  return 'mediaAddress' in json && HAD_NO_ACTIONS.includes(json.state) ? { ...lifted, actions: ['DROP'] } : lifted
}

/** Every migration that this version knows, oldest first. */
export const MIGRATIONS: readonly Migration[] = [
  {
    name: 'the setup of a user says who hands out tasks, a side its platform',
    from: 1,
    state: (stored, aggregate) => {
      if (!isObject(stored) || !isObject(stored.state)) return stored
      const state = aggregate.startsWith('side/') ? { platform: 'CCE', ...stored.state } : withAcd(stored.state)
      return { ...stored, state }
    },
    input: withAcd,
  },
  {
    name: 'a user knows what each side knows, and where there was presence; a task, whether it stays with an agent; a leg, that it may be dropped',
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
    name: 'being signed in is a state of its own, and what clients see is the leaf; nothing else keeps it',
    from: 3,
    state: (stored, aggregate) => {
      if (aggregate.startsWith('call/')) return changed(stored, 'state', callWithoutState)
      if (!aggregate.startsWith('user/')) return stored
      return changed(stored, 'state', (state) => changed(state, 'tree', treeWithHierarchy))
    },
    input: (input) => input,
  },
]

/** The migrations from a version to the present, in order. Throws `UnknownMachineVersion`. */
function path(aggregate: string, version: number, migrations: readonly Migration[]): readonly Migration[] {
  const steps: Migration[] = []
  for (let at = version; at !== MACHINE_VERSION; at += 1) {
    const next = migrations.find((migration) => migration.from === at)
    if (!next) throw new UnknownMachineVersion(aggregate, version, MACHINE_VERSION)
    steps.push(next)
  }
  return steps
}

/** Names of the migrations from a version to the present, in order. Throws `UnknownMachineVersion`. */
export function liftedBy(aggregate: string, version: number, migrations = MIGRATIONS): readonly string[] {
  return path(aggregate, version, migrations).map(({ name }) => name)
}

/** A snapshot in the shape of this version. Throws `UnknownMachineVersion`. */
export function currentSnapshot(row: SnapshotRow, migrations = MIGRATIONS): SnapshotRow {
  const { aggregate, machineVersion } = row
  if (machineVersion === MACHINE_VERSION) return row
  const steps = path(aggregate, machineVersion, migrations)
  const state = steps.reduce((each, step) => step.state(each, aggregate), row.state)
  return { ...row, machineVersion: MACHINE_VERSION, state }
}

/** A journal row in the shape of this version. Throws `UnknownMachineVersion`. */
export function currentRow<Row extends OwnRow>(row: Row, migrations = MIGRATIONS): Row {
  const { aggregate, machineVersion } = row
  if (machineVersion === MACHINE_VERSION) return row
  const steps = path(aggregate, machineVersion, migrations)
  const input = steps.reduce((each, step) => step.input(each, aggregate), row.input)
  return { ...row, machineVersion: MACHINE_VERSION, input }
}
