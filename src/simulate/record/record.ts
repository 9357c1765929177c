/** Records a part of a journal as a scenario: the inputs from outside as script, and their results as expectations. */
import { contained } from '../../engine/contained.ts'
import { isInput } from '../../engine/input.ts'
import type { History, JournalRow } from '../../engine/ports.ts'
import { currentRow } from '../../engine/recovery/migrations.ts'
import { InvalidArgument } from '../../errors/mrdian-error.ts'
import { DURATION_MAX } from '../scenario/schema.ts'
import { SCRIPT_MAX } from '../scenario/script.ts'
import { Beginning } from './beginning.ts'
import { type Recorded, RecordedContacts } from './contacts.ts'
import { directoryOf, setupsOf } from './directory.ts'
import type { Line } from './lines.ts'
import { NeutralNames } from './names.ts'
import { entryOf, type Notes, noteThat, type Scene, UNTOLD } from './outside.ts'
import { PastEngine } from './past.ts'
import { keptFrom, type Setups, type Stretch, scan } from './scan.ts'
import { Selection } from './selection.ts'
import { Sums } from './sums.ts'
import { Watch } from './watch.ts'
import { nameContacts, written } from './write.ts'

export interface RecordOptions {
  /** Begin and end of the recorded part, inclusive, in milliseconds since 1970 UTC. Default: the whole kept journal. */
  readonly from?: number
  readonly to?: number
  /** Restricts the recording to these users and the contacts that reached them. */
  readonly users?: readonly string[]
  /** Called after every 500 rows, with the number of rows read so far and of all rows to read. */
  readonly onProgress?: (done: number, total: number) => void
}

/** A recorded scenario file. */
export interface Recording {
  readonly text: string
  /** Number of entries of `script`. `expectations`: number of lines of `expect`. */
  readonly entries: number
  readonly expectations: number
  /** What the file does not contain. Its comments list it too. */
  readonly notes: readonly string[]
}

/**
 * Records a journal. It reads the journal twice: first to collect the directory, then to apply the rows with the
 * machines. It needs memory for one state of the engine and for the lines of the file, at most `SCRIPT_MAX`.
 *
 * Rejects with InvalidArgument when the part is empty or too long, when its beginning is not kept any more, and for a user
 * who is not in it.
 */
export async function record(history: History, options: RecordOptions = {}): Promise<Recording> {
  const { from, to = Number.POSITIVE_INFINITY, users } = options
  const onProgress = (done: number, all: number) => contained(() => options.onProgress?.(done, all))
  const earliest = await keptFrom(history)
  if (from !== undefined && from < earliest)
    throw new InvalidArgument(`the journal is kept from ${time(earliest)} on; give a later --from`)
  const total = 2 * history.lastPosition
  const stretch = await scan(history, from ?? earliest, to, (rows) => onProgress(rows, total))
  if (!stretch) throw new InvalidArgument(nothing(options))
  if (stretch.to - stretch.from > DURATION_MAX)
    throw new InvalidArgument('a scenario is at most 7 days long; choose a shorter part with --from and --to')
  const past = new PastEngine(history)
  if (stretch.first > 1) await past.restore(stretch.first, stretch.from)
  const chosen = users && new Set(users)
  const setups = setupsOf(past, stretch.told, chosen)
  check(setups, users)
  return new StretchRecorder(past, stretch, setups, chosen).run(history, (rows) => onProgress(total / 2 + rows, total))
}

const time = (ms: number) => new Date(ms).toISOString()

function nothing({ from, to }: RecordOptions): string {
  const since = from === undefined ? '' : ` from ${time(from)}`
  const until = to === undefined ? '' : ` up to ${time(to)}`
  return since + until === '' ? 'the journal is empty' : `the journal has no rows${since}${until}`
}

function check({ users }: Setups, wanted: readonly string[] | undefined): void {
  for (const id of wanted ?? [])
    if (!users.has(id)) throw new InvalidArgument(`no user ${id} is in this part of the journal`)
  if (users.size === 0) throw new InvalidArgument('no user is in this part of the journal')
  for (const { role, acd } of users.values())
    if (role !== 'authority' || acd !== 'built-in')
      throw new InvalidArgument('only an engine with the built-in ACD can be recorded, and not a follower of a Finesse')
}

class StretchRecorder {
  readonly #past: PastEngine
  readonly #stretch: Stretch
  readonly #setups: Setups
  readonly #names: NeutralNames
  readonly #scene: Scene
  readonly #contacts: RecordedContacts
  readonly #notes: Notes = new Map()
  readonly #sums = new Sums()
  readonly #watch: Watch
  readonly #selection: Selection
  readonly #script: Line[] = []
  #now: number

  constructor(past: PastEngine, stretch: Stretch, setups: Setups, chosen: ReadonlySet<string> | undefined) {
    this.#past = past
    this.#stretch = stretch
    this.#setups = setups
    this.#names = new NeutralNames(setups.users.values())
    this.#contacts = new RecordedContacts(past)
    this.#scene = { past, names: this.#names, contacts: this.#contacts, notes: this.#notes }
    this.#watch = new Watch(past, this.#names, this.#contacts)
    this.#selection = new Selection(this.#scene, chosen)
    this.#now = stretch.from
  }

  async run(history: History, count: (rows: number) => void): Promise<Recording> {
    const { first, from, rows, to } = this.#stretch
    const start = this.#begin(from)
    let read = 0
    for await (const row of history.all(first - 1)) {
      if (read === rows) break
      read += 1
      if (read % EVERY === 0) count(first + read)
      await this.#follow(row)
    }
    this.#watch.settle(this.#now)
    return this.#recording(start, to)
  }

  /** Begins the script with what was under way. Returns the time of the first line. */
  #begin(from: number): number {
    const before = [...this.#setups.users.keys()].filter((id) => this.#past.user(id))
    if (before.length === 0) return from
    const lines = new Beginning(from, this.#scene, this.#sums, before).lines()
    this.#script.push(...lines)
    for (const user of before) this.#watch.user(user)
    return lines[0]?.at ?? from
  }

  async #follow(row: JournalRow): Promise<void> {
    const { input } = currentRow(row)
    if (!isInput(input)) return
    const at = Math.max(this.#now, row.at)
    if (at > this.#now) this.#watch.settle(this.#now)
    this.#now = at
    const line = row.cause === null ? this.#selection.entry(entryOf({ ...row, at }, input, this.#scene)) : undefined
    if (line) this.#add(line)
    const outputs = await this.#past.apply(row)
    if (row.outcome === 'failed') this.#sums.failed()
    const reached = this.#contacts.follow(row, input)
    if (reached) this.#watch.contact(reached)
    for (const left of this.#selection.after(row, input, at)) this.#add(left)
    const [kind, id = ''] = row.aggregate.split('/')
    if (kind !== 'user' || !this.#setups.users.has(id)) return
    const answered = this.#sums.note(id, outputs)
    const call = answered === undefined ? undefined : this.#contacts.ofDialog(answered)
    if (call) call.answered = true
    this.#watch.user(id)
  }

  #add(line: Line): void {
    const last = this.#script.at(-1)
    // One failure of the service has an input for each user. The script needs it only once.
    if (line.fields.type === 'notification-service' && isSame(last, line)) return
    this.#script.push(line)
    if (this.#script.length > SCRIPT_MAX)
      throw new InvalidArgument(
        `the script would have more than ${SCRIPT_MAX} entries; choose a shorter part with --from and --to`,
      )
    const { contact, fields } = line
    if (!contact) return
    this.#watch.contact(contact)
    if (fields.do === 'task' || fields.do === 'call') this.#sums.contact()
  }

  #recording(start: number, end: number): Recording {
    if (this.#stretch.changed > 0) noteThat(this.#notes, UNTOLD.setups)
    const script = this.#selection.kept(this.#script)
    nameContacts(script)
    const expect = this.#watch.lines.filter(
      (line) => (!line.contact || isNamed(line.contact)) && this.#selection.sees(line),
    )
    const totals = this.#selection.isWhole ? this.#sums.lines(end) : []
    const notes = [...this.#notes].map(([what, times]) => (times === 1 ? what : `${what} (${times})`))
    const all = [...this.#selection.notes, ...notes]
    const users = [...this.#setups.users.keys()].map((id) => this.#names.user(id))
    const directory = directoryOf(this.#setups, this.#names)
    const hasBeginning = start < this.#stretch.from
    const lines = [...written({ start, end, directory, users, script, expect, totals, hasBeginning, notes: all })]
    const expectations = expect.length + totals.length
    return { text: `${lines.join('\n')}\n`, entries: script.length, expectations, notes: all }
  }
}

/** Rows between two calls of `onProgress`. */
const EVERY = 500

const isNamed = ({ key }: Recorded) => key !== ''

const isSame = (a: Line | undefined, b: Line): boolean =>
  a?.at === b.at && JSON.stringify(a.fields) === JSON.stringify(b.fields)
