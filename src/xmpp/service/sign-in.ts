import { AccountsBusyError } from '../../accounts/index.ts'
import { isBlank } from '../../finesse/white-space.ts'
import type { Account } from './account.ts'
import { NS } from './namespaces.ts'
import { authorizes, challenge, decodePlain, failure, type SaslCondition } from './sasl.ts'
import type { Entrance, StreamHost, XmppStream } from './stream.ts'
import type { Wire } from './transports/wire.ts'
import { type Element, textOf } from './xml/element.ts'

export interface SignInParts {
  readonly stream: Pick<XmppStream, 'id' | 'send' | 'fail'>
  readonly wire: Wire
  readonly host: StreamHost
  readonly entrance: Entrance
  /** False when the stream is over. */
  waits(): boolean
  signedIn(account: Account): void
}

/** The sign-in of one stream (SASL). After a refusal the client may try again, until it has failed too often. */
export class SignIn {
  readonly #parts: SignInParts
  #failed = 0
  #awaitsResponse = false
  #checks = 0

  constructor(parts: SignInParts) {
    this.#parts = parts
  }

  /** Is a password being checked, or does it wait for that? The client cannot do anything then. */
  get isChecking(): boolean {
    return this.#checks > 0
  }

  /** Handles an element that comes before the sign-in. */
  negotiate(element: Element): Promise<void> | undefined {
    const { stream } = this.#parts
    if (element.ns !== NS.sasl) {
      stream.fail('not-authorized', 'stanza before sign-in')
      return undefined
    }
    const content = textOf(element)
    if (element.name === 'auth') {
      if (element.attributes.get('mechanism') !== 'PLAIN') return this.#refuse('invalid-mechanism')
      if (!isBlank(content)) return this.#check(content)
      this.#awaitsResponse = true
      stream.send(challenge)
      return undefined
    }
    if (element.name === 'response' && this.#awaitsResponse) return this.#check(content)
    return this.#refuse(element.name === 'abort' ? 'aborted' : 'malformed-request')
  }

  #refuse(condition: SaslCondition): undefined {
    const { stream, host } = this.#parts
    this.#awaitsResponse = false
    host.figures.refused += 1
    stream.send(failure(condition))
    this.#failed += 1
    if (this.#failed >= host.limits.loginAttempts) stream.fail('policy-violation', 'too many sign-ins failed')
  }

  #check(content: string): Promise<void> | undefined {
    const message = decodePlain(content)
    if (typeof message === 'string') return this.#refuse(message)
    const { stream, wire, host, entrance, waits } = this.#parts
    const name = this.#withoutDomain(message.name)
    const checked = this.#checking(wire)
    return entrance.authenticate(name, message.password, wire.source).then(
      (account) => {
        checked()
        if (waits()) this.#checked(account, name, message.authorization)
      },
      (error: unknown) => {
        checked()
        if (error instanceof AccountsBusyError)
          host.logger.info({ stream: stream.id }, `sign-in put off: ${error.message}`)
        else host.logger.error({ err: error, stream: stream.id }, 'credentials could not be checked')
        if (waits()) this.#refuse('temporary-auth-failure')
      },
    )
  }

  /** Returns what has to be called after the check. */
  #checking(wire: Wire): () => void {
    this.#checks += 1
    const checked = wire.checkingPassword()
    return () => {
      this.#checks -= 1
      checked()
    }
  }

  #checked(account: Account | undefined, name: string, authorization: string): void {
    const { stream, host, entrance, signedIn } = this.#parts
    if (account === undefined) {
      host.logger.info({ stream: stream.id, entrance: entrance.name }, 'sign-in refused')
      this.#refuse('not-authorized')
    } else if (authorizes(authorization, name, [account.id, account.local])) signedIn(account)
    else this.#refuse('invalid-authzid')
  }

  /** The name without the domain, because some clients sign in with their JID. */
  #withoutDomain(name: string): string {
    const suffix = `@${this.#parts.host.domain}`
    return name.toLowerCase().endsWith(suffix) ? name.slice(0, -suffix.length) : name
  }
}
