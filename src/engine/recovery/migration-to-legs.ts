/**
 * Migration from machine version 4 to 5: a call has its legs as actors, and no leg stores its allowed actions. In
 * version 4 every call had one agent and one caller.
 */
import { agentLeg, outsideLeg } from '../../../machines/call/model.ts'
import { isList, isObject, type JsonObject } from '../json.ts'
import type { Json } from '../ports.ts'

/** Removes the actions of all legs in a state or an input. They follow from the state of the leg. */
export function withoutLegActions(json: Json): Json {
  if (isList(json)) return json.map(withoutLegActions)
  if (!isObject(json)) return json
  const isLeg = 'mediaAddress' in json && 'stateCause' in json
  return Object.fromEntries(
    Object.entries(json).flatMap(([key, value]) =>
      isLeg && key === 'actions' ? [] : [[key, withoutLegActions(value)]],
    ),
  )
}

const legOf = (dialog: string, { user }: JsonObject): string =>
  typeof user === 'string' ? agentLeg(dialog, user) : outsideLeg(dialog, 1)

/** What a leg needs besides its view. */
interface Known {
  readonly wrapUp: Json
  readonly leaves: Json
  readonly ringMs: Json
  readonly isOver: boolean
}

/** The actor of a leg. */
function legActor(dialog: string, leg: string, view: JsonObject, { wrapUp, leaves, ringMs, isOver }: Known): Json {
  const { mediaAddress = '', user, state = null, stateCause = '', startTime = 0, stateChangeTime = 0 } = view
  const own: JsonObject =
    user === undefined
      ? { begins: 'INITIATED', mediaAddress, wrapUp: false, ringMs: null, leaves: false, talksElsewhere: false }
      : {
          begins: 'ALERTING',
          mediaAddress,
          user,
          wrapUp,
          ringMs: state === 'ALERTING' ? ringMs : null,
          leaves,
          talksElsewhere: false,
        }
  const context = { dialog, leg, ...own, stateCause, startTime, stateChangeTime }
  const status = isOver ? 'stopped' : 'active'
  return { snapshot: { status, value: state, historyValue: {}, context, children: {} }, src: 'leg' }
}

/** Migrates the actor of a call. `deadlines`: those of the aggregate, which know how long the call may ring. */
function callWithLegs(tree: JsonObject, deadlines: readonly JsonObject[]): JsonObject {
  const { context, value = null, status } = tree
  if (!isObject(context)) return tree
  const { legs = [], wrapUp = false, leaves = false, ...call } = context
  const dialog = String(call.dialog)
  const views = (isList(legs) ? legs : []).filter(isObject).map((view) => [legOf(dialog, view), view] as const)
  const isOver = status === 'done'
  const due = Number(deadlines[0]?.due ?? 0)
  const actors = views.map(([leg, view]) => {
    const known = { wrapUp, leaves, ringMs: due - Number(view.startTime), isOver }
    return [leg, legActor(dialog, leg, view, known)] as const
  })
  const agents = isOver ? [] : views.flatMap(([leg, { user }]) => (user === undefined ? [] : [leg]))
  const unanswered = value === 'ALERTING' || value === 'INITIATED' ? value : null
  return {
    ...tree,
    context: { ...call, legs: Object.fromEntries(views), agents, unanswered },
    children: Object.fromEntries(actors),
  }
}

/** Migrates the snapshot of a call. */
export function callSnapshotWithLegs(stored: Json): Json {
  if (!isObject(stored) || !isObject(stored.state)) return stored
  const deadlines = isList(stored.deadlines) ? stored.deadlines.filter(isObject) : []
  return { ...stored, state: callWithLegs(stored.state, deadlines) }
}
