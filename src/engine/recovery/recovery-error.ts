/** This version cannot continue with the contents of the store. */
export class RecoveryError extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, { cause })
    this.name = 'RecoveryError'
  }
}
