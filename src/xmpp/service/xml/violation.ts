/** Conditions of the stream errors that the service sends (RFC 6120 4.9.3). */
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

/** Invalid input that ends the stream. `condition` is that of the stream error. */
export class XmlViolation extends Error {
  readonly condition: StreamCondition
  constructor(condition: StreamCondition, message: string = condition) {
    super(message)
    this.name = 'XmlViolation'
    this.condition = condition
  }
}

/** Translates an error of the XML parser. */
export function violationOf(error: unknown): XmlViolation {
  if (error instanceof XmlViolation) return error
  const message = error instanceof Error ? error.message : String(error)
  if (/undefined entity|doctype|comment/.test(message)) return new XmlViolation('restricted-xml', message)
  if (message.includes('unbound namespace prefix')) return new XmlViolation('bad-namespace-prefix', message)
  return new XmlViolation('not-well-formed', message)
}
