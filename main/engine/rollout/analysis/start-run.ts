import type { AnalysisRun } from '#api/analysis.ts'
import { annotations, labels } from '#api/keys.ts'
import { resources } from '#api/resources.ts'
import type { RolloutAnalysis } from '#api/rollout.ts'
import { carriedAnnotations } from '#engine/analysis/carried-annotations.ts'
import { anAnalysisRun, nameOrAdopt, runSpec } from '#engine/analysis/new-run.ts'
import { argumentsOf } from '#engine/analysis/rollout-arguments.ts'
import { resolveTemplates, type TemplateSource } from '#engine/analysis/templates.ts'
import type { CreateWrite } from '#engine/decision.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import { ownerReferenceTo } from '../claim.ts'
import { podHashOf } from '../replica-set/facts.ts'
import type { Release, Situation } from '../situation.ts'
import { revisionOfRollout } from '../status/conditions.ts'
import { refTo } from '../write.ts'
import type { RunKind } from './runs.ts'

export interface StartedRun {
  readonly run: AnalysisRun
  /** Empty when a run that is there already is taken over. */
  readonly writes: readonly CreateWrite[]
}

export const noTemplates: TemplateSource = { namespaced: {}, cluster: {} }

/** Makes the run that an analysis of the spec asks for now, or takes over the one that is there (ANA-1101…1105). */
export function startRun(
  release: Release,
  kind: RunKind,
  analysis: RolloutAnalysis,
  stepIndex?: number,
): Outcome<StartedRun, string> {
  const templates = resolveTemplates(analysis.templates ?? [], release.world.templates ?? noTemplates)
  if (!templates.ok) return failure(templates.error.message)
  const { args, error } = argumentsOf(analysis.args ?? [], hashesOf(release))
  if (error !== undefined) return failure(error)
  const { dryRun, measurementRetention } = analysis
  const spec = runSpec({ templates: templates.value, args, dryRun, measurementRetention })
  if (!spec.ok) return spec
  const carried = carriedAnnotations(templates.value)
  if (!carried.ok) return carried
  const wanted = anAnalysisRun(metadataOf(release, { kind, analysis, stepIndex, carried: carried.value }), spec.value)
  const taken = Object.fromEntries((release.world.analysisRuns ?? []).map((run) => [run.metadata.name, run]))
  const chosen = nameOrAdopt(wanted, taken)
  return success('adopt' in chosen ? { run: chosen.adopt, writes: [] } : created(chosen.create))
}

const hashesOf = ({ rollout, currentRS, stableRS }: Situation) => ({
  rollout,
  latestHash: podHashOf(currentRS),
  stableHash: podHashOf(stableRS),
})

function created(run: AnalysisRun): StartedRun {
  const { name } = run.metadata
  const because = 'ANA-1101'
  const ref = refTo(resources.analysisRuns, run)
  return { run, writes: [{ kind: 'create', ref, object: run, because, summary: `Create AnalysisRun ${name}` }] }
}

const infixes: Readonly<Record<Exclude<RunKind, 'Step'>, string>> = {
  Background: '',
  PrePromotion: '-pre',
  PostPromotion: '-post',
}

interface Ordered {
  readonly kind: RunKind
  readonly analysis: RolloutAnalysis
  readonly stepIndex: number | undefined
  readonly carried: Readonly<Record<string, string>>
}

/** ANA-1101, ANA-1102. */
function metadataOf(release: Release, { kind, analysis, stepIndex = 0, carried }: Ordered) {
  const { analysisRunMetadata } = analysis
  const { rollout, currentRS, spec } = release
  const hash = podHashOf(currentRS)
  const revision = revisionOfRollout(release)
  const infix = kind === 'Step' ? `-${stepIndex}` : infixes[kind]
  const instanceID = rollout.metadata.labels?.[labels.instanceID]
  return {
    name: `${rollout.metadata.name}-${hash}-${revision}${infix}`,
    namespace: rollout.metadata.namespace ?? '',
    labels: {
      [labels.podTemplateHash]: hash,
      [labels.rolloutType]: kind,
      ...(kind === 'Step' && { [labels.stepIndex]: String(stepIndex) }),
      ...(instanceID !== undefined && { [labels.instanceID]: instanceID }),
      ...analysisRunMetadata?.labels,
      ...spec.selector?.matchLabels,
    },
    annotations: { [annotations.revision]: revision, ...carried, ...analysisRunMetadata?.annotations },
    ownerReferences: [ownerReferenceTo(rollout)],
  }
}
