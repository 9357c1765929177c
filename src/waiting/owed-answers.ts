/** Answers that servers outside of this process owe it, for example a database. Virtual time waits for them. */

let owed = 0

/** Does a server owe an answer? */
export const isOwed = (): boolean => owed > 0

/** Counts as owed until it resolves or rejects. */
export async function owedAnswer<T>(answer: Promise<T>): Promise<T> {
  owed += 1
  try {
    return await answer
  } finally {
    owed -= 1
  }
}
