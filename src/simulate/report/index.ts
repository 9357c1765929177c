/** Renders the report of one simulation, or of several side by side, as one HTML file. */
import { createHash } from 'node:crypto'
import { InvalidArgument } from '../../errors/mrdian-error.ts'
import type { ShownComparison, SimulationResult } from '../result.ts'
import { pageFiles } from './page-files.ts'

const ESCAPED: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function asText(value: string): string {
  return value.replace(/[&<>"']/g, (character) => ESCAPED[character] ?? '')
}

/** JSON without characters that an HTML parser takes for markup. They are escaped, so the value stays the same. */
function asData(value: unknown): string {
  return JSON.stringify(value).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

function source(text: string): string {
  return `'sha256-${createHash('sha256').update(text, 'utf8').digest('base64')}'`
}

function titleOf(results: readonly SimulationResult[]): string {
  return results.map(({ scenario }) => scenario.title || scenario.name).join(' / ')
}

/**
 * One self-contained HTML file. It sends no requests, and its content security policy only allows its own script and
 * style. Two or more results are shown side by side; the others are compared with the first one. With a `comparison` of
 * many runs the report begins with its answer.
 *
 * @throws InvalidArgument without a result; Error when the page's script is missing (see `page-files.ts`).
 */
export async function renderHtml(results: readonly SimulationResult[], comparison?: ShownComparison): Promise<string> {
  if (results.length === 0) throw new InvalidArgument('a report needs a result')
  const { script, style } = await pageFiles()
  const policy = [
    "default-src 'none'",
    `script-src ${source(script)}`,
    `style-src ${source(style)}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ')
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${asText(titleOf(results))}</title>
<style>${style}</style>
</head>
<body>
<main id="report"><noscript>This report is drawn by a script in this file. Please allow it to run.</noscript></main>
<script type="application/json" id="results">${asData(results)}</script>
${comparison ? `<script type="application/json" id="comparison">${asData(comparison)}</script>\n` : ''}<script>${script}</script>
</body>
</html>
`
}
