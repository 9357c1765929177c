/** `mrdian import-directory`: writes a directory file from what a running Finesse shows of its own. */
import { readFileSync } from 'node:fs'
import { rename, stat, unlink, writeFile } from 'node:fs/promises'
import tls from 'node:tls'
import { Document } from 'yaml'
import { DirectoryError, readDirectory } from '../../directory/index.ts'
import { reasonOf } from '../outside-error.ts'
import { StartFailure } from '../start-failure.ts'
import { readEccVariables, readLayouts, readPhoneBooks, readReasonCodes, readWrapUpReasons } from './configuration.ts'
import { textAt } from './elements.ts'
import type { Told } from './model.ts'
import { readPeople } from './people.ts'
import { Source } from './source.ts'
import { readWorkflows } from './workflows.ts'

export interface ImportOptions {
  readonly from: URL
  readonly user: string
  readonly out: string
  readonly force: boolean
  readonly ca?: string
  readonly insecure: boolean
}

export interface Imported {
  /** How many entries each section has. */
  readonly counts: Readonly<Record<string, number>>
  /** What has to be corrected before the file can be used; the file is written in any case. */
  readonly problems: readonly string[]
}

/** What no answer of a Finesse tells. The file says so itself. */
const ABOUT = (origin: string): string => ` Imported from ${origin}.
 Finesse does not tell these; add them:
 - passwords: password or passwordHash of each user and administrator (mrdian hash-password)
 - scriptSelectors, startTimeoutSeconds, maxTaskDurationSeconds and taskLifeSeconds of an MRD
 - policy, priorities, skills and overflow of an MRD or a queue
 - extensions of users who were not signed in, and mobileAgent
 - numbers, timeoutSeconds and ringSeconds of a queue, the order of its agents, queues without agents,
   and a supervisor who is an agent of the same queue as others
 - size of an ECC variable that is an array; settings; other administrators`

/**
 * Reads the server and writes the file.
 *
 * @throws StartFailure if the file exists, the server cannot be read, or the file cannot be written. Then nothing is
 * written.
 */
export async function importDirectory(options: ImportOptions, password: string, told: Told): Promise<Imported> {
  const { from, user, out, force } = options
  if (!force && (await isThere(out))) throw new StartFailure(`${out} exists: another --out FILE, or --force`)
  trust(options)
  const sections = await readSections(new Source({ from, user, password }), user, told)
  const document = new Document(sections)
  document.commentBefore = ABOUT(from.origin)
  const text = `${document.toString({ lineWidth: 0 })}...\n`
  await write(out, text)
  const lists = Object.entries(sections).filter(([, section]) => Array.isArray(section))
  const counts = Object.fromEntries(lists.map(([name, section]) => [name, lengthOf(section)]))
  return { counts, problems: await problemsOf(text, out) }
}

const lengthOf = (section: unknown): number => (Array.isArray(section) ? section.length : 0)

async function readSections(source: Source, administrator: string, told: Told): Promise<Record<string, unknown>> {
  const info = await source.get('SystemInfo', 'SystemInfo')
  const { teams, mediaRoutingDomains, users, queues } = await readPeople(source, told)
  const isTaken = users.some(({ id, loginName }) => [id, loginName].includes(administrator))
  const { workflowActions, workflows } = await readWorkflows(source, teams)
  const mediaPropertiesLayouts = await readLayouts(source)
  return {
    version: 1,
    platform: textAt(info, 'deploymentType').startsWith('UCCX') ? 'CCX' : 'CCE',
    administrators: isTaken ? [] : [{ id: administrator }],
    mediaRoutingDomains,
    teams,
    reasonCodes: await readReasonCodes(source, teams),
    eccVariables: await readEccVariables(source, [mediaPropertiesLayouts, workflowActions, workflows]),
    wrapUpReasons: await readWrapUpReasons(source, teams),
    mediaPropertiesLayouts,
    phoneBooks: await readPhoneBooks(source, teams),
    workflowActions,
    workflows,
    users,
    queues,
  }
}

/** Whom this process trusts. It has no other connections. */
function trust({ ca, insecure }: ImportOptions): void {
  if (insecure) process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0'
  if (ca === undefined) return
  try {
    tls.setDefaultCACertificates([...tls.getCACertificates(), readFileSync(ca, 'utf8')])
  } catch (error) {
    throw new StartFailure(`--ca ${ca}: ${reasonOf(error)}`)
  }
}

const isThere = (file: string): Promise<boolean> =>
  stat(file).then(
    () => true,
    () => false,
  )

/** Writes another file first, so that a failure leaves the old one. */
async function write(file: string, text: string): Promise<void> {
  const half = `${file}.${process.pid}.part`
  try {
    await writeFile(half, text, { flag: 'wx' })
    await rename(half, file)
  } catch (error) {
    await unlink(half).catch(() => undefined)
    throw new StartFailure(`${file} cannot be written: ${reasonOf(error)}`)
  }
}

/** What the server has and a directory file cannot contain. */
async function problemsOf(text: string, file: string): Promise<readonly string[]> {
  try {
    await readDirectory(text, file, { passwords: 'none' })
    return []
  } catch (error) {
    if (error instanceof DirectoryError) return error.message.split('\n')
    throw error
  }
}
