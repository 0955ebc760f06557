import type { AnalysisRun } from '#api/analysis.ts'
import type { Deployment, ReplicaSet } from '#api/apps.ts'
import type { Pod, PodTemplateSpec, Service } from '#api/core.ts'
import type { KubeObject } from '#api/meta.ts'
import { resources } from '#api/resources.ts'
import type { Rollout, RolloutSpec } from '#api/rollout.ts'
import type { RouteKind } from '#api/route-kinds.ts'
import type { RuleId } from '#engine/decision.ts'
import { availableOf, deadlineOf, podHashOf, sizeOf } from '#engine/rollout/replica-set/facts.ts'
import type { Decided } from './controller-process.ts'
import type { Change } from './simulated-api.ts'
import type { SimulatedAws } from './simulated-aws.ts'

/** One change that took effect, with what its writer knew and how everything is now. */
export interface ChangeSeen {
  readonly change: Change
  /** Set when a controller wrote it: what it decided last, and from which world. */
  readonly decided: Decided | undefined
  /** Who the stored lease names. */
  readonly leaseHolder: string | undefined
  /** A controller that no lease can hold back runs in the cluster, since before any other began. */
  readonly rival: string | undefined
  /** Every spec that was in force at some moment since the writer's world, the newest last. */
  readonly specs: readonly RolloutSpec[]
  /** As it is after the change. */
  readonly rollout: Rollout
  /** Those of the Rollout, as they are after the change. */
  readonly replicaSets: readonly ReplicaSet[]
  readonly services: readonly Service[]
  readonly routeObject: ReadRoute
  /** Set where AWS is asked whether a weight has arrived. */
  readonly aws: Pick<SimulatedAws, 'hasSent'> | undefined
}

/** A route object by its kind and name, as it is after the change. */
export type ReadRoute = (kind: RouteKind, name: string) => KubeObject | undefined

/** Everything after the faults ended and nothing was written for long enough. */
export interface RestSeen {
  readonly rollout: Rollout
  readonly replicaSets: readonly ReplicaSet[]
  readonly services: readonly Service[]
  readonly routeObject: ReadRoute
  /** Of those ReplicaSets. */
  readonly pods: readonly Pod[]
  readonly analysisRuns: readonly AnalysisRun[]
  /** The Deployment that lends its template, if there is one. */
  readonly deployment: Deployment | undefined
  /** Of the Rollout itself, or borrowed; `undefined` while there is nothing to borrow from. */
  readonly template: PodTemplateSpec | undefined
}

/**
 * One property of every run. Each function answers with what is wrong, in words, or nothing. What a checker has to remember it
 * keeps itself; every run has its own.
 */
export interface Checker {
  readonly name: string
  /** The rules that it watches over. */
  readonly rules: readonly RuleId[]
  readonly onChange?: (seen: ChangeSeen) => string | undefined
  readonly onDecision?: (decided: Decided) => string | undefined
  readonly atRest?: (seen: RestSeen) => string | undefined
}

/** A Rollout before and after one change to it; `undefined` for any other change, and for its creation. */
export function rolloutChange({
  change,
}: ChangeSeen): { readonly before: Rollout; readonly after: Rollout } | undefined {
  if (change.resource !== resources.rollouts || change.type !== 'MODIFIED') return undefined
  return { before: change.before as Rollout, after: change.object as Rollout }
}

/** A ReplicaSet before and after one change to it. */
export function replicaSetChange({
  change,
}: ChangeSeen): { readonly before: ReplicaSet; readonly after: ReplicaSet } | undefined {
  if (change.resource !== resources.replicaSets || change.type !== 'MODIFIED') return undefined
  return { before: change.before as ReplicaSet, after: change.object as ReplicaSet }
}

/** The hash to which a controller turned a Service, and from which. Letting go of one is no switch (REC-14). */
export function serviceSwitch({
  change,
}: ChangeSeen): { readonly name: string; readonly from: string; readonly to: string } | undefined {
  if (change.resource !== resources.services || change.type !== 'MODIFIED') return undefined
  const [from, to] = [hashSelected(change.before as Service), hashSelected(change.object as Service)]
  return from === to || to === '' ? undefined : { name: change.object.metadata.name, from, to }
}

export const hashSelected = (service: Service | undefined): string =>
  service?.spec?.selector?.['rollouts-pod-template-hash'] ?? ''

/** By hash, as the writer's world showed them. */
export const knownAvailable = (decided: Decided, hash: string): number =>
  availableOf(decided.world.replicaSets.find((rs) => podHashOf(rs) === hash))

export const sizesOf = (replicaSets: readonly ReplicaSet[]): string =>
  replicaSets.map((rs) => `${rs.metadata.name} ${sizeOf(rs)} (${availableOf(rs)} available)`).join(', ')

/** Of the Services that the strategy names. */
export function serviceNames({ strategy }: RolloutSpec): readonly string[] {
  const { canary, blueGreen } = strategy ?? {}
  const { pingService, pongService } = canary?.pingPong ?? {}
  const names = [
    blueGreen?.activeService,
    blueGreen?.previewService,
    canary?.stableService,
    canary?.canaryService,
    pingService,
    pongService,
  ]
  return names.filter((name) => name !== undefined)
}

export const stepsOf = (spec: RolloutSpec) => spec.strategy?.canary?.steps ?? []

/** Of the nearest `setWeight` at or before the step; everything after the last (CAN-20). */
export function weightAtStep(spec: RolloutSpec, index: number): number {
  const steps = stepsOf(spec)
  if (index >= steps.length) return 100
  return steps.slice(0, index + 1).findLast((step) => step.setWeight !== undefined)?.setWeight ?? 0
}

/** Within the rollback window steps and pauses are skipped; only times tell when (REC-90), so that checkers look away. */
export const hasRollbackWindow = ({ rollbackWindow }: RolloutSpec): boolean => (rollbackWindow?.revisions ?? 0) > 0

/** BG-76: back to a ReplicaSet that still waits to be scaled down. */
export const isFastRollback = ({ rollout, replicaSets }: Decided['world'], now: number): boolean =>
  replicaSets.some((rs) => podHashOf(rs) === rollout.status?.currentPodHash && (deadlineOf(rs) ?? 0) > now)
