/** The rows of the contract that the row tests check, and how far the product follows them. */
import { isRuleId, RULES } from '../../../machines/index.ts'
import type { RowId } from './registry.ts'

export type Verdict = 'supported' | 'partial' | 'differs' | 'our choice'

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

/** The verdicts other than `supported`, with their reasons. */
const VERDICTS: Readonly<Record<RowId, readonly [Exclude<Verdict, 'supported'>, string]>> = {
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
  V41: ['our choice', 'two agents on one call cannot be made by a client yet; the machine does it'],
  'dialog 6.3': ['our choice', 'no source says it; telephones do so, and an agent has one active call'],
  V100: ['our choice', 'a call that came without variables counts as unrouted: its variables are protected'],
  V104: ['partial', 'calls cannot be transferred yet'],
  'dialog 4.5': ['our choice', 'code and message of Invalid Input stand nowhere; ECC values are cut'],
  'dialog 4.8': ['partial', 'tones are checked and go nowhere: there is no voice path'],
  '10': ['partial', 'no cause for CD_CANT_OBTAIN_DIALOG_ID, CD_TASK_ENDED_DURING_APP_INIT'],
}

/** The rows of the tables of `media 12`. */
const TABLES = Object.keys(RULES).filter((id) => /^(A|D|I|R|RV|S|P)\d+$/.test(id))
/** The rows of `dialog 6` that are tested here. */
const VOICE_ROWS = Object.keys(RULES).filter(
  (id) => /^V(12|2\d|3\d|4\d|5\d|6\d|8\d|10\d)$/.test(id) || /^dialog (4\.(4|5|8|12)|6\.3)$/.test(id),
)
/** The parts of `media` that have no rows, by their numbers. */
const PARTS = ['4.2', '4.3', '4.4', '4.5', '6.1', '6.2', '6.3', '13', '10']

function sentenceOf(id: RowId): string {
  const known = [id, `media ${id}`].find(isRuleId)
  if (known === undefined) throw new Error(`no rule is called ${id}`)
  return RULES[known].text
}

export const ROWS: readonly Row[] = [...TABLES, ...PARTS, ...VOICE_ROWS].map((id) => {
  const [verdict, reason] = VERDICTS[id] ?? ['supported', '']
  return { id, rule: sentenceOf(id), verdict, reason, tested: id !== 'V41' }
})
