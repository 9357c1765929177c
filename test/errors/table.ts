/** Makes the table of errors in `src/errors/README.md`. */
import { type ErrorCode, errorText, REPORTED_BY } from '../../src/errors/index.ts'

const HEAD: Readonly<Record<string, string>> = {
  Rejected: "An answer of `engine.command` with `outcome: 'REJECTED'`",
  Refused: "An answer of `engine.command` with `outcome: 'REFUSED'`",
}

const section = (reporter: string, codes: readonly ErrorCode[]): string =>
  [
    `### ${HEAD[reporter] ?? `\`${reporter}\``}`,
    '',
    '| code | meaning |',
    '|---|---|',
    ...codes.map((code) => `| \`${code}\` | ${errorText(code)} |`),
    '',
  ].join('\n')

export const errorTable = (): string =>
  Object.entries(REPORTED_BY)
    .map(([reporter, codes]) => section(reporter, codes))
    .join('\n')
