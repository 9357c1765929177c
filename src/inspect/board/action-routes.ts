/**
 * What supervisors do on the board: they change the state of members of their teams (`user 5.7`), and write messages to
 * teams (`dialog 9`). Both are operations of the Finesse API, with their rows in the table of rights; the journal has the
 * supervisor's name.
 */
import { randomUUID } from 'node:crypto'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { lookup } from '../../directory/index.ts'
import type { Engine } from '../../engine/api.ts'
import type { Answer } from '../../engine/commands.ts'
import { MESSAGE_LIMITS } from '../../engine/team-messages/api.ts'
import { idOf } from '../../http/index.ts'
import { callerOf, type Relation, relationsToTeam, relationToUser, restRight, verdictOf } from '../../rights/index.ts'
import type { Gate } from '../access/gate.ts'
import { AccessRefusal } from '../access/refusal.ts'
import type { Visitor } from '../access/visitor.ts'
import { callerWith } from './callers.ts'
import type { BoardStateChange, BoardTeamMessage } from './protocol.ts'
import type { Scope } from './scope.ts'

const change: z.ZodType<BoardStateChange> = z.strictObject({
  user: z.string().min(1).max(128),
  state: z.enum(['READY', 'NOT_READY', 'LOGOUT']),
})

const message: z.ZodType<BoardTeamMessage> = z.strictObject({
  teams: z.array(z.string().min(1).max(128)).min(1).max(1000),
  content: z
    .string()
    .trim()
    .min(1, 'the message is empty')
    .refine((text) => [...text].length <= MESSAGE_LIMITS.characters, {
      message: `a message has at most ${MESSAGE_LIMITS.characters} characters`,
    }),
  durationSeconds: z.int().min(1).max(MESSAGE_LIMITS.durationSeconds),
})

export function addActions(scope: FastifyInstance, gate: Gate<Scope>, engine: Engine): void {
  scope.post('/states', async (request, reply) => {
    const { visitor } = await callerWith(['supervisor'], gate, request.raw)
    await changeState(engine, visitor, request)
    return reply.code(204).send()
  })
  scope.post('/messages', async (request, reply) => {
    const { visitor } = await callerWith(['supervisor', 'administrator'], gate, request.raw)
    await sendMessage(engine, visitor, request)
    return reply.code(204).send()
  })
}

async function changeState(engine: Engine, { id: by }: Visitor, request: FastifyRequest): Promise<void> {
  const { user: id, state } = read(change, request.body)
  const find = lookup(engine.get.directory())
  const user = find.user(id)
  const caller = callerOf({ id: by, kind: 'user' }, find.user(by))
  const relation = relationToUser(caller, user)
  // Members of the own team act by their own desktops, and so do supervisors.
  if (relation === 'own') throw new AccessRefusal('FORBIDDEN', id, 'change your own state on your desktop')
  requireRight({ method: 'PUT', path: '/User/:id' }, caller.role, [relation], id)
  const origin = { via: 'board', by, request: idOf(request) } as const
  const side = engine.get.presence(id)?.actingSide
  const answer = await engine.command({ type: 'user.setState', user: id, state, by: 'supervisor', side }, origin)
  const problem = problemOf(answer, [user?.firstName, user?.lastName].filter(Boolean).join(' ') || id)
  if (problem) throw new AccessRefusal('REFUSED', id, problem)
}

/** Why the engine refused the change, in plain words. */
function problemOf(answer: Answer, name: string): string | undefined {
  if (answer.outcome === 'REJECTED')
    return answer.code === 'OUT_OF_SERVICE' ? 'the side is out of service' : answer.message
  if (answer.outcome !== 'REFUSED') return undefined
  const state = answer.state === 'LOGOUT' ? 'signed out' : answer.state?.toLowerCase().replaceAll('_', ' ')
  return state === undefined ? answer.message : `a supervisor cannot do this while ${name} is ${state}`
}

async function sendMessage(engine: Engine, visitor: Visitor, request: FastifyRequest): Promise<void> {
  const { teams, content, durationSeconds } = read(message, request.body)
  const find = lookup(engine.get.directory())
  const user = find.user(visitor.id)
  const kind = visitor.kind === 'administrator' ? 'administrator' : 'user'
  const caller = callerOf({ id: visitor.id, kind }, user)
  for (const team of teams)
    requireRight(
      { method: 'POST', path: '/TeamMessage' },
      caller.role,
      relationsToTeam(caller, find.team(team)?.id),
      team,
    )
  const createdBy = { id: visitor.id, firstName: user?.firstName ?? '', lastName: user?.lastName ?? '' }
  const made = await engine.teamMessages.create({ id: randomUUID(), createdBy, durationSeconds, content, teams })
  if (!made) throw new AccessRefusal('REFUSED', 'content', 'there are too many messages: wait until some are over')
}

/** @throws AccessRefusal FORBIDDEN or NOT_FOUND unless one of the relations allows the operation. */
function requireRight(
  operation: Parameters<typeof restRight>[0],
  role: Parameters<typeof verdictOf>[1],
  relations: readonly Relation[],
  named: string,
): void {
  const verdict = verdictOf(restRight(operation), role, relations, ['yes'])
  if (verdict === 'yes') return
  if (relations.includes('unknown')) throw new AccessRefusal('NOT_FOUND', named, `there is no ${named} any more`)
  throw new AccessRefusal('FORBIDDEN', named, `${named} is not in your teams`)
}

function read<T>(schema: z.ZodType<T>, body: unknown): T {
  const { data, error } = schema.safeParse(body)
  if (data !== undefined) return data
  const [issue] = error?.issues ?? []
  throw new AccessRefusal('INVALID_PARAMETER', issue?.path.join('.') ?? 'body', issue?.message ?? 'the body is wrong')
}
