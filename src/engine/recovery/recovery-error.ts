/** The store holds something that this version cannot go on from. */
export class RecoveryError extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, { cause })
    this.name = 'RecoveryError'
  }
}
