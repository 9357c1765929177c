/** Child processes that stay for the test files to come: the browser of a process. All others have to end with their file. */

let running = 0

/** How many of them run. */
export const howManyStay = (): number => running

/** One more stays, until the function that it returns is called. */
export function stays(): () => void {
  running += 1
  return () => {
    running -= 1
  }
}
