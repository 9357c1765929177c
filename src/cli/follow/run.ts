/** Runs a follower in this process until it is told to stop. */
import { readFile } from 'node:fs/promises'
import { type Follower, follow, UpstreamError } from '../../follow/index.ts'
import { sqliteStore } from '../../store/index.ts'
import { DEFAULTS } from '../defaults.ts'
import { leave } from '../leave.ts'
import { createLogger, resolveFormat } from '../logger.ts'
import { reasonOf } from '../outside-error.ts'
import { StartFailure } from '../start-failure.ts'
import { stopRequested } from '../stop-request.ts'
import type { FollowCommandOptions } from './options.ts'
import { startFollowServer } from './server.ts'

/** Never resolves, because it ends the process. Rejects with `StartFailure` if it cannot be started. */
export async function runFollower(options: FollowCommandOptions, password: string): Promise<never> {
  const isTerminal = process.stdout.isTTY
  const format = resolveFormat(options.logFormat, isTerminal)
  const logger = await createLogger({ level: options.logLevel, format, colours: isTerminal && !process.env.NO_COLOR })
  process.stdout.on('error', () => undefined)
  const stopping = stopRequested(logger, DEFAULTS.stopWithin)
  const account = { user: options.user, password }
  const follower = await started(options, account, logger)
  try {
    const server = await startFollowServer(follower, { host: options.host, port: options.port, account, logger })
    logger.info(
      { address: `http://${options.host}:${server.port}`, users: follower.engine.get.users().length },
      'following: read API at /finesse/api, board at /inspect/board, /health and /metrics',
    )
    const { code, signal } = await stopping
    await server.close()
    await follower.close()
    logger.info('stopped')
    return await leave(code, signal)
  } catch (error) {
    await follower.close()
    throw new StartFailure(`port ${options.port} cannot be opened: ${reasonOf(error)}`)
  }
}

type Account = { readonly user: string; readonly password: string }

async function started(
  options: FollowCommandOptions,
  watch: Account,
  logger: Awaited<ReturnType<typeof createLogger>>,
): Promise<Follower> {
  const agents = options.agentsFile === undefined ? undefined : await readAgents(options.agentsFile)
  try {
    return await follow({
      sides: sidesOf(options),
      credentials: { watch, agents },
      users: options.users,
      teams: options.teams,
      presenceCountsAsDesktop: options.presenceCountsAsDesktop,
      resource: options.resource,
      ...(options.data === ':memory:' ? {} : { store: sqliteStore(options.data) }),
      logger,
    })
  } catch (error) {
    if (error instanceof UpstreamError) throw new StartFailure(error.message)
    throw error
  }
}

function sidesOf({ rest, xmpp, domain, restB, xmppB, domainB }: FollowCommandOptions) {
  const first = { rest: rest.href, xmpp, domain }
  const given = [restB, xmppB, domainB].filter((each) => each !== undefined)
  if (given.length === 0) return [first]
  if (restB === undefined || xmppB === undefined || domainB === undefined)
    throw new StartFailure('the second side needs --rest-b, --xmpp-b and --domain-b')
  return [first, { rest: restB.href, xmpp: xmppB, domain: domainB }]
}

/** JSON: `{ "1001": "password", … }`. */
async function readAgents(file: string): Promise<Readonly<Record<string, string>>> {
  let content: unknown
  try {
    content = JSON.parse(await readFile(file, 'utf8'))
  } catch (error) {
    throw new StartFailure(`--agents-file ${file}: ${error instanceof SyntaxError ? 'is no JSON' : reasonOf(error)}`)
  }
  if (!isPasswords(content)) throw new StartFailure(`--agents-file ${file}: is no object of ids and passwords`)
  return content
}

const isPasswords = (value: unknown): value is Readonly<Record<string, string>> =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  Object.values(value).every((each) => typeof each === 'string')
