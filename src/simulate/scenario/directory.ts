/**
 * Builds the directory of a scenario: from a file, inline, generated, or the sample, with the settings of the scenario.
 */
import { dirname, resolve } from 'node:path'
import { checkDirectory } from '../../directory/checks.ts'
import { DirectoryError } from '../../directory/errors.ts'
import type { Finding } from '../../directory/findings.ts'
import { loadDirectory } from '../../directory/load.ts'
import { findingsOf } from '../../directory/messages.ts'
import type { Directory, User } from '../../directory/model.ts'
import { parseDirectory } from '../../directory/parse.ts'
import { directoryFile } from '../../directory/schema.ts'
import type { ScenarioFile } from './schema.ts'

/** A directory, or the problems in the scenario's `directory`. */
export type Built = { readonly directory: Directory } | { readonly findings: readonly Finding[] }

/** `file`: path of the scenario file. A directory file is resolved relative to it. */
export async function buildDirectory(scenario: ScenarioFile, file: string): Promise<Built> {
  const { file: named, inline, generate } = scenario.directory
  const base = inline === undefined ? await fromFile(named, file) : inlineDirectory(inline)
  if ('findings' in base) return base
  const counted = scenario.agents.reduce((sum, { count = 0 }) => sum + count, 0)
  const agents = generate?.agents ?? counted
  if (generate && (agents < 1 || agents > AGENTS_MAX))
    return { findings: [{ path: ['directory', 'generate'], message: 'must have agents, or groups with a count' }] }
  const users = generate ? generated({ ...generate, agents }, base.directory) : base.directory.users
  const teams = generate ? teamsOf(generate.teams) : base.directory.teams
  const unknown = Object.keys(generate?.queues ?? {}).find(
    (id) => !base.directory.queues?.some((each) => each.id === id),
  )
  if (unknown !== undefined)
    return {
      findings: [{ path: ['directory', 'generate', 'queues', unknown], message: `no queue of calls ${unknown}` }],
    }
  const queues = generate?.queues ? { queues: staffed(base.directory, generate.queues, users) } : {}
  return { directory: { ...changed(base.directory, scenario), users, teams, ...queues } }
}

async function fromFile(named: string | undefined, file: string): Promise<Built> {
  try {
    return await loadDirectory(named === undefined ? undefined : resolve(dirname(file), named))
  } catch (error) {
    if (!(error instanceof DirectoryError)) throw error
    return { findings: [{ path: ['directory', 'file'], message: `is not a valid directory:\n${error.message}` }] }
  }
}

/** Passwords may be left out, because a simulation does not use them. */
function inlineDirectory(inline: unknown): Built {
  const at = ({ path, message }: Finding): Finding => ({ path: ['directory', 'inline', ...path], message })
  const given = withPasswords(inline)
  const shape = directoryFile.safeParse(given, { reportInput: true })
  if (!shape.success) return { findings: shape.error.issues.flatMap(findingsOf).map(at) }
  const findings = checkDirectory(shape.data)
  if (findings.length > 0) return { findings: findings.map(at) }
  return parseDirectory(JSON.stringify(given), 'inline')
}

function withPasswords(inline: unknown): unknown {
  if (typeof inline !== 'object' || inline === null) return inline
  const given = { version: 1, ...inline }
  if (!('users' in given) || !Array.isArray(given.users)) return given
  const users = given.users.map((user: unknown) => {
    if (typeof user !== 'object' || user === null || 'password' in user || 'passwordHash' in user) return user
    return { ...user, password: 'unused' }
  })
  return { ...given, users }
}

type Generate = NonNullable<ScenarioFile['directory']['generate']> & { readonly agents: number }

const AGENTS_MAX = 20_000

const teamsOf = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ id: String(index + 1), name: `Team ${index + 1}` }))

/**
 * Generates agents with ids from 1001, or from 10001 if there are 9,000 or more. The extension is the id. The agents
 * are dealt out to the teams in turn.
 */
function generated({ agents, teams, wrapUpOnIncoming }: Generate, { mediaRoutingDomains }: Directory): readonly User[] {
  const first = agents < 9000 ? 1001 : 10_001
  const mrds = mediaRoutingDomains.filter(({ id }) => id !== '1').map(({ id }) => id)
  return Array.from({ length: agents }, (_, index) => {
    const id = String(first + index)
    return {
      id,
      loginName: `agent${id}`,
      firstName: 'Agent',
      lastName: id,
      roles: ['Agent'],
      teamId: String((index % teams) + 1),
      extensions: [id],
      mediaRoutingDomains: mrds,
      settings: { wrapUpOnIncoming, wrapUpOnOutgoing: 'NOT_ALLOWED', wrapUpSeconds: 600 },
      mobileAgent: false,
      supervises: [],
    }
  })
}

/** The queues of calls with so many of the generated agents each. */
function staffed(
  { queues = [] }: Directory,
  counts: NonNullable<Generate['queues']>,
  users: readonly User[],
): NonNullable<Directory['queues']> {
  let next = 0
  return queues
    .filter(({ id }) => id in counts)
    .map((queue) => {
      const agents = users.slice(next, next + (counts[queue.id] ?? 0)).map(({ id }) => id)
      next += agents.length
      return { ...queue, agents }
    })
}

const seconds = (ms: number) => Math.max(1, Math.round(ms / 1000))

/** Applies the settings of the scenario, which override those of the directory. */
function changed(directory: Directory, { media, settings }: ScenarioFile): Directory {
  const { fidelity, presenceGrace, requirePresenceAfterSignIn, logoutOnAgentDisconnect } = settings
  const { callRing, transferTimeout } = settings
  return {
    ...directory,
    settings: {
      ...directory.settings,
      ...(fidelity === undefined ? {} : { fidelity }),
      ...(requirePresenceAfterSignIn === undefined ? {} : { requirePresenceAfterSignIn }),
      ...(logoutOnAgentDisconnect === undefined ? {} : { logoutOnAgentDisconnect }),
      ...(presenceGrace === undefined ? {} : { presenceGraceSeconds: Math.round(presenceGrace / 1000) }),
      ...(callRing === undefined ? {} : { callRingSeconds: seconds(callRing) }),
      ...(transferTimeout === undefined ? {} : { transferTimeoutSeconds: seconds(transferTimeout) }),
    },
    mediaRoutingDomains: directory.mediaRoutingDomains.map((mrd) => {
      const own = media[mrd.id]
      if (!own) return mrd
      const { interruptible = mrd.interruptible, startTimeout, maxTaskDuration, taskLife } = own
      return {
        ...mrd,
        interruptible,
        ...(startTimeout === undefined ? {} : { startTimeoutSeconds: seconds(startTimeout) }),
        ...(maxTaskDuration === undefined ? {} : { maxTaskDurationSeconds: seconds(maxTaskDuration) }),
        ...(taskLife === undefined ? {} : { taskLifeSeconds: seconds(taskLife) }),
      }
    }),
  }
}
