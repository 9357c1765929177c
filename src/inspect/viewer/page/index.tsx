/** The page. It reads the address and draws the viewer. */
import { render } from 'preact'
import { allowEmptyMarkup } from './look/trusted.ts'
import { followAddress } from './model/address.ts'
import { Viewer } from './model/viewer.ts'
import { App } from './panels/app.tsx'

const host = document.getElementById('viewer')
if (host !== null) {
  allowEmptyMarkup()
  const viewer = new Viewer()
  followAddress(viewer)
  host.replaceChildren()
  render(<App viewer={viewer} />, host)
}
