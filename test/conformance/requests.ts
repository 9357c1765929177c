/** HTTP requests on kept connections. Node's own client takes half the processor time of `fetch`. */
import { Agent, type IncomingMessage, request } from 'node:http'

export interface Answered {
  readonly status: number
  readonly headers: Headers
  readonly body: string
}

const agent = new Agent({ keepAlive: true })

/** Sends a request and reads the answer. Rejects if the connection ends before the answer is complete. */
export async function asks(
  url: string,
  method: string,
  headers: Readonly<Record<string, string>>,
  body: string | undefined,
): Promise<Answered> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    request(url, { method, agent, headers }, resolve).once('error', reject).end(body)
  })
  let text = ''
  for await (const piece of response.setEncoding('utf8')) text += piece
  const given = Object.entries(response.headersDistinct).flatMap(([name, values = []]) =>
    values.map((value): [string, string] => [name, value]),
  )
  return { status: response.statusCode ?? 0, headers: new Headers(given), body: text }
}
