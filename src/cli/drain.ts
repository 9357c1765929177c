/** `mrdian drain`: lets a running server finish the work in hand, and ends it. */
import { setTimeout as pause } from 'node:timers/promises'
import { z } from 'zod'
import { type AcdAnswer, type AcdPlace, askAcd, notLetIn } from './acd-request.ts'
import { StartFailure } from './start-failure.ts'

export interface DrainCommandOptions {
  readonly server: URL
  readonly user: string
  /** Milliseconds. */
  readonly for: number
  readonly keepRunning: boolean
  readonly leaveDraining: boolean
  readonly quiet: boolean
  readonly json: boolean
}

export const DRAIN_EXIT = { drained: 0, timeOver: 2, cancelled: 3, interrupted: 130 } as const

type Exit = (typeof DRAIN_EXIT)[keyof typeof DRAIN_EXIT]

const LOOK_MS = 250
/** If a server does not answer a request within this time, it counts as gone. */
const ANSWER_MS = 30_000
/** More time than a server needs to end in order. */
const END_MS = 60_000

const progressShape = z.object({
  draining: z.boolean(),
  since: z.string().nullable(),
  tasks: z.number(),
  calls: z.number(),
  waiting: z.number(),
  signedIn: z.number(),
})
const refusedShape = z.object({ error: z.string(), message: z.string() })

type Progress = z.infer<typeof progressShape>

/**
 * Drains the server and returns the exit code. `print` prints a line. `interrupted` is aborted by the user's Ctrl-C.
 * Throws `StartFailure` if the server cannot be reached or refuses.
 */
export async function drain(
  options: DrainCommandOptions,
  password: string,
  print: (line: string) => void,
  interrupted: AbortSignal,
): Promise<Exit> {
  const place = { ...options, password }
  const say = options.quiet || options.json ? () => undefined : print
  const show = shown(options, print)
  const began = performance.now()
  show(await ask(place, 'POST'))
  const found = await waited(options, place, show, () => performance.now() - began, interrupted)
  switch (found) {
    case 'interrupted':
      if (options.leaveDraining) say('the server continues to drain, until DELETE /acd/drain or its next start')
      else {
        await ask(place, 'DELETE')
        say('cancelled: the server accepts sign-ins again, and offers the tasks that wait')
      }
      return DRAIN_EXIT.interrupted
    case 'cancelled':
      say('the drain was cancelled elsewhere; the server continues')
      return DRAIN_EXIT.cancelled
    case 'timeOver':
      say(`the time is over, with work in hand${options.keepRunning ? '; the server continues to drain' : ''}`)
      break
    case 'drained':
      say(`no work is in hand any more${options.keepRunning ? '; the server continues to drain' : ''}`)
  }
  if (!options.keepRunning) {
    await stop(place)
    say('the server has ended')
  }
  return DRAIN_EXIT[found]
}

async function waited(
  options: DrainCommandOptions,
  place: AcdPlace,
  show: (progress: Progress) => void,
  passed: () => number,
  interrupted: AbortSignal,
): Promise<keyof typeof DRAIN_EXIT> {
  for (;;) {
    if (interrupted.aborted) return 'interrupted'
    const progress = await ask(place, 'GET')
    show(progress)
    if (!progress.draining) return 'cancelled'
    if (progress.tasks + progress.calls === 0) return 'drained'
    const left = options.for - passed()
    if (left <= 0) return 'timeOver'
    await pause(Math.min(LOOK_MS, left), undefined, { signal: interrupted }).catch(() => undefined)
  }
}

/** Prints a line at each change. */
function shown({ quiet, json }: DrainCommandOptions, print: (line: string) => void) {
  let last = ''
  return (progress: Progress) => {
    const line = json ? JSON.stringify(progress) : wordsOf(progress)
    if (!quiet && line !== last && progress.draining) print(line)
    last = line
  }
}

const counted = (count: number, one: string) => `${count} ${one}${count === 1 ? '' : 's'}`

const wordsOf = ({ tasks, calls, signedIn, waiting }: Progress) =>
  `draining: ${counted(tasks, 'task')} and ${counted(calls, 'call')} in hand, ${counted(signedIn, 'agent')} signed in, ${counted(waiting, 'task')} waiting`

async function ask(place: AcdPlace, method: 'GET' | 'POST' | 'DELETE'): Promise<Progress> {
  const answer = await askAcd(place, method, 'drain', ANSWER_MS)
  const progress = progressShape.safeParse(answer.json)
  if (answer.ok && progress.success) return progress.data
  throw refusalOf(answer, place)
}

function refusalOf({ status, json }: AcdAnswer, place: AcdPlace): StartFailure {
  const { data } = refusedShape.safeParse(json)
  if (data === undefined)
    return new StartFailure(`${place.server.origin} is not a mrdian server: it answers with ${status}`)
  return new StartFailure(notLetIn(data.error, place) ?? data.message)
}

/** Ends the server. Resolves when it no longer answers, or when a restarted server answers. */
async function stop(place: AcdPlace): Promise<void> {
  const answer = await askAcd(place, 'POST', 'stop', ANSWER_MS)
  if (!answer.ok) throw refusalOf(answer, place)
  const end = performance.now() + END_MS
  for (;;) {
    await pause(LOOK_MS)
    const seen = await askAcd(place, 'GET', 'drain', ANSWER_MS).catch(() => undefined)
    if (seen === undefined || progressShape.safeParse(seen.json).data?.draining === false) return
    if (performance.now() >= end) throw new StartFailure('the server was told to end, but it still runs')
  }
}
