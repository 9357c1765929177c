/** The page. It reads the address and draws the viewer. */
import { render } from 'preact'
import { allowEmptyMarkup } from './look/trusted.ts'
import { makeShown } from './look/use-viewer.ts'
import { followAddress } from './model/address.ts'
import { App } from './panels/app.tsx'

const host = document.getElementById('viewer')
if (host !== null) {
  allowEmptyMarkup()
  const shown = makeShown()
  // The layouts are computed during the sign-in.
  for (const machine of ['user', 'media', 'task', 'presence'] as const) shown.layouts.of(machine, 'small')
  followAddress(shown.viewer)
  host.replaceChildren()
  render(<App shown={shown} />, host)
}
