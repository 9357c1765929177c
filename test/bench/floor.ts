/**
 * A process that does the least that any recovery has to do: it reads the rows of a data file that a start reads, parses
 * their JSON, and lets XState alone restore the same actor trees, with the same events. No commit, no server.
 *
 * It prints the seconds of the processor that this took, without the start of the process itself and its imports. The
 * argument is the data file.
 */
import { DatabaseSync } from 'node:sqlite'
import { createActor, type Snapshot } from 'xstate'
import { userMachine } from '../../machines/user.ts'
import { unpacked } from '../../src/store/sqlite/packed.ts'

const [file = ''] = process.argv.slice(2)
const before = process.cpuUsage()
const database = new DatabaseSync(file, { readOnly: true })
const parsed = (text: unknown) => JSON.parse(unpacked(String(text)))

const NEWEST = '(SELECT max(sequence) FROM snapshot WHERE aggregate = living.name)'
const snapshots = database.prepare(`
  SELECT snapshot.aggregate, snapshot.state FROM aggregate AS living
    CROSS JOIN snapshot ON snapshot.aggregate = living.name AND snapshot.sequence = ${NEWEST}`)
const tail = database.prepare(`
  SELECT journal.aggregate, journal.at, journal.input FROM aggregate AS living CROSS JOIN journal
    ON journal.aggregate = living.name AND journal.sequence > coalesce(${NEWEST}, 0) ORDER BY journal.position`)

const actors = new Map<string, ReturnType<typeof createActor<typeof userMachine>>>()
for (const { aggregate, state } of snapshots.all()) {
  const { state: of } = parsed(state)
  if (!String(aggregate).startsWith('user/')) continue
  const snapshot: Snapshot<unknown> = of.tree
  const actor = createActor(userMachine, { snapshot, input: of.tree.context })
  actors.set(String(aggregate), actor.start())
}
for (const { aggregate, at, input: text } of tail.all()) {
  const input = parsed(text)
  const name = String(aggregate)
  if (input.kind === 'configuredUser') {
    const { config, sides, profile } = input.setup
    actors.set(name, createActor(userMachine, { input: { user: profile.id, sides, config } }).start())
  } else if (input.kind === 'user') actors.get(name)?.send({ ...input.event, at })
}
const { user, system } = process.cpuUsage(before)
process.stdout.write(`${JSON.stringify({ agents: actors.size, seconds: (user + system) / 1e6 })}\n`)
