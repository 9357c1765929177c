/** Makes the script of the board's page, in one minified file. */
import { bundleScript } from '../../pages/bundle.ts'

export function bundleBoard(): Promise<string> {
  return bundleScript(new URL('./page/index.ts', import.meta.url))
}
