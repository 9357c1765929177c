/** How many snapshots of an aggregate are kept as history. */

/** Milliseconds between two kept snapshots of an aggregate, unless another spacing is asked for. */
export const HISTORY_SPACING = 10 * 60 * 1000

/**
 * Whether the snapshot that was the newest goes when a newer one is written: it does when it lies too close behind the
 * kept one before it. The oldest kept snapshot has none before it and never goes this way, because the rows behind it
 * need it as their base.
 */
export function isSuperseded(
  previous: { readonly at: number } | undefined,
  beforeIt: { readonly at: number } | undefined,
  spacing: number,
): boolean {
  return previous !== undefined && beforeIt !== undefined && previous.at - beforeIt.at < spacing
}
