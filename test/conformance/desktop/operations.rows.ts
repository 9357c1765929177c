/**
 * Every operation of the contract is there: none is answered with 404, 405 or 501. A desktop that asks for something at
 * its sign-in often stops at the first such answer. Not asked: campaigns, monitoring and barging, and what only CCX has.
 */
import { expect } from 'vitest'
import type { FinesseClient } from '../finesse-client.ts'
import { holds } from '../rows/registry.ts'
import { CHAT, EMAIL, onStage, type Stage } from '../rows/stage.ts'
import { parseTree, valueAt } from '../tree.ts'

const AGENT = '1001'
const SUPERVISOR = '1234'
const ADMINISTRATOR = 'admin'

const ABSENT = [404, 405, 501]

/** What a user reads of itself. */
const ofUser = (id: string): readonly string[] =>
  [
    ...['', '/Dialogs', '/Dialogs/Media', '/Media', `/Media/${EMAIL}`, `/Media/${EMAIL}/Dialogs`],
    ...['/ReasonCodes?category=NOT_READY', '/ReasonCodes?category=LOGOUT', '/WrapUpReasons', '/PhoneBooks', '/Queues'],
    ...['/MediaPropertiesLayout', '/MediaPropertiesLayouts', '/Workflows'],
  ].map((path) => `User/${id}${path}`)

const ofTeam = (id: string): readonly string[] =>
  [
    ...['ReasonCodes?category=NOT_READY', 'ReasonCodes?category=LOGOUT', 'WrapUpReasons', 'PhoneBooks', 'Workflows'],
    'MediaPropertiesLayouts',
  ].map((kind) => `TeamResource/${id}/${kind}`)

const COMMON = ['SystemInfo', `UserAuthMode/${AGENT}`, 'ECCVariableConfig']

/** The paths that are answered as if they did not exist, each with its status. */
async function absentAmong(client: FinesseClient, paths: readonly string[]): Promise<Readonly<Record<string, number>>> {
  const absent: Record<string, number> = {}
  for (const path of paths) {
    const { status } = await client.request('GET', `/finesse/api/${path}`, undefined, { Range: 'objects=1-1500' })
    if (ABSENT.includes(status)) absent[path] = status
  }
  return absent
}

/** The status of a request, or that of its absence. */
const isThere = ({ status }: { readonly status: number }) => (ABSENT.includes(status) ? status : 'there')

const teamOf = async (client: FinesseClient): Promise<string> =>
  valueAt(parseTree((await client.get(`User/${client.user}`)).body), 'teamId') ?? ''

async function supervisedBy(client: FinesseClient): Promise<readonly string[]> {
  const { body } = await client.get(`User/${client.user}`)
  const [teams = ''] = /<teams>.*<\/teams>/s.exec(body) ?? []
  return [...teams.matchAll(/<id>([^<]+)<\/id>/g)].map(([, id]) => id ?? '')
}

const onServer = (title: string, test: (stage: Stage) => Promise<void>) =>
  holds(['user 1.8'], title, () => onStage(test))

export function operationRows(): void {
  onServer('what an agent reads', async ({ on }) => {
    const agent = on.restOnly(AGENT)
    const team = await teamOf(agent)
    const loginName = valueAt(parseTree((await agent.get(`User/${AGENT}`)).body), 'loginName') ?? ''
    const paths = [...COMMON, ...ofUser(AGENT), `User/${loginName}`, ...ofTeam(team), `Team/${team}/TeamMessages`]
    expect(await absentAmong(agent, paths)).toEqual({})
  })

  onServer('what a supervisor reads, of itself and of the supervised teams', async ({ on }) => {
    const supervisor = on.restOnly(SUPERVISOR)
    const teams = [await teamOf(supervisor), ...(await supervisedBy(supervisor))]
    const ofTeams = teams.flatMap((team) => [...ofTeam(team), `Team/${team}/TeamMessages`])
    const supervised = teams.slice(1).map((team) => `Team/${team}`)
    const others = [`User/${AGENT}/Dialogs`, `User/${AGENT}/Queues`, `TeamMessages?createdBy=${SUPERVISOR}`]
    // The supervisor of the rows belongs to no MRD, and has them for all that.
    const paths = [...COMMON, ...ofUser(SUPERVISOR), ...ofTeams, ...supervised, ...others]
    expect(await absentAmong(supervisor, paths)).toEqual({})
  })

  onServer('what an administrator reads', async ({ on }) => {
    const admin = on.restOnly(ADMINISTRATOR)
    const lists = [
      'Users',
      'ReasonCodes?category=ALL',
      'WrapUpReasons',
      'MediaPropertiesLayouts',
      'PhoneBooks',
      'Workflows',
    ]
    expect(await absentAmong(admin, [...COMMON, ...lists, ...ofUser(AGENT)])).toEqual({})
  })

  onServer('what an agent asks for', async ({ agent, on }) => {
    const client = on.restOnly(AGENT)
    const dialogs = `/finesse/api/User/${AGENT}/Dialogs`
    const makeCall = `<Dialog><requestedAction>MAKE_CALL</requestedAction><fromAddress>${AGENT}</fromAddress><toAddress>1002</toAddress></Dialog>`
    const asked = {
      call: isThere(await client.request('POST', dialogs, makeCall)),
      user: isThere(await client.put(`User/${AGENT}`, '<User><state>HAPPY</state></User>')),
      medium: isThere(await client.put(`User/${AGENT}/Media/${CHAT}`, '<Media><state>HAPPY</state></Media>')),
      log: isThere(await client.post(`User/${AGENT}/ClientLog`, '<ClientLog><logData>x</logData></ClientLog>')),
      compressed: isThere(await client.post(`User/${AGENT}/CompressedClientLog`, '<CompressedClientLog/>')),
    }
    await agent.drains()
    expect(asked).toEqual({ call: 'there', user: 'there', medium: 'there', log: 'there', compressed: 'there' })
  })

  holds(['dialog 9'], 'a supervisor writes a message to a team, reads it and deletes it', () =>
    onStage(async ({ on, agent }) => {
      const supervisor = on.restOnly(SUPERVISOR)
      const [team = ''] = await supervisedBy(supervisor)
      const teams = `<teams><team>${team}</team></teams>`
      const message = `<TeamMessage><duration>60</duration><content>conformance</content>${teams}</TeamMessage>`
      const created = await supervisor.post('TeamMessage', message)
      expect([created.status, created.value('content')]).toEqual([200, 'conformance'])
      const uri = created.value('uri') ?? ''
      expect((await supervisor.request('GET', uri)).body).toBe(created.body)
      expect((await supervisor.get(`Team/${team}/TeamMessages`)).body).toContain(uri)
      expect((await supervisor.request('DELETE', uri)).status).toBe(200)
      expect((await supervisor.request('GET', uri)).status).toBe(404)
      // The agent may be a member of the team, and gets both notifications.
      await agent.drains()
    }),
  )
}
