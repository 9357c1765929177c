/** The pages of a server: inspector and board. They show the whole engine, and are on the ports of the first side. */
import type { Logger } from 'pino'
import type { Accounts } from '../accounts/index.ts'
import type { Engine } from '../engine/api.ts'
import { createBoard } from '../inspect/board/index.ts'
import { InspectorService } from '../inspect/index.ts'
import type { HttpSurfaceOptions } from './http-surface.ts'
import { inspectSurface } from './inspect-surface.ts'
import type { ServerOptions } from './server-options.ts'
import type { Parts } from './server-parts.ts'
import { version } from './version.ts'

interface PageParts {
  readonly engine: Engine
  readonly accounts: Accounts
  readonly names: readonly string[]
  readonly timeStandsStill: boolean
  readonly logger: Logger
}

/** Makes the pages that are wanted. `parts` gets what has to be closed. */
export function pagesOf(
  { inspect, inspectPersonal = false, board = inspect !== undefined }: ServerOptions,
  parts: Parts,
  { engine, accounts, names, timeStandsStill, logger }: PageParts,
): HttpSurfaceOptions['pages'] {
  const failed = (part: string, text: string) => (err: unknown) => logger.child({ part }).error({ err }, text)
  if (inspect !== undefined)
    parts.inspector = new InspectorService({
      engine,
      accounts,
      personal: inspectPersonal,
      version: version(),
      hosts: names,
      failed: failed('inspect', 'the sign-in of a viewer failed'),
    })
  if (board)
    parts.board = createBoard({
      engine,
      accounts,
      names,
      hasInspector: inspect !== undefined,
      timeStandsStill,
      failed: failed('board', 'the board failed'),
    })
  return [
    ...(parts.board ? [parts.board] : []),
    ...(inspect && parts.inspector ? [inspectSurface(parts.inspector, inspect)] : []),
  ]
}
