/** Checks the rules between the entries that desktops read. */
import { checkEachOnce, quote, type Report, Unique } from '../findings.ts'
import type { Path } from '../locate.ts'
import { foldName } from '../names.ts'
import type { DirectoryFile } from '../schema.ts'
import { DEFAULT_LAYOUT_ID } from './layouts.ts'
import type { Assignable, LayoutEntry } from './model.ts'

/** Most wrap-up reasons: for all teams, for some teams, and for one team (`user 6.1`). */
const MAX_WRAP_UP = { global: 100, teams: 1500, ofTeam: 100 }

/** Most phone books, and contacts in all of them (`user 4.12`). */
const MAX_PHONE_BOOKS = { global: 10, teams: 300 }
const MAX_CONTACTS = 50_000

export function checkConfiguration(file: DirectoryFile, report: Report): void {
  checkWrapUpReasons(file, report)
  checkLayouts(file, report)
  checkPhoneBooks(file, report)
  checkEccVariables(file, report)
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

function checkLayouts({ mediaPropertiesLayouts, eccVariables }: DirectoryFile, report: Report): void {
  const ids = new Unique(report)
  const defaults = new Unique(report)
  const hasDefault = mediaPropertiesLayouts.some(({ type }) => type === 'DEFAULT')
  if (!hasDefault) ids.reserve(DEFAULT_LAYOUT_ID, 'the built-in default layout')
  const ecc = new Map(eccVariables.map(({ name, isArray }) => [name, isArray]))
  mediaPropertiesLayouts.forEach(({ id, type, header, columns }, index) => {
    const path = ['mediaPropertiesLayouts', index]
    const owner = `mediaPropertiesLayouts[${index}]`
    ids.claim(id, owner, [...path, 'id'], `id ${quote(id)}`)
    if (type === 'DEFAULT') defaults.claim(type, owner, [...path, 'type'], 'type DEFAULT')
    checkProperty(header, [...path, 'header'], ecc, report)
    for (const [at, column] of columns.entries())
      for (const [row, entry] of column.entries()) checkProperty(entry, [...path, 'columns', at, row], ecc, report)
  })
}

/** An ECC variable in a layout is in `eccVariables`, and has an index if it is a list. */
function checkProperty(
  { mediaProperty }: LayoutEntry,
  path: Path,
  ecc: ReadonlyMap<string, boolean>,
  report: Report,
): void {
  if (!mediaProperty.startsWith('user.')) return
  const [name = '', index] = mediaProperty.split('[')
  const isArray = ecc.get(name)
  const at = [...path, 'mediaProperty']
  if (isArray === undefined) report(at, `ECC variable ${quote(name)} does not exist`)
  else if (isArray && index === undefined) report(at, `ECC variable ${quote(name)} is a list: give an index`)
  else if (!isArray && index !== undefined) report(at, `ECC variable ${quote(name)} is not a list`)
}

function checkPhoneBooks(file: DirectoryFile, report: Report): void {
  const { phoneBooks } = file
  checkIds(phoneBooks, 'phoneBooks', report)
  checkTeamsOf(phoneBooks, 'phoneBooks', file, report)
  checkLimits(phoneBooks, 'phoneBooks', MAX_PHONE_BOOKS, report)
  const names = new Unique(report)
  let contacts = 0
  phoneBooks.forEach((book, index) => {
    const path = ['phoneBooks', index]
    names.claim(foldName(book.name), `phoneBooks[${index}]`, [...path, 'name'], `name ${quote(book.name)}`)
    const before = contacts
    contacts += book.contacts.length
    if (before <= MAX_CONTACTS && contacts > MAX_CONTACTS)
      report([...path, 'contacts', MAX_CONTACTS - before], `more than ${MAX_CONTACTS} contacts in all phone books`)
  })
}

function checkEccVariables({ eccVariables }: DirectoryFile, report: Report): void {
  const names = new Unique(report)
  eccVariables.forEach(({ name }, index) => {
    names.claim(name, `eccVariables[${index}]`, ['eccVariables', index, 'name'], `name ${quote(name)}`)
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
