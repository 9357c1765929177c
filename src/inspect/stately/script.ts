/**
 * The script of the page as text, because it is small and runs only in the browser. With `at` in its query it shows the
 * past, otherwise the present. `#ticket=` of a link signs in.
 */
export const statelyScript = (stately: string): string => `
const STATELY = ${JSON.stringify(stately)}
const WAITING_MAX = 5000
/** Milliseconds until a host that does not answer counts as one that cannot be reached. */
const PATIENCE = 5000
const query = new URLSearchParams(location.search)
const told = document.getElementById('told')
const form = document.getElementById('sign-in')
const again = document.getElementById('again')
const frame = document.createElement('iframe')
const waiting = []
let connected = false
let pastIsRead = false
let sent = 0

const say = (text) => { told.textContent = text }

/** The past and the inspector may be ready in either order. */
function showProgress() {
  if (!connected) say('Waiting for ' + STATELY + '.')
  else say(pastIsRead ? 'The past was sent: ' + sent + ' frames.' : 'Connected to ' + STATELY + '.')
}

function post(data) {
  frame.contentWindow.postMessage(data, STATELY)
  sent += 1
}

function pass(line) {
  const data = JSON.parse(line)
  if (!data.type.startsWith('@xstate.')) return
  if (connected) post(data)
  else if (waiting.length < WAITING_MAX) waiting.push(data)
}

addEventListener('message', (event) => {
  if (event.origin !== STATELY || event.source !== frame.contentWindow) return
  if (event.data?.type !== '@statelyai.connected') return
  connected = true
  for (const data of waiting.splice(0)) post(data)
  showProgress()
})

/** Asks the host for its front page, without any data and without reading the answer. */
async function isReached() {
  const asked = { mode: 'no-cors', credentials: 'omit', cache: 'no-store', signal: AbortSignal.timeout(PATIENCE) }
  return fetch(STATELY + '/', asked).then(() => true, () => false)
}

/** Says whether the host can be reached, and lets nobody sign in while it cannot. */
async function look() {
  say('Looking for ' + STATELY + '.')
  const reached = await isReached()
  form.hidden = !reached
  again.hidden = reached
  say(reached
    ? 'Sign in as an administrator to begin.'
    : 'This browser cannot reach ' + STATELY + ', so nothing can be shown here. Nothing was sent. The offline viewer needs no other machine.')
  return reached
}

async function admitted(authorization) {
  const answer = await fetch('tickets', { method: 'POST', headers: { authorization }, credentials: 'same-origin' })
  const body = await answer.json()
  if (!answer.ok) throw new Error(body.message)
  return body
}

async function showPast() {
  query.set('definitions', 'true')
  const answer = await fetch('history?' + query, { credentials: 'same-origin' })
  if (!answer.ok) throw new Error((await answer.json()).message)
  for (const line of (await answer.text()).trimEnd().split('\\n')) pass(line)
  pastIsRead = true
  showProgress()
}

function showPresent(ticket) {
  const url = new URL('stream', location.href)
  url.protocol = url.protocol.replace('http', 'ws')
  for (const [name, value] of query) url.searchParams.append(name, value)
  url.searchParams.set('ticket', ticket)
  const socket = new WebSocket(url)
  socket.onmessage = ({ data }) => pass(data)
  socket.onclose = () => say('The stream has ended; load the page again.')
}

async function begin(authorization) {
  say('Signing in.')
  const { ticket } = await admitted(authorization)
  form.hidden = true
  frame.src = STATELY + '/inspect'
  frame.title = 'Stately Inspector'
  document.getElementById('inspector').append(frame)
  showProgress()
  if (query.has('at') || query.has('from')) await showPast()
  else showPresent(ticket)
}

const failed = (error) => say(error.message)

again.addEventListener('click', () => start().catch(failed))

form.addEventListener('submit', (event) => {
  event.preventDefault()
  const { value: name } = document.getElementById('name')
  const password = document.getElementById('password')
  const bytes = new TextEncoder().encode(name + ':' + password.value)
  password.value = ''
  begin('Basic ' + btoa(String.fromCharCode(...bytes))).catch(failed)
})

const link = /^#ticket=([\\w-]+)$/.exec(location.hash)?.[1]
if (link !== undefined) {
  history.replaceState(null, '', location.pathname + location.search)
}
/** The ticket of a link is used only when the host is there. */
async function start() {
  if (await look() && link !== undefined) await begin('Bearer ' + link)
}
start().catch(failed)
`
