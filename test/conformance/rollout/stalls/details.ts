import type { CanaryStep, RolloutStrategy } from '#api/rollout.ts'
import { fraction } from '#main/sandbox/seeded.ts'

/** What is the same in every run, and differs from stall to stall. */
export interface Details {
  readonly name: string
  readonly replicas: number
  /** Of a canary: begins with a weight and ends before 100 %. */
  readonly steps: readonly CanaryStep[]
  /** The tags of the first version and of the next. */
  readonly tags: readonly [string, string]
}

const names = ['cart', 'checkout', 'till', 'search', 'mail', 'login', 'stock', 'price', 'quay', 'ledger']

/** Details of the stall with this number. */
export function detailsOf(number: number): Details {
  const pick = (what: string, from: number, to: number) =>
    from + Math.floor(fraction(20_260_714, 'stall', number, what) * (to - from + 1))
  const first = pick('weight', 1, 4) * 10
  const more: readonly CanaryStep[] = [{ pause: { duration: '1s' } }, { setWeight: first + 20 }]
  return {
    name: `${names[pick('name', 0, names.length - 1)]}-${number}`,
    replicas: pick('replicas', 2, 5),
    steps: [{ setWeight: first }, ...(pick('steps', 0, 1) === 0 ? [] : more)],
    tags: [`${pick('major', 1, 9)}.0`, `${pick('minor', 10, 40)}.1`],
  }
}

export type StrategyName = 'canary' | 'blueGreen'

/** The strategy as a spec has it, and the Services that it names. */
export function strategyOf(
  strategy: StrategyName,
  { name, steps }: Details,
): { readonly spec: RolloutStrategy; readonly services: readonly string[] } {
  if (strategy === 'canary') return { spec: { canary: { maxSurge: 1, maxUnavailable: 0, steps } }, services: [] }
  const [activeService, previewService] = [`${name}-active`, `${name}-preview`] as const
  return { spec: { blueGreen: { activeService, previewService } }, services: [activeService, previewService] }
}
