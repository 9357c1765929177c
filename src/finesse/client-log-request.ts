/**
 * `POST /User/{id}/ClientLog` (`dialog 11`): a document with one very long text. The parser of the other requests is
 * made for short documents, so the text is taken out before the rest is parsed, and read by itself.
 */
import { costlyCharacters } from './costly.ts'
import { parseRequest, type XmlElement } from './parse.ts'
import { accept, type Read, refuse } from './request.ts'
import { isBlank } from './white-space.ts'
import { hasForbiddenCharacter } from './xml.ts'

/** Longest `logData`, in characters. */
export const MAX_LOG = 1_048_576

/** Longest document in bytes: a log whose characters are partly escaped or not ASCII. */
export const MAX_LOG_DOCUMENT = 4 * MAX_LOG

/** Most references, carriage returns and CDATA sections in the text, because they cost far more time than others. */
const MAX_COSTLY = 262_144
const MAX_SECTIONS = 4096

const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }
const REFERENCE = /&(?:(amp|lt|gt|quot|apos)|#(\d{1,7})|#x([0-9A-Fa-f]{1,6}));/g
const START = '<logData'
const END = '</logData'

/** Reads the text of `logData`. `undefined` stands for a request without a body. `root`: name of the root element. */
export function readClientLog(body: string | undefined, root: 'ClientLog' | 'CompressedClientLog'): Read<string> {
  const from = startOf(body ?? '')
  const to = body?.lastIndexOf(END) ?? -1
  const hasData = from >= 0 && to >= from
  const frame = hasData ? `${body?.slice(0, from)}${body?.slice(to)}` : body
  if (!isFrame(frame === undefined ? undefined : parseRequest(frame), root, hasData)) return refuse('BAD_REQUEST', root)
  if (!hasData) return refuse('PARAMETER_MISSING', 'logData')
  const text = characterData(body?.slice(from, to) ?? '')
  if (text === undefined) return refuse('BAD_REQUEST', 'logData')
  if (text === '') return refuse('PARAMETER_MISSING', 'logData')
  return text.length > MAX_LOG ? refuse('INVALID_INPUT', 'logData') : accept(text)
}

/** Where the text of the first `logData` begins, after its start tag; -1 if there is none, or if it has attributes. */
function startOf(body: string): number {
  const tag = body.indexOf(START)
  const end = body.indexOf('>', tag)
  if (tag < 0 || end < 0 || !isBlank(body.slice(tag + START.length, end))) return -1
  return end + 1
}

/** Is this the document without its text: the root, with one empty `logData` or at most one, and unknown elements? */
function isFrame(element: XmlElement | undefined, root: string, hasData: boolean): boolean {
  if (element === undefined || element.name !== root || element.mixed) return false
  const data = element.children.filter(({ name }) => name === 'logData')
  return (
    data.length <= 1 &&
    (data.length === 1 || !hasData) &&
    data.every(({ text, children }) => text === '' && children.length === 0)
  )
}

/** The text of character data and CDATA sections (XML 1.0, 2.4, 2.7). `undefined` if they are not well-formed. */
function characterData(markup: string): string | undefined {
  if (costlyCharacters(markup, MAX_COSTLY) > MAX_COSTLY) return undefined
  let text = ''
  let at = 0
  for (let sections = 0; at < markup.length; sections += 1) {
    if (sections > MAX_SECTIONS) return undefined
    const section = markup.indexOf('<![CDATA[', at)
    const plain = unescaped(markup.slice(at, section < 0 ? undefined : section))
    if (plain === undefined) return undefined
    text += plain
    if (section < 0) break
    const end = markup.indexOf(']]>', section)
    if (end < 0) return undefined
    text += lines(markup.slice(section + '<![CDATA['.length, end))
    at = end + ']]>'.length
  }
  return hasForbiddenCharacter(text) ? undefined : text
}

/** Line ends by XML 1.0 2.11. */
const lines = (text: string): string => text.replace(/\r\n?/g, '\n')

/** Character data with its references replaced. `undefined` if they are not well-formed. */
function unescaped(data: string): string | undefined {
  if (data.includes('<') || data.includes(']]>')) return undefined
  let isWrong = false
  let references = 0
  const text = lines(data).replace(REFERENCE, (_, name?: string, decimal?: string, hex?: string) => {
    references += 1
    if (name !== undefined) return NAMED[name] ?? ''
    const code = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal)
    isWrong ||= code > 0x10ffff || hasForbiddenCharacter(String.fromCodePoint(Math.min(code, 0x10ffff)))
    return isWrong ? '' : String.fromCodePoint(code)
  })
  return isWrong || data.split('&').length - 1 !== references ? undefined : text
}
