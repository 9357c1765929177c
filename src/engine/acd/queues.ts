/** The settings of the queues of the built-in ACD: reads, checks and changes. */
import type { Path } from '../../directory/locate.ts'
import { type Directory, type MediaRoutingDomain, VOICE_MRD, type VoiceQueue } from '../../directory/model.ts'
import { checkQueueAgents } from '../../directory/queue-checks.ts'
import type { Aggregates } from '../aggregate/aggregates.ts'
import type { ChangedSettings } from '../aggregate/queue/sharing.ts'
import { MEDIA_POLICY, queueSetup } from '../aggregate/queue/state.ts'
import { voiceQueueSetup } from '../aggregate/voice-queue/state.ts'
import type { DirectoryInForce } from '../configuration/directory-in-force.ts'
import type { Submit } from '../input/inbox.ts'
import { UNNAMED } from '../input/origin.ts'
import type { Input } from '../input.ts'
import { AcdRefusal } from './api.ts'
import type { QueueChange, QueueSetting, QueueSettings, QueueSettingsValue, Queues } from './queues-api.ts'

const SETTINGS: readonly QueueSetting[] = ['policy', 'priorities', 'skills', 'overflow']

/** A queue of the directory. */
type Known =
  | { readonly contacts: 'tasks'; readonly own: MediaRoutingDomain }
  | { readonly contacts: 'calls'; readonly own: VoiceQueue }

export function createQueues(aggregates: Aggregates, inForce: DirectoryInForce, submit: Submit): Queues {
  // One after the other, because each is made from the settings that the one before has left.
  let last: Promise<unknown> = Promise.resolve()
  const present = (known: Known) => settingsValue(known, changedIn(aggregates, known))
  const get = (id: string) => {
    const known = queueIn(inForce.current, id)
    return known && present(known)
  }
  const change = async (id: string, wanted: QueueChange, origin = UNNAMED): Promise<QueueSettingsValue> => {
    for (;;) {
      const directory = inForce.current
      const known = queueIn(directory, id)
      if (!known) throw new AcdRefusal('UNKNOWN_QUEUE', 'id', `there is no queue ${id}`)
      check(wanted, known, directory)
      const changed = settingsAfter(changedIn(aggregates, known), wanted)
      const { failed } = await submit(...inputOf(directory, known, changed), { origin })
      if (failed !== undefined) throw new Error(`the queue did not take the settings: ${failed}`)
      // A reload that came between has made its setup without this change, or this one without that directory.
      if (inForce.current === directory) return present(known)
    }
  }
  return {
    all: () => queuesIn(inForce.current).map(present),
    get,
    change(id, wanted, origin) {
      const changed = last.then(() => change(id, wanted, origin))
      last = changed.catch(() => undefined)
      return changed
    },
  }
}

const queuesIn = ({ mediaRoutingDomains, queues = [] }: Directory): readonly Known[] => [
  ...mediaRoutingDomains.filter(({ id }) => id !== VOICE_MRD).map((own): Known => ({ contacts: 'tasks', own })),
  ...queues.map((own): Known => ({ contacts: 'calls', own })),
]

const queueIn = (directory: Directory, id: string): Known | undefined =>
  queuesIn(directory).find(({ own }) => own.id === id)

function changedIn(aggregates: Aggregates, { contacts, own: { id } }: Known): ChangedSettings {
  const queue = contacts === 'tasks' ? aggregates.queue(id) : aggregates.voiceQueue(id)
  return queue?.setup.changed ?? {}
}

function settingsValue({ contacts, own }: Known, changed: ChangedSettings): QueueSettingsValue {
  const { id, name, policy = MEDIA_POLICY, priorities = {}, skills = {}, overflow = [] } = own
  const given: QueueSettings = { policy, priorities, skills, overflow }
  return { id, name, contacts, ...given, ...changed, changed: SETTINGS.filter((setting) => setting in changed) }
}

/** The changed settings after one more change. */
function settingsAfter(before: ChangedSettings, wanted: QueueChange): ChangedSettings {
  const all: QueueChange = {
    ...before,
    ...Object.fromEntries(Object.entries(wanted).filter(([, each]) => each !== undefined)),
  }
  const { policy, priorities, skills, overflow } = all
  return {
    ...(policy ? { policy } : {}),
    ...(priorities ? { priorities } : {}),
    ...(skills ? { skills } : {}),
    ...(overflow ? { overflow } : {}),
  }
}

function inputOf(directory: Directory, known: Known, changed: ChangedSettings): readonly [to: string, input: Input] {
  const { id } = known.own
  if (known.contacts === 'tasks')
    return [`queue/${id}`, { kind: 'configuredQueue', setup: queueSetup(directory, id, changed) }]
  const setup = voiceQueueSetup(directory, known.own, changed)
  return [`voice-queue/${id}`, { kind: 'configuredVoiceQueue', setup }]
}

/** Refuses what a directory file could not have either. The first problem is named. */
function check({ policy, priorities, skills, overflow }: QueueChange, { contacts, own }: Known, directory: Directory) {
  const report = (path: Path, message: string) => {
    throw new AcdRefusal('INVALID_QUEUE_SETTING', path.map(String).join('.'), message)
  }
  const other = contacts === 'tasks' ? 'in-order' : 'most-free-slots'
  if (policy === other) report(['policy'], `the policy ${other} is not for queues of ${contacts}`)
  const addresses = contacts === 'tasks' ? own.scriptSelectors : own.numbers
  const what = contacts === 'tasks' ? 'script selectors of the MRD' : 'numbers of the queue'
  for (const address of Object.keys(priorities ?? {}))
    if (!addresses.includes(address)) report(['priorities', address], `is not among the ${what}`)
  const members =
    contacts === 'calls'
      ? { users: new Set(own.agents), what: 'an agent of the queue' }
      : { users: membersOf(directory, own.id), what: `a member of MRD ${own.id}` }
  checkQueueAgents({ skills: skills ?? {}, overflow: overflow ?? [] }, members, directory, [], report)
}

const membersOf = ({ users }: Directory, mrd: string): ReadonlySet<string> =>
  new Set(users.filter(({ mediaRoutingDomains }) => mediaRoutingDomains.includes(mrd)).map(({ id }) => id))
