/** Which snapshots of an aggregate are kept as history. */

/** Default spacing: milliseconds between two kept snapshots of an aggregate. */
export const HISTORY_SPACING = 10 * 60 * 1000

/**
 * Whether a store deletes `previous`, the newest snapshot until now, when it writes a newer one. It does when
 * `previous` was taken less than `spacing` (ms) after `beforeIt`, the snapshot before it.
 *
 * The oldest snapshot has no `beforeIt` and is always kept, because a replay of the rows after it starts from it. When
 * `previous` has an earlier time than `beforeIt`, the clock was set back in between. It is kept, because moments after
 * the setback are reconstructed from it.
 */
export function isSuperseded(
  previous: { readonly at: number } | undefined,
  beforeIt: { readonly at: number } | undefined,
  spacing: number,
): boolean {
  if (previous === undefined || beforeIt === undefined) return false
  const between = previous.at - beforeIt.at
  return between >= 0 && between < spacing
}
