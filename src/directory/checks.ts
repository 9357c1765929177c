/** Checks the rules between the entries of a directory file. */
import { checkConfiguration } from './configuration/checks.ts'
import { checkTeamsOf } from './configuration/section-checks.ts'
import { checkEachOnce, type Finding, quote, type Report, Unique } from './findings.ts'
import type { Path } from './locate.ts'
import { VOICE_MRD } from './model.ts'
import { foldName } from './names.ts'
import { checkQueueAgents, checkQueues } from './queue-checks.ts'
import type { DirectoryFile } from './schema.ts'
import { parseSecret } from './secret.ts'
import { systemReasonCodes } from './system-reason-codes.ts'

/** The account of the notification service itself. No user may have this name. */
const RESERVED_NAMES = new Set(['finesse'])

/** Most global codes, and most team codes, in each category (`user 6.1`). */
const MAX_REASON_CODES = 100

const MAX_CODE_CCX = 999

/** All problems, in the order of the sections of the file. */
export function checkDirectory(file: DirectoryFile, passwords: 'required' | 'none' = 'required'): readonly Finding[] {
  const findings: Finding[] = []
  const report: Report = (path, message) => findings.push({ path, message })
  checkNames(file, report)
  if (passwords === 'required') checkSecrets(file, report)
  checkMediaRoutingDomains(file, report)
  checkBoard(file, report)
  const dialled = new Unique(report)
  checkQueues(file, dialled, report)
  checkTeams(file, report)
  checkReasonCodes(file, report)
  checkEccVariables(file, report)
  checkConfiguration(file, report)
  checkUsers(file, dialled, report)
  return findings
}

/** The agent states that the board can mark: those of voice and of the other media, while signed in. */
const MARKED_STATES = new Set(
  [
    'NOT_READY READY RESERVED RESERVED_OUTBOUND RESERVED_OUTBOUND_PREVIEW TALKING HOLD WORK WORK_READY UNKNOWN',
    'ACTIVE PAUSED INTERRUPTED WORK_NOT_READY',
  ].flatMap((names) => names.split(' ')),
)

function checkBoard({ settings: { board = {} }, mediaRoutingDomains }: DirectoryFile, report: Report): void {
  const mrds = new Set([VOICE_MRD, ...mediaRoutingDomains.map(({ id }) => id)])
  for (const id of Object.keys(board.waitSeconds ?? {}))
    if (!mrds.has(id)) report(['settings', 'board', 'waitSeconds', id], `there is no MRD ${quote(id)}`)
  for (const state of Object.keys(board.stateSeconds ?? {}))
    if (!MARKED_STATES.has(state))
      report(['settings', 'board', 'stateSeconds', state], `no agent has the state ${quote(state)} for long`)
}

/** Ids, login names and administrators share one name space, because a sign-in accepts all of them. */
function checkNames(file: DirectoryFile, report: Report): void {
  const names = new Unique(report)
  const check = (name: string, owner: string, path: Path) => {
    if (RESERVED_NAMES.has(foldName(name))) report(path, `${quote(name)} is reserved`)
    names.claim(foldName(name), owner, path, `name ${quote(name)}`)
  }
  file.administrators.forEach(({ id }, index) => {
    check(id, `administrators[${index}]`, ['administrators', index, 'id'])
  })
  file.users.forEach(({ id, loginName }, index) => {
    check(id, `users[${index}]`, ['users', index, 'id'])
    if (foldName(loginName) !== foldName(id)) check(loginName, `users[${index}]`, ['users', index, 'loginName'])
  })
}

function checkSecrets(file: DirectoryFile, report: Report): void {
  for (const section of ['administrators', 'users'] as const) {
    file[section].forEach(({ password, passwordHash }, index) => {
      if (password === undefined && passwordHash === undefined) {
        report([section, index], 'password or passwordHash is missing')
      } else if (password !== undefined && passwordHash !== undefined) {
        report([section, index, 'passwordHash'], 'give either password or passwordHash, not both')
      }
      if (passwordHash !== undefined && parseSecret(passwordHash)?.kind !== 'scrypt') {
        report([section, index, 'passwordHash'], 'must be scrypt$N$r$p$salt$hash, as hash-password prints it')
      }
    })
  }
}

/** Each selector belongs to exactly one MRD (`media 14`). Voice has no selectors (`media 1`). */
function checkMediaRoutingDomains(file: DirectoryFile, report: Report): void {
  const ids = new Unique(report)
  const selectors = new Unique(report)
  file.mediaRoutingDomains.forEach((mrd, index) => {
    const path = ['mediaRoutingDomains', index]
    ids.claim(mrd.id, `mediaRoutingDomains[${index}]`, [...path, 'id'], `id ${quote(mrd.id)}`)
    if (mrd.id === VOICE_MRD && mrd.scriptSelectors.length > 0) {
      report([...path, 'scriptSelectors'], `MRD ${quote(VOICE_MRD)} is voice and has no script selectors`)
    }
    if (mrd.id === VOICE_MRD && mrd.policy !== undefined) {
      report([...path, 'policy'], `MRD ${quote(VOICE_MRD)} is voice: each of the queues has its policy`)
    }
    if (mrd.id === VOICE_MRD && (mrd.skills ?? mrd.overflow) !== undefined)
      report(path, `MRD ${quote(VOICE_MRD)} is voice: each of the queues has its skills and overflow`)
    else if (mrd.skills ?? mrd.overflow) checkQueueAgents(mrd, membersOf(file, mrd.id), file, path, report)
    for (const selector of Object.keys(mrd.priorities ?? {}))
      if (!mrd.scriptSelectors.includes(selector))
        report([...path, 'priorities', selector], 'is not among the script selectors of the MRD')
    mrd.scriptSelectors.forEach((selector, at) => {
      const what = `selector ${quote(selector)}`
      selectors.claim(selector, `MRD ${quote(mrd.id)}`, [...path, 'scriptSelectors', at], what)
    })
  })
}

const membersOf = ({ users }: DirectoryFile, mrd: string) => ({
  users: new Set(users.filter((user) => user.mediaRoutingDomains.includes(mrd)).map(({ id }) => id)),
  what: 'a user with this MRD',
})

function checkTeams(file: DirectoryFile, report: Report): void {
  const ids = new Unique(report)
  file.teams.forEach(({ id }, index) => {
    ids.claim(id, `teams[${index}]`, ['teams', index, 'id'], `id ${quote(id)}`)
  })
}

/** Checks ids, codes, labels and numbers of codes (`user 6.1`), together with the system codes. */
function checkReasonCodes(file: DirectoryFile, report: Report): void {
  const ids = new Unique(report)
  const codes = new Unique(report)
  const labels = new Unique(report)
  for (const { id, category, code, label } of systemReasonCodes(file.platform)) {
    const owner = `the system code ${code}`
    ids.reserve(id, owner)
    codes.reserve(`${category} ${code}`, owner)
    labels.reserve(`${category} ${foldName(label)}`, owner)
  }
  const counts = new Map<string, number>()
  checkTeamsOf(file.reasonCodes, 'reasonCodes', file, report)
  file.reasonCodes.forEach(({ id, category, code, label, forAll, teams }, index) => {
    const path = ['reasonCodes', index]
    const owner = `reasonCodes[${index}]`
    ids.claim(id, owner, [...path, 'id'], `id ${quote(id)}`)
    codes.claim(`${category} ${code}`, owner, [...path, 'code'], `${category} code ${code}`)
    labels.claim(`${category} ${foldName(label)}`, owner, [...path, 'label'], `${category} label ${quote(label)}`)
    if (file.platform === 'CCX' && code > MAX_CODE_CCX)
      report([...path, 'code'], `must be at most ${MAX_CODE_CCX} on CCX`)
    if (forAll === true && teams !== undefined) report([...path, 'teams'], 'a code for all has no teams')
    const group = `${isForAll({ forAll, teams }) ? 'global' : 'team'} codes of ${category}`
    const count = (counts.get(group) ?? 0) + 1
    counts.set(group, count)
    if (count === MAX_REASON_CODES + 1) report(path, `more than ${MAX_REASON_CODES} ${group}`)
  })
}

function checkEccVariables(file: DirectoryFile, report: Report): void {
  const names = new Unique(report)
  file.eccVariables.forEach(({ name }, index) => {
    names.claim(name, `eccVariables[${index}]`, ['eccVariables', index, 'name'], `variable ${quote(name)}`)
  })
}

/** A code is for all unless the file says otherwise. */
export function isForAll({ forAll, teams }: Pick<DirectoryFile['reasonCodes'][number], 'forAll' | 'teams'>): boolean {
  return forAll ?? teams === undefined
}

function checkUsers(file: DirectoryFile, dialled: Unique, report: Report): void {
  const teams = new Set(file.teams.map(({ id }) => id))
  const mrds = new Set(file.mediaRoutingDomains.map(({ id }) => id))
  file.users.forEach((user, index) => {
    const path = ['users', index]
    checkListedOnce(user, path, report)
    if (!teams.has(user.teamId)) report([...path, 'teamId'], `team ${quote(user.teamId)} does not exist`)
    user.extensions.forEach((extension, at) => {
      const what = `extension ${quote(extension)}`
      dialled.claim(extension, `users[${index}]`, [...path, 'extensions', at], what)
    })
    user.mediaRoutingDomains.forEach((mrd, at) => {
      if (mrd === VOICE_MRD) report([...path, 'mediaRoutingDomains', at], `MRD ${quote(mrd)} is voice; leave it out`)
      else if (!mrds.has(mrd)) report([...path, 'mediaRoutingDomains', at], `MRD ${quote(mrd)} does not exist`)
    })
    user.supervises.forEach((team, at) => {
      if (!teams.has(team)) report([...path, 'supervises', at], `team ${quote(team)} does not exist`)
    })
    if (user.supervises.length > 0 && !user.roles.includes('Supervisor')) {
      report([...path, 'supervises'], 'only a user with role Supervisor supervises teams')
    }
  })
}

/** `extensions` is missing here, because extensions are already unique over all users. */
function checkListedOnce(user: DirectoryFile['users'][number], path: Path, report: Report): void {
  for (const key of ['roles', 'mediaRoutingDomains', 'supervises'] as const)
    checkEachOnce(user[key], [...path, key], report)
}
