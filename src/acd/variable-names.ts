/** Names of call variables (`media 7.2`, `dialog 1.4`). */
export const PERIPHERAL = /^callVariable(?:[1-9]|10)$/
// Real names have several parts: user.microapp.locale, user.microapp.ToExtVXML[0]. At most 64 characters follow
// `user.`. Each part begins with its dot, so the expression can match a name in one way only and never backtracks for
// long.
export const SCALAR = /^user(?=[A-Za-z0-9_.]{1,65}$)(?:\.[A-Za-z0-9_]+)+$/
export const SCALAR_OR_ELEMENT = /^user(?=[A-Za-z0-9_.]{1,65}(?:\[\d{1,3}\])?$)(?:\.[A-Za-z0-9_]+)+(?:\[\d{1,3}\])?$/

/** Is it a name that a variable of a call can have? */
export function isVariableName(text: string): boolean {
  return PERIPHERAL.test(text) || SCALAR_OR_ELEMENT.test(text)
}
