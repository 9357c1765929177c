/** Who gets what in the queues of tasks and of calls, changed while the server runs. */
import { z } from 'zod'
import { levels, MEDIA_POLICIES, STAGES_MAX, VOICE_POLICIES } from '../directory/schema.ts'
import { checked } from './json.ts'
import { type Answer, builtIn, type Call, type Operation, ok } from './operation.ts'
import { pageOf } from './pages.ts'
import { ControlRefusal } from './refusal.ts'
import { nothing, wholeNumber } from './requests.ts'

const POLICIES = [...new Set([...MEDIA_POLICIES, ...VOICE_POLICIES])]
const SECONDS_MAX = 86_400
/** Most users or teams that a stage names. More fit into no body. */
const NAMES_MAX = 10_000

const names = z.array(z.string('a string is expected').min(1).max(32), 'a list of ids is expected').max(NAMES_MAX)

/** Body of `POST /queues/{id}`. `null`: as in the directory. */
const queueChange = z.strictObject({
  policy: z
    .enum(POLICIES, `one of ${POLICIES.join(', ')} is expected`)
    .nullable()
    .optional(),
  priorities: levels.nullable().optional(),
  skills: levels.nullable().optional(),
  overflow: z
    .array(
      z.strictObject({
        afterSeconds: wholeNumber('a number of seconds', 1, SECONDS_MAX),
        agents: names.optional(),
        teams: names.optional(),
      }),
      'a list of stages is expected',
    )
    .max(STAGES_MAX, `at most ${STAGES_MAX} stages are possible`)
    .nullable()
    .optional(),
})

const EVERYTHING = { policy: null, priorities: null, skills: null, overflow: null } as const

const of = ({ engine }: Call) => builtIn(engine).queues

const list = (call: Call): Answer =>
  pageOf(
    call,
    of(call).all(),
    ({ id }) => id,
    (queue) => queue,
  )

function show(call: Call): Answer {
  return ok(known(call))
}

/** A path that names no queue is not there, which is another refusal than for a name in a body. */
function known(call: Call) {
  const queue = of(call).get(call.param('id'))
  if (queue) return queue
  throw new ControlRefusal('NOT_FOUND', 'id', `there is no queue ${call.param('id').slice(0, 80)}`)
}

async function change(call: Call): Promise<Answer> {
  const { id } = known(call)
  return ok(await of(call).change(id, checked(queueChange, call.body, 'body'), call.origin))
}

/** All settings are those of the directory again. */
async function reset(call: Call): Promise<Answer> {
  const { id } = known(call)
  checked(nothing, call.body ?? {}, 'body')
  return ok(await of(call).change(id, EVERYTHING, call.origin))
}

export const QUEUE_OPERATIONS: readonly Operation[] = [
  { method: 'GET', path: '/queues', takesQuery: true, run: list },
  { method: 'GET', path: '/queues/:id', run: show },
  { method: 'POST', path: '/queues/:id', run: change, again: show },
  { method: 'DELETE', path: '/queues/:id', run: reset, again: show },
]
