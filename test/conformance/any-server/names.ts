/**
 * Translates between the names of the rows and those of a server: users, extensions, MRDs, script selectors, reason
 * codes and dialogs. The rows call them as the sample directory does. Ids of dialogs get the numbers that they have on a
 * fresh server, where each agent's first dialog of an MRD is 1000.
 */
import type { AgentsFile, Player } from './agents-file.ts'
import { ADMINISTRATOR, ROWS_MEDIA, ROWS_REASONS } from './agents-file.ts'
import { rewritten } from './rewrite.ts'

type Kind = 'user' | 'address' | 'mrd' | 'selector' | 'reason' | 'code' | 'label' | 'dialog'

/** The kinds of elements' texts, by the name of the element. */
const OF_ELEMENT: Readonly<Record<string, Kind>> = {
  loginId: 'user',
  extension: 'address',
  mediaAddress: 'address',
  targetMediaAddress: 'address',
  fromAddress: 'address',
  toAddress: 'address',
  dialedNumber: 'address',
  DNIS: 'address',
  mediaId: 'mrd',
  errorMedia: 'mrd',
  queueNumber: 'mrd',
  reasonCodeId: 'reason',
  target: 'selector',
}

/** The kinds of `id`, and of other elements, by the name of the parent. */
const OF_PARENT: Readonly<Record<string, Readonly<Record<string, Kind>>>> = {
  Media: { id: 'mrd' },
  Dialog: { id: 'dialog' },
  dialog: { id: 'dialog' },
  reasonCode: { id: 'reason', code: 'code', label: 'label' },
  ReasonCode: { id: 'reason', code: 'code', label: 'label' },
}

/** The kinds of the parts of a path that follow these. */
const OF_PATH: Readonly<Record<string, Kind>> = { User: 'user', Media: 'mrd', Dialog: 'dialog', ReasonCode: 'reason' }

/** Members of the JSON of tasks and calls. */
const OF_MEMBER: Readonly<Record<string, Kind>> = {
  agentId: 'user',
  to: 'address',
  mrdId: 'mrd',
  scriptSelector: 'selector',
  dialogId: 'dialog',
}

/** Texts for people, in which single words may be names. */
const SENTENCES = ['ErrorData', 'ErrorMessage', 'errorMessage']

const FIRST_DIALOG = 1000

/** Names of one side by those of the other. */
type Tables = Readonly<Record<Kind, Map<string, string>>>

const noTables = (): Tables => ({
  user: new Map(),
  address: new Map(),
  mrd: new Map(),
  selector: new Map(),
  reason: new Map(),
  code: new Map(),
  label: new Map(),
  dialog: new Map(),
})

export class Names {
  readonly #toServer = noTables()
  readonly #toRows = noTables()

  constructor({ media, reasons }: Pick<AgentsFile, 'media' | 'reasons'>, players: readonly Player[]) {
    for (const { part, user, extension } of players) {
      this.#pair('user', part, user)
      this.#pair('address', part, extension)
      // The address of an agent in a task is the id of the user.
      if (!this.#toRows.address.has(user)) this.#toRows.address.set(user, part)
    }
    for (const key of ['email', 'chat', 'social'] as const) {
      this.#pair('mrd', ROWS_MEDIA[key].id, media[key].id)
      for (const [index, selector] of ROWS_MEDIA[key].selectors.entries())
        this.#pair('selector', selector, media[key].selectors[index] ?? media[key].selectors[0] ?? selector)
    }
    if (reasons) {
      const ids = [...reasons.notReady, reasons.logout]
      for (const [index, id] of Object.keys(ROWS_REASONS).entries()) this.#pair('reason', id, ids[index] ?? id)
    }
  }

  /** The server's reason code with this id of the rows has this code and label. */
  reasonIs(id: keyof typeof ROWS_REASONS, code: string, label: string): void {
    this.#pair('code', ROWS_REASONS[id].code, code)
    this.#pair('label', ROWS_REASONS[id].label, label)
  }

  /** The server's account of the administrator. */
  administratorIs(name: string): void {
    this.#pair('user', ADMINISTRATOR, name)
  }

  /** A new row begins: dialogs are numbered from the start. */
  forgetDialogs(): void {
    this.#toServer.dialog.clear()
    this.#toRows.dialog.clear()
  }

  #pair(kind: Kind, ofRows: string, ofServer: string): void {
    this.#toServer[kind].set(ofRows, ofServer)
    this.#toRows[kind].set(ofServer, ofRows)
  }

  // ------------------------------------------------------------------------------------------------ to the server

  pathToServer(path: string): string {
    return translatedPath(path, (kind, name) => this.#toServer[kind].get(name) ?? name)
  }

  bodyToServer(xml: string): string {
    return rewritten(xml, (parent, element, text) => {
      const kind = kindOf(parent, element)
      return kind ? (this.#toServer[kind].get(text) ?? text) : text
    })
  }

  /** JSON about tasks and calls. */
  jsonToServer(json: object): object {
    return translatedJson(json, (kind, name) => this.#toServer[kind].get(name) ?? name)
  }

  userOnServer(part: string): string {
    return this.#toServer.user.get(part) ?? part
  }

  mrdOnServer(mrd: string): string {
    return this.#toServer.mrd.get(mrd) ?? mrd
  }

  // ------------------------------------------------------------------------------------------------ to the rows

  /** A path or node. */
  pathToRows(path: string): string {
    return translatedPath(path, (kind, name) => this.#nameInRows(kind, name))
  }

  documentToRows(xml: string): string {
    let dialog = ''
    return rewritten(xml, (parent, element, text) => {
      if (text.startsWith('/finesse/api/')) return this.pathToRows(text)
      if (element === 'callKeyCallId') return dialog.split('_')[0] ?? text
      if (SENTENCES.includes(element))
        return text
          .split(' ')
          .map((word) => this.#wordInRows(word))
          .join(' ')
      const kind = kindOf(parent, element)
      if (kind === undefined) return text
      const name = this.#nameInRows(kind, text)
      if (kind === 'dialog') dialog = name
      return name
    })
  }

  jsonToRows(json: object): object {
    return translatedJson(json, (kind, name) => this.#nameInRows(kind, name))
  }

  #nameInRows(kind: Kind, name: string): string {
    return kind === 'dialog' ? this.#dialogInRows(name) : (this.#toRows[kind].get(name) ?? name)
  }

  #wordInRows(word: string): string {
    const { dialog, address, user, selector, mrd } = this.#toRows
    return (
      [dialog, address, user, selector, mrd].map((names) => names.get(word)).find((name) => name !== undefined) ?? word
    )
  }

  /** Calls keep their ids. Ids of tasks' dialogs are numbered for each agent and MRD. */
  #dialogInRows(id: string): string {
    const known = this.#toRows.dialog.get(id)
    if (known !== undefined) return known
    const [, user, mrd] = /^\d+_(.+)_([^_]+)$/.exec(id) ?? []
    if (user === undefined || mrd === undefined) return id
    const [part, medium] = [this.#nameInRows('user', user), this.#nameInRows('mrd', mrd)]
    const end = `_${part}_${medium}`
    const before = [...this.#toServer.dialog.keys()].filter((each) => each.endsWith(end)).length
    const name = `${FIRST_DIALOG + before}${end}`
    this.#pair('dialog', name, id)
    return name
  }
}

const kindOf = (parent: string, element: string): Kind | undefined =>
  OF_PARENT[parent]?.[element] ?? OF_ELEMENT[element]

function translatedPath(path: string, name: (kind: Kind, name: string) => string): string {
  const parts = path.split('/')
  return parts
    .map((part, index) => {
      const kind = OF_PATH[parts[index - 1] ?? '']
      return kind ? name(kind, part) : part
    })
    .join('/')
}

function translatedJson(json: object, name: (kind: Kind, name: string) => string): object {
  const value = (key: string, given: unknown): unknown => {
    const kind = OF_MEMBER[key]
    if (typeof given === 'string') return kind ? name(kind, given) : given
    return typeof given === 'object' && given !== null ? translatedJson(given, name) : given
  }
  if (Array.isArray(json)) return json.map((each) => value('', each))
  return Object.fromEntries(Object.entries(json).map(([key, given]) => [key, value(key, given)]))
}
