/**
 * All errors of the package, with code and sentence. A code never changes, its sentence may. `reporters.ts` says where
 * each code occurs.
 *
 * The machines give refused requests their codes, and the rules that refuse them give the sentences.
 */
import { FAILURES, type Failure, type Rejection } from '../../machines/failures.ts'

const SENTENCES = {
  // Commands
  UNKNOWN_COMMAND: 'There is no command of this type.',
  INVALID_COMMAND: 'A part of the command is missing, or has a value that it cannot have.',
  USER_NOT_FOUND: 'The directory has no user with this id.',
  MRD_NOT_FOUND: 'The directory has no MRD with this id.',
  DIALOG_NOT_FOUND: 'There is no open dialog with this id.',
  NOT_A_PARTICIPANT: 'The user is not a participant of the dialog.',
  INVALID_REASON_CODE: 'The directory has no reason code with this id for this state.',
  REASON_CODE_REQUIRED: 'The directory requires a reason code for this state.',
  INVALID_LIMIT: 'The dialog limit is a whole number from 1 to 10.',
  INVALID_CALL_VARIABLE:
    'A call variable has a name that the directory does not have, is named twice, or has characters that it cannot have.',
  INVALID_WRAP_UP_REASON: 'A wrap-up reason has at most 39 bytes, and no control characters.',
  FOREIGN_EXTENSION: 'The user is not signed in at this extension.',
  INVALID_ADDRESS: 'A number to dial has 1 to 64 printable ASCII characters.',
  INVALID_DESTINATION: 'The number is an extension of the user, or not that of the agent to listen to.',
  INVALID_TONES: 'Tones are digits, stars, number signs and the letters A to D.',
  OUT_OF_SERVICE: 'The side that was asked is out of service.',
  DRAINING: 'The engine is being drained: it takes no new sign-ins, tasks or calls.',
  KEY_REUSED: 'The caller has used the key for another request before.',
  FOLLOWER: 'The engine follows a Finesse. Send the command to that Finesse.',
  INTERNAL_ERROR: 'The engine failed while it applied the command. The state is as it was before.',
  // The engine
  INVALID_ARGUMENT: 'An argument or an option has a value that it cannot have.',
  ENGINE_UNAVAILABLE:
    'The engine takes no input now. `reason` says why: `CLOSING`, `DRAINING`, `FULL`, `STORE`, `RESETTING` or `FAILED`.',
  NOT_RESETTABLE: 'The engine was started without `resettable`.',
  RECOVERY_FAILED: 'The store has data that this version cannot continue from.',
  UNKNOWN_RULES: 'The store was written with guards that this engine was not given.',
  REMOVALS_NOT_CONFIRMED: 'The directory leaves out more users than the removal limit allows.',
  STILL_OPEN: 'A task, dialog or call of the customer is still open. Nothing was erased.',
  UNDELIVERABLE: 'This notification can never be delivered. The engine drops it.',
  // The ACD
  UNKNOWN_SELECTOR: 'No MRD has this script selector.',
  SELECTOR_OF_OTHER_MRD: 'The script selector belongs to another MRD.',
  UNKNOWN_TASK: 'There is no task with this id, or there was none at that time.',
  TASK_NOT_OPEN: 'The task has ended.',
  OWN_EXTENSION: 'An extension cannot call itself.',
  UNKNOWN_QUEUE: 'No queue has this id or number.',
  INVALID_QUEUE_SETTING: 'A queue cannot have this setting: a directory file with it would be refused too.',
  QUEUE_FULL: 'More calls wait in the queue than the limit allows.',
  NUMBER_INSIDE: 'The number is an extension or the number of a queue.',
  TOO_MANY_NUMBERS: 'More numbers are set than the limit allows.',
  UNKNOWN_CALL: 'There is no call with this id.',
  CALL_OVER: 'The call has ended.',
  UNKNOWN_CAMPAIGN: 'There is no campaign with this id.',
  CAMPAIGN_EXISTS: 'There is a campaign with this id already.',
  CAMPAIGN_BUSY: 'The campaign runs, or an agent is reserved for it.',
  MODE_OF_OTHER_PLATFORM: 'The platform has no campaigns of this mode.',
  TOO_MANY_CAMPAIGNS: 'There are as many campaigns as the limit allows.',
  TOO_MANY_CONTACTS: 'The campaign has more contacts than the limit allows.',
  DUPLICATE_CALL: 'The call is open already, by another offer.',
  TOO_MANY_CALLS: 'More calls are open than the limit allows.',
  INVALID_CALL_STATE: 'A party outside has no such state.',
  NO_BUILT_IN_ACD: 'The engine has no built-in ACD, because it was given another one.',
  TOO_MANY_TASKS: 'The queue is full.',
  INVALID_ID: 'An id is empty, is not a string, or has control characters.',
  RESERVED_NAME: 'The name is that of a member that every JavaScript object has, such as `constructor`.',
  TOO_LONG: 'A text is longer than its limit.',
  INVALID_TEXT: 'A value is not a string, or has characters that XML cannot carry.',
  DUPLICATE_VARIABLE: 'A variable is given twice.',
  TOO_MANY_VARIABLES: 'A task has more variables than the limit.',
  DUPLICATE_TASK: 'The agent has an open dialog of this task, from another offer.',
  INVALID_ATTEMPT: 'The attempt of a request is a whole number from 0.',
  // Stores
  IN_USE: 'The data file or database is already open, in this process or another one.',
  NOT_A_STORE: 'The file or database is not one of mrdian, or cannot be opened.',
  UNKNOWN_VERSION: 'The data were written by a version whose schema is unknown here.',
  CORRUPT: 'A stored row cannot be read, or rows do not fit together.',
  INVALID_BATCH: 'The program tried to write an invalid batch. Nothing of the batch was kept.',
  FAILED: 'The file system or database refused a write, for example because it is full. Nothing of the batch was kept.',
  CLOSED: 'The store was closed before.',
  LOST: 'The data file was removed, moved, replaced or linked, or another process has taken the store. It writes nothing any more.',
  BEHIND: 'The data file or database lacks changes that were confirmed.',
  UNREACHABLE: 'The database cannot be reached, or has not answered in time.',
  DENIED: 'The database refuses the user: a wrong name or password, or not enough rights.',
  UNREPLICATED: 'The database would confirm a change before a second machine has it.',
  // Files and the past
  DIRECTORY_REFUSED: 'The directory file has problems; `problems` lists them.',
  SCENARIO_REFUSED: 'The scenario file has problems; `problems` lists them.',
  INVALID_QUESTION: 'Times contradict each other or are in the future, or the limit is out of range.',
  EMPTY_HISTORY: 'Nothing was ever written.',
  UNKNOWN_USER: 'There is no user with this id.',
  UNKNOWN_MRD: 'There is no nonvoice MRD with this id, or the user is not in it.',
  UNKNOWN_DIALOG: 'The user has no such dialog, or the history has none.',
  NOT_YET: 'The user was added to the directory after that time.',
  FORGOTTEN: 'This part of the history was removed because of its age.',
  UNREADABLE: 'The history was written by a version of the machines, or with rules, that this program does not have.',
  NOTHING_KEPT: 'The history has nothing of what was asked for.',
  SIMULATION_FAILED: 'The simulation cannot continue: an input failed, or the journal cannot be kept.',
  // Listeners and XMPP servers
  PORT_IN_USE: 'A port is taken by another process or listener.',
  CANNOT_LISTEN: 'A port cannot be opened; `cause` is the error of Node.',
  INVALID_PROXY: 'A trusted proxy is neither an address nor a network.',
  ACCOUNTS_BUSY:
    'Too many password checks are waiting, or too many wrong passwords came from one address. Try again later.',
  SERVICE_LATE: 'The XMPP server did not answer a request in time.',
  TOO_MANY_PUBLICATIONS: 'Too many notifications wait for the XMPP server.',
  OUTDATED: 'The engine was reset after the notification was published.',
  CONNECTION_LOST: 'The connection to the XMPP server was lost, or there is none.',
  REQUEST_REFUSED: 'The XMPP server answered a request with an error; `condition` says which.',
  DOCUMENT_TOO_LARGE: 'A notification is larger than the XMPP server takes.',
  // The followed Finesse
  UPSTREAM_UNREACHABLE: 'The followed Finesse cannot be reached, is out of service, or did not answer in time.',
  UPSTREAM_DENIED:
    'The followed Finesse refuses the account: a wrong password, a locked account, or not enough rights.',
  UPSTREAM_FORBIDDEN: 'The account may not do this on the followed Finesse.',
  UPSTREAM_UNTRUSTED: 'The certificate of the followed Finesse is not trusted, has expired, or has another name.',
  UPSTREAM_UNREADABLE: 'The followed Finesse answered something that the follower cannot read, or that is too large.',
  UPSTREAM_BUDGET: 'Too many requests wait for the followed Finesse.',
} as const

/** Code of an error. `errorText` gives its sentence. */
export type ErrorCode = keyof typeof SENTENCES | Failure | Rejection

const isRefusal = (code: string): code is Failure | Rejection => Object.hasOwn(FAILURES, code)
const isOwn = (code: string): code is keyof typeof SENTENCES => Object.hasOwn(SENTENCES, code)

export const isErrorCode = (text: string): text is ErrorCode => isRefusal(text) || isOwn(text)

/** All codes, those of refused requests last. */
export const ERROR_CODES: readonly ErrorCode[] = [...Object.keys(SENTENCES), ...Object.keys(FAILURES)].filter(
  isErrorCode,
)

/** What a code means, in one sentence for a person. */
export const errorText = (code: ErrorCode): string => (isRefusal(code) ? FAILURES[code].text : SENTENCES[code])
