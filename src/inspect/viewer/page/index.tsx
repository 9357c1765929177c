/** The page: reads the address, and draws what the viewer holds. */
import { render } from 'preact'
import { makeShown } from './look/use-viewer.ts'
import { followAddress } from './model/address.ts'
import { App } from './panels/app.tsx'

const host = document.getElementById('viewer')
if (host !== null) {
  const shown = makeShown()
  // Laid out while somebody signs in.
  for (const machine of ['user', 'media', 'task', 'presence'] as const) shown.layouts.of(machine, 'small')
  followAddress(shown.viewer)
  host.replaceChildren()
  render(<App shown={shown} />, host)
}
