/** Reads and writes times for people. Every part of the product uses these functions. */
export { readTime, TIME_HELP } from './read.ts'
export {
  clockText,
  exactText,
  instant,
  type Reader,
  type Tell,
  textWithTimes,
  timeText,
  withOffsetOf,
  withTimesTold,
} from './write.ts'
export { localZone, type Zone } from './zone.ts'
