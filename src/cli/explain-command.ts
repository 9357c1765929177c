/** `mrdian explain`: explains from a data file why a user is in a state, or why a queue waits. A server may run. */
import { type Command, Option } from '../bundled/commander.ts'
import type { History } from '../engine/ports.ts'
import { ExplainError, LIMIT, type Question } from '../history/explain/question.ts'
import type { QueueQuestion } from '../history/explain/queue.ts'
import { StoreError } from '../store/errors.ts'
import { type Reader, TIME_HELP } from '../times/index.ts'
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
  readonly queue?: string
  readonly task?: string
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

With --queue or --task in place of a user, the answer says why the contacts of a
queue wait: how many agents are free, and what holds each of the others.

Examples:
  $ mrdian explain 1001
  $ mrdian explain 1001 --at 10:42 --mrd 5001
  $ mrdian explain --queue 5001 --at 12:40
  $ mrdian explain --task 5001-17
  $ mrdian explain 1001 --from 2026-03-01T08:00 --to 2026-03-01T09:00 --json
`

export function addExplainCommand(program: Command): void {
  program
    .command('explain')
    .argument('[user]', 'user id, for example 1001')
    .description('Explain why a user is in a state and how it got there, or why a queue waits.')
    .option('--at <time>', `the moment (default: now): ${TIME_HELP}`, timeOf)
    .option('--from <time>', 'beginning of the timeline', timeOf)
    .option('--to <time>', 'end of the timeline (default: now)', timeOf)
    .option('--mrd <id>', 'only this MRD; 1 is voice')
    .option('--dialog <id>', 'only this dialog or call')
    .option('--queue <id>', 'in place of a user: why the tasks of this MRD, or the calls of this queue, wait')
    .option('--task <id>', 'in place of a user: why this task of the built-in ACD waits')
    .option('--limit <number>', `most entries of the timeline, up to ${LIMIT.most}`, String(LIMIT.standard))
    .option('--json', 'print JSON, with all details', false)
    .option('--personal', 'show values of call variables and numbers of callers', false)
    .addOption(
      new Option('--data <file|url>', 'data file or database of a server').env('MRDIAN_DATA').default(DEFAULTS.data),
    )
    .addHelpText('after', HELP)
    .action(async (user: string | undefined, options: ExplainOptions) => {
      await linesOnOutput().write(await answerOf(subjectOf(user, options), options, Date.now()))
    })
}

type Asked = { readonly user: string } | QueueQuestion

/** Exactly one of user, queue and task. Throws `StartFailure` for none or several, and for options of a user. */
function subjectOf(user: string | undefined, { queue, task, from, to, mrd, dialog }: ExplainOptions): Asked {
  const given = [user, queue, task].filter((each) => each !== undefined)
  if (given.length !== 1) throw new StartFailure('explain takes one of: a user, --queue or --task')
  if (user !== undefined) return { user }
  if ([from, to, mrd, dialog].some((each) => each !== undefined))
    throw new StartFailure('--from, --to, --mrd and --dialog are for a user; with --queue and --task there is --at')
  return { queue, task }
}

/** The answer as text or JSON. Throws `StartFailure` with the reason if there is no answer. */
async function answerOf(asked: Asked, options: ExplainOptions, wall: number): Promise<string> {
  const { explain, explainQueue, explanationText, queueExplanationText } = await import('../history/index.ts')
  const answer = async (history: History): Promise<string> => {
    const now = await latestOf(history, wall)
    const shown = <T>(explanation: T, text: (explanation: T, reader: Reader) => string) =>
      options.json ? JSON.stringify(explanation, null, 2) : text(explanation, { now }).trimEnd()
    return 'user' in asked
      ? shown(await explain(history, questionOf(asked.user, options, now)), explanationText)
      : shown(await explainQueue(history, { ...asked, at: options.at }), queueExplanationText)
  }
  try {
    await assertWhole(options.data, 'soon')
    return await withHistory(options.data, answer)
  } catch (error) {
    if (error instanceof StoreError) throw new StartFailure(`${error.message}${dataHint(options.data)}`)
    if (error instanceof ExplainError) throw new StartFailure(error.message)
    throw error
  }
}

/** The time of now. If the wall clock was set back while a server ran, the server's time is ahead of the wall clock. */
const latestOf = async (history: History, wall: number) =>
  Math.max(wall, (await history.row(history.lastPosition))?.at ?? 0)

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
