/** The list of all agents with their states, with search and filters. */
import { useMemo, useState } from 'preact/hooks'
import { Chip } from '../look/chip.tsx'
import { count, dateAndClock } from '../look/format.ts'
import { useViewer } from '../look/use-viewer.ts'
import { VirtualList } from '../look/virtual-list.tsx'
import type { Names } from '../model/names.ts'
import type { Person } from '../model/roster.ts'
import { choices, type Filter, found, shownOf } from '../model/rows.ts'

/** Heights in CSS pixels: the name, and a line for every two states. */
const NAME = 32
const CHIPS = 24
/** Most lines of states. More states are not shown. */
const MOST_LINES = 4

export function Agents() {
  const viewer = useViewer()
  const { pastList, place, names, hello } = viewer
  const roster = pastList.at === undefined ? viewer.roster : pastList.roster
  const [filter, setFilter] = useState<Filter>({ text: '', state: '', mrd: '' })
  const { version, people } = roster
  // the version says when the people have changed
  const rows = useMemo(() => found(people, filter, names), [people, version, names.version, filter])
  // the version says when the people have changed
  const { states, mrds } = useMemo(() => choices(people), [people, version])
  const by = hello?.redacted ? 'Agent or dialog id' : 'Name, agent or dialog id'
  const lines = Math.min(MOST_LINES, Math.ceil((1 + mrds.length) / 2))
  const chosen = rows.findIndex(({ user }) => user === place.user)
  // Who looks at the past stays there.
  const show = (user: string | undefined) => viewer.go({ user, at: pastList.at, mrd: undefined })
  // The list may not be drawn with the last letters yet.
  const showFirst = (text: string) => show(found(people, { ...filter, text }, names)[0]?.user ?? text.trim())
  // Two changes may come before the list is drawn again.
  const change = (part: Partial<Filter>) => setFilter((before) => ({ ...before, ...part }))
  return (
    <section class={`agents${pastList.at === undefined ? '' : ' past'}`} aria-label="Agents">
      <WhenListed />
      <div class="filters">
        <label class="search">
          <span class="hidden">{`Search agents and dialogs by ${by}`}</span>
          <input
            type="search"
            id="search"
            placeholder={`${by} ( / )`}
            autocomplete="off"
            spellcheck={false}
            value={filter.text}
            onInput={({ currentTarget }) => change({ text: currentTarget.value })}
            onKeyDown={({ key, currentTarget: { value } }) => {
              if (key === 'Enter' && value !== '') showFirst(value)
            }}
          />
        </label>
        <Choice
          label="State"
          any="any state"
          value={filter.state}
          options={states}
          choose={(state) => change({ state })}
        />
        <Choice label="MRD" any="any MRD" value={filter.mrd} options={mrds} choose={(mrd) => change({ mrd })} />
      </div>
      <p class="soft found" role="status">
        {rows.length === people.length
          ? count(people.length, 'agent')
          : `${rows.length} of ${count(people.length, 'agent')}`}
        {`, ${count(roster.size, 'actor')}`}
      </p>
      {rows.length === 0 ? (
        <NoAgents
          isFiltered={people.length > 0}
          isReady={pastList.at === undefined ? viewer.isReady : !pastList.isReading}
          isRecorded={viewer.connection.state === 'recorded'}
          all={() => setFilter({ text: '', state: '', mrd: '' })}
        />
      ) : null}
      <VirtualList
        label="Agents"
        class="people"
        count={rows.length}
        rowHeight={NAME + lines * CHIPS}
        chosen={chosen}
        idOf={(index) => `agent-${rows[index]?.user ?? index}`}
        choose={(index) => show(rows[index]?.user)}
        row={(index) => <Row person={rows[index]} names={names} />}
      />
    </section>
  )
}

/** Says that the list shows the past, if it does. Always there, so that a change is read out. */
function WhenListed() {
  const viewer = useViewer()
  const { pastList, isLive, place } = viewer
  const { at, isReading, problem } = pastList
  if (at === undefined)
    return (
      <p class="when" role="status" hidden={isLive || place.user === undefined}>
        The list shows now, because this server keeps no past.
      </p>
    )
  return (
    <p class="when" role="status">
      <b>{`The past: ${dateAndClock(at)}`}</b>
      <span>{isReading ? ' reading …' : problem === '' ? '' : ` not complete: ${problem}`}</span>{' '}
      <button type="button" class="plain" onClick={() => viewer.live()}>
        Back to now
      </button>
    </p>
  )
}

interface RowProps {
  readonly person: Person | undefined
  readonly names: Names
}

function Row({ person, names }: RowProps) {
  if (person === undefined) return null
  const tasks = [...person.actors.values()].filter(({ facts }) => facts.kind === 'task').length
  return (
    <>
      <span class="who">
        <span class="name">
          <strong>{person.user}</strong> {names.ofUser(person.user)}
        </span>
        {tasks > 0 ? <span class="soft">{count(tasks, 'task')}</span> : null}
      </span>
      <span class="chips">
        {shownOf(person).map(({ session, facts, state }) => (
          <Chip key={session} state={state} label={facts.mrd ?? 'voice'} />
        ))}
      </span>
    </>
  )
}

interface ChoiceProps {
  readonly label: string
  readonly any: string
  readonly value: string
  readonly options: readonly string[]
  readonly choose: (value: string) => void
}

function Choice({ label, any, value, options, choose }: ChoiceProps) {
  const all = options.includes(value) || value === '' ? options : [value, ...options]
  return (
    <select aria-label={label} value={value} onChange={({ currentTarget }) => choose(currentTarget.value)}>
      <option value="">{any}</option>
      {all.map((option) => (
        <option key={option} value={option}>
          {option}
        </option>
      ))}
    </select>
  )
}

interface NoAgentsProps {
  readonly isFiltered: boolean
  readonly isReady: boolean
  readonly isRecorded: boolean
  readonly all: () => void
}

function NoAgents(props: NoAgentsProps) {
  if (props.isRecorded)
    return (
      <p class="empty">No engine runs here, so no agents are listed. Type the id of an agent above, and press Enter.</p>
    )
  if (!props.isReady) return <p class="empty">Waiting for the list of agents …</p>
  if (!props.isFiltered) return <p class="empty">The directory has no agents. Add users to the directory file.</p>
  return (
    <p class="empty">
      No agent matches.{' '}
      <button type="button" onClick={props.all}>
        Show all agents
      </button>
    </p>
  )
}
