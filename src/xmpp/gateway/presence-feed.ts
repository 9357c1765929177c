import type { Logger } from 'pino'
import type { Side } from '../../../machines/wire.ts'
import type { Engine, EngineAdapters } from '../../engine/api.ts'
import { DirectoryIndex } from '../service/directory-index.ts'
import { parseJid } from '../service/jid.ts'

/** Tells the engine who comes and goes; it is told of users only (`notifications 9`). */
export class PresenceFeed {
  readonly #adapters: Pick<EngineAdapters, 'presence'>
  readonly #side: Side
  readonly #logger: Logger
  readonly #users: DirectoryIndex
  /** Full JIDs of the sessions that are available, by user. */
  readonly #sessions = new Map<string, Set<string>>()
  #taken: Promise<unknown> = Promise.resolve()

  constructor(
    engine: {
      readonly get: Pick<Engine['get'], 'directory'>
      readonly adapters: Pick<EngineAdapters, 'presence'>
    },
    { side, logger }: { readonly side: Side; readonly logger: Logger },
  ) {
    this.#adapters = engine.adapters
    this.#side = side
    this.#logger = logger
    this.#users = new DirectoryIndex(() => engine.get.directory())
  }

  /** Resolves when the engine has taken every presence so far. Never rejects. */
  get taken(): Promise<unknown> {
    return this.#taken
  }

  /** Another session of ours begins: it is told of everybody who is there. */
  begin(): void {
    this.#sessions.clear()
  }

  /** Is there a session of the user whose node this is, by what was told so far? */
  isOwnerThere(node: string): boolean {
    const [, user = ''] = /^\/finesse\/api\/User\/([^/]+)/.exec(node) ?? []
    return this.#sessions.has(user)
  }

  /** The engine orders presence by the order of these calls. `from` is a full JID; that of nobody we know is passed over. */
  tell(from: string, available: boolean): void {
    const side = this.#side
    const jid = parseJid(from)
    const user = jid === undefined || jid.resource === '' ? undefined : this.#users.userByLocal(jid.local)
    if (user === undefined) return
    this.#count(user.id, from, available)
    const taken = this.#adapters.presence({ user: user.id, side, session: from, available }).catch((error: unknown) => {
      this.#logger.warn({ err: error, side, user: user.id }, 'the engine did not take a presence')
    })
    this.#taken = Promise.all([this.#taken, taken])
  }

  #count(user: string, session: string, available: boolean): void {
    const sessions = this.#sessions.get(user) ?? new Set()
    if (available) sessions.add(session)
    else sessions.delete(session)
    if (sessions.size > 0) this.#sessions.set(user, sessions)
    else this.#sessions.delete(user)
  }
}
