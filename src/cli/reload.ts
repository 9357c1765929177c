/** `mrdian reload`: makes a running server read its directory again. */
import { z } from 'zod'
import { askAcd, notLetIn } from './acd-request.ts'
import { StartFailure } from './start-failure.ts'

export interface ReloadCommandOptions {
  readonly server: URL
  readonly user: string
  readonly confirmRemovals: boolean
}

/** A large directory takes long. */
const LONGEST_MS = 600_000

const difference = z.object({
  added: z.array(z.string()),
  changed: z.array(z.string()),
  removed: z.array(z.string()),
})
const done = z.object({
  source: z.string(),
  users: difference,
  teams: difference,
  mediaRoutingDomains: difference,
  queues: difference,
  reasonCodes: difference,
  wrapUpReasons: difference,
  mediaPropertiesLayouts: difference,
  phoneBooks: difference,
  workflowActions: difference,
  workflows: difference,
  eccVariables: difference,
  administrators: difference,
  passwords: z.array(z.string()),
  settings: z.array(z.string()),
  warnings: z.array(z.string()),
})
const problem = z.object({
  file: z.string(),
  line: z.number().optional(),
  column: z.number().optional(),
  path: z.string(),
  message: z.string(),
})
const refused = z.object({ error: z.string(), message: z.string(), problems: z.array(problem).default([]) })

/** Reloads the directory and returns a line for each change. Throws `StartFailure` with the reason of a refusal. */
export async function reload(options: ReloadCommandOptions, password: string): Promise<readonly string[]> {
  const path = `directory${options.confirmRemovals ? '?confirmRemovals=true' : ''}`
  const { ok, status, json } = await askAcd({ ...options, password }, 'POST', path, LONGEST_MS)
  const answer = done.safeParse(json)
  if (ok && answer.success) return linesOf(answer.data)
  const { data } = refused.safeParse(json)
  if (data === undefined)
    throw new StartFailure(`${options.server.origin} is not a mrdian server: it answers with ${status}`)
  throw new StartFailure(reasonOf(data, options))
}

function reasonOf({ error, message, problems }: z.output<typeof refused>, options: ReloadCommandOptions): string {
  const stranger = notLetIn(error, options)
  if (stranger !== undefined) return stranger
  if (error === 'REMOVALS_NOT_CONFIRMED') return message.replace('confirmRemovals=true', '--confirm-removals')
  if (problems.length <= 1) return message
  return ['the directory is not valid, and nothing has changed:', ...problems.map(lineOf)].join('\n')
}

function lineOf({ file, line, column, path, message }: z.output<typeof problem>): string {
  const place = line === undefined ? file : `${file}:${line}:${column ?? 1}`
  return path === '' ? `${place} ${message}` : `${place} ${path}: ${message}`
}

/** The sections in the order in which their differences are printed, with names for people. */
const NAMES = [
  ['users', 'users'],
  ['teams', 'teams'],
  ['mediaRoutingDomains', 'media routing domains'],
  ['queues', 'queues'],
  ['reasonCodes', 'reason codes'],
  ['wrapUpReasons', 'wrap-up reasons'],
  ['mediaPropertiesLayouts', 'layouts'],
  ['phoneBooks', 'phone books'],
  ['workflowActions', 'workflow actions'],
  ['workflows', 'workflows'],
  ['eccVariables', 'ECC variables'],
  ['administrators', 'administrators'],
] as const

function linesOf({ source, passwords, settings, warnings, ...kinds }: z.output<typeof done>): readonly string[] {
  const lines: string[] = []
  for (const [key, name] of NAMES)
    for (const what of ['added', 'changed', 'removed'] as const)
      if (kinds[key][what].length > 0) lines.push(`${name} ${what}: ${listed(kinds[key][what])}`)
  if (passwords.length > 0) lines.push(`passwords changed: ${listed(passwords)}`)
  if (settings.length > 0) lines.push(`settings changed: ${listed(settings)}`)
  const head = `in force from ${source}${lines.length === 0 ? ': nothing has changed' : ''}`
  return [head, ...lines.map((line) => `  ${line}`), ...warnings.map((warning) => `warning: ${warning}`)]
}

const LISTED = 20

function listed(ids: readonly string[]): string {
  const more = ids.length > LISTED ? `, and ${ids.length - LISTED} more` : ''
  return `${ids.length} (${ids.slice(0, LISTED).join(', ')}${more})`
}
