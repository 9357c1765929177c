/** External authentication of ejabberd. A question is two bytes of length, then `auth:user:server:password`. */
import type { Readable, Writable } from 'node:stream'

/** Is this the password of this account? */
export type Check = (name: string, password: string) => Promise<boolean>

/** Answers questions one after the other until the input ends. All but `auth` and `isuser` get the answer no. */
export async function answerExtauth(input: Readable, output: Writable, check: Check): Promise<void> {
  let rest = Buffer.alloc(0)
  for await (const chunk of input) {
    rest = Buffer.concat([rest, Buffer.from(chunk)])
    while (rest.length >= 2 && rest.length >= 2 + rest.readUInt16BE(0)) {
      const end = 2 + rest.readUInt16BE(0)
      const answer = await answerTo(rest.toString('utf8', 2, end), check)
      output.write(Buffer.from([0, 2, 0, answer ? 1 : 0]))
      rest = rest.subarray(end)
    }
  }
}

async function answerTo(question: string, check: Check): Promise<boolean> {
  const [kind, user = '', , ...password] = question.split(':')
  // Only mrdian knows which users exist. ejabberd does not need to know it.
  if (kind === 'isuser') return true
  return kind === 'auth' && (await check(user, password.join(':')))
}
