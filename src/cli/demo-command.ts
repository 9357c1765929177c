/** `mrdian demo`: a populated centre, to look at. */
import { type Command, InvalidArgumentError } from '../bundled/commander.ts'
import type { DemoOptions } from './demo.ts'
import { pagePort } from './option-values.ts'

const SPEED_MOST = 100

const HELP = `
30 agents in three teams work on calls, chats, e-mails and social contacts of
customers who come, wait and sometimes give up. Calls and chats interrupt
e-mails. Some agents miss an offer or lose their connection, and twice an hour
one of the two sides fails for a minute. All of them are simulated; the engine,
the ACD, the REST and XMPP services and the pages are those of mrdian serve.

It begins now and goes on until Ctrl-C. Everything is in memory and on this
machine only. --speed 10 makes an hour of the centre pass in six minutes.

Examples:
  $ mrdian demo
  $ mrdian demo --speed 10 --port 8080
`

/** Adds the command to a program; `print` writes a line to standard output. */
export function addDemoCommand(program: Command, print: (line: string) => void): void {
  program
    .command('demo')
    .description('Start a contact centre at work, with 30 simulated agents, and print links to board and viewer.')
    .option('--speed <n>', `how much faster than real time: 1 to ${SPEED_MOST}`, speedOf, 1)
    .option('--port <port>', 'port of board and viewer; 0 is a free port', pagePort, 0)
    .option('--seed <n>', 'other customers, with this seed', seedOf, 1)
    .addHelpText('after', HELP)
    .action(async (options: DemoOptions) => {
      const { demo } = await import('./demo.ts')
      await demo(options, print)
    })
}

function speedOf(text: string): number {
  const speed = /^\d{1,3}(?:\.\d{1,3})?$/.test(text) ? Number(text) : 0
  if (speed >= 1 && speed <= SPEED_MOST) return speed
  throw new InvalidArgumentError(`A number from 1 to ${SPEED_MOST}.`)
}

function seedOf(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text)
  throw new InvalidArgumentError('A whole number of up to nine digits.')
}
