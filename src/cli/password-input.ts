/** Reads a password from the keyboard or a pipe. Not from arguments, because everybody on the machine can read them. */
import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'
import { StartFailure } from './start-failure.ts'

const MAX_BYTES = 8192

/** On a terminal, asks twice without showing what is typed. Otherwise reads one line from standard input. */
export async function readPassword(): Promise<string> {
  if (!process.stdin.isTTY) return readLine(process.stdin)
  const password = await ask('Password: ')
  if ((await ask('Once more: ')) !== password) throw new StartFailure('the two passwords differ')
  return password
}

/** Reads the only line of a file. Throws `StartFailure` if the file has another form or cannot be read. */
export async function readPasswordFile(file: string): Promise<string> {
  try {
    return await readLine(createReadStream(file), file)
  } catch (error) {
    if (error instanceof StartFailure) throw error
    throw new StartFailure(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`)
  }
}

/** Reads the only line of a stream. `name` is for messages. */
export async function readLine(stream: AsyncIterable<Buffer | string>, name = 'standard input'): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of stream) {
    const piece = Buffer.from(chunk)
    bytes += piece.length
    if (bytes > MAX_BYTES) throw new StartFailure(`${name} has more than ${MAX_BYTES} bytes: that is not a password`)
    chunks.push(piece)
  }
  const text = Buffer.concat(chunks)
    .toString('utf8')
    .replace(/\r?\n$/, '')
  if (/[\r\n]/.test(text)) throw new StartFailure(`${name} has more than one line: that is not a password`)
  if (text === '') throw new StartFailure(`${name} has no password`)
  return text
}

function ask(question: string): Promise<string> {
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() })
  const reader = createInterface({ input: process.stdin, output: silent, terminal: true })
  process.stderr.write(question)
  return new Promise((resolve, reject) => {
    reader.once('line', (line) => {
      resolve(line)
      reader.close()
    })
    reader.once('SIGINT', () => reader.close())
    reader.once('close', () => {
      process.stderr.write('\n')
      // Has no effect after an answer.
      reject(new StartFailure('no password was given'))
    })
  })
}
