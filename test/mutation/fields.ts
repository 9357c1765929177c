/** Mutants of values: a field is missing, or shows what another field shows. */
import { dropped, type Edit } from './mutant.ts'
import { descendants, isInType, type Node, nameOf, part, parts, type Source } from './syntax.ts'

const isField = (node: Node) => node.type === 'Property' && Reflect.get(node, 'computed') !== true

/** The value of another field: of the next that has another one. */
function otherValue(source: Source, fields: readonly Node[], at: number): string | undefined {
  const textAt = (field: Node | undefined) => {
    const value = field && part(field, 'value')
    return value && source.text.slice(value.start, value.end)
  }
  const own = textAt(fields[at])
  return [...fields.slice(at + 1), ...fields.slice(0, at)].map(textAt).find((text) => text !== own)
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

/** The fields of every object that `isOne` chooses. */
export const fieldEdits = (source: Source, isOne: (object: Node) => boolean = () => true): readonly Edit[] =>
  [...descendants(source.root)]
    .filter((node) => node.type === 'ObjectExpression' && !isInType(source, node) && isOne(node))
    .flatMap((object) => ofObject(source, object))
