/** Conditions of stream errors that the service sends (RFC 6120 4.9.3). */
export type StreamCondition =
  | 'bad-format'
  | 'bad-namespace-prefix'
  | 'conflict'
  | 'connection-timeout'
  | 'internal-server-error'
  | 'invalid-namespace'
  | 'not-authorized'
  | 'not-well-formed'
  | 'policy-violation'
  | 'reset'
  | 'resource-constraint'
  | 'restricted-xml'
  | 'system-shutdown'
  | 'unsupported-encoding'
  | 'unsupported-stanza-type'

/** Input that ends the stream, with the condition to tell the peer. */
export class XmlViolation extends Error {
  readonly condition: StreamCondition
  constructor(condition: StreamCondition, message: string = condition) {
    super(message)
    this.name = 'XmlViolation'
    this.condition = condition
  }
}

/** The stream error for whatever the XML parser threw. */
export function violationOf(error: unknown): XmlViolation {
  if (error instanceof XmlViolation) return error
  const message = error instanceof Error ? error.message : String(error)
  if (/undefined entity|doctype|comment/.test(message)) return new XmlViolation('restricted-xml', message)
  if (message.includes('unbound namespace prefix')) return new XmlViolation('bad-namespace-prefix', message)
  return new XmlViolation('not-well-formed', message)
}
