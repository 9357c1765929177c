/** Mutants of objects: a field is missing, or has the value of another field. */
import { dropped, type Edit } from './mutant.ts'
import { descendants, isInType, type Node, nameOf, part, parts, type Source } from './syntax.ts'

const isField = (node: Node) => node.type === 'Property' && Reflect.get(node, 'computed') !== true

/** The text without white space and without trailing commas, to compare values. */
const spelt = (text: string) => text.replaceAll(/\s+/g, '').replaceAll(',}', '}')

/** The value of the next field that has a different value. */
function otherValue(source: Source, fields: readonly Node[], at: number): string | undefined {
  const values = fields.map((field) => {
    const value = part(field, 'value')
    return value ? source.text.slice(value.start, value.end) : ''
  })
  const own = spelt(values[at] ?? '')
  return [...values.slice(at + 1), ...values.slice(0, at)].find((text) => spelt(text) !== own)
}

function ofObject(source: Source, object: Node): readonly Edit[] {
  const properties = parts(object, 'properties')
  const fields = properties.filter(isField)
  return properties.flatMap((property): readonly Edit[] => {
    const drop = dropped('field-dropped', source, property)
    const other = isField(property) ? otherValue(source, fields, fields.indexOf(property)) : undefined
    if (other === undefined) return [drop]
    const { start, end } = property
    const key = part(property, 'key')
    const name = key ? source.text.slice(key.start, key.end) : nameOf(property)
    return [drop, { kind: 'field-replaced', start, end, text: `${name}: ${other}` }]
  })
}

/** The mutants of the fields of every object that `isOne` selects. */
export const fieldEdits = (source: Source, isOne: (object: Node) => boolean = () => true): readonly Edit[] =>
  [...descendants(source.root)]
    .filter((node) => node.type === 'ObjectExpression' && !isInType(source, node) && isOne(node))
    .flatMap((object) => ofObject(source, object))
