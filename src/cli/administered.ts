/** Options of commands that ask a running server to do something, as one of its administrators. */
import { Option } from '../bundled/commander.ts'
import { baseOf } from './option-values.ts'

/** `--server URL`: where it is. */
export const serverOption = (): Option =>
  new Option('--server <url>', 'the server, by its REST port')
    .env('MRDIAN_SERVER')
    .argParser(baseOf)
    .default(new URL('http://127.0.0.1:8082'), 'http://127.0.0.1:8082')

/** `--user NAME`: who asks; the password comes from `readPassword`. */
export const administratorOption = (): Option =>
  new Option('--user <name>', 'an administrator').env('MRDIAN_USER').default('admin')
