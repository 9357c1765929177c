/** The rows of the contract that the row tests check, and how far the product follows them. */
import { isRuleId, RULES, type Rule } from '../../../machines/index.ts'
import type { RowId } from './registry.ts'

export type Verdict = 'supported' | 'partial' | 'differs' | 'our choice' | 'missing'

export interface Row {
  readonly id: RowId
  /** The sentence of `machines/rules.ts`. */
  readonly rule: string
  readonly verdict: Verdict
  /** Empty only for `supported`. */
  readonly reason: string
  /** False if nothing can be tested yet. */
  readonly tested: boolean
}

/** The verdicts other than `supported` and `missing`, with their reasons. */
const VERDICTS: Readonly<Record<RowId, readonly [Exclude<Verdict, 'supported' | 'missing'>, string]>> = {
  A6: ['our choice', 'no source says; nothing is sent, as in A5 (ruling 11)'],
  A8: ['our choice', 'the sources contradict each other; refused with code 14'],
  A9: ['our choice', 'takes effect at once and is never pending: both are published'],
  D11: ['our choice', 'no source has the codes: 500 refused, 408 timed out, 404 unknown selector'],
  D14: ['our choice', 'no source says whether it is published; it is, as PUT'],
  D19: ['our choice', 'no source has the code: CD_APPLICATION_DISCONNECTED'],
  D20: ['our choice', 'no source says; both work (ruling 14)'],
  I13: ['our choice', 'no source says; they apply from the next interrupt on'],
  P6: ['our choice', 'error 1 is possible there; it is not sent'],
  '4.3': ['our choice', 'no source says what a sign-out does to it; it stays, and the next sign-in sets it'],
  '6.2': ['partial', 'no cause for 2, 3, 9, 34, 36, 37, 38, 41 in the built-in ACD'],
  '6.3': ['partial', 'no cause for 2, 3, 6, 18, 20, 21, 22, 32, 33; 6030 only in a race'],
  U5: ['our choice', 'the reason changes the time of the state too (ruling 12)'],
  V13: ['our choice', 'no source has the state while an unrouted call rings (ruling 32)'],
  'user 5.4': [
    'our choice',
    'no source says what a call outside of queues does to a READY agent on CCX: NOT_READY with 32761 or 32762, and READY again; nor what a move to the other side forgets: the same as the loss of the link',
  ],
  'user 7': [
    'our choice',
    'no source says when the nailed connection has to be answered (before READY), and what the telephone does to a call',
  ],
  'dialog 4.11': ['partial', 'nothing is recorded: there is no voice path'],
  'user 5.5': ['our choice', 'a sign-out by a supervisor during a call waits; no source says whether it does'],
  'user 5.6': ['our choice', 'OPTIONAL is never entered by itself (ruling 41); no source says when code 280 comes'],
  'dialog 6.3': ['our choice', 'no source says it; telephones do so, and an agent has one active call'],
  'dialog 6.4': ['our choice', 'recorded for a consult call; that of MAKE_CALL shows the extension of the caller'],
  V73: ['our choice', 'no source has the order; a number that rings and is not answered is no such case (V10)'],
  V100: ['our choice', 'a call that came without variables counts as unrouted: its variables are protected'],
  V91: ['our choice', 'verbs and order are those of a call of two parties (V9)'],
  V92: ['our choice', 'no source says what a conference does to it; it follows the agent'],
  'dialog 4.9': ['our choice', 'one supervisor at a time; the messages of the errors stand nowhere'],
  'dialog 4.5': ['our choice', 'code and message of Invalid Input stand nowhere; ECC values are cut'],
  'dialog 4.8': ['partial', 'tones are checked and go nowhere: there is no voice path'],
  V112: ['our choice', 'no source has the order; the reservation is removed after the call is told'],
  V114: ['our choice', 'taken from the values of CTI; no source says what REST does'],
  'dialog 5.1': [
    'our choice',
    'no source has the page of callbacks, their zone (UTC here) and the place of the actions',
  ],
  '10': ['partial', 'no cause for CD_CANT_OBTAIN_DIALOG_ID, CD_TASK_ENDED_DURING_APP_INIT'],
}

/** The rows of the tables of `media 12`. */
const TABLES = Object.keys(RULES).filter((id) => /^(A|D|I|R|RV|S|P)\d+$/.test(id))
/** The rows of `user 5.2`, and the parts of `user 5` without rows. */
const USER_ROWS = [
  ...Object.keys(RULES).filter((id) => /^U\d+$/.test(id)),
  ...['user 4.1', 'user 5.4', 'user 5.5', 'user 5.6', 'user 5.7', 'user 7', 'ruling 32', 'ruling 33'],
]
/** The rows of `dialog 6` that are tested here. */
const VOICE_ROWS = Object.keys(RULES).filter(
  (id) => /^V(\d|1[0-3]|[2-9]\d|1[01]\d)$/.test(id) || /^dialog (4\.(1|4|5|8|9|10|11|12)|5\.[12]|6\.[34])$/.test(id),
)
/** The parts of `media` that have no rows, by their numbers. */
const PARTS = ['4.2', '4.3', '4.4', '4.5', '6.1', '6.2', '6.3', '13', '10']

function ruleOf(id: RowId): Rule {
  const known = [id, `media ${id}`].find(isRuleId)
  if (known === undefined) throw new Error(`no rule is called ${id}`)
  return RULES[known]
}

function rowOf(id: RowId): Row {
  const { text: rule, absent } = ruleOf(id)
  if (absent !== undefined) return { id, rule, verdict: 'missing', reason: absent, tested: false }
  const [verdict, reason] = VERDICTS[id] ?? ['supported', '']
  return { id, rule, verdict, reason, tested: true }
}

export const ROWS: readonly Row[] = [...TABLES, ...PARTS, ...USER_ROWS, ...VOICE_ROWS].map(rowOf)
