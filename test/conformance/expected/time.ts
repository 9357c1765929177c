/** UTC with milliseconds (`user.md` 5.8); empty where nothing has changed yet. */
export const wireTime = (time: number | undefined): string => (time === undefined ? '' : new Date(time).toISOString())
