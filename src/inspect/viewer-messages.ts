/** Parses the messages of viewers. Messages that cannot be read are ignored. */
import type { RawData } from 'ws'
import { z } from 'zod'
import type { ViewerMessage } from './protocol.ts'

/** Largest message of a viewer in bytes. */
export const MESSAGE_MAX = 4096
/** Most aggregates in the focus. */
export const FOCUS_MAX = 32

const schema = z.union([
  z.strictObject({
    type: z.literal('@mrdian.focus'),
    aggregates: z.array(z.string().max(200)).max(FOCUS_MAX),
  }),
  z.strictObject({ type: z.literal('@mrdian.step'), action: z.enum(['next', 'continue', 'quit']) }),
])

/** The message; `undefined` if it cannot be read. */
export function viewerMessage(data: RawData, isBinary: boolean): ViewerMessage | undefined {
  if (isBinary) return undefined
  const bytes = Array.isArray(data) ? Buffer.concat(data) : Buffer.isBuffer(data) ? data : Buffer.from(data)
  try {
    return schema.parse(JSON.parse(bytes.toString()))
  } catch {
    return undefined
  }
}
