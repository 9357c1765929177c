/** Icons of buttons, which also have a text. They are drawn because no font has all of them everywhere. */
const PATHS = {
  left: 'M11 3 5 8l6 5z',
  right: 'M5 3l6 5-6 5z',
  back: 'M8 3 2 8l6 5zM14 3 8 8l6 5z',
  forth: 'M8 3l6 5-6 5zM2 3l6 5-6 5z',
  first: 'M13 3 7 8l6 5zM3 3h2.500v10H3z',
  last: 'M3 3l6 5-6 5zM10.500 3H13v10h-2.500z',
  wide: 'M1 3h14v10H1zM2.500 4.500v7h2v-7zM6 4.500v7h4v-7zM11.500 4.500v7h2v-7z',
} as const

export function Icon({ of }: { readonly of: keyof typeof PATHS }) {
  return (
    <svg class="icon" viewBox="0 0 16 16" width="14" height="14" aria-hidden="true">
      <path d={PATHS[of]} fill="currentColor" fill-rule="evenodd" />
    </svg>
  )
}
