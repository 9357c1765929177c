/** The layouts of a directory, with the default one, which every directory has. */
import type { LayoutEntry, MediaPropertiesLayout, OptionalConfiguration } from './model.ts'

const variables = (first: number, last: number): readonly LayoutEntry[] =>
  Array.from({ length: last - first + 1 }, (_, index) => {
    const number = first + index
    return { displayName: `Call Variable ${number}`, mediaProperty: `callVariable${number}` }
  })

/** The id of the default layout of a directory that defines none. Its other layouts may not have this id. */
export const DEFAULT_LAYOUT_ID = '1'

/** The default layout of a directory that defines none: all ten call variables. No document prints that of Finesse. */
const BUILT_IN: MediaPropertiesLayout = {
  id: DEFAULT_LAYOUT_ID,
  name: 'Default Layout',
  description: 'Layout for calls that name no other layout',
  type: 'DEFAULT',
  header: { displayName: 'Call Variable 1', mediaProperty: 'callVariable1' },
  columns: [variables(1, 5), variables(6, 10)],
}

const ownDefault = ({ mediaPropertiesLayouts = [] }: OptionalConfiguration) =>
  mediaPropertiesLayouts.find(({ type }) => type === 'DEFAULT')

export function defaultLayout(directory: OptionalConfiguration): MediaPropertiesLayout {
  return ownDefault(directory) ?? BUILT_IN
}

/** All layouts, the default one among them. */
export function layouts(directory: OptionalConfiguration): readonly MediaPropertiesLayout[] {
  const { mediaPropertiesLayouts = [] } = directory
  return ownDefault(directory) ? mediaPropertiesLayouts : [BUILT_IN, ...mediaPropertiesLayouts]
}
