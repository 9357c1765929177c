/**
 * The form in which names are compared. Sign-in ignores case, both over REST and over XMPP, because an XMPP server
 * folds the local part of an address anyway.
 */
export function foldName(name: string): string {
  return name.normalize('NFC').toLowerCase()
}

const INHERITED: ReadonlySet<string> = new Set(Object.getOwnPropertyNames(Object.prototype))

/**
 * Is this the name of a member that every JavaScript object has, such as `constructor` or `__proto__`? Ids become keys
 * of objects, here and in other programs. A look-up of such a key would find an inherited value.
 */
export function isInherited(name: string): boolean {
  return INHERITED.has(name)
}
