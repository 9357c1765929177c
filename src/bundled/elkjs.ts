/** The layout of drawn charts. */
export { default } from 'elkjs/lib/elk.bundled.js'
