/** Details about the state or arrow under the pointer, or about the step that is shown. */
import { edgeId, type Graph, type GraphNode, type NumberedRow, nodeLabel, rowLabel } from '../../../diagram/graph.ts'
import { ANY, type Row, textOf } from '../../../diagram/model.ts'
import type { Picked } from '../chart/shapes.tsx'
import { citation } from '../look/format.ts'
import type { Standing } from '../model/scene.ts'

interface ToldProps {
  readonly graph: Graph | undefined
  readonly picked: Picked | undefined
  readonly standing: Standing
}

export function Told({ graph, picked, standing }: ToldProps) {
  const edge = picked?.kind === 'edge' ? graph?.edges.find(({ from, to }) => edgeId(from, to) === picked.id) : undefined
  const node = picked?.kind === 'node' ? graph?.nodes.find(({ key }) => key === picked.id) : undefined
  if (edge !== undefined) return <Box title={`${nodeLabel(edge.from)} → ${edge.to}`} rows={edge.rows} />
  if (node !== undefined) return <State node={node} />
  return <Step standing={standing} />
}

function Box({ title, rows }: { readonly title: string; readonly rows: readonly NumberedRow[] }) {
  return (
    <aside class="told" aria-live="polite">
      <h3>{title}</h3>
      <Rows rows={rows} />
    </aside>
  )
}

function Rows({ rows }: { readonly rows: readonly (Row | NumberedRow)[] }) {
  return (
    <ul>
      {rows.map((row, index) => (
        <li key={index}>
          {row.description === '' ? null : <p>{`${row.description}${citation(row.rules)}`}</p>}
          <b>{rowLabel({ ...row, place: 'place' in row ? row.place : 0 })}</b>
          {'place' in row && row.place > 0 && row.event !== '' ? (
            <span class="soft">{` (tried as number ${row.place})`}</span>
          ) : null}
          {row.actions.length === 0 ? (
            <span class="soft"> no actions</span>
          ) : (
            <span>{` / ${row.actions.map(textOf).join(', ')}`}</span>
          )}
        </li>
      ))}
    </ul>
  )
}

const KINDS: Readonly<Record<GraphNode['kind'], string>> = {
  rest: '',
  choice: 'left at once, by the first row whose guard holds; the machine never stays in it',
  final: 'final: nothing follows',
  group: 'rows that hold in every state inside it that has none of its own for the event',
  any: 'rows that hold in every state that has none of its own for the event',
  start: 'the machine begins here',
}

function State({ node }: { readonly node: GraphNode }) {
  const { key, kind, description, entry, exit, stays } = node
  return (
    <aside class="told" aria-live="polite">
      <h3>
        {nodeLabel(key)} {KINDS[kind] === '' ? null : <span class="soft">{KINDS[kind]}</span>}
      </h3>
      {description === '' ? null : <p>{description}</p>}
      {entry.length > 0 ? <p>{`on entry: ${entry.map(textOf).join(', ')}`}</p> : null}
      {exit.length > 0 ? <p>{`on exit: ${exit.map(textOf).join(', ')}`}</p> : null}
      {stays.length > 0 ? (
        <p class="soft">
          {key === ANY || kind === 'group'
            ? 'Handled in every state of these, without a change of state:'
            : 'Handled here without a change of state:'}
        </p>
      ) : null}
      <Rows rows={stays} />
    </aside>
  )
}

function Step({ standing: { moment, before, isChanged } }: { readonly standing: Standing }) {
  if (!isChanged)
    return (
      <aside class="told soft">
        This step did not change this actor. Point at a state or at an arrow, or tab to it, to read about it.
      </aside>
    )
  const { transitions = [], event, seen } = moment
  const ways = transitions.map(
    ({ source, target, guard }) =>
      `${source}${guard === undefined ? '' : ` [${guard}]`} → ${target.join(', ') || 'stays'}`,
  )
  return (
    <aside class="told">
      <h3>{`${event?.type ?? 'begins'}: ${before?.seen?.state ?? ''} → ${seen?.state ?? ''}`}</h3>
      {ways.length > 0 ? <p>{ways.join('; ')}</p> : <p class="soft">No row of the machine was taken.</p>}
      {transitions.map(({ description, rules }, index) =>
        description === '' ? null : <p key={index}>{`${description}${citation(rules)}`}</p>,
      )}
    </aside>
  )
}
