/**
 * mrdian: a notification-driven state engine for contact-centre agents.
 *
 * Programs that embed the engine begin with `createEngine`. `mrdian/rest` and `mrdian/xmpp` add the interfaces of a
 * Finesse.
 *
 * Docstrings cite rules of the contract: `media 4.5`, `A13`, `ruling 7`. `machines/RULES.md` of the package has a
 * sentence for each.
 */
import './node-version.ts'

import type { HasAccounts } from './accounts/api.ts'
import { accountsOfEngine, LockOutLog } from './accounts/index.ts'
import { systemClock } from './clock/system-clock.ts'
import { tellClockChanges } from './clock/told.ts'
import { loadDirectory } from './directory/load.ts'
import type { Directory, LoadedDirectory } from './directory/model.ts'
import type { Engine } from './engine/api.ts'
import { startEngine } from './engine/engine.ts'
import type { EngineOptions } from './engine/options.ts'
import { HotStandby, type StandbyOptions } from './engine/standby/standby.ts'
import { fingerprints } from './fingerprints/index.ts'
import { memoryStore } from './store/memory/store.ts'
import { openTelemetry } from './tracing/index.ts'
import { inSlices } from './waiting/slices.ts'

type Optional<Options> = { readonly [Name in keyof Options]?: Options[Name] | undefined }

export type { CallQueue, MadeCall, QueueOutcome } from '../machines/effects.ts'
export type CreateEngineOptions = Optional<Omit<EngineOptions, 'directory' | 'inSlices' | 'fingerprints'>> & {
  /** The result of `loadDirectory`, or a directory. The default is the sample directory. */
  readonly directory?: Directory | LoadedDirectory | undefined
  /** 32 random bytes, always the same for this store and kept elsewhere. See `AccountsOptions`. */
  readonly verifiedKey?: Uint8Array | undefined
}

/**
 * Starts an engine. The defaults are: authority, built-in ACD, state in memory, sample directory, wall clock. With the
 * result of `loadDirectory`, or by default, the engine also has `accounts`, which `mrdian/rest` and `mrdian/xmpp` use.
 * It has none with a bare `Directory`, or with one that was loaded with `passwords: 'none'`.
 *
 * The engine owns `store`: it closes it in `close()`, and also if this function rejects. For another attempt, open the
 * store again.
 *
 * @throws RecoveryError if this version cannot continue with the contents of the store. Its subclass UnknownRules: the
 * store was written with guards that were not given.
 * @throws RemovalsNotConfirmed if the directory leaves out many of the stored users.
 * @throws DirectoryError, InvalidArgument for an invalid directory or option.
 */
export async function createEngine(options: CreateEngineOptions = {}): Promise<Engine & HasAccounts> {
  const given = options.directory ?? (await loadDirectory())
  const loaded = 'directory' in given ? given : undefined
  const directory = 'directory' in given ? given.directory : given
  const clock = options.clock ?? clockOf(options.log)
  const { verifiedKey, ...others } = options
  const { store = memoryStore(), trace = await openTelemetry() } = others
  const engine = await startEngine({ ...others, store, trace, clock, directory, inSlices, fingerprints })
  if (!loaded || loaded.passwords === 'none') return engine
  const lockOuts = new LockOutLog(() => clock.now(), options.log)
  const now = () => clock.now()
  try {
    const accounts = accountsOfEngine(engine, loaded, now, (each) => lockOuts.tell(each), verifiedKey)
    return Object.assign(engine, { accounts })
  } catch (error) {
    await engine.close()
    throw error
  }
}

/**
 * A standby for an engine: pass it to the store that another process has, and then to `createEngine`. It follows that
 * store meanwhile, so that the engine has nothing to load.
 *
 *     const standby = createStandby({ log })
 *     const store = await postgresStore(url, { standby: { follower: standby } })
 *     const engine = await createEngine({ store, standby, log })
 *
 * @throws InvalidArgument for invalid rules.
 */
export function createStandby(options: Omit<StandbyOptions, 'inSlices'> = {}): HotStandby {
  return new HotStandby({ ...options, inSlices })
}

function clockOf(log: EngineOptions['log']) {
  const clock = systemClock()
  if (log) tellClockChanges(clock, log)
  return clock
}

export { type Accounts, AccountsBusyError, type HasAccounts, type Principal } from './accounts/api.ts'
export {
  type AccountsOptions,
  createAccounts,
  hashPassword,
  type LockOut,
  type LockoutLimits,
  type ReloadableAccounts,
} from './accounts/index.ts'
export {
  type ClockChange,
  type SystemClock,
  systemClock,
  type TimeFigures,
  type TimeSource,
} from './clock/system-clock.ts'
export type {
  Assignable,
  Contact,
  DesktopConfiguration,
  LayoutEntry,
  MediaPropertiesLayout,
  PhoneBook,
  WrapUpReason,
} from './directory/configuration/model.ts'
export type {
  Workflow,
  WorkflowAction,
  WorkflowComparison,
  WorkflowVariable,
} from './directory/configuration/workflow-model.ts'
export {
  type ConfigurationChanges,
  type Difference,
  type DirectoryChanges,
  DirectoryError,
  type DirectoryProblem,
  type LoadOptions,
  loadDirectory,
  type ParseOptions,
  parseDirectory,
  REMOVAL_LIMIT,
  type RemovalLimit,
  RemovalsNotConfirmed,
} from './directory/index.ts'
export type {
  Credential,
  Directory,
  EccVariable,
  LoadedDirectory,
  MediaPolicy,
  MediaRoutingDomain,
  Platform,
  ReasonCategory,
  ReasonCode,
  Role,
  Settings,
  Team,
  User,
  VoicePolicy,
  VoiceQueue,
  WrapUpMode,
} from './directory/model.ts'
export type { BuiltInAcd, CallSubmission, MeantTasks, TaskSubmission } from './engine/acd/api.ts'
export { AcdRefusal } from './engine/acd/api.ts'
export { AcdEventRefused } from './engine/acd/checks.ts'
export { type KeyedRequest, type KeyedWork, KeyReused, type KnownCommand } from './engine/answers/once.ts'
export type {
  Engine,
  EngineAdapters,
  EngineFigures,
  FaultInput,
  PresenceInput,
  Reads,
  ReloadOptions,
  UnavailableReason,
  UserEventInput,
} from './engine/api.ts'
export { EngineUnavailable, NotResettable } from './engine/api.ts'
export type {
  Answer,
  Command,
  CommandError,
  Done,
  Outcome,
  Overtaken,
  Refused,
  Rejected,
  UnderWay,
} from './engine/commands.ts'
export type { CustomerSubjects, ErasureEntry, ErasureResult, Erasures, FoundContact } from './engine/erasure/api.ts'
export { StillOpen } from './engine/erasure/api.ts'
export type { ErasedElsewhere, EraseElsewhere } from './engine/erasure/elsewhere.ts'
export type { CommandEvent, DirectoryEvent, EngineEvents, NotificationEvent } from './engine/events.ts'
export type {
  InspectedActor,
  InspectedEvent,
  InspectedStep,
  InspectedTransition,
  Inspection,
  InspectionObserver,
} from './engine/inspection/api.ts'
export type { EngineLog } from './engine/log.ts'
export type { EngineOptions } from './engine/options.ts'
export type {
  AcdCall,
  AcdCallEvents,
  AcdCallRequest,
  AcdEvents,
  AcdPort,
  AcdRequest,
  AcdTask,
  AgentAvailability,
  Availability,
  Batch,
  CallAvailability,
  CallParty,
  Clock,
  FarEndState,
  History,
  JournalRow,
  Json,
  KeptAggregate,
  Origin,
  OutboxRow,
  Publication,
  Publisher,
  RecordStore,
  RefusalReason,
  RewritePlace,
  Rewriting,
  SnapshotRow,
  Store,
  StoredState,
  StoreEnd,
  StoreFollower,
  Taken,
  TransferResult,
} from './engine/ports.ts'
export { Undeliverable } from './engine/ports.ts'
export { RecoveryError } from './engine/recovery/recovery-error.ts'
export type { RuleSet } from './engine/rules/rule-set.ts'
export { UnknownRules } from './engine/rules/unknown-rules.ts'
export type { HotStandby, StandbyFigures, StandbyOptions } from './engine/standby/standby.ts'
export type { NewTeamMessage, TeamMessages } from './engine/team-messages/api.ts'
export type { Trace } from './engine/trace-port.ts'
export type {
  AcdTaskState,
  AcdTaskValue,
  CallDialogValue,
  CallKey,
  CallParticipantValue,
  DialogValue,
  DrainValue,
  FailureValue,
  MediaStatus,
  MediaValue,
  MobileValue,
  NamedQueueValue,
  NetworkChange,
  NetworkValue,
  Notification,
  OutsideNumber,
  PresenceState,
  PresenceValue,
  PublishedValue,
  QueueStatistics,
  QueuesValue,
  QueueValue,
  SystemInfoValue,
  TaskDialogValue,
  TeamMessageValue,
  TeamRef,
  UserValue,
  Variable,
  VoiceQueueValue,
} from './engine/values.ts'
export {
  type CodeOf,
  ERROR_CODES,
  type ErrorCode,
  errorText,
  InvalidArgument,
  MrdianError,
  REPORTED_BY,
} from './errors/index.ts'
export { ExplainError, type Explanation, explain, explanationText, type Question } from './history/index.ts'
export {
  type ConnectionGuard,
  type ConnectionLimits,
  connectionGuard,
  hasSession,
  ProxyError,
  type SurfaceFigures,
} from './sockets/index.ts'
export {
  backup,
  exportToPostgres,
  importFromPostgres,
  memoryStore,
  openHistory,
  openPostgresHistory,
  postgresStore,
  StoreError,
  sqliteStore,
} from './store/index.ts'
