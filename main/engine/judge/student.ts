/**
 * The quantile of Student's t distribution that belongs to one of the normal distribution: what is estimated from few values varies
 * more. An expansion in the inverse of the freedom, right to a percent from 3 on.
 */
export function studentQuantile(z: number, freedom: number): number {
  const v = Math.max(freedom, 2)
  const first = (z ** 3 + z) / 4
  const second = (5 * z ** 5 + 16 * z ** 3 + 3 * z) / 96
  const third = (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / 384
  return z + first / v + second / v ** 2 + third / v ** 3
}
