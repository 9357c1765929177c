/** Interprets the lines of `expect`. */
import type { Finding } from '../../directory/findings.ts'
import { type Directory, VOICE_MRD } from '../../directory/model.ts'
import { conditionOf } from './condition.ts'
import type { Expected } from './model.ts'
import type { ExpectEntry } from './schema.ts'
import { unitsOf } from './totals.ts'

type Subject = Expected['subject']

/** The meaning of an entry, or what is wrong with it. The path of the finding is relative to the entry. */
export function subjectOf(entry: ExpectEntry, directory: Directory): { readonly subject: Subject } | Finding {
  const wrong = (message: string, ...path: string[]): Finding => ({ path, message })
  const { user, mrd, contact, queue, state, routable, total } = entry
  const hasMrd = (id: string) => id === VOICE_MRD || directory.mediaRoutingDomains.some((each) => each.id === id)
  if (user !== undefined && !directory.users.some(({ id }) => id === user)) return wrong(`no user ${user}`, 'user')
  if (mrd !== undefined && !hasMrd(mrd)) return wrong(`no MRD ${mrd}`, 'mrd')
  if (queue !== undefined && !hasMrd(queue)) return wrong(`no queue ${queue}`, 'queue')
  if (total !== undefined) return totalOf(entry, total)
  if (entry.at === undefined) return wrong('must have a time (at) or a total')
  if (queue !== undefined) {
    const length = conditionOf(entry, 'count')
    return 'key' in length
      ? wrong(length.message, ...(length.key ? [length.key] : []))
      : { subject: { kind: 'queue', mrd: queue, length } }
  }
  if (contact !== undefined)
    return state === undefined ? wrong('must have a state') : { subject: { kind: 'contact', contact, state, user } }
  if (user === undefined) return wrong('must have a user, a contact, a queue or a total')
  if (mrd !== undefined)
    return state === undefined && routable === undefined
      ? wrong('must have state or routable')
      : { subject: { kind: 'medium', user, mrd, state, routable } }
  return state === undefined ? wrong('must have a state') : { subject: { kind: 'user', user, state } }
}

function totalOf(entry: ExpectEntry, total: string): { readonly subject: Subject } | Finding {
  const { user, mrd, queue } = entry
  const known = unitsOf({ mrd, queue })
  const unit = Object.hasOwn(known, total) ? known[total] : undefined
  if (unit === undefined) return { path: ['total'], message: `must be one of ${Object.keys(known).join(', ')}` }
  const value = conditionOf(entry, unit)
  if ('key' in value) return { path: value.key ? [value.key] : [], message: value.message }
  return { subject: { kind: 'total', total, mrd, user, queue, value } }
}
