export interface Split {
  readonly canary: number
  readonly stable: number
}

interface Wish {
  /** `spec.replicas`: whole pods ≥ 0. */
  readonly replicas: number
  /** 0…`maxWeight`. */
  readonly weight: number
  readonly maxWeight: number
  /** Pods allowed above `replicas`; only whether there are any matters. */
  readonly surge: number
}

/**
 * Splits pods between canary and stable when no traffic router is configured (CAN-30, CAN-31).
 *
 * Shape   the result sums to `replicas`, or to one more when surging by one comes closer to the weight.
 * Rounds  to the split nearest the wanted weight; a tie goes to the larger canary. A weight strictly between 0 and
 *         `maxWeight` keeps a pod on each side, unless there is a single pod and no surge.
 * Differs from the reference where rounding up would leave stable without a pod and rounding down is an exact tie, as for
 *         2 pods at 75 %: it then asks for no canary at all and calls the step done. Here it rounds down (CAN-32).
 * @example splitPods({ replicas: 3, weight: 49, maxWeight: 100, surge: 1 }) // { canary: 2, stable: 2 }
 */
export function splitPods({ replicas, weight, maxWeight, surge }: Wish): Split {
  if (replicas === 0) return { canary: 0, stable: 0 }
  const up = Math.ceil((replicas * weight) / maxWeight)
  const down = Math.floor((replicas * weight) / maxWeight)
  const mayBeEmpty = weight === maxWeight || weight === 0 || (replicas === 1 && surge === 0)
  const mayRoundUp = up < replicas || mayBeEmpty
  const mayRoundDown = down !== 0 || mayBeEmpty
  const isTied = (total: number): boolean => (total * (weight / maxWeight)) % 1 === 0.5

  const candidates = [
    { canary: up, total: replicas, allowed: mayRoundUp },
    { canary: down, total: replicas, allowed: mayRoundDown && !isTied(replicas) },
    { canary: up, total: replicas + 1, allowed: surge > 0 },
    { canary: down, total: replicas + 1, allowed: surge > 0 && mayRoundDown && !isTied(replicas + 1) },
  ].filter(({ allowed }) => allowed)
  const distance = ({ canary, total }: { canary: number; total: number }): number =>
    Math.abs((canary * maxWeight) / total - weight)
  const [first, ...others] = candidates
  if (first === undefined) return { canary: down, stable: replicas - down }
  const best = others.reduce((nearest, each) => (distance(each) < distance(nearest) ? each : nearest), first)
  return { canary: best.canary, stable: best.total - best.canary }
}
