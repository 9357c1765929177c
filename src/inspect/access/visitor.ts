/** Who looks at a page: an account, or the screen of a wallboard that was opened by a link. */
import type { Principal } from '../../accounts/api.ts'

export type Visitor = Principal | { readonly id: string; readonly kind: 'kiosk' }
