/** What an agent's, a supervisor's and an administrator's desktop reads when its user signs in. */
import { expect } from 'vitest'
import { holds } from '../rows/registry.ts'
import { onStage, type Stage } from '../rows/stage.ts'
import type { Form } from './form.ts'
import * as forms from './forms.ts'
import { Reader, type Resource } from './reader.ts'

const AGENT = '1001'
const SUPERVISOR = '1234'
const ADMINISTRATOR = 'admin'
const RANGE = { Range: 'objects=1-1500' }
const CATEGORIES = ['NOT_READY', 'LOGOUT'] as const

/** A test of what one user reads. */
const reads = (rules: readonly string[], title: string, user: string, test: (reader: Reader) => Promise<void>) =>
  holds(rules, title, () => onStage((stage: Stage) => test(new Reader(stage, user))))

/** What a team has, by its id. */
const ofTeam = (team: string): readonly Resource[] => [
  ...CATEGORIES.map((category) => ({
    path: `TeamResource/${team}/ReasonCodes?category=${category}`,
    form: forms.reasonCodes(category),
  })),
  { path: `TeamResource/${team}/WrapUpReasons`, form: forms.wrapUpReasons() },
  { path: `TeamResource/${team}/MediaPropertiesLayouts`, form: forms.LAYOUTS },
  { path: `TeamResource/${team}/PhoneBooks`, form: forms.PHONE_BOOKS, headers: RANGE },
  { path: `TeamResource/${team}/Workflows`, form: forms.WORKFLOWS },
]

export function desktopRows(): void {
  ofAgents()
  ofEverybody()
  ofSupervisors()
  ofAdministrators()
}

function ofAgents(): void {
  reads(['user 4.10'], 'reason codes of a user, and each by its URI and below the user', AGENT, async (agent) => {
    for (const category of CATEGORIES) {
      const form = forms.reasonCodes(category)
      const list = await agent.reads({ path: `User/${agent.user}/ReasonCodes?category=${category}`, form })
      await agent.follows(list, 'ReasonCode', forms.REASON_CODE)
      for (const reason of list.children) {
        const id = reason.children.find(({ name }) => name === 'id')?.text ?? ''
        await agent.reads({ path: `User/${agent.user}/ReasonCode/${id}`, form: forms.REASON_CODE })
      }
    }
  })

  reads(['user 4.11'], 'wrap-up reasons of a user, and each by its URI', AGENT, async (agent) => {
    const owner = 'User/{}/'
    const list = await agent.reads({ path: `User/${agent.user}/WrapUpReasons`, form: forms.wrapUpReasons(owner) })
    await agent.follows(list, 'WrapUpReason', forms.wrapUpReason(owner))
  })

  reads(['user 4.12'], 'layouts of call data of a user, and each by its URI', AGENT, async (agent) => {
    const own = `User/${agent.user}`
    await agent.reads({ path: `${own}/MediaPropertiesLayout`, form: forms.LAYOUT, isChoice: true })
    const list = { path: `${own}/MediaPropertiesLayouts`, form: forms.LAYOUTS, isChoice: true }
    await agent.follows(await agent.reads(list), 'MediaPropertiesLayout', forms.LAYOUT)
    await agent.reads({ path: 'MediaPropertiesLayout/default', form: forms.LAYOUT, isChoice: true })
  })

  reads(
    ['user 4.12'],
    'phone books of a user, with a range; each by its URI, and its contacts',
    AGENT,
    async (agent) => {
      const path = `User/${agent.user}/PhoneBooks`
      const list = await agent.reads({ path, form: forms.PHONE_BOOKS, headers: RANGE })
      const books = {
        ...list,
        children: list.children.map((book) => ({ ...book, children: book.children.slice(0, 1) })),
      }
      await agent.follows(books, 'PhoneBook', forms.PHONE_BOOK)
      for (const book of list.children) {
        const id = book.children
          .find(({ name }) => name === 'uri')
          ?.text.split('/')
          .at(-1)
        const contacts = await agent.reads({ path: `PhoneBook/${id}/Contacts`, form: forms.CONTACTS, isChoice: true })
        await agent.follows(contacts, 'Contact', forms.CONTACT)
      }
    },
  )

  reads(['user 4.12'], 'workflows of a user, each by its URI, and the actions', AGENT, async (agent) => {
    const list = { path: `User/${agent.user}/Workflows`, form: forms.WORKFLOWS, isChoice: true }
    const workflows = await agent.reads(list)
    await agent.follows(workflows, 'Workflow', forms.WORKFLOW)
    for (const workflow of workflows.children)
      for (const { name, children } of workflow.children)
        if (name === 'workflowActions')
          await agent.follows({ name, text: '', children }, 'WorkflowAction', forms.WORKFLOW_ACTION)
  })

  reads(['user 8.2'], 'what the own team has', AGENT, async (agent) => {
    const { own } = await agent.teams()
    for (const resource of ofTeam(own)) await agent.reads(resource)
  })

  reads(['dialog 9'], 'the messages to the own team', AGENT, async (agent) => {
    const { own } = await agent.teams()
    await agent.reads({ path: `Team/${own}/TeamMessages`, form: forms.TEAM_MESSAGES, isChoice: true })
  })
}

function ofEverybody(): void {
  for (const user of [AGENT, SUPERVISOR, ADMINISTRATOR]) {
    reads(['user 9.1', 'user 9.2'], `SystemInfo and UserAuthMode, read by ${user}`, user, async (reader) => {
      await reader.reads({ path: 'SystemInfo', form: forms.SYSTEM_INFO })
      await reader.reads({ path: `UserAuthMode/${user}`, form: forms.AUTH_MODE })
    })

    reads(['dialog 8'], `the queues of an agent, each by its URI, read by ${user}`, user, async (reader) => {
      const list = await reader.reads({ path: `User/${AGENT}/Queues`, form: forms.QUEUES })
      await reader.follows(list, 'Queue', forms.QUEUE)
    })

    reads(['dialog 10'], `ECC variables and media domains, read by ${user}`, user, async (reader) => {
      await reader.reads({ path: 'ECCVariableConfig', form: forms.ECC, isChoice: true })
      const domains = await reader.reads({ path: 'MediaDomain', form: forms.MEDIA_DOMAINS, isChoice: true })
      await reader.follows(domains, 'MediaDomain', forms.MEDIA_DOMAIN)
    })
  }
}

function ofSupervisors(): void {
  reads(
    ['user 8.1', 'user 8.2'],
    'supervised teams, with their members and what they have',
    SUPERVISOR,
    async (reader) => {
      const { supervised } = await reader.teams()
      expect(supervised.length).toBeGreaterThan(0)
      for (const team of supervised) {
        await reader.reads({ path: `Team/${team}`, form: forms.TEAM })
        for (const resource of ofTeam(team)) await reader.reads(resource)
      }
    },
  )

  reads(['dialog 9'], 'the messages that a supervisor wrote', SUPERVISOR, async (reader) => {
    const path = `TeamMessages?createdBy=${reader.user}`
    await reader.reads({ path, form: forms.TEAM_MESSAGES, isChoice: true })
  })
}

function ofAdministrators(): void {
  reads(['user 4.4', 'user 4.6'], 'all users, and one of them', ADMINISTRATOR, async (admin) => {
    await admin.reads({ path: 'Users', form: forms.USERS })
    await admin.reads({ path: `User/${AGENT}`, form: forms.USER })
  })

  const ALL: readonly (readonly [path: string, member: string, form: Form, list: Form])[] = [
    ['Teams', 'Team', forms.TEAM, forms.TEAMS],
    ['ReasonCodes?category=ALL', 'ReasonCode', forms.REASON_CODE, forms.reasonCodes('ALL')],
    ['WrapUpReasons', 'WrapUpReason', forms.wrapUpReason(), forms.wrapUpReasons()],
    ['MediaPropertiesLayouts', 'MediaPropertiesLayout', forms.LAYOUT, forms.LAYOUTS],
    ['PhoneBooks', 'PhoneBook', forms.PHONE_BOOK, forms.PHONE_BOOKS],
    ['Workflows', 'Workflow', forms.WORKFLOW, forms.BARE_WORKFLOWS],
    ['WorkflowActions', 'WorkflowAction', forms.WORKFLOW_ACTION, forms.WORKFLOW_ACTIONS],
  ]
  for (const [path, member, form, list] of ALL)
    reads(['user 2'], `GET ${path}, and each by its URI`, ADMINISTRATOR, async (admin) => {
      await admin.follows(await admin.reads({ path, form: list, isChoice: true }), member, form)
    })
}
