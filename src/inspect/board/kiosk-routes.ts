/** Links of wallboards on the board's page: an administrator makes, lists and revokes them. `/acd/kiosks` is the same. */
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { KIOSKS_MOST, type Kiosks } from '../../accounts/index.ts'
import type { Gate } from '../access/gate.ts'
import { AccessRefusal } from '../access/refusal.ts'
import { callerWith } from './callers.ts'
import type { BoardKiosk, NewBoardKiosk } from './protocol.ts'
import type { Scope } from './scope.ts'

const asked = z.strictObject({ name: z.string().trim().min(1).max(128) })

export function addKiosks(scope: FastifyInstance, gate: Gate<Scope>, kiosks: Kiosks): void {
  scope.get('/kiosks', async ({ raw }): Promise<readonly BoardKiosk[]> => {
    await callerWith(['administrator'], gate, raw)
    return kiosks.list()
  })
  scope.post('/kiosks', async ({ raw, body }, reply) => {
    const { visitor } = await callerWith(['administrator'], gate, raw)
    const { data } = asked.safeParse(body)
    if (!data) throw new AccessRefusal('INVALID_PARAMETER', 'name', 'a name of 1 to 128 characters is needed')
    const made = await kiosks.create(data.name, visitor.id)
    if (!made)
      throw new AccessRefusal('UNAVAILABLE', 'name', `there are ${KIOSKS_MOST} links for wallboards: revoke some`)
    const answer: NewBoardKiosk = { ...made.kiosk, secret: made.secret }
    return reply.code(201).header('cache-control', 'no-store').send(answer)
  })
  scope.delete<{ Params: { id: string } }>('/kiosks/:id', async ({ raw, params }, reply) => {
    await callerWith(['administrator'], gate, raw)
    if (!(await kiosks.revoke(params.id))) throw new AccessRefusal('NOT_FOUND', 'id', 'there is no such link any more')
    return reply.code(204).send()
  })
}
