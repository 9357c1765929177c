/**
 * Who gets what in the queues of a scenario: policy, priorities, skill levels and overflow, as in the directory. Groups of
 * agents can be named beside users.
 */
import type { Finding } from '../../directory/findings.ts'
import type { Path } from '../../directory/locate.ts'
import type { Directory, QueueAgents } from '../../directory/model.ts'
import type { Member } from './model.ts'
import type { QueueEntry, ScenarioFile } from './schema.ts'

/** The directory with the settings of the scenario, and what is wrong with them. */
export function withQueueSettings(
  { media, queues }: ScenarioFile,
  directory: Directory,
  members: readonly Member[],
): { readonly directory: Directory; readonly findings: readonly Finding[] } {
  const { findings, read } = reader(directory, members)
  const changed = {
    ...directory,
    mediaRoutingDomains: directory.mediaRoutingDomains.map((mrd) => {
      const { policy, ...own } = media[mrd.id] ?? {}
      return {
        ...mrd,
        ...(policy === undefined ? {} : { policy }),
        ...read(own, mrd.scriptSelectors, ['media', mrd.id]),
      }
    }),
    queues: (directory.queues ?? []).map((queue) => {
      const { policy = queue.policy, ...own } = queues[queue.id] ?? {}
      return { ...queue, policy, ...read(own, queue.numbers, ['queues', queue.id]) }
    }),
  }
  for (const id of Object.keys(queues))
    if (!directory.queues?.some((each) => each.id === id))
      findings.push({ path: ['queues', id], message: `no queue of calls ${id}` })
  return { directory: changed, findings }
}

type Settings = QueueAgents & { readonly priorities?: Readonly<Record<string, number>> }

function reader(directory: Directory, members: readonly Member[]) {
  const findings: Finding[] = []
  const report = (path: Path, message: string) => findings.push({ path, message })
  const teams = new Set(directory.teams.map(({ id }) => id))
  const users = new Set(directory.users.map(({ id }) => id))
  const groups = Map.groupBy(members, ({ group }) => group.name)
  /** The agents of a group, or the user. A group comes first. */
  const named = (name: string, path: Path): readonly string[] => {
    const group = groups.get(name)
    if (group) return group.map(({ user }) => user)
    if (!users.has(name)) report(path, `no group and no user ${name}`)
    return [name]
  }

  /** `addresses`: the script selectors or numbers of the queue. */
  const read = (
    { priorities, skills, overflow }: Omit<QueueEntry, 'policy'>,
    addresses: readonly string[],
    path: Path,
  ): Settings => {
    for (const address of Object.keys(priorities ?? {}))
      if (!addresses.includes(address))
        report([...path, 'priorities', address], 'is not among the script selectors or numbers of the queue')
    const levels = Object.entries(skills ?? {}).flatMap(([name, level]) =>
      named(name, [...path, 'skills', name]).map((user) => [user, level] as const),
    )
    const stages = (overflow ?? []).map(({ after, agents = [], teams: ofTeams = [] }, at) => {
      const stage = [...path, 'overflow', at]
      if (agents.length + ofTeams.length === 0) report(stage, 'must name agents or teams')
      if ((overflow?.[at - 1]?.after ?? 0) >= after) report([...stage, 'after'], 'must be later than the stage before')
      for (const [index, team] of ofTeams.entries())
        if (!teams.has(team)) report([...stage, 'teams', index], `no team ${team}`)
      const ids = agents.flatMap((name, index) => named(name, [...stage, 'agents', index]))
      return { afterSeconds: after / 1000, agents: ids, teams: ofTeams }
    })
    return {
      ...(priorities === undefined ? {} : { priorities }),
      ...(skills === undefined ? {} : { skills: Object.fromEntries(levels) }),
      ...(overflow === undefined ? {} : { overflow: stages }),
    }
  }
  return { findings, read }
}
