import { type JudgeVerdict, verdictKeys } from '#engine/judge/verdict.ts'

/** `ratio 1.31 (1.05…1.62)`: the effect with its interval; the verdict where nothing could be compared. */
export function verdictText({ effect, verdict }: JudgeVerdict): string {
  if (effect === undefined) return verdict
  const { measure, estimate, low, high } = effect
  return `${measure} ${short(estimate)} (${short(low)}…${short(high)})`
}

/** Points of each side that are kept; an AnalysisRun has to fit into etcd. */
const pointsMax = 240

/** How a verdict came about, for whoever looks at the run later (judge.md §4.7). */
export function verdictMetadata(
  verdict: JudgeVerdict,
  [canary = [], baseline = []]: readonly (readonly number[])[],
  extended: number,
): Readonly<Record<string, string>> {
  const { kind, test, n, threshold, spentAlpha, change, critical, warnings } = verdict
  return {
    [verdictKeys.verdict]: verdict.verdict,
    judgeKind: kind,
    judgeTest: test,
    [verdictKeys.change]: change,
    ...(critical && { [verdictKeys.critical]: 'true' }),
    judgeIntervals: `${n.canary} and ${n.baseline}`,
    judgeThreshold: JSON.stringify(threshold),
    judgeSpentAlpha: short(spentAlpha),
    judgeCanary: points(canary),
    judgeBaseline: points(baseline),
    ...(warnings.length > 0 && { judgeWarnings: warnings.join(' ') }),
    ...(extended > 0 && { judgeExtended: String(extended) }),
  }
}

/** The newest, as JSON; what is no number is null. */
const points = (values: readonly number[]): string =>
  JSON.stringify(values.slice(-pointsMax).map((each) => (Number.isFinite(each) ? Number(each.toPrecision(4)) : null)))

const short = (value: number): string => (Number.isFinite(value) ? String(Number(value.toPrecision(4))) : String(value))
