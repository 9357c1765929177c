/**
 * The form of a document whose values are not known: which elements it has, in which order, and what their texts look
 * like. From the form and the document that was shown follows the expected document, which differs where the form does.
 */
import { childrenOf, group, leaf, type Tree } from '../tree.ts'

export interface Form {
  readonly name: string
  /** What the text looks like; `undefined` for an element with elements. */
  readonly text?: RegExp
  readonly parts?: readonly Part[]
}

interface Part {
  readonly form: Form
  readonly times: 'one' | 'maybe' | 'any'
}

/** An element with text. By default any text. */
export const text = (name: string, pattern: RegExp = /^.*$/s): Form => ({ name, text: pattern })

export const truth = (name: string): Form => text(name, /^(?:true|false)$/)
export const whole = (name: string): Form => text(name, /^-?\d+$/)
/** A text of at least one character. */
export const some = (name: string): Form => text(name, /^.+$/s)
/** A URI of the API, whose parts in braces are ids: `Team/{}`. */
export const uri = (name: string, path: string): Form =>
  text(name, new RegExp(`^/finesse/api/${path.replaceAll('{}', '[^/]+')}$`))

/** An element with these elements, in this order. A form alone stands for exactly one. */
export const element = (name: string, ...parts: readonly (Form | Part)[]): Form => ({
  name,
  parts: parts.map((part) => ('form' in part ? part : { form: part, times: 'one' })),
})

export const maybe = (form: Form): Part => ({ form, times: 'maybe' })
export const any = (form: Form): Part => ({ form, times: 'any' })

const NOTHING: Tree = { name: '', text: '', children: [] }

/** The document of this form that is like the shown one. */
export function inForm({ name, text: pattern, parts }: Form, shown: Tree): Tree {
  if (parts === undefined) return leaf(name, pattern?.test(shown.text) ? shown.text : `a text like ${pattern?.source}`)
  return group(
    name,
    ...parts.flatMap(({ form, times }) => {
      const found = childrenOf(shown, form.name)
      const [first] = found
      if (times === 'any') return found.map((child) => inForm(form, child))
      return first === undefined && times === 'maybe' ? [] : [inForm(form, first ?? NOTHING)]
    }),
  )
}
