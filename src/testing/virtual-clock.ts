/** Virtual time for tests. */
export { type VirtualClock, virtualClock } from '../clock/virtual-clock.ts'
