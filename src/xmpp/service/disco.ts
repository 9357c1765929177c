import { NS } from './namespaces.ts'
import { all, type Markup, tag } from './xml/markup.ts'

/** A `disco#info` answer. */
export function discoInfo(
  identity: { readonly category: string; readonly type: string; readonly name?: string },
  features: readonly string[],
  node?: string,
): Markup {
  const parts = [
    tag('identity', { category: identity.category, type: identity.type, name: identity.name }),
    ...features.map((feature) => tag('feature', { var: feature })),
  ]
  return tag('query', { xmlns: NS.discoInfo, node }, all(parts))
}

/** A `disco#items` answer. */
export function discoItems(items: readonly { readonly jid: string; readonly node?: string }[], node?: string): Markup {
  const parts = items.map((item) => tag('item', { jid: item.jid, node: item.node, name: item.node }))
  return tag('query', { xmlns: NS.discoItems, node }, all(parts))
}
