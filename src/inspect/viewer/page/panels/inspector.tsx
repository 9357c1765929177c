/** The step that is shown, and the context of the chosen actor. Changes of its last step are marked. */

import type { FrameJson } from '../../../protocol.ts'
import { Breakable } from '../look/breakable.tsx'
import { Chip } from '../look/chip.tsx'
import { citation, clock, iso, originText } from '../look/format.ts'
import { useViewer } from '../look/use-viewer.ts'
import { differences, type Entry } from '../model/difference.ts'
import type { Moment } from '../model/moment.ts'

export function StepPanel() {
  const viewer = useViewer()
  const { moment, story } = viewer
  if (story === undefined) return null
  if (moment === undefined) return <p class="empty">Nothing has happened yet in the time that is shown.</p>
  const { event, origin, cause, transitions = [], session, seen, machine } = moment
  const before = story.timeline.seenBefore(session, moment.index)?.seen
  return (
    <div class="panel-body">
      <dl>
        <dt>Time</dt>
        <dd title={iso(moment.at)}>{clock(moment.at)}</dd>
        <dt>Actor</dt>
        <dd>
          <button type="button" class="plain" onClick={() => viewer.choose(session)}>
            {session}
          </button>
        </dd>
        <dt>Event</dt>
        <dd>
          <b>{event?.type ?? (moment.position === undefined ? 'present state' : 'start')}</b>
        </dd>
        {machine === undefined ? null : <dt>State</dt>}
        <dd hidden={machine === undefined}>
          {before !== undefined && before.state !== seen?.state ? <Chip state={before.state} /> : null}
          {before !== undefined && before.state !== seen?.state ? ' → ' : null}
          {seen === undefined || (seen.state === '' && seen.status === 'active') ? null : <Chip state={seen.state} />}
        </dd>
        <dt>Input</dt>
        <dd>{inputText(moment)}</dd>
        {origin === undefined ? null : <dt>Origin</dt>}
        {origin === undefined ? null : <dd>{originText(origin)}</dd>}
        {cause === undefined ? null : <dt>Caused by</dt>}
        {cause === undefined ? null : <dd>{`journal row ${cause}`}</dd>}
      </dl>
      <h3>Event</h3>
      <Members entries={differences(event, undefined)} none="The event has no members besides its type." />
      <h3>Before and after</h3>
      <Changes now={seen?.context} before={before?.context} isFirst={before === undefined} />
      {transitions.length === 0 ? null : (
        <>
          <h3>Rows taken</h3>
          <ol class="rows">
            {transitions.map(({ source, target, event: by, guard, rules, description }, index) => (
              <li key={index}>
                {description === '' ? null : <p>{`${description}${citation(rules)}`}</p>}
                <span class="soft">{source}</span> <b>{by === '' ? 'at once' : by}</b>
                {guard === undefined ? null : ` [${guard}]`} → {target.join(', ') || 'stays'}
              </li>
            ))}
          </ol>
        </>
      )}
    </div>
  )
}

interface ChangesProps {
  readonly now: FrameJson | undefined
  readonly before: FrameJson | undefined
  readonly isFirst: boolean
}

/** What a step changed in the context of its actor. */
function Changes({ now, before, isFirst }: ChangesProps) {
  if (isFirst) return <p class="soft">The state before this step was not recorded.</p>
  if (now === undefined || before === undefined) return <p class="soft">The contexts of this step were not recorded.</p>
  const changed = differences(now, before).filter(({ isChanged }) => isChanged)
  return <Members entries={changed} none="The context did not change." />
}

function inputText({ aggregate, sequence, position, input }: Moment): string {
  const row = position === undefined ? '' : `, journal row ${position}`
  return `${input ?? 'step'} ${sequence} of ${aggregate}${row}`
}

export function ContextPanel() {
  const { story, shown, actor } = useViewer()
  if (story === undefined || actor === undefined) return null
  const moment = story.timeline.seenAt(actor, shown)
  if (moment?.seen === undefined) return <p class="empty">{`${actor} does not exist at this moment.`}</p>
  if (moment.seen.context === undefined)
    return <p class="empty">The context of the actor was not recorded at this moment. Step to a later moment.</p>
  const before = story.timeline.seenBefore(actor, shown)
  const entries = differences(moment.seen.context, before?.seen?.context)
  const changed = entries.filter(({ isChanged }) => isChanged).length
  return (
    <div class="panel-body">
      <p class="actor-name">
        <b>{actor}</b> <Chip state={moment.seen.state} />
      </p>
      <p class="soft">{`since ${clock(moment.at)}${moment.event === undefined ? '' : `, after ${moment.event.type}`}${changed === 0 ? '' : `; ${changed} changed`}`}</p>
      <Members entries={entries} none="The context is empty." />
    </div>
  )
}

function Members({ entries, none }: { readonly entries: readonly Entry[]; readonly none: string }) {
  if (entries.length === 0) return <p class="soft">{none}</p>
  return (
    <table class="members">
      {entries.some(({ isChanged }) => isChanged) ? (
        <thead>
          <tr>
            <th scope="col">Member</th>
            <th scope="col">Before</th>
            <th scope="col">After</th>
          </tr>
        </thead>
      ) : null}
      <tbody>
        {entries.map(({ path, value, before, isChanged }) => (
          <tr key={path} class={isChanged ? 'changed' : ''}>
            <th scope="row">
              <Breakable text={path} />
            </th>
            {isChanged ? <td class="before">{before ?? 'absent'}</td> : null}
            {isChanged ? <td class="after">{value ?? 'removed'}</td> : <td colSpan={2}>{value}</td>}
          </tr>
        ))}
      </tbody>
    </table>
  )
}
