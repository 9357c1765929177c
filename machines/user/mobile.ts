/** The nailed connection of a mobile agent (`user 7`). */
import type { UserContext } from './model.ts'

/** Is it the connection with this id? One that has not begun has none yet. */
export const isSameNail = ({ dialog }: NonNullable<UserContext['nailed']>, other: string): boolean =>
  dialog === '' || dialog === other
