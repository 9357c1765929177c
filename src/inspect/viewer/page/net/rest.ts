/** A pause before a request, in milliseconds. Without it, moving through a list would cause a request for each line. */
const REST = 120

/** Resolves after the pause. @throws AbortError if the signal is aborted before, because the choice has changed. */
export function rest(signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, REST)
    signal.addEventListener('abort', () => {
      clearTimeout(timer)
      reject(signal.reason)
    })
  })
}
