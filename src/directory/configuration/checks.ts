/** Checks the rules between the entries that desktops read. */
import { checkEachOnce, quote, type Report, Unique } from '../findings.ts'
import type { Path } from '../locate.ts'
import { foldName } from '../names.ts'
import type { DirectoryFile } from '../schema.ts'
import type { Assignable } from './model.ts'

/** Most wrap-up reasons: for all teams, for some teams, and for one team (`user 6.1`). */
const MAX_WRAP_UP = { global: 100, teams: 1500, ofTeam: 100 }

export function checkConfiguration(file: DirectoryFile, report: Report): void {
  checkWrapUpReasons(file, report)
}

function checkWrapUpReasons(file: DirectoryFile, report: Report): void {
  const { wrapUpReasons } = file
  checkIds(wrapUpReasons, 'wrapUpReasons', report)
  checkTeamsOf(wrapUpReasons, 'wrapUpReasons', file, report)
  checkLimits(wrapUpReasons, 'wrapUpReasons', MAX_WRAP_UP, report)
  const labels = new Unique(report)
  wrapUpReasons.forEach(({ label }, index) => {
    const path = ['wrapUpReasons', index, 'label']
    labels.claim(foldName(label), `wrapUpReasons[${index}]`, path, `label ${quote(label)}`)
  })
}

function checkIds(entries: readonly { readonly id: string }[], section: string, report: Report): void {
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

interface Limits {
  /** Most entries that all teams have. */
  readonly global: number
  /** Most entries that only some teams have. */
  readonly teams: number
  /** Most of the latter that one team has. */
  readonly ofTeam?: number
}

/** Reports the first entry beyond each limit. */
function checkLimits(entries: readonly Assignable[], section: string, limits: Limits, report: Report): void {
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
