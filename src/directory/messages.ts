/** Turns zod issues into messages for the author of a directory file. */
import type { z } from 'zod'
import type { Finding } from './findings.ts'
import type { Path } from './locate.ts'

/** The problems of a zod issue, with messages for the author of the file. Passwords are never quoted. */
export function findingsOf(issue: z.core.$ZodIssue): readonly Finding[] {
  const path = issue.path.map((step) => (typeof step === 'number' ? step : String(step)))
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ path: [...path, key], message: 'unknown key' }))
  }
  return [{ path, message: messageOf(issue, path) }]
}

function messageOf(issue: z.core.$ZodIssue, path: Path): string {
  if (issue.code === 'too_big') return `must be at most ${issue.maximum}${unitOf(issue.origin)}`
  if (issue.code === 'too_small' && issue.message.startsWith('Too small')) {
    return `must be at least ${issue.minimum}${unitOf(issue.origin)}`
  }
  if (issue.code === 'invalid_value') {
    const choice = issue.values.map((value) => (typeof value === 'string' ? value : String(value))).join(', ')
    return issue.input === undefined ? 'is missing' : `must be ${issue.values.length > 1 ? 'one of ' : ''}${choice}`
  }
  if (issue.code !== 'invalid_type') return issue.message
  if (issue.input === undefined) return 'is missing'
  if (issue.expected === 'string') {
    const secret = path.at(-1) === 'password' || path.at(-1) === 'passwordHash'
    const quotable = typeof issue.input === 'number' || typeof issue.input === 'boolean'
    return quotable && !secret ? `must be text: write "${issue.input}" in quotes` : 'must be text (in quotes)'
  }
  return `must be ${EXPECTED[issue.expected] ?? issue.expected}`
}

const EXPECTED: Readonly<Record<string, string>> = {
  array: 'a list',
  object: 'a map of keys and values',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
}

function unitOf(origin: string): string {
  if (origin === 'array') return ' entries'
  return origin === 'string' ? ' characters' : ''
}
