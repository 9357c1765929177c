/** How many snapshots of an aggregate are kept as history. */

/** Milliseconds between two kept snapshots of an aggregate, unless another spacing is asked for. */
export const HISTORY_SPACING = 10 * 60 * 1000

/**
 * Whether the snapshot that was the newest goes when a newer one is written: it does when it lies too close behind the
 * kept one before it. The oldest kept snapshot has none before it and never goes this way, because the rows behind it
 * need it as their base. One that is older by its time was written when the clock had been set back: it stays, since what
 * comes behind it begins there.
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
