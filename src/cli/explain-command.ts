/** `mrdian explain`: explains from a data file why a user is in a state. A server may be using the file. */
import { type Command, Option } from '../bundled/commander.ts'
import type { History } from '../engine/ports.ts'
import { ExplainError, LIMIT, type Question } from '../history/explain/question.ts'
import { StoreError } from '../store/errors.ts'
import { TIME_HELP } from '../times/index.ts'
import { assertWhole, dataHint, linesOnOutput, withHistory } from './data-file.ts'
import { DEFAULTS } from './defaults.ts'
import { timeOf } from './option-values.ts'
import { StartFailure } from './start-failure.ts'

interface ExplainOptions {
  readonly data: string
  readonly at?: number
  readonly from?: number
  readonly to?: number
  readonly mrd?: string
  readonly dialog?: string
  readonly limit: string
  readonly json: boolean
  readonly personal: boolean
}

const HELP = `
The answer begins with the states: each state, since when, why, by which rule,
and the chain of inputs back to the request that caused it. Then there is a
timeline with one entry for each request, external event or deadline. Without
--from it reaches back to the beginning of the oldest state: at least ten
minutes, at most an hour. A server may be running on the file; nothing is
changed. Values of call variables and numbers of callers are shown only with
--personal.

Examples:
  $ mrdian explain 1001
  $ mrdian explain 1001 --at 10:42 --mrd 5001
  $ mrdian explain 1001 --from 2026-03-01T08:00 --to 2026-03-01T09:00 --json
`

export function addExplainCommand(program: Command): void {
  program
    .command('explain')
    .argument('<user>', 'user id, for example 1001')
    .description('Explain why a user is in a state, and how it got there.')
    .option('--at <time>', `the moment (default: now): ${TIME_HELP}`, timeOf)
    .option('--from <time>', 'beginning of the timeline', timeOf)
    .option('--to <time>', 'end of the timeline (default: now)', timeOf)
    .option('--mrd <id>', 'only this MRD; 1 is voice')
    .option('--dialog <id>', 'only this dialog or call')
    .option('--limit <number>', `most entries of the timeline, up to ${LIMIT.most}`, String(LIMIT.standard))
    .option('--json', 'print JSON, with all details', false)
    .option('--personal', 'show values of call variables and numbers of callers', false)
    .addOption(new Option('--data <file>', 'data file of a server').env('MRDIAN_DATA').default(DEFAULTS.data))
    .addHelpText('after', HELP)
    .action(async (user: string, options: ExplainOptions) => {
      await linesOnOutput().write(await answerOf(user, options, Date.now()))
    })
}

/** The answer as text or JSON. Throws `StartFailure` with the reason if there is no answer. */
async function answerOf(user: string, options: ExplainOptions, wall: number): Promise<string> {
  const { explain, explanationText } = await import('../history/index.ts')
  try {
    await assertWhole(options.data, 'soon')
    const [explanation, now] = await withHistory(options.data, (history) => {
      const latest = latestOf(history, wall)
      return [explain(history, questionOf(user, options, latest)), latest] as const
    })
    return options.json ? JSON.stringify(explanation, null, 2) : explanationText(explanation, { now }).trimEnd()
  } catch (error) {
    if (error instanceof StoreError) throw new StartFailure(`${error.message}${dataHint(options.data)}`)
    if (error instanceof ExplainError) throw new StartFailure(error.message)
    throw error
  }
}

/** The time of now. If the wall clock was set back while a server ran, the server's time is ahead of the wall clock. */
const latestOf = (history: History, wall: number) => Math.max(wall, history.row(history.lastPosition)?.at ?? 0)

function questionOf(
  user: string,
  { at, from, to, mrd, dialog, limit, personal }: ExplainOptions,
  now: number,
): Question {
  return {
    user,
    ...(at === undefined ? {} : { at }),
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    ...(mrd === undefined ? {} : { mrd }),
    ...(dialog === undefined ? {} : { dialog }),
    limit: Number(limit),
    personal,
    now,
  }
}
