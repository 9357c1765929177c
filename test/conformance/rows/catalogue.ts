/** The rows of the contract that the row tests hold, and how well the product holds them. */
import type { RowId } from './registry.ts'

export type Verdict = 'supported' | 'partial' | 'differs' | 'our choice'

export interface Row {
  readonly id: RowId
  /** The rule in few words. */
  readonly rule: string
  readonly verdict: Verdict
  /** Needed for every verdict but `supported`. */
  readonly reason: string
  /** False where nothing can be tested yet. */
  readonly tested: boolean
}

const row = (id: RowId, rule: string, verdict: Verdict = 'supported', reason = ''): Row => ({
  id,
  rule,
  verdict,
  reason,
  tested: true,
})

export const ROWS: readonly Row[] = [
  // ---------------------------------------------------------------------------------------------- 12.1
  row('A1', 'sign-in: NOT_READY, routable, three settings'),
  row('A2', 'sign-in while signed in: error 1, new settings'),
  row('A3', 'READY without dialogs'),
  row('A4', 'READY with dialogs: state by the dialogs'),
  row('A5', 'READY while READY: nothing'),
  row('A6', 'READY in a task state', 'our choice', 'no source says; nothing is sent, as in A5 (ruling 11)'),
  row('A7', 'NOT_READY; dialogs keep their states'),
  row('A8', 'NOT_READY with an offered dialog', 'our choice', 'sources contradict each other; refused with code 14'),
  row(
    'A9',
    'NOT_READY while another one is pending',
    'our choice',
    'takes effect at once and never pends: both are told',
  ),
  row('A10', 'chosen for a task: RESERVED, then the dialog'),
  row('A11', 'a further task: only the dialog'),
  row('A12', 'dialog event: agent state told only if it differs'),
  row('A13', 'last dialog closes: READY'),
  row('A14', 'last dialog closes while NOT_READY: NOT_READY'),
  row('A15', 'interrupted'),
  row('A16', 'interrupt over: state by the dialogs'),
  row('A17', 'change of the mode'),
  row('A18', 'not routable waits for unstarted dialogs'),
  row('A19', 'mode that holds already: error'),
  row('A20', 'Start Timeout: not routable'),
  row('A21', 'sign-out'),
  row('A22', 'user sign-out reaches the media'),
  row('A23', 'loss of the ACD link: WORK_NOT_READY'),
  row('A24', 'not signed in: error 6'),
  // ---------------------------------------------------------------------------------------------- 12.2
  row('D1', 'offered'),
  row('D2', 'ACCEPT'),
  row('D3', 'Start Timeout'),
  row('D4', 'customer gives up while it is offered'),
  row('D5', 'START'),
  row('D6', 'PAUSE'),
  row('D7', 'RESUME'),
  row('D8', 'WRAP_UP'),
  row('D9', 'CLOSE, from ACCEPTED too (ruling 14)'),
  row('D10', 'TRANSFER that succeeds'),
  row(
    'D11',
    'TRANSFER that fails',
    'our choice',
    'no source has the codes: 500 refused, 408 timed out, 404 unknown selector',
  ),
  row('D12', 'interrupted, unheard'),
  row('D13', 'given back, unheard'),
  row('D14', 'UNKNOWN after a failure', 'our choice', 'no source says whether it is told; it is, as PUT'),
  row('D15', 'action on an interrupted dialog: error 30'),
  row('D16', 'max task duration'),
  row('D17', 'sign-out with CLOSE'),
  row('D18', 'sign-out with TRANSFER'),
  row('D19', 'task life over', 'our choice', 'no source has the code: CD_APPLICATION_DISCONNECTED'),
  row('D20', 'PAUSE, RESUME in wrap-up', 'our choice', 'no source says; both work (ruling 14)'),
  // ---------------------------------------------------------------------------------------------- 12.3
  row('I1', 'ACCEPT: INTERRUPTED'),
  row('I2', 'IGNORE: nothing'),
  row('I3', 'READY: nothing'),
  row('I4', 'NOT_READY, LOGOUT: nothing'),
  row('I5', 'a second interrupt: nothing'),
  row('I6', 'one of several is over: nothing'),
  row('I7', 'the last one is over: restored'),
  row('I8', 'NOT_READY meanwhile'),
  row('I9', 'sign-out meanwhile'),
  row('I10', 'dialog action meanwhile: error 30'),
  row('I11', 'max task duration meanwhile'),
  row('I12', 'failure meanwhile: UNKNOWN'),
  row('I13', 'IGNORE set meanwhile', 'our choice', 'no source says; it counts from the next interrupt on'),
  // ---------------------------------------------------------------------------------------------- 12.4
  row('R1', 'timer of the MRD'),
  row('R2', 'dialog closed, not handled'),
  row('R3', 'resubmitted to the same selector'),
  row('R4', 'not routable, told'),
  row('R5', 'state by the rest'),
  row('R6', 'until routable is set again'),
  row('RV1', 'several offers'),
  row('RV2', 'ACD link lost meanwhile'),
  row('RV3', 'side lost meanwhile'),
  row('RV4', 'resubmission impossible: lost'),
  row('RV5', 'accepted, never started'),
  // ---------------------------------------------------------------------------------------------- 12.5
  row('S1', 'sign-out ends every open dialog'),
  row('S2', 'disposition code of the action'),
  row('S3', 'CLOSE handled, TRANSFER resubmitted'),
  row('S4', 'each one told'),
  row('S5', 'then LOGOUT'),
  // ---------------------------------------------------------------------------------------------- 12.6
  row('P1', 'presence back in time'),
  row('P2', 'presence lost: forced sign-out'),
  row('P3', 'signed in on the other side meanwhile'),
  row('P4', 'client moves to the other side'),
  row('P5', 'ACD link lost'),
  row('P6', 'sign-in on the other side after that', 'our choice', 'error 1 is possible there; it is not sent'),
  row('P7', 'ACD link back'),
  row('P8', 'offered dialogs meanwhile'),
  row('P9', 'interrupted dialogs meanwhile'),
  row('P10', 'one of two ACD connections lost'),
  row('P11', 'both peripheral gateways lost'),
  row('P12', 'client application gone'),
  row('P13', 'resubmission down'),
  // ---------------------------------------------------------------------------------------------- rules
  row('4.2', 'agent state from dialogs, by rank'),
  row('4.3', 'mode', 'our choice', 'what a sign-out does to it stands nowhere; it stays, and the next sign-in sets it'),
  row('4.4', 'restrictions'),
  row('4.5', 'who gets a task, temporarily not routable'),
  row('6.1', 'synchronous errors'),
  row('6.2', 'codes of state and mode', 'partial', 'no cause for 2, 3, 9, 34, 36, 37, 38, 41 in the built-in ACD'),
  row('6.3', 'codes of dialogs', 'partial', 'no cause for 2, 3, 6, 18, 20, 21, 22, 32, 33; 6030 only in a race'),
  row('13', 'the side that acts for the user'),
  row('10', 'disposition codes', 'partial', 'no cause for CD_CANT_OBTAIN_DIALOG_ID, CD_TASK_ENDED_DURING_APP_INIT'),
]
