/**
 * The XML of the task feed, by which customers' requests enter (`media 14`): the request for a task, and the status of
 * one.
 */
import type { XmlElement } from './parse.ts'
import { accept, type Read, readChild, readRoot, readTexts, refuse } from './request.ts'
import { leaf, parent } from './xml.ts'

/** A request for a task. */
export interface FeedRequest {
  readonly scriptSelector: string
  /** In the order of the document. Names are those of call variables; all others were left out. */
  readonly variables: readonly { readonly name: string; readonly value: string }[]
}

const MAX_NAME = 100
const MAX_SELECTOR = 32
const MAX_TAGS = 20
const PERIPHERAL = /^cv_([1-9]|10)$/
const ECC = 'user_'

/** Reads the body of a request for a task. `undefined` stands for a request without a body. */
export function readFeedRequest(body: string | undefined): Read<FeedRequest> {
  const root = readRoot(body, 'Task')
  if (!root.ok) return root
  const texts = readTexts(root.value, ['name', 'title', 'scriptSelector', 'requeueOnRecovery'])
  if (!texts.ok) return texts
  for (const name of ['name', 'title', 'scriptSelector'] as const)
    if (texts.value(name) === '') return refuse('PARAMETER_MISSING', name)
  const scriptSelector = texts.value('scriptSelector')
  if (texts.value('name').length > MAX_NAME || texts.value('name').includes('\n'))
    return refuse('INVALID_INPUT', 'name')
  if (scriptSelector.length > MAX_SELECTOR) return refuse('INVALID_INPUT', 'scriptSelector')
  if (!['', 'true', 'false'].includes(texts.value('requeueOnRecovery')))
    return refuse('INVALID_INPUT', 'requeueOnRecovery')
  const tags = readChild(root.value, 'tags')
  if (!tags.ok) return tags
  if ((tags.value?.children.length ?? 0) > MAX_TAGS) return refuse('INVALID_INPUT', 'tags')
  const variables = readVariables(root.value)
  return variables.ok ? accept({ scriptSelector, variables: variables.value }) : variables
}

function readVariables(root: XmlElement): Read<FeedRequest['variables']> {
  const list = readChild(root, 'variables')
  if (!list.ok) return list
  const variables = new Map<string, string>()
  for (const child of list.value?.children ?? []) {
    if (child.name !== 'variable') continue
    const texts = readTexts(child, ['name', 'value'])
    if (!texts.ok) return texts
    const name = variableOf(texts.value('name'))
    if (name === undefined) continue
    if (variables.has(name)) return refuse('INVALID_INPUT', 'variables')
    variables.set(name, texts.value('value'))
  }
  return accept([...variables].map(([name, value]) => ({ name, value })))
}

/** `cv_1` is `callVariable1`, `user_account` is `user.account`. Other names are for the feed only, not for agents. */
function variableOf(name: string): string | undefined {
  const [, number] = PERIPHERAL.exec(name) ?? []
  if (number !== undefined) return `callVariable${number}`
  return name.startsWith(ECC) ? `user.${name.slice(ECC.length)}` : undefined
}

/** Status of a request for a task. */
export interface FeedStatus {
  readonly status: 'QUEUED' | 'RESERVED' | 'HANDLED' | 'DISCARDED'
  /** Id of the dialog, and the agent who has it. Shown while it is reserved, and after it was handled. */
  readonly dialog?: string | undefined
  readonly agent?: string | undefined
}

/** The router of this product makes no estimate, for which `-1` is documented. */
const NO_ESTIMATE = -1

export function renderFeedStatus({ status, dialog, agent }: FeedStatus): string {
  const isShown = status === 'RESERVED' || status === 'HANDLED'
  return parent(
    'Task',
    status === 'QUEUED' ? leaf('estimatedWaitTime', NO_ESTIMATE) : '',
    leaf('status', status),
    leaf('statusReason', ''),
    isShown && dialog !== undefined ? leaf('taskID', dialog) : '',
    isShown && agent !== undefined ? leaf('agentID', agent) : '',
  )
}
