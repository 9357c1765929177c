/** The intervals of one agent, from the states that the journal leads to. */
import { mediaView, taskView, userState } from '../../../machines/index.ts'
import type { Aggregate } from '../../engine/aggregate/aggregate.ts'
import { UserBehaviour } from '../../engine/aggregate/user/behaviour.ts'

import type { Output } from '../../engine/output.ts'
import type { History } from '../../engine/ports.ts'
import { retrace } from '../retrace.ts'
import { Cells, type Frame } from './cells.ts'
import type { AgentFigures } from './figures.ts'

type Changing<T> = { -readonly [Key in keyof T]: T[Key] }
type Cell = Changing<Omit<AgentFigures, 'stateMs'>> & { readonly stateMs: Record<string, number> }

/** What an agent does at a moment: the state in each medium, and of each dialog. */
interface Standing {
  readonly media: ReadonlyMap<string, { readonly name: string; readonly state: string }>
  readonly dialogs: ReadonlyMap<string, { readonly mrd: string; readonly state: string }>
}

/** Voice has the id of its MRD, as in reports. */
const VOICE_MRD = '1'

const NOTHING: Standing = { media: new Map(), dialogs: new Map() }

/** `end`: the time until which the journal is known. */
export async function agentIntervals(
  history: History,
  name: string,
  frame: Frame,
  end: number,
): Promise<readonly AgentFigures[]> {
  const user = name.slice('user/'.length)
  const cells = new Map<string, Cells<Cell>>()
  const cellsOf = (mrd: string): Cells<Cell> => {
    const known = cells.get(mrd)
    if (known) return known
    const made = new Cells(frame, (from) => emptyCell(from, user, mrd))
    cells.set(mrd, made)
    return made
  }
  const steps = await retrace(history, name, frame.from)
  let standing = standingOf(steps.aggregate)
  let since = frame.from
  for (let step = await steps.next(); step && step.row.at < frame.to; step = await steps.next()) {
    const { at } = step.row
    spend(standing, since, at, cellsOf)
    since = Math.max(since, at)
    const next = standingOf(steps.aggregate)
    count(standing, next, at, step.outputs, cellsOf)
    standing = next
  }
  await steps.close()
  spend(standing, since, end, cellsOf)
  return [...cells.values()].flatMap((each) => each.all)
}

const emptyCell = (from: number, user: string, mrd: string): Cell => ({
  from,
  user,
  mrd,
  name: '',
  stateMs: {},
  onTaskMs: 0,
  offered: 0,
  accepted: 0,
  handled: 0,
  rona: 0,
  abandoned: 0,
  interrupts: 0,
})

function standingOf({ behaviour }: Aggregate): Standing {
  if (!(behaviour instanceof UserBehaviour) || !behaviour.isConfigured) return NOTHING
  const { snapshot, setup } = behaviour
  const media = new Map([[VOICE_MRD, { name: 'Voice', state: String(userState(snapshot)) }]])
  const dialogs = new Map<string, { mrd: string; state: string }>()
  for (const [mrd, actor] of Object.entries(snapshot.context.media)) {
    const medium = actor.getSnapshot()
    const name = setup.mrds.find(({ id }) => id === mrd)?.name ?? ''
    media.set(mrd, { name, state: mediaView(medium).state })
    for (const [id, dialog] of Object.entries(medium.context.dialogs))
      dialogs.set(id, { mrd, state: taskView(dialog.getSnapshot()).state })
  }
  return { media, dialogs }
}

type CellsOf = (mrd: string) => Cells<Cell>

/** Counts the time in which nothing changed. */
function spend({ media, dialogs }: Standing, since: number, until: number, cellsOf: CellsOf): void {
  for (const [mrd, { name, state }] of media) {
    if (state === 'LOGOUT') continue
    cellsOf(mrd).during(since, until, (cell, ms) => {
      cell.name = name
      cell.stateMs[state] = (cell.stateMs[state] ?? 0) + ms
    })
  }
  for (const { mrd, state } of dialogs.values())
    if (state === 'ACTIVE')
      cellsOf(mrd).during(since, until, (cell, ms) => {
        cell.onTaskMs += ms
      })
}

/** By disposition code, the figure that the end of a dialog counts for. */
const ENDINGS: Readonly<Record<string, 'handled' | 'rona' | 'abandoned'>> = {
  CD_NORMAL_END_TASK: 'handled',
  CD_RING_NO_ANSWER: 'rona',
  CD_TASK_ABANDONED_WHILE_OFFERED: 'abandoned',
}

/** Counts what has changed. */
function count(before: Standing, after: Standing, at: number, outputs: readonly Output[], cellsOf: CellsOf): void {
  const plus = (mrd: string, figure: 'offered' | 'accepted' | 'handled' | 'rona' | 'abandoned' | 'interrupts') =>
    cellsOf(mrd).at(at, (cell) => {
      cell.name ||= after.media.get(mrd)?.name ?? ''
      cell[figure] += 1
    })
  for (const [id, { mrd, state }] of after.dialogs) {
    const was = before.dialogs.get(id)?.state
    if (was === undefined) plus(mrd, 'offered')
    if (state !== 'OFFERED' && (was === undefined || was === 'OFFERED')) plus(mrd, 'accepted')
    if (state === 'INTERRUPTED' && was !== 'INTERRUPTED') plus(mrd, 'interrupts')
  }
  const ended = new Set<string>()
  for (const output of outputs) {
    if (output.type !== 'publish' || output.notification.event !== 'DELETE') continue
    const { value } = output.notification
    if (value.kind !== 'task' || ended.has(value.id)) continue
    ended.add(value.id)
    const ending = ENDINGS[value.dispositionCode]
    if (ending) plus(value.mrd, ending)
  }
  countCalls(before.media.get(VOICE_MRD)?.state, after.media.get(VOICE_MRD)?.state, (figure) => plus(VOICE_MRD, figure))
}

const TALKS: ReadonlySet<string> = new Set(['TALKING', 'HOLD'])

/** Calls, from the agent state: a call rings (RESERVED), is talked, and is over. */
function countCalls(
  was: string | undefined,
  is: string | undefined,
  plus: (figure: 'offered' | 'accepted' | 'handled' | 'rona') => void,
): void {
  if (was === is || was === undefined || is === undefined) return
  if (is === 'RESERVED') plus('offered')
  if (was === 'RESERVED' && TALKS.has(is)) plus('accepted')
  if (was === 'RESERVED' && is === 'NOT_READY') plus('rona')
  if (TALKS.has(was) && !TALKS.has(is)) plus('handled')
}
