/** An XML element as `@xmpp/client` has it. Here, because public types lead to it and that package brings none. */
export interface XmppElement {
  readonly name: string
  readonly attrs: Readonly<Record<string, string | undefined>>
  getChild(name: string, xmlns?: string): XmppElement | undefined
  getChildElements(): XmppElement[]
  getText(): string
  is(name: string, xmlns?: string): boolean
  remove(child: XmppElement): void
}
