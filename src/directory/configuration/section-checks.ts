/** Checks that several of the sections that desktops read have in common. */
import { checkEachOnce, quote, type Report, Unique } from '../findings.ts'
import type { Path } from '../locate.ts'
import { foldName } from '../names.ts'
import type { DirectoryFile } from '../schema.ts'
import type { Assignable } from './model.ts'

/** Ids are unique in their section. */
export function checkIds(entries: readonly { readonly id: string }[], section: string, report: Report): void {
  const ids = new Unique(report)
  entries.forEach(({ id }, index) => {
    ids.claim(id, `${section}[${index}]`, [section, index, 'id'], `id ${quote(id)}`)
  })
}

/** Each team of an entry exists and is listed once. */
export function checkTeamsOf(
  entries: readonly Pick<Assignable, 'teams'>[],
  section: string,
  { teams }: Pick<DirectoryFile, 'teams'>,
  report: Report,
): void {
  const known = new Set(teams.map(({ id }) => id))
  entries.forEach((entry, index) => {
    const path: Path = [section, index, 'teams']
    const given = entry.teams ?? []
    checkEachOnce(given, path, report)
    given.forEach((team, at) => {
      if (!known.has(team)) report([...path, at], `team ${quote(team)} does not exist`)
    })
  })
}

/** Most entries of a section. */
export interface Limits {
  /** Most entries that all teams have. */
  readonly global: number
  /** Most entries that only some teams have. */
  readonly teams: number
  /** Most of the latter that one team has. */
  readonly ofTeam?: number
}

/** Reports the first entry beyond each limit. */
export function checkLimits(entries: readonly Assignable[], section: string, limits: Limits, report: Report): void {
  const counts = new Map<string, number>()
  const count = (group: string, most: number, index: number) => {
    const now = (counts.get(group) ?? 0) + 1
    counts.set(group, now)
    if (now === most + 1) report([section, index], `more than ${most} ${group}`)
  }
  entries.forEach(({ teams }, index) => {
    if (teams === undefined) count('for all teams', limits.global, index)
    else {
      count('for some teams', limits.teams, index)
      for (const team of new Set(teams))
        count(`for team ${quote(team)}`, limits.ofTeam ?? Number.POSITIVE_INFINITY, index)
    }
  })
}

/** Names are unique in their section, in any case of letters. */
export function checkNames(entries: readonly { readonly name: string }[], section: string, report: Report): void {
  const names = new Unique(report)
  entries.forEach(({ name }, index) => {
    names.claim(foldName(name), `${section}[${index}]`, [section, index, 'name'], `name ${quote(name)}`)
  })
}
