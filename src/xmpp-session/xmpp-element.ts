/** An XML element of `@xmpp/client`. It is declared here because public types use it and that package has no types. */
export interface XmppElement {
  readonly name: string
  readonly attrs: Readonly<Record<string, string | undefined>>
  getChild(name: string, xmlns?: string): XmppElement | undefined
  getChildElements(): XmppElement[]
  getText(): string
  is(name: string, xmlns?: string): boolean
  remove(child: XmppElement): void
}
