/** The mutants of the files that are mutated. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { chartEdits } from './chart.ts'
import { conditionEdits } from './conditions.ts'
import { isEffectField } from './effects.ts'
import { CHARTS, FILES, familyOf, filesNamed } from './families.ts'
import { fieldEdits } from './fields.ts'
import { listEdits } from './lists.ts'
import { type Edit, type Mutant, named } from './mutant.ts'
import { orderEdits } from './order.ts'
import { parse, type Source } from './syntax.ts'
import { textEdits } from './texts.ts'
import { valueEdits } from './values.ts'
import { wordEdits } from './words.ts'

export const readSource = (root: string, file: string): Source => parse(file, readFileSync(join(root, file), 'utf8'))

function editsOf(source: Source): readonly Edit[] {
  // In a chart file, `wordEdits` mutates the guards and the `setup`. The rows have their own kinds.
  if (CHARTS.includes(source.file)) return [...chartEdits(source), ...wordEdits(source)]
  if (familyOf(source.file) === 'machines')
    return [
      ...wordEdits(source),
      ...fieldEdits(source, (object) => isEffectField(source, object)),
      ...orderEdits(source),
    ]
  return [
    ...[...wordEdits(source), ...conditionEdits(source), ...fieldEdits(source), ...listEdits(source)],
    ...[...textEdits(source), ...valueEdits(source), ...orderEdits(source)],
  ]
}

/** Every mutant of a source, in the order of the text. */
export function mutantsOf(source: Source): readonly Mutant[] {
  return named(
    source,
    editsOf(source).toSorted((a, b) => a.start - b.start || a.end - b.end),
  )
}

/** All mutants, or those of the sources that `only` selects. Throws if it selects none. */
export function allMutants(root: string, only: string | undefined = undefined): readonly Mutant[] {
  const chosen = only === undefined ? FILES : filesNamed(only)
  if (chosen.length === 0) throw new Error(`${only} is not mutated; these are: ${FILES.join(', ')}`)
  return chosen.filter((file) => existsSync(join(root, file))).flatMap((file) => mutantsOf(readSource(root, file)))
}
