/** A breadth-first walk through all states of one agent. Product and model take every input in every state. */
import { createHash } from 'node:crypto'
import type { Configuration } from './configuration.ts'
import { type Edge, scriptLine, type WalkInput } from './input.ts'
import { endsSeveral, violations } from './invariants.ts'
import { ROWS, type Rows } from './model.ts'
import {
  apply,
  armedAfter,
  canonical,
  divergence,
  growTree,
  type Kept,
  lineOf,
  type Seen,
  seen,
  type Tree,
} from './product.ts'
import { modelStep } from './voice.ts'
import { shown, slots, type World } from './world.ts'

export interface Difference {
  /** The shortest path from the start to the step that differs. */
  readonly path: readonly Edge[]
  readonly what: readonly string[]
  /** Number of steps that differ in the same way. */
  times: number
}

export interface WalkResult {
  readonly states: number
  readonly transitions: number
  /** Number of states in which a restored tree was compared with the original. */
  readonly restored: number
  readonly seconds: number
  /** True if every reachable state was visited. */
  readonly complete: boolean
  /** States of media and dialogs that were seen. */
  readonly seen: ReadonlySet<string>
  readonly differences: readonly Difference[]
}

export interface WalkOptions {
  readonly maxStates?: number
  readonly seconds?: number
  readonly rows?: Rows
  /** Number of kinds of difference at which the walk ends. */
  readonly maxDifferences?: number
  progress?(states: number, waiting: number, transitions: number, seconds: number): void
}

interface Node extends Kept {
  readonly index: number
  readonly world: World
}

/** Product and model between two steps. */
interface Pair {
  readonly tree: Tree
  readonly armed: ReadonlySet<string>
  readonly world: World
}

const DIFFERENCES_MAX = 40

/** Without the lines on a medium that are followed by another line on it. */
const withLastOfMedia = (lines: readonly string[]) =>
  lines.filter(
    (line, at) => !/^media/.test(line) || !lines.slice(at + 1).some((later) => later.startsWith(line.slice(0, 10))),
  )

/** The lines that are more often in `here` than in `there`. */
function beyond(here: readonly string[], there: readonly string[]): readonly string[] {
  const left = [...there]
  return here.filter((line) => {
    const at = left.indexOf(line)
    if (at >= 0) left.splice(at, 1)
    return at < 0
  })
}

function compare(after: readonly Seen[], world: World): readonly string[] {
  return world.media.flatMap((model) => {
    const product = after.find(({ mrd }) => mrd === model.mrd)
    const { limit, answer, atSignOut, routable } = model
    const expected = {
      state: shown(model),
      routable,
      ...(model.signedIn ? { limit, answer, atSignOut } : {}),
      ...(world.link ? { connected: true } : {}),
      slots: slots(world, model),
      dialogs: model.dialogs.map((dialog) => dialog.state),
    }
    return Object.entries(expected).flatMap(([key, value]) => {
      const found = product && Object.entries(product).find(([each]) => each === key)?.[1]
      const same = JSON.stringify(found) === JSON.stringify(value)
      return same ? [] : [`${model.mrd}: ${key} is ${JSON.stringify(found)}, the model says ${JSON.stringify(value)}`]
    })
  })
}

/** Applies one input to both. `wrong`: differences and broken invariants. */
function step({ tree, armed, world }: Pair, input: WalkInput, rows: Rows, load: 0 | 1) {
  const before = seen(tree)
  const effects = apply(tree, input)
  const after = seen(tree)
  const fired = new Set(armed)
  if (input.do === 'deadline') fired.delete(`${1000 + input.dialog}_1001_${input.mrd} ${input.name}`)
  if (input.do === 'wrapUpTimeout') fired.delete('user WRAP_UP_TIMEOUT')
  if (input.do === 'graceOver') fired.delete('presence:A PRESENCE_GRACE_OVER')
  const model = modelStep(world, input, rows, load)
  const kept = canonical(tree, armedAfter(fired, effects))
  const now = new Set(kept.armed)
  const all = effects.flatMap((effect) => lineOf(effect) ?? [])
  const lines = endsSeveral(input) ? withLastOfMedia(all) : all
  const wrong = [
    ...beyond(lines, model.lines).map((line) => `only the product says: ${line}`),
    ...beyond(model.lines, lines).map((line) => `only the model says: ${line}`),
    ...compare(after, model.world),
    ...violations({ input, before, after, effects, armed: now, world: model.world }),
    ...(kept.text.includes('9999_') ? ['the snapshot names a dialog that is gone'] : []),
  ]
  return { kept, world: model.world, wrong }
}

/** True if two restores do not change the snapshot. */
function survives({ text }: Kept, { config }: Configuration): boolean {
  let last = text
  for (let hop = 0; hop < 2; hop += 1) {
    const tree = growTree(config, JSON.parse(last))
    last = JSON.stringify(tree.persist())
    tree.stop()
    if (last !== text) return false
  }
  return true
}

/** The kind of a difference: its text without the numbers of MRDs and dialogs. */
function kindOf(what: readonly string[]): string {
  const states = what.filter((each) => !each.startsWith('only ') && !each.includes('slots'))
  return (states.length > 0 ? states : what).join().replaceAll(/\d{4}(#\d)?/g, '#')
}

export function walk(configuration: Configuration, options: WalkOptions = {}): WalkResult {
  const { maxStates = Number.POSITIVE_INFINITY, seconds = Number.POSITIVE_INFINITY, rows = ROWS } = options
  const { maxDifferences = DIFFERENCES_MAX } = options
  const { config } = configuration
  const constant = JSON.stringify(config)
  const began = performance.now()
  const elapsed = () => (performance.now() - began) / 1000
  const known = new Set<string>()
  const cameBy: { readonly parent: number; readonly edge: Edge }[] = []
  const differences = new Map<string, Difference>()
  const visited = new Set<string>()
  const waiting: Node[] = []
  let transitions = 0
  let restored = 0

  /** Adds a state. Returns false if it is known. */
  const add = (kept: Kept, world: World, parent: number, edge: Edge): boolean => {
    const key = createHash('sha1')
      .update(kept.text)
      .update(kept.armed.join())
      .update(JSON.stringify(world))
      .digest('base64')
    if (known.has(key)) return false
    known.add(key)
    for (const medium of world.media) {
      visited.add(`media ${shown(medium)}`)
      for (const dialog of medium.dialogs) visited.add(`dialog ${dialog.state}`)
    }
    visited.add(`user ${world.voice.shown}`)
    cameBy.push({ parent, edge })
    const index = cameBy.length - 1
    if (!survives(kept, configuration)) note(index, [], ['a restore changes the snapshot'])
    // The configuration is the same in all snapshots, and half of their text.
    waiting.push({ ...kept, text: kept.text.replace(constant, '"@"'), index, world })
    return true
  }
  const pathTo = (index: number): readonly Edge[] => {
    const came = cameBy[index]
    return came && came.parent >= 0 ? [...pathTo(came.parent), came.edge] : came ? [came.edge] : []
  }
  const note = (index: number, edge: Edge, what: readonly string[]): void => {
    const kind = kindOf(what)
    const same = differences.get(kind)
    if (same) same.times += 1
    else differences.set(kind, { path: [...pathTo(index), edge].filter((each) => each.length > 0), what, times: 1 })
  }

  /** Compares a tree in a new state with a restored one, by one input. Each state takes the next of its inputs. */
  const compareRestored = (tree: Tree, kept: Kept, world: World, came: Edge, from: number): void => {
    const edges = configuration.edges(world, kept.armed)
    const input = edges[known.size % edges.length]?.[0]
    if (!input) return
    restored += 1
    const wrong = divergence(tree, config, input)
    if (wrong.length > 0) note(from, came, wrong)
  }

  const first = growTree(config)
  add(canonical(first, []), configuration.world(), -1, [])
  first.stop()

  let taken = 0
  const goesOn = () => known.size < maxStates && elapsed() < seconds && differences.size < maxDifferences
  for (; taken < waiting.length && goesOn(); taken += 1) {
    const node = waiting[taken]
    if (!node) break
    const text = node.text.replace('"@"', constant)
    let tree: Tree | undefined
    for (const edge of configuration.edges(node.world, node.armed)) {
      tree ??= growTree(config, JSON.parse(text))
      let pair: Pair = { tree, armed: new Set(node.armed), world: node.world }
      let last: ReturnType<typeof step> | undefined
      for (const input of edge) {
        if (last) {
          const { kept, world } = last
          pair = { tree: growTree(config, JSON.parse(kept.text)), armed: new Set(kept.armed), world }
        }
        last = step(pair, input, rows, config.logoutOnAgentDisconnect)
        transitions += 1
        if (last.wrong.length > 0) break
      }
      if (!last) continue
      const isNew = last.wrong.length === 0 && add(last.kept, last.world, node.index, edge)
      if (last.wrong.length > 0) note(node.index, edge, last.wrong)
      // This gives the tree one more input.
      if (isNew) compareRestored(pair.tree, last.kept, last.world, edge, node.index)
      // A tree that did not change is used again for the next edge.
      if (isNew || last.kept.text !== text || edge.length > 1) {
        tree.stop()
        tree = undefined
      }
    }
    tree?.stop()
    // The node is not needed any more.
    delete waiting[taken]
    if (taken % 500 === 0) options.progress?.(known.size, waiting.length - taken, transitions, elapsed())
  }
  const complete = taken >= waiting.length
  return {
    states: known.size,
    transitions,
    restored,
    seconds: elapsed(),
    complete,
    seen: visited,
    differences: [...differences.values()],
  }
}

/** A difference as a script: one line for each step, and then what is wrong. */
export function report({ path, what, times }: Difference): string {
  return [...path.map(scriptLine), ...what.map((each) => `  ! ${each}`), `  (${times} times)`].join('\n')
}
