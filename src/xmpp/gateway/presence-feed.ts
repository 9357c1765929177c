import type { Logger } from 'pino'
import type { Side } from '../../../machines/wire.ts'
import type { Engine } from '../../engine/api.ts'
import { DirectoryIndex } from '../service/directory-index.ts'
import { parseJid } from '../service/jid.ts'

/** Tells the engine who comes and goes; it is told of users only (`notifications.md` 9). */
export class PresenceFeed {
  readonly #engine: Pick<Engine, 'presence'>
  readonly #side: Side
  readonly #logger: Logger
  readonly #users: DirectoryIndex
  #taken: Promise<unknown> = Promise.resolve()

  constructor(
    engine: Pick<Engine, 'presence'> & { readonly get: Pick<Engine['get'], 'directory'> },
    { side, logger }: { readonly side: Side; readonly logger: Logger },
  ) {
    this.#engine = engine
    this.#side = side
    this.#logger = logger
    this.#users = new DirectoryIndex(() => engine.get.directory())
  }

  /** Resolves when the engine has taken every presence so far. Never rejects. */
  get taken(): Promise<unknown> {
    return this.#taken
  }

  /** The engine orders presence by the order of these calls. `from` is a full JID; that of nobody we know is passed over. */
  tell(from: string, available: boolean): void {
    const side = this.#side
    const jid = parseJid(from)
    const user = jid === undefined || jid.resource === '' ? undefined : this.#users.userByLocal(jid.local)
    if (user === undefined) return
    const taken = this.#engine.presence({ user: user.id, side, session: from, available }).catch((error: unknown) => {
      this.#logger.warn({ err: error, side, user: user.id }, 'the engine did not take a presence')
    })
    this.#taken = Promise.all([this.#taken, taken])
  }
}
