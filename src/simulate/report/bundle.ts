/** Bundles the script of the page: the page and the parts of ECharts that it uses, in one minified file. */
import { bundleScript, chartNotices } from '../../pages/bundle.ts'

/**
 * Texts that must not occur in a script element. The first two would end or confuse the element. The others are changed
 * by every HTML parser, so that the hash of the content security policy would not match.
 */
const NOT_IN_SCRIPT = ['</script', '<!--', '\r', '\0', '\uFEFF']

/** The script as text, safe to put into a `script` element. `modules` receives the paths of the bundled modules. */
export async function bundlePage(modules?: Set<string>): Promise<string> {
  const code = await bundleScript(
    { entry: new URL('./page/index.ts', import.meta.url), notices: chartNotices },
    modules,
  )
  const wrong = NOT_IN_SCRIPT.find((text) => code.toLowerCase().includes(text.toLowerCase()))
  if (wrong !== undefined) throw new Error(`the page script contains ${JSON.stringify(wrong)}`)
  return code
}
