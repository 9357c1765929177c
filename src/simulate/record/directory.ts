/** Makes the directory of a recording from the setups of users, queues and sides, without names of people. */
import type { User } from '../../directory/model.ts'
import type { UserSetup } from '../../engine/aggregate/user/setup.ts'
import { type NeutralNames, natural } from './names.ts'
import type { PastEngine } from './past.ts'
import { emptySetups, type Setups } from './scan.ts'

/** The setups at the beginning, and the first setup of each user and queue that was added later. */
export function setupsOf(past: PastEngine, later: Setups, users: ReadonlySet<string> | undefined): Setups {
  const all = emptySetups()
  const before = [...past.aggregates.values()].map(({ id }) => id).sort(natural)
  for (const id of before) {
    const name = id.slice(id.indexOf('/') + 1)
    const user = id.startsWith('user/') ? past.user(name) : undefined
    if (user) all.users.set(name, user.setup)
    const queue = past.aggregates.queue(name)
    if (id.startsWith('queue/') && queue && queue.mrd !== '') all.queues.set(name, queue.setup)
  }
  all.platform = past.aggregates.side('A')?.platform ?? later.platform
  all.ringMs = later.ringMs
  for (const [id, setup] of later.users) if (!all.users.has(id)) all.users.set(id, setup)
  for (const [mrd, setup] of later.queues) if (!all.queues.has(mrd)) all.queues.set(mrd, setup)
  for (const [id, reason] of later.reasons) all.reasons.set(id, reason)
  for (const user of before.filter((id) => id.startsWith('user/'))) {
    const name = user.slice('user/'.length)
    for (const { reason } of [past.voice(name), ...past.media(name)].flatMap((each) => each ?? []))
      if (reason && !reason.systemCode) all.reasons.set(reason.id, reason)
  }
  if (users) for (const id of [...all.users.keys()]) if (!users.has(id)) all.users.delete(id)
  return all
}

const seconds = (ms: number, least = 1) => Math.max(least, Math.round(ms / 1000))

/** The content of a directory file, for `directory: inline:`. */
export function directoryOf(setups: Setups, names: NeutralNames): Readonly<Record<string, unknown>> {
  const users = [...setups.users.values()]
  const [first] = users
  const config = first?.config
  const fidelity = config?.forgets === false ? 'lossless' : 'finesse'
  const [medium] = Object.values(config?.mrds ?? {})
  return {
    platform: setups.platform,
    settings: {
      fidelity,
      presenceGraceSeconds: seconds(config?.presenceGraceMs ?? 60_000, 0),
      ...(config?.requiresPresence ? { requirePresenceAfterSignIn: true } : {}),
      logoutOnAgentDisconnect: config?.logoutOnAgentDisconnect ?? 0,
      userSignoutChannel: config?.userSignoutChannel ?? 'all',
      autoWorkModeStateChange: config?.autoWorkModeStateChange ?? true,
      ...(setups.ringMs === undefined ? {} : { callRingSeconds: seconds(setups.ringMs) }),
      ...(medium ? { transferTimeoutSeconds: seconds(medium.settings.transferTimeoutMs) } : {}),
    },
    mediaRoutingDomains: first ? mrdsOf(first, setups) : [],
    teams: names.teams.map((id, index) => ({ id, name: `Team ${index + 1}` })),
    reasonCodes: [...setups.reasons.values()]
      .sort((a, b) => natural(a.id, b.id))
      .map(({ id, category, code, forAll }) => ({ id, category, code, label: `Reason ${id}`, forAll })),
    users: users.map((setup) => userOf(setup, names)),
  }
}

function mrdsOf({ mrds, config }: UserSetup, { queues }: Setups): readonly Readonly<Record<string, unknown>>[] {
  const selectors = [...queues.values()].find((each) => Object.keys(each.selectors).length > 0)?.selectors ?? {}
  return mrds.flatMap(({ id, name }) => {
    const settings = config.mrds[id]?.settings
    if (!settings) return []
    return [
      {
        id,
        name,
        interruptible: settings.interruptible,
        startTimeoutSeconds: seconds(settings.startTimeoutMs),
        maxTaskDurationSeconds: seconds(settings.maxTaskDurationMs),
        taskLifeSeconds: seconds(settings.taskLifeMs),
        scriptSelectors: Object.keys(selectors).filter((selector) => selectors[selector] === id),
      },
    ]
  })
}

function userOf({ profile, config }: UserSetup, names: NeutralNames): Readonly<Record<keyof User, unknown>> {
  const number = names.number(profile.id)
  return {
    id: names.user(profile.id),
    loginName: `agent${number}`,
    firstName: 'Agent',
    lastName: String(number),
    roles: profile.roles,
    teamId: names.team(profile.teamId),
    extensions: config.extensions.map((extension) => names.extension(extension)),
    mediaRoutingDomains: Object.entries(config.mrds).flatMap(([id, { member }]) => (member ? [id] : [])),
    settings: { ...profile.settings, wrapUpSeconds: seconds(config.wrapUpMs) },
    mobileAgent: config.mobileAgentAllowed,
    supervises: profile.supervises.map(({ id }) => names.team(id)),
  }
}
