/** UTC with milliseconds (`user 5.8`); empty if nothing has changed yet. */
export const wireTime = (time: number | undefined): string => (time === undefined ? '' : new Date(time).toISOString())
