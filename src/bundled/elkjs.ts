/** Layout of state charts. */
export { default } from 'elkjs/lib/elk.bundled.js'
