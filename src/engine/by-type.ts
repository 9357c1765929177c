/** Tables with a function for each kind of value. A kind without a function does not compile. */

type Named<Key extends string> = { readonly [K in Key]: string }

type Of<Value, Key extends string, Kind> =
  Value extends Readonly<Record<Key, infer Kinds>>
    ? Kind extends Kinds
      ? Value & Readonly<Record<Key, Kind>>
      : never
    : never

/** The values of these kinds. `Key`: the key that names the kind. */
export type OfKind<Value extends Named<Key>, Kind extends Value[Key], Key extends string = 'type'> = {
  [K in Kind]: Of<Value, Key, K> & Readonly<Record<Key, K>>
}[Kind]

/** A function for each kind. */
export type ByKind<Value extends Named<Key>, More extends readonly unknown[], Result, Key extends string = 'type'> = {
  readonly [K in Value[Key]]: (value: OfKind<Value, K, Key>, ...more: More) => Result
}
