/** Logs of desktops (`dialog 11`). Users send their own; nobody can read them over the API. */
import type { ClientLog } from '../../client-logs/index.ts'
import { MAX_LOG, MAX_LOG_DOCUMENT, readClientLog } from '../../finesse/index.ts'
import { authorisedUser } from '../authorisation.ts'
import { hasXmlType } from '../body.ts'
import { type Call, type Operation, type Reply, understood } from '../operation.ts'
import { RestRefusal } from '../refusal.ts'

/** The first bytes of a zip file with content. */
const ZIP = Buffer.from([0x50, 0x4b, 0x03, 0x04])

type Content = Pick<ClientLog, 'form' | 'content'>

function plain(call: Call): Content {
  return { form: 'text', content: understood(readClientLog(call.body(), 'ClientLog')) }
}

/** The zip file itself, or an XML document with it in base64: no document says which (choice). It is never unpacked. */
function compressed(call: Call): Content {
  const received = call.received()
  if (received === undefined || received.bytes.length === 0) throw new RestRefusal('PARAMETER_MISSING', 'logData')
  const bytes = hasXmlType(received)
    ? Buffer.from(understood(readClientLog(call.body(), 'CompressedClientLog')), 'base64')
    : received.bytes
  if (bytes.length > MAX_LOG || !bytes.subarray(0, ZIP.length).equals(ZIP))
    throw new RestRefusal('INVALID_INPUT', 'logData')
  return { form: 'zip', content: bytes }
}

function keep(contentOf: (call: Call) => Content): (call: Call) => Promise<Reply> {
  return async (call) => {
    const { user } = authorisedUser(call)
    if (call.clientLogs === undefined) throw new RestRefusal('LOG_NOT_STORED', user.id)
    const log = { user: user.id, at: call.engine.now(), ...contentOf(call) }
    await call.clientLogs.keep(log).catch((error: unknown) => {
      throw new RestRefusal('LOG_NOT_STORED', user.id, error)
    })
    return { status: 202 }
  }
}

export const CLIENT_LOG_OPERATIONS: readonly Operation[] = [
  {
    access: 'caller',
    method: 'POST',
    path: '/User/:id/ClientLog',
    longestBody: MAX_LOG_DOCUMENT,
    run: keep(plain),
  },
  {
    access: 'caller',
    method: 'POST',
    path: '/User/:id/CompressedClientLog',
    longestBody: MAX_LOG_DOCUMENT,
    run: keep(compressed),
  },
]
