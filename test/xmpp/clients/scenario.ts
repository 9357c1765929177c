/**
 * The scenario of every foreign client: sign-in, change of state, a dialog, an asynchronous error, an explicit
 * subscription to a team, sign-out. Notifications arrive through the client's XMPP library, requests are plain REST.
 */
import { expect } from 'vitest'
import { loadDirectory } from '../../../src/directory/index.ts'
import type { LoadedDirectory } from '../../../src/directory/model.ts'
import { at, childrenOf, objectOf, parseTree, valueAt } from '../../conformance/tree.ts'
import type { ForeignClient } from './foreign-client.ts'

/** A name that must be escaped twice and has characters beyond Latin-1 (`notifications 15.13`). */
export const NAME = `Zoë & <"O'Hara"> 山田 &amp; ]]>`

/** Call variables are Latin-1. */
const VARIABLE = `R&D <"Café" O'Clock>`

const USER = '1234'
const EXTENSION = '1001001'
/** A member of a team that the user supervises. */
const MEMBER = '1001'

/** The sample directory, with the difficult name. */
export async function directory(): Promise<LoadedDirectory> {
  const loaded = await loadDirectory()
  const users = loaded.directory.users.map((user) => (user.id === USER ? { ...user, firstName: NAME } : user))
  return { ...loaded, directory: { ...loaded.directory, users } }
}

/** Text at a path below the object that the `Update` is about. */
function valueIn(update: string, path: string): string | undefined {
  const [data] = at(parseTree(update), 'data')?.children ?? []
  return data && valueAt(objectOf(data), path)
}

/** Values of the call variables of the dialog, in order. */
function variablesIn(update: string): readonly (string | undefined)[] {
  const [data] = at(parseTree(update), 'data')?.children ?? []
  const list = data && at(objectOf(data), 'mediaProperties/callvariables')
  return list ? childrenOf(list, 'CallVariable').map((variable) => valueAt(variable, 'value')) : []
}

async function put(rest: string, user: string, path: string, body: string): Promise<void> {
  const authorization = `Basic ${btoa(`${user}:secret`)}`
  const headers = { authorization, 'content-type': 'application/xml' }
  const answer = await fetch(`${rest}/finesse/api/${path}`, { method: 'PUT', headers, body })
  expect(answer.status, await answer.text()).toBe(202)
}

async function acd(rest: string, path: string, body: object): Promise<{ readonly id?: unknown }> {
  const headers = { authorization: `Basic ${btoa('admin:secret')}`, 'content-type': 'application/json' }
  const answer = await fetch(`${rest}/acd/${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
  const text = await answer.text()
  expect(answer.ok, text).toBe(true)
  return text === '' ? {} : JSON.parse(text)
}

/** Plays the scenario. `rest` is for example `http://127.0.0.1:8082`. */
export async function play(client: ForeignClient, rest: string): Promise<void> {
  const user = (inner: string) => put(rest, USER, `User/${USER}`, `<User>${inner}</User>`)
  const next = async () => {
    const { node, text } = await client.inbox.next()
    const what = valueIn(text, 'state') ?? valueIn(text, 'errorMessage')
    return { line: `${node.replace('/finesse/api/', '')} ${valueAt(parseTree(text), 'event')} ${what}`, text }
  }
  const lines = async (count: number) => {
    const all: string[] = []
    for (let index = 0; index < count; index += 1) all.push((await next()).line)
    return all
  }

  /** Takes notifications until all wanted ones have arrived. Returns the text of the last of these. */
  const until = async (...wanted: string[]) => {
    const missing = new Set(wanted)
    let last = ''
    while (missing.size > 0) {
      const { line, text } = await next()
      missing.delete(line)
      if (line === wanted.at(-1)) last = text
    }
    return last
  }

  await client.connect()
  await user(`<state>LOGIN</state><extension>${EXTENSION}</extension>`)
  const { line, text } = await next()
  expect(line).toBe(`User/${USER} PUT NOT_READY`)
  expect(valueIn(text, 'firstName')).toBe(NAME)
  await user('<state>READY</state>')
  expect(await lines(1)).toEqual([`User/${USER} PUT READY`])

  // An asynchronous error: a user who is READY cannot sign out (ruling 33).
  await user('<state>LOGOUT</state>')
  expect(await lines(1)).toEqual([`User/${USER} put CF_INVALID_OBJECT_STATE`])

  const call = await acd(rest, 'calls', { from: '5550100', to: EXTENSION, variables: { callVariable1: VARIABLE } })
  expect(new Set(await lines(2))).toEqual(new Set([`User/${USER} PUT RESERVED`, `User/${USER}/Dialogs POST ALERTING`]))
  const answer = `<requestedAction>ANSWER</requestedAction><targetMediaAddress>${EXTENSION}</targetMediaAddress>`
  await put(rest, USER, `Dialog/${call.id}`, `<Dialog>${answer}</Dialog>`)
  expect(new Set(await lines(2))).toEqual(new Set([`User/${USER} PUT TALKING`, `User/${USER}/Dialogs PUT ACTIVE`]))
  await acd(rest, `calls/${call.id}`, { action: 'HANGUP' })
  const gone = await until(`User/${USER} PUT READY`, `User/${USER}/Dialogs DELETE DROPPED`)
  expect(variablesIn(gone)).toEqual([VARIABLE, ...Array.from({ length: 9 }, () => '')])

  expect(await client.subscribe('/finesse/api/Team/2001/Users')).toBe('subscribed')
  await put(rest, MEMBER, `User/${MEMBER}`, '<User><state>LOGIN</state><extension>1001</extension></User>')
  expect(await lines(1)).toEqual(['Team/2001/Users PUT NOT_READY'])
  await put(rest, MEMBER, `User/${MEMBER}`, '<User><state>LOGOUT</state></User>')
  expect(await lines(1)).toEqual(['Team/2001/Users PUT LOGOUT'])

  await user('<state>NOT_READY</state>')
  await user('<state>LOGOUT</state>')
  expect(await lines(2)).toEqual([`User/${USER} PUT NOT_READY`, `User/${USER} PUT LOGOUT`])
  await client.disconnect()
}
