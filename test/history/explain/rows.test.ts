/**
 * The texts of an explanation are those of the charts: of the rows that were taken, or else of the state. More of it in `npm run test:whole`.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  callMachine,
  followedCallMachine,
  followedLegMachine,
  followedMediaMachine,
  followedTaskMachine,
  followedUserMachine,
  legMachine,
  MACHINE_VERSION,
  mediaMachine,
  presenceMachine,
  taskMachine,
  userMachine,
} from '../../../machines/index.ts'
import type { History } from '../../../src/engine/ports.ts'
import type { ExplainedState, Explanation } from '../../../src/history/explain/explanation.ts'
import { asPart } from '../../../src/history/explain/told.ts'
import { explain } from '../../../src/history/index.ts'
import { every } from '../../store/rows.ts'
import { some } from '../../suite/extent.ts'
import { historyOf, readGolden } from '../golden/read.ts'

interface Row {
  readonly description?: string | undefined
  readonly target?: readonly { readonly key: string }[] | undefined
}

interface Node {
  readonly description?: string | undefined
  readonly transitions: ReadonlyMap<string, readonly Row[]>
  readonly always?: readonly Row[] | undefined
  readonly states: Readonly<Record<string, Node>>
}

const ROOTS: readonly Node[] = [
  userMachine.root,
  mediaMachine.root,
  taskMachine.root,
  presenceMachine.root,
  callMachine.root,
  legMachine.root,
  followedUserMachine.root,
  followedMediaMachine.root,
  followedTaskMachine.root,
  followedCallMachine.root,
  followedLegMachine.root,
]
const below = (node: Node): readonly Node[] => [node, ...Object.values(node.states).flatMap(below)]
const NODES = ROOTS.flatMap(below)
const ROWS = NODES.flatMap(({ transitions, always = [] }) => [...transitions.values(), always].flat())

const says = (text: string, { description = '' }: { readonly description?: string | undefined }): boolean =>
  description !== '' && (text === asPart(description) || text.startsWith(`${asPart(description)}: `))

/** Where the charts have the first reason of a state: in rows that lead to it or to no other state, or in states. */
function foundIn({ state, reasons }: ExplainedState): readonly ('row' | 'state')[] {
  const text = reasons[0]?.text ?? ''
  const leadsHere = ({ target = [] }: Row) => target.length === 0 || target.some(({ key }) => key === state)
  const isOfRow = ROWS.some((row) => says(text, row) && leadsHere(row))
  const isOfState = NODES.some((node) => says(text, node))
  return [...(isOfRow ? (['row'] as const) : []), ...(isOfState ? (['state'] as const) : [])]
}

/** In version 1, a call does not record which of its steps its agent got. */
const isUnlinked = (version: number, { subject }: ExplainedState) => version === 1 && subject.kind === 'call'

/** An explanation for every user at every time of a row. */
async function* explanations(history: History): AsyncGenerator<Explanation> {
  for (const { name } of await history.aggregates()) {
    if (!name.startsWith('user/')) continue
    const times = new Set((await every(history.rows(name, 0))).map(({ at }) => at))
    for (const at of times) yield await explain(history, { user: name.slice('user/'.length), at })
  }
}

const GOLDEN = join(import.meta.dirname, '../golden')
const versions = Array.from({ length: MACHINE_VERSION }, (_, index) => index + 1)

describe.each(versions)('journals of machine version %i', (version) => {
  const folder = join(GOLDEN, `v${version}`)
  it.each(some(readdirSync(folder), 3, version))(
    '%s: every state is explained in the words of the charts',
    async (name) => {
      const { kept } = readGolden(readFileSync(join(folder, name), 'utf8'))
      for await (const { states } of explanations(historyOf(kept)))
        for (const state of states) {
          const wanted = state.because.length > 0 && !isUnlinked(version, state) ? 'row' : 'state'
          expect(foundIn(state), `${state.name} ${state.state}: ${state.reasons[0]?.text}`).toContain(wanted)
        }
    },
  )
})

it('an input that was already processed has a text, although no row was taken', async () => {
  const { kept } = readGolden(readFileSync(join(GOLDEN, `v${MACHINE_VERSION}`, 'external-acd.jsonl'), 'utf8'))
  const quiet = (await every(explanations(historyOf(kept)))).flatMap(({ timeline }) =>
    timeline.episodes.flatMap(({ what, quiet: why }) => (why ? [`${what}: ${why.text}`] : [])),
  )
  expect(quiet).toContain('task t2 was offered: this message was already processed before')
})
