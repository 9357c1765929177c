/** Options of commands that send a request to a running server as an administrator. */
import { Option } from '../bundled/commander.ts'
import { baseOf } from './option-values.ts'

/** `--server URL`: the address of the server. */
export const serverOption = (): Option =>
  new Option('--server <url>', 'the server, by its REST port')
    .env('MRDIAN_SERVER')
    .argParser(baseOf)
    .default(new URL('http://127.0.0.1:8082'), 'http://127.0.0.1:8082')

/** `--user NAME`: the administrator. The password comes from `readPassword`. */
export const administratorOption = (): Option =>
  new Option('--user <name>', 'an administrator').env('MRDIAN_USER').default('admin')
