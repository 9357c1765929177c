/** The list of all agents with their states, with search and filters. */
import { useMemo, useState } from 'preact/hooks'
import { Chip } from '../look/chip.tsx'
import { count } from '../look/format.ts'
import { useViewer } from '../look/use-viewer.ts'
import { VirtualList } from '../look/virtual-list.tsx'
import type { Person } from '../model/roster.ts'
import { choices, type Filter, found, shownOf } from '../model/rows.ts'

/** Heights in CSS pixels: the name, and a line for every two states. */
const NAME = 32
const CHIPS = 24
/** Most lines of states. More states are not shown. */
const MOST_LINES = 4

export function Agents() {
  const viewer = useViewer()
  const { roster, place } = viewer
  const [filter, setFilter] = useState<Filter>({ text: '', state: '', mrd: '' })
  const { version, people } = roster
  // the version says when the people have changed
  const rows = useMemo(() => found(people, filter), [people, version, filter])
  // the version says when the people have changed
  const { states, mrds } = useMemo(() => choices(people), [people, version])
  const lines = Math.min(MOST_LINES, Math.ceil((1 + mrds.length) / 2))
  const chosen = rows.findIndex(({ user }) => user === place.user)
  const show = (user: string | undefined) => viewer.go({ user, at: undefined, mrd: undefined })
  const change = (part: Partial<Filter>) => setFilter({ ...filter, ...part })
  return (
    <section class="agents" aria-label="Agents">
      <div class="filters">
        <label class="search">
          <span class="hidden">Search agents and dialogs</span>
          <input
            type="search"
            id="search"
            placeholder="Agent or dialog id ( / )"
            autocomplete="off"
            spellcheck={false}
            value={filter.text}
            onInput={({ currentTarget }) => change({ text: currentTarget.value })}
            onKeyDown={({ key, currentTarget }) => {
              if (key === 'Enter' && currentTarget.value !== '') show(rows[0]?.user ?? currentTarget.value.trim())
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
          isReady={viewer.isReady}
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
        row={(index) => <Row person={rows[index]} />}
      />
    </section>
  )
}

function Row({ person }: { readonly person: Person | undefined }) {
  if (person === undefined) return null
  const tasks = [...person.actors.values()].filter(({ facts }) => facts.kind === 'task').length
  return (
    <>
      <span class="who">
        <strong>{person.user}</strong>
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
