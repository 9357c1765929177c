/** Makes the script of the board's page, as one minified file. */
import { bundleScript } from '../../pages/bundle.ts'

export function bundleBoard(modules?: Set<string>): Promise<string> {
  return bundleScript({ entry: new URL('./page/index.ts', import.meta.url) }, modules)
}
