/** The page on which a user types the password. It has no script. */

const HTML: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

const escaped = (text: string) => text.replace(/[&<>"']/g, (character) => HTML[character] ?? character)

/** Nothing is loaded, no script runs, and no other page may frame it. */
export const PAGE_HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': "default-src 'none'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
  // With `no-referrer`, browsers would not say that the form is of this page.
  'referrer-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
} as const

/** `action`: where the form is sent. `name`: what the field for the name contains. `wantsRefresh`: sent with the form. */
export function loginPage(action: string, name: string, wantsRefresh: boolean, problem: string | undefined): string {
  const said = problem === undefined ? '' : `<p role="alert">${escaped(problem)}</p>`
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Sign in</title>
<h1>Sign in</h1>
${said}
<form method="post" action="${escaped(action)}">
<input type="hidden" name="return_refresh_token" value="${String(wantsRefresh)}">
<p><label>User <input name="username" value="${escaped(name)}" autocomplete="username" required></label></p>
<p><label>Password <input name="password" type="password" autocomplete="current-password" required></label></p>
<p><button>Sign in</button></p>
</form>
</html>
`
}
