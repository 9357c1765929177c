/**
 * The script of a page: a desktop in a browser. It asks the two sides for SystemInfo by turns. On a side that is in
 * service it signs in to XMPP and then to voice, and works there until the connection breaks. Then it begins again. It
 * reports what happens to the test by `told`.
 */
export const DESKTOP = `
const HEADER = { to: 'x', version: '1.0' }
const BIND = '<iq xmlns="jabber:client" type="set" id="b"><bind xmlns="urn:ietf:params:xml:ns:xmpp-bind"/></iq>'
const AUTH = (user) =>
  '<auth xmlns="urn:ietf:params:xml:ns:xmpp-sasl" mechanism="PLAIN">' + btoa('\\0' + user + '\\0secret') + '</auth>'
const PRESENCE = '<presence xmlns="jabber:client"/>'

/** The text that a connection receives, until it ends. */
class Inbox {
  #text = ''
  #over = false
  #wake = () => undefined
  push(text) {
    this.#text += text
    this.#wake()
  }
  end() {
    this.#over = true
    this.#wake()
  }
  async until(wanted) {
    for (;;) {
      const at = this.#text.indexOf(wanted)
      if (at >= 0) {
        this.#text = this.#text.slice(at + wanted.length)
        return
      }
      if (this.#over) throw new Error('lost')
      await new Promise((resolve) => { this.#wake = resolve })
    }
  }
}

function overWebSocket({ ws }) {
  const inbox = new Inbox()
  const socket = new WebSocket(ws, 'xmpp')
  const opened = new Promise((resolve) => socket.addEventListener('open', resolve))
  socket.addEventListener('message', ({ data }) => inbox.push(data))
  socket.addEventListener('close', () => inbox.end())
  const send = (text) => socket.send(text)
  const open = async () => {
    await Promise.race([opened, inbox.until('nothing comes before')])
    send('<open xmlns="urn:ietf:params:xml:ns:xmpp-framing" to="x" version="1.0"/>')
  }
  return { inbox, open, restart: open, send }
}

function overBosh({ bosh }) {
  const inbox = new Inbox()
  let rid = 1_000_000
  let sid = ''
  const post = async (content, attributes) => {
    rid += 1
    const session = sid === '' ? 'to="x" wait="60" hold="1" ver="1.9"' : 'sid="' + sid + '"'
    const start = '<body xmlns="http://jabber.org/protocol/httpbind" xmlns:xmpp="urn:xmpp:xbosh" rid="' + rid + '" '
    const body = start + session + ' ' + attributes + '>' + content + '</body>'
    const text = await (await fetch(bosh, { method: 'POST', headers: { 'Content-Type': 'text/xml' }, body })).text()
    if (sid === '') sid = / sid="(\\w+)"/.exec(text)[1]
    inbox.push(text)
    if (text.includes('type="terminate"')) throw new Error('terminated')
  }
  const listen = async () => {
    for (;;) await post('', '')
  }
  const send = (content, attributes = '') => post(content, attributes).catch(() => inbox.end())
  const open = async () => {
    await send('')
    listen().catch(() => inbox.end())
  }
  return { inbox, open, restart: () => send('', 'xmpp:restart="true"'), send }
}

async function signsIn(connection, user) {
  const { inbox, send } = connection
  await connection.open()
  await inbox.until('</stream:features>')
  send(AUTH(user))
  await inbox.until('<success')
  connection.restart()
  await inbox.until('</stream:features>')
  send(BIND)
  await inbox.until('</jid>')
  send(PRESENCE)
  await inbox.until('from="finesse@')
}

/** Signs in to voice by REST. The result comes by XMPP. */
async function goesToWork({ rest }, { inbox }, user) {
  const answer = await fetch(rest + '/finesse/api/User/' + user, {
    method: 'PUT',
    headers: { 'Content-Type': 'application/xml', Authorization: 'Basic ' + btoa(user + ':secret') },
    body: '<User><state>LOGIN</state><extension>' + user + '</extension></User>',
  })
  if (answer.status !== 202) throw new Error('answered ' + answer.status)
  await inbox.until('&lt;state&gt;NOT_READY&lt;')
}

async function isInService({ rest }) {
  try {
    return (await (await fetch(rest + '/finesse/api/SystemInfo')).text()).includes('<status>IN_SERVICE<')
  } catch {
    return false
  }
}

window.startDesktop = async (sides, user, transport) => {
  for (let turn = 0; ; turn += 1) {
    const side = sides[turn % sides.length]
    if (!(await isInService(side))) {
      window.told(side.name + ' cannot be used')
      continue
    }
    const connection = transport === 'WebSocket' ? overWebSocket(side) : overBosh(side)
    try {
      await signsIn(connection, user)
      await goesToWork(side, connection, user)
      window.told('at work on ' + side.name)
      await connection.inbox.until('nothing that ever comes')
    } catch (error) {
      window.told(side.name + ' is lost')
    }
  }
}
`
