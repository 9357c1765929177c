/**
 * The agents of a storm, as a process of its own: all begin at once. Each connects, authenticates, signs in, and reads the
 * User and three Media. What fails is tried again after pauses as desktops make them, at most `TRIES` times.
 *
 * Gets the work as JSON in the first argument; prints the result as JSON.
 */
import { once } from 'node:events'
import { Agent, request as askHttp, type IncomingMessage } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import { WebSocket } from 'ws'
import { z } from 'zod'
import { MEDIA } from './agents.ts'

const given = z
  .object({ rest: z.string(), ws: z.string(), ids: z.array(z.string()), password: z.string() })
  .parse(JSON.parse(process.argv[2] ?? ''))

/** A desktop gives up after three attempts to reconnect, and begins again. */
const TRIES = 10
/** Seconds of each pause, with a random part, so that not all come back at once. */
const pauseMs = () => 1000 + 2000 * Math.random()

/**
 * The server waits a minute for agents who were connected before, then they are not ready (`notifications 9`). Its
 * minute begins before this process does. Milliseconds from which on that can have happened to an agent.
 */
const LATE_AFTER = 45_000
/** The reason of this. */
const CONNECTION_FAILURE = '<code>50002</code>'

let [retries, cutOff, late] = [0, 0, 0]

async function retried<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await work()
    } catch (error) {
      if (tries >= TRIES) throw error
      retries += 1
      await pause(pauseMs())
    }
  }
}

const NS = 'urn:ietf:params:xml:ns'
const OPEN = `<open xmlns="${NS}:xmpp-framing" to="localhost" version="1.0"/>`
const BIND = `<iq xmlns="jabber:client" type="set" id="b"><bind xmlns="${NS}:xmpp-bind"><resource>desktop</resource></bind></iq>`

/** A session with presence. It stays open. */
async function connect(user: string): Promise<void> {
  const socket = new WebSocket(given.ws, 'xmpp')
  try {
    await once(socket, 'open')
    const answers: string[] = []
    let wake: () => void = () => undefined
    socket.on('message', (data) => {
      answers.push(String(data))
      wake()
    })
    socket.on('close', () => wake())
    socket.on('error', () => undefined)
    const ask = async (text: string, expected: string) => {
      socket.send(text)
      for (;;) {
        const found = answers.findIndex((each) => each.includes(expected))
        if (found >= 0) return void answers.splice(0, found + 1)
        if (socket.readyState !== WebSocket.OPEN || answers.some((each) => each.includes('<failure')))
          throw new Error(`${user}: ${answers.join().slice(0, 200)}`)
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
    }
    const plain = btoa(`\0${user}\0${given.password}`)
    await ask(OPEN, '<mechanism>PLAIN')
    await ask(`<auth xmlns="${NS}:xmpp-sasl" mechanism="PLAIN">${plain}</auth>`, '<success')
    await ask(OPEN, 'xmpp-bind')
    await ask(BIND, '<jid>')
    socket.send('<presence xmlns="jabber:client"/>')
  } catch (error) {
    cutOff += 1
    socket.terminate()
    throw error
  }
}

/** Fewer connections than agents, as through a proxy: the limit of open files of this process is for the streams. */
const agent = new Agent({ keepAlive: true, maxSockets: 2000 })

async function request(user: string, path: string, body?: string): Promise<string> {
  const headers = { authorization: `Basic ${btoa(`${user}:${given.password}`)}`, 'content-type': 'application/xml' }
  const method = body === undefined ? 'GET' : 'PUT'
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    const asked = askHttp(`${given.rest}/finesse/api${path}`, { method, agent, headers }, resolve)
    asked.once('error', reject).end(body)
  })
  let text = ''
  for await (const piece of answer.setEncoding('utf8')) text += piece
  const { statusCode = 0 } = answer
  if (statusCode >= 300) throw new Error(`${path}: ${statusCode}`)
  return text
}

async function states(user: string): Promise<{ readonly own: string; readonly isReady: boolean }> {
  const own = await retried(() => request(user, `/User/${user}`))
  const media: string[] = []
  for (const mrd of MEDIA) media.push(await retried(() => request(user, `/User/${user}/Media/${mrd}`)))
  return { own, isReady: [own, ...media].every((each) => each.includes('<state>READY</state>')) }
}

/** What an agent does who was not back within the grace period. */
async function readyAgain(user: string): Promise<boolean> {
  const limits = '<maxDialogLimit>3</maxDialogLimit><interruptAction>ACCEPT</interruptAction>'
  const media = (mrd: string, fields: string) =>
    retried(() => request(user, `/User/${user}/Media/${mrd}`, `<Media>${fields}</Media>`))
  await retried(() => request(user, `/User/${user}`, '<User><state>READY</state></User>'))
  for (const mrd of MEDIA) {
    await media(mrd, `<state>LOGIN</state>${limits}<dialogLogoutAction>CLOSE</dialogLogoutAction>`)
    await media(mrd, '<state>READY</state>')
  }
  return (await states(user)).isReady
}

async function agentAtWork(user: string): Promise<boolean> {
  try {
    await retried(() => connect(user))
    const isLate = performance.now() - begin > LATE_AFTER
    const signIn = `<User><state>LOGIN</state><extension>${user}</extension></User>`
    await retried(() => request(user, `/User/${user}`, signIn))
    const { own, isReady } = await states(user)
    if (isReady || !isLate || !own.includes(CONNECTION_FAILURE)) return isReady
    late += 1
    return await readyAgain(user)
  } catch (error) {
    process.stderr.write(`${String(error)}\n`)
    return false
  }
}

const begin = performance.now()
const right = await Promise.all(given.ids.map(agentAtWork))
const { user, system } = process.cpuUsage()
const result = {
  seconds: (performance.now() - begin) / 1000,
  processor: (user + system) / 1e6,
  right: right.filter(Boolean).length,
  retries,
  cutOff,
  late,
}
// It keeps its sessions until it is killed.
process.stdout.write(`${JSON.stringify(result)}\n`)
