/** What a desktop needs from an XMPP library. */

export interface Place {
  readonly domain: string
  /** `ws://…/ws/` */
  readonly webSocket: string
  /** `http://…/http-bind/` */
  readonly bosh: string
}

/**
 * Signs in over XMPP and sends presence. Resolves when the server is seen to be in service, from which time on
 * notifications come. `hear` gets the node and the text of each.
 */
export type Connect = (
  place: Place,
  user: string,
  password: string,
  hear: (node: string, update: string) => void,
) => Promise<{ end(): void }>

/** The name of the user whose presence says that the server is in service. */
export const BEACON = 'finesse@'
