/**
 * The form in which names are compared: users sign in without regard to case, over REST and XMPP alike
 * (an XMPP server folds the local part of an address anyway).
 */
export function foldName(name: string): string {
  return name.normalize('NFC').toLowerCase()
}
