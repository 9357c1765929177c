/** Names of call variables (`media 7.2`, `dialog 1.4`). */
export const PERIPHERAL = /^callVariable(?:[1-9]|10)$/
// Real ones have several parts: user.microapp.locale, user.microapp.ToExtVXML[0]. What `user.` is followed by counts
// at most 64 characters; each part begins behind its dot, so that a name is read in one way only.
export const SCALAR = /^user(?=[A-Za-z0-9_.]{1,65}$)(?:\.[A-Za-z0-9_]+)+$/
export const SCALAR_OR_ELEMENT = /^user(?=[A-Za-z0-9_.]{1,65}(?:\[\d{1,3}\])?$)(?:\.[A-Za-z0-9_]+)+(?:\[\d{1,3}\])?$/

/** Is it the name of a call variable, as a call may carry it? */
export function isVariableName(text: string): boolean {
  return PERIPHERAL.test(text) || SCALAR_OR_ELEMENT.test(text)
}
