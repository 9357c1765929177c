/** Whoever runs through a list with the arrow keys does not ask the server about each line. */
const REST = 120

/** Resolves when nobody has changed their mind for a moment. @throws AbortError when somebody has. */
export function rest(signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, REST)
    signal.addEventListener('abort', () => {
      clearTimeout(timer)
      reject(signal.reason)
    })
  })
}
