/**
 * The token flow of Finesse (`user 9.3`) as a Fastify plugin, with the local issuer as identity service: the token
 * endpoint, the page of the sign-in, the public keys, and revocation.
 */
import type { FastifyInstance, FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { type Accounts, AccountsBusyError } from '../accounts/api.ts'
import { basicCredentials } from '../accounts/basic.ts'
import { containedAccounts } from '../accounts/contained.ts'
import { type Directory, lookup } from '../directory/index.ts'
import { foreignBy, sourceOf } from '../http/index.ts'
import { signingIn } from '../sockets/index.ts'
import { Codes } from './codes.ts'
import type { LocalIssuer, TokenPair, TokenUser } from './issuer.ts'
import { loginPage, PAGE_HEADERS } from './login-page.ts'

/** Options of the `tokenEndpoint` plugin; `prefix` (default `/desktop/sso`) is Fastify's own. */
export interface TokenEndpointOptions {
  readonly issuer: LocalIssuer
  /** The accounts whose passwords users type. Administrators get no tokens. */
  readonly passwords: Accounts
  readonly directory: () => Directory
  /** Milliseconds since 1970 UTC. */
  readonly now: () => number
  /** Host names of the server besides `localhost` and addresses. */
  readonly names?: readonly string[] | undefined
}

export const DEFAULT_PREFIX = '/desktop/sso'

const MAX_BODY = 16 * 1024
const FORM = 'application/x-www-form-urlencoded'

interface Pending {
  readonly user: TokenUser
  readonly wantsRefresh: boolean
}

interface Front extends TokenEndpointOptions {
  readonly prefix: string
  readonly codes: Codes<Pending>
}

/** Thrown for a request that is refused. */
class TokenRefusal extends Error {
  readonly status: 400 | 401 | 403
  constructor(status: 400 | 401 | 403, message: string) {
    super(message)
    this.name = 'TokenRefusal'
    this.status = status
  }
}

/** `app.register(tokenEndpoint, { issuer, passwords, … })` serves `/desktop/sso`, or another `prefix`. */
export const tokenEndpoint: FastifyPluginAsync<TokenEndpointOptions & { readonly prefix?: string }> = async (
  app,
  options,
) => {
  const { prefix = DEFAULT_PREFIX } = options
  const passwords = containedAccounts(options.passwords)
  const front = { ...options, passwords, prefix, codes: new Codes<Pending>(options.now) }
  await app.register(async (scope) => serve(scope, front), {
    prefix: options.prefix === undefined ? DEFAULT_PREFIX : '',
  })
}

function serve(scope: FastifyInstance, front: Front): void {
  scope.removeAllContentTypeParsers()
  scope.addContentTypeParser(
    FORM,
    { parseAs: 'string', bodyLimit: MAX_BODY },
    async (_request: FastifyRequest, body: string) => new URLSearchParams(body),
  )
  scope.setErrorHandler((error, request, reply) => {
    if (error instanceof TokenRefusal) return reply.code(error.status).send({ error: error.message })
    if (error instanceof AccountsBusyError) return reply.code(503).send({ error: 'try again later' })
    const status = statusOf(error)
    if (status === 500) request.log.error({ err: error }, 'request failed')
    return reply.code(status).send({ error: status === 500 ? 'internal error' : 'bad request' })
  })
  scope.addHook('onRequest', async (request, reply) => {
    reply.header('cache-control', 'no-store')
    // A foreign page must not sign a browser in, and must not try passwords through it.
    if (foreignBy(request.raw, front.names ?? []) !== undefined) throw new TokenRefusal(403, 'foreign page')
  })
  scope.get('/token', (request, reply) => fetchToken(front, request, reply))
  scope.post('/token', async (request) => answerOf(front, await refreshed(front, formOf(request)), true))
  scope.get('/login', (request, reply) => {
    const query = queryOf(request)
    return reply
      .headers(PAGE_HEADERS)
      .send(loginPage(loginAt(front), query.get('cc_username') ?? '', wantsRefresh(query), undefined))
  })
  scope.post('/login', (request, reply) => login(front, request, reply))
  scope.post('/revoke', async (request) => {
    front.issuer.revoke(formOf(request).get('token') ?? '')
    return {}
  })
  scope.get('/keys', async () => front.issuer.keys())
}

function statusOf(error: unknown): number {
  const is4xx =
    typeof error === 'object' &&
    error !== null &&
    'statusCode' in error &&
    typeof error.statusCode === 'number' &&
    error.statusCode >= 400 &&
    error.statusCode < 500
  return is4xx ? 400 : 500
}

/**
 * `GET token`: with a refresh token new tokens; with a code, or with a password in HTTP Basic (for programs, choice),
 * the first ones; else a redirect to the page of the sign-in.
 */
async function fetchToken(front: Front, request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
  const query = queryOf(request)
  if (query.has('refresh-token')) return answerOf(front, await refreshed(front, query), true)
  const code = query.get('code')
  if (code !== null) {
    const pending = front.codes.take(code)
    if (pending === undefined) throw new TokenRefusal(401, 'the code is not valid')
    return answerOf(front, await front.issuer.issue(pending.user), pending.wantsRefresh)
  }
  const given = basicCredentials(request.headers.authorization)
  if (given !== undefined) {
    const user = await verified(front, request, given.name, given.password)
    if (user === undefined) throw new TokenRefusal(401, 'wrong user or password')
    return answerOf(front, await front.issuer.issue(user), wantsRefresh(query))
  }
  const name = query.get('cc_username') ?? cookieOf(request, 'cc_username')
  if (name === undefined) throw new TokenRefusal(400, 'cc_username is missing')
  const passedOn = new URLSearchParams({ cc_username: name, return_refresh_token: String(wantsRefresh(query)) })
  return reply.redirect(`${loginAt(front)}?${passedOn}`, 302)
}

async function login(front: Front, request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
  const form = formOf(request)
  const name = form.get('username') ?? ''
  const user = await verified(front, request, name, form.get('password') ?? '')
  if (user === undefined) {
    const page = loginPage(loginAt(front), name, wantsRefresh(form), 'Wrong user or password.')
    return reply.code(401).headers(PAGE_HEADERS).send(page)
  }
  const code = front.codes.add({ user, wantsRefresh: wantsRefresh(form) })
  return reply.redirect(`${front.prefix}/token?${new URLSearchParams({ code })}`, 303)
}

/** The user with this name and password. Wrong passwords count towards the lock-out, as everywhere. */
async function verified(
  { passwords, directory }: Front,
  { raw }: FastifyRequest,
  name: string,
  password: string,
): Promise<TokenUser | undefined> {
  const check = passwords.verify(name, password, sourceOf(raw)).then((principal) => {
    const user = principal?.kind === 'user' ? lookup(directory()).userByName(principal.id) : undefined
    if (user === undefined) throw new TokenRefusal(401, 'wrong user or password')
    return user
  })
  try {
    const { id, loginName } = await signingIn(raw.socket, check)
    return { id, loginName }
  } catch (error) {
    if (error instanceof TokenRefusal) return undefined
    throw error
  }
}

async function refreshed({ issuer }: Front, given: URLSearchParams): Promise<TokenPair> {
  const token = given.get('refresh-token')
  if (token === null || token === '') throw new TokenRefusal(400, 'refresh-token is missing')
  const pair = await issuer.refresh(token)
  if (pair === undefined) throw new TokenRefusal(401, 'the refresh token is not valid')
  return pair
}

function answerOf({ issuer: { realm } }: Front, pair: TokenPair, withRefresh: boolean): object {
  const { token, refreshToken, expiresIn, user } = pair
  return {
    token,
    ...(withRefresh ? { refresh_token: refreshToken } : {}),
    expires_in: expiresIn,
    user_id: user.id,
    realm,
    user_principal: `${user.loginName}@${realm}`,
  }
}

const loginAt = ({ prefix }: Front) => `${prefix}/login`

const wantsRefresh = (given: URLSearchParams) => given.get('return_refresh_token') === 'true'

const queryOf = ({ url }: FastifyRequest) => new URLSearchParams(url.split('?', 2)[1] ?? '')

function formOf({ body }: FastifyRequest): URLSearchParams {
  if (!(body instanceof URLSearchParams)) throw new TokenRefusal(400, `the body must be ${FORM}`)
  return body
}

/** The value of a cookie; `undefined` without it. */
function cookieOf({ headers }: FastifyRequest, name: string): string | undefined {
  const pairs = (headers.cookie ?? '').split(';').map((pair) => pair.trim().split('='))
  const value = pairs.find(([each]) => each === name)?.[1]
  if (value === undefined || value === '') return undefined
  try {
    return decodeURIComponent(value)
  } catch {
    return undefined
  }
}
