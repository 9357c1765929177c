/** Layouts of the data of calls, and the ECC variables that calls may have (`dialog 12`; `dialog 10`). */
import type { LayoutEntry, MediaPropertiesLayout } from '../directory/configuration/model.ts'
import type { EccVariable } from '../directory/model.ts'
import { leaf, list, parent } from './xml.ts'

const entry = ({ displayName, mediaProperty }: LayoutEntry): string =>
  parent('entry', leaf('displayName', displayName), leaf('mediaProperty', mediaProperty))

/** The columns follow the header, left before right. */
export function renderLayout({ id, name, description, type, header, columns }: MediaPropertiesLayout): string {
  return parent(
    'MediaPropertiesLayout',
    leaf('uri', `/finesse/api/MediaPropertiesLayout/${id}`),
    leaf('name', name),
    leaf('description', description),
    leaf('type', type),
    parent('header', entry(header)),
    ...columns.map((column) => list('column', column.map(entry))),
  )
}

export function renderLayouts(layouts: readonly MediaPropertiesLayout[]): string {
  return list('MediaPropertiesLayouts', layouts.map(renderLayout))
}

/** Names and lengths of all ECC variables. Clients do not see which of them are arrays. */
export function renderEccVariables(variables: readonly EccVariable[]): string {
  const one = ({ name, length }: EccVariable) => parent('ECCVariable', leaf('name', name), leaf('length', length))
  return list('ECCVariableConfig', variables.map(one))
}
