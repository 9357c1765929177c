/** Links for wallboards, which see the board without a sign-in. */
import { KIOSKS_MOST, type Kiosk, kiosksOf } from '../accounts/index.ts'
import { checked } from './json.ts'
import { type Answer, type Call, type Operation, ok } from './operation.ts'
import { pageOf } from './pages.ts'
import { ControlRefusal } from './refusal.ts'
import { newKiosk } from './requests.ts'

/** Path of the board with the secret in the fragment, which browsers do not send, so that it is in no log. */
const pathOf = (secret: string) => `/inspect/board#kiosk=${secret}`

const kioskView = ({ id, name, by, at }: Kiosk) => ({ id, name, by, at: new Date(at).toISOString() })

async function create({ engine, origin, body }: Call): Promise<Answer> {
  const { name } = checked(newKiosk, body, 'body')
  const made = await kiosksOf(engine).create(name, origin.by ?? '')
  if (!made)
    throw new ControlRefusal('TOO_MANY_KIOSKS', 'name', `there are ${KIOSKS_MOST} links for wallboards: revoke some`)
  const { kiosk, secret } = made
  return { status: 201, json: { ...kioskView(kiosk), path: pathOf(secret) }, location: `/kiosks/${kiosk.id}` }
}

const list = (call: Call): Answer => pageOf(call, kiosksOf(call.engine).list(), ({ id }) => id, kioskView)

function known({ engine, param }: Call): Kiosk {
  const kiosk = kiosksOf(engine).get(param('id'))
  if (kiosk) return kiosk
  throw new ControlRefusal('UNKNOWN_KIOSK', 'id', `there is no link ${param('id').slice(0, 80)} for a wallboard`)
}

async function revoke(call: Call): Promise<Answer> {
  const kiosk = known(call)
  await kiosksOf(call.engine).revoke(kiosk.id)
  return ok(kioskView(kiosk))
}

export const KIOSK_OPERATIONS: readonly Operation[] = [
  { method: 'POST', path: '/kiosks', run: create },
  { method: 'GET', path: '/kiosks', takesQuery: true, run: list },
  { method: 'GET', path: '/kiosks/:id', run: (call) => ok(kioskView(known(call))) },
  { method: 'DELETE', path: '/kiosks/:id', run: revoke },
]
