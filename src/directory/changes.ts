/** The differences of two directories, by ids. A reload reports them. */
import type { DesktopConfiguration } from './configuration/model.ts'
import type { Directory, EccVariable, LoadedDirectory } from './model.ts'

/** Ids of entries, in the order of the directory that contains them. */
export interface Difference {
  readonly added: readonly string[]
  readonly changed: readonly string[]
  readonly removed: readonly string[]
}

/** Differences in the sections that only desktops use. Clients are not notified; they read them again. */
export type ConfigurationChanges = Readonly<Record<keyof DesktopConfiguration, Difference>>

export interface DirectoryChanges extends ConfigurationChanges {
  readonly users: Difference
  readonly teams: Difference
  readonly mediaRoutingDomains: Difference
  /** Queues of calls. */
  readonly queues: Difference
  /** Only own codes, because system codes follow from the platform. */
  readonly reasonCodes: Difference
  /** By their names. */
  readonly eccVariables: Difference
  /** Names of settings whose value changed, including `platform`. */
  readonly settings: readonly string[]
}

/** The accounts whose credentials changed, without the credentials. */
export interface CredentialChanges {
  readonly administrators: Difference
  /** Ids of users whose password changed. */
  readonly passwords: readonly string[]
}

interface Entry {
  readonly id: string
}

function difference<T extends Entry>(before: readonly T[], after: readonly T[]): Difference {
  const old = new Map(before.map((entry) => [entry.id, JSON.stringify(entry)]))
  const ids = new Set(after.map(({ id }) => id))
  return {
    added: after.filter(({ id }) => !old.has(id)).map(({ id }) => id),
    changed: after
      .filter((entry) => old.has(entry.id) && old.get(entry.id) !== JSON.stringify(entry))
      .map(({ id }) => id),
    removed: before.filter(({ id }) => !ids.has(id)).map(({ id }) => id),
  }
}

export function directoryChanges(before: Directory, after: Directory): DirectoryChanges {
  const own = ({ reasonCodes }: Directory) => reasonCodes.filter(({ systemCode }) => !systemCode)
  const settings = ({ settings: all, platform }: Directory): ReadonlyMap<string, string> =>
    new Map(Object.entries({ ...all, platform }).map(([name, value]) => [name, JSON.stringify(value)]))
  const [old, now] = [settings(before), settings(after)]
  return {
    users: difference(before.users, after.users),
    teams: difference(before.teams, after.teams),
    mediaRoutingDomains: difference(before.mediaRoutingDomains, after.mediaRoutingDomains),
    queues: difference(before.queues ?? [], after.queues ?? []),
    reasonCodes: difference(own(before), own(after)),
    eccVariables: difference(byName(before.eccVariables), byName(after.eccVariables)),
    ...configurationChanges(before, after),
    settings: [...now.keys()].filter((name) => old.get(name) !== now.get(name)),
  }
}

function configurationChanges(before: Directory, after: Directory): ConfigurationChanges {
  return {
    wrapUpReasons: difference(before.wrapUpReasons ?? [], after.wrapUpReasons ?? []),
    mediaPropertiesLayouts: difference(before.mediaPropertiesLayouts ?? [], after.mediaPropertiesLayouts ?? []),
    phoneBooks: difference(before.phoneBooks ?? [], after.phoneBooks ?? []),
    workflowActions: difference(before.workflowActions ?? [], after.workflowActions ?? []),
    workflows: difference(before.workflows ?? [], after.workflows ?? []),
  }
}

/** Names are the ids of ECC variables. */
function byName(variables: readonly EccVariable[] = []): readonly (EccVariable & Entry)[] {
  return variables.map((variable) => ({ ...variable, id: variable.name }))
}

type Credentials = LoadedDirectory['credentials']

export function credentialChanges(before: Credentials, after: Credentials): CredentialChanges {
  const ofKind = (all: Credentials, wanted: 'user' | 'administrator') =>
    all.filter(({ kind }) => kind === wanted).map(({ id, secret }) => ({ id, secret }))
  return {
    administrators: difference(ofKind(before, 'administrator'), ofKind(after, 'administrator')),
    passwords: difference(ofKind(before, 'user'), ofKind(after, 'user')).changed,
  }
}
