/**
 * The form in which names are compared: users sign in without regard to case, over REST and XMPP alike
 * (an XMPP server folds the local part of an address anyway).
 */
export function foldName(name: string): string {
  return name.normalize('NFC').toLowerCase()
}

const INHERITED: ReadonlySet<string> = new Set(Object.getOwnPropertyNames(Object.prototype))

/**
 * Is this the name of a member that every object has, such as `constructor` or `__proto__`? Ids become keys, in this
 * program and in the programs of others; such a name would find what nobody has put there.
 */
export function isInherited(name: string): boolean {
  return INHERITED.has(name)
}
