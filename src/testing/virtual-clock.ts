/** Time in the hands of a test. */
export { type VirtualClock, virtualClock } from '../clock/virtual-clock.ts'
