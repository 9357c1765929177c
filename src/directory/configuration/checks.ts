/** Checks the rules between the entries that desktops read. */
import { quote, type Report, Unique } from '../findings.ts'
import type { Path } from '../locate.ts'
import { foldName } from '../names.ts'
import type { DirectoryFile } from '../schema.ts'
import { DEFAULT_LAYOUT_ID } from './layouts.ts'
import type { LayoutEntry } from './model.ts'
import { checkIds, checkLimits, checkNames, checkTeamsOf } from './section-checks.ts'
import { checkWorkflows } from './workflow-checks.ts'

/** Most wrap-up reasons: for all teams, for some teams, and for one team (`user 6.1`). */
const MAX_WRAP_UP = { global: 100, teams: 1500, ofTeam: 100 }

/** Most phone books, and contacts in all of them (`user 4.12`). */
const MAX_PHONE_BOOKS = { global: 10, teams: 300 }
const MAX_CONTACTS = 50_000

export function checkConfiguration(file: DirectoryFile, report: Report): void {
  checkWrapUpReasons(file, report)
  checkLayouts(file, report)
  checkPhoneBooks(file, report)
  checkWorkflows(file, report)
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
  const sizes = new Map(eccVariables.map(({ name, size }) => [name, size ?? 0]))
  mediaPropertiesLayouts.forEach(({ id, type, header, columns }, index) => {
    const path = ['mediaPropertiesLayouts', index]
    const owner = `mediaPropertiesLayouts[${index}]`
    ids.claim(id, owner, [...path, 'id'], `id ${quote(id)}`)
    if (type === 'DEFAULT') defaults.claim(type, owner, [...path, 'type'], 'type DEFAULT')
    checkProperty(header, [...path, 'header'], sizes, report)
    for (const [at, column] of columns.entries())
      for (const [row, entry] of column.entries()) checkProperty(entry, [...path, 'columns', at, row], sizes, report)
  })
}

/** An ECC variable in a layout is in `eccVariables`. An array has an index below its size. `sizes`: 0 for a scalar. */
function checkProperty(
  { mediaProperty }: LayoutEntry,
  path: Path,
  sizes: ReadonlyMap<string, number>,
  report: Report,
): void {
  if (!mediaProperty.startsWith('user.')) return
  const [name = '', rest] = mediaProperty.split('[')
  const size = sizes.get(name)
  const index = rest === undefined ? undefined : Number.parseInt(rest, 10)
  const at = [...path, 'mediaProperty']
  if (size === undefined) report(at, `ECC variable ${quote(name)} does not exist`)
  else if (size === 0 && index !== undefined) report(at, `ECC variable ${quote(name)} is not an array`)
  else if (size > 0 && (index === undefined || index >= size))
    report(at, `ECC variable ${quote(name)} is an array: give an index from 0 to ${size - 1}`)
}

function checkPhoneBooks(file: DirectoryFile, report: Report): void {
  const { phoneBooks } = file
  checkIds(phoneBooks, 'phoneBooks', report)
  checkTeamsOf(phoneBooks, 'phoneBooks', file, report)
  checkLimits(phoneBooks, 'phoneBooks', MAX_PHONE_BOOKS, report)
  checkNames(phoneBooks, 'phoneBooks', report)
  let contacts = 0
  phoneBooks.forEach((book, index) => {
    const before = contacts
    contacts += book.contacts.length
    if (before <= MAX_CONTACTS && contacts > MAX_CONTACTS)
      report(
        ['phoneBooks', index, 'contacts', MAX_CONTACTS - before],
        `more than ${MAX_CONTACTS} contacts in all phone books`,
      )
  })
}
