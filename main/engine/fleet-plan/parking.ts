import type { Metric } from '#api/analysis.ts'
import type { CanaryStep } from '#api/rollout.ts'
import { actionFacts } from '#engine/actions/action-facts.ts'
import { resolveTemplates, type TemplateSource } from '#engine/analysis/templates.ts'
import { pauseSeconds } from '#engine/rollout/canary/steps.ts'
import type { RolloutWorld } from '#engine/world.ts'
import { parseGoDuration } from '#lib/go-duration.ts'
import { parseInteger } from '#lib/int-or-string.ts'
import type { Draft } from './acts.ts'
import type { MemberView } from './member-view.ts'

/** A longer step is likely to be slept through by a laptop (SR-5). */
const longMs = 10 * 60_000

/**
 * The first step that lasts longer than a laptop stays awake for sure: a pause, an experiment, or an analysis as long as its templates say
 * that it measures; of blue-green the pause before its switch, as step 0.
 */
export function longStep({
  rollout,
  templates = noTemplates,
}: Pick<RolloutWorld, 'rollout' | 'templates'>): { readonly step: number; readonly ms: number } | undefined {
  const { blueGreen } = rollout.spec.strategy ?? {}
  const lengths =
    blueGreen == null
      ? actionFacts(rollout).steps.map((step) => lengthOf(step, templates))
      : [(blueGreen.autoPromotionSeconds ?? 0) * 1000]
  const step = lengths.findIndex((ms) => ms > longMs)
  return step < 0 ? undefined : { step, ms: lengths[step] ?? 0 }
}

const noTemplates: TemplateSource = { namespaced: {}, cluster: {} }

function lengthOf({ pause, analysis, experiment }: CanaryStep, templates: TemplateSource): number {
  const resolved = resolveTemplates(analysis?.templates ?? [], templates)
  const measured = resolved.ok ? [...resolved.value.namespaced, ...resolved.value.cluster] : []
  return Math.max(
    (pauseSeconds(pause?.duration) ?? 0) * 1000,
    msOf(experiment?.duration),
    ...measured.flatMap(({ spec }) => (spec.metrics ?? []).map(measuredMs)),
  )
}

/** From its first measurement to its last, after its delay; one without a count measures once (ANA-106, ANA-507). */
const measuredMs = ({ initialDelay, interval, count }: Metric): number =>
  msOf(initialDelay) + msOf(interval) * Math.max(0, (parseInteger(String(count ?? '')) ?? 1) - 1)

function msOf(duration: string | undefined): number {
  const read = parseGoDuration(duration ?? '')
  return read.ok ? read.value : 0
}

/** What nobody drives any more goes back to the pods that still run, whatever holds the plan (SR-5). */
export function parkAct({ facts, status, member }: MemberView): Draft | undefined {
  if (status.parked !== true || facts?.isTarget !== true || facts.isAborted || facts.hash === facts.stableHash)
    return undefined
  return { kind: 'abort', because: 'SR-5', summary: `Abort the update of ${member.id}: its engine goes to sleep` }
}
