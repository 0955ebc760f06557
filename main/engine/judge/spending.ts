import normalCdf from '@stdlib/stats-base-dists-normal-cdf'
import normalQuantile from '@stdlib/stats-base-dists-normal-quantile'
import type { Look } from './metric.ts'

/** What a look may use. */
export interface Allowance {
  /** How many standard deviations away from no change is too far, at this look. */
  readonly z: number
  /** Used by this look and those before. */
  readonly spentAlpha: number
}

/**
 * Looking again and again at growing data finds a difference in the end, whether there is one or not. So the false alarms that are allowed
 * are spent little by little, as O'Brien and Fleming, and Lan and DeMets, have it: hardly any while there is little data, most at the
 * end. The boundary is the one for looking all the time, which holds for any number of looks.
 * @param alpha false alarms that are allowed in one direction, 0…1
 */
export function allowance(alpha: number, { n, planned }: Look): Allowance {
  if (planned <= 1) return { z: -normalQuantile(alpha, 0, 1), spentAlpha: alpha }
  const share = Math.min(Math.max(n / planned, 1 / planned), 1)
  const z = -normalQuantile(alpha / 2, 0, 1) / Math.sqrt(share)
  return { z, spentAlpha: 2 * normalCdf(-z, 0, 1) }
}
