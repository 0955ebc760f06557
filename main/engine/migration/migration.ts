import type { Deployment } from '#api/apps.ts'
import type { HorizontalPodAutoscaler, PodDisruptionBudget, ScaleTarget } from '#api/autoscaling.ts'
import type { Service } from '#api/core.ts'
import { annotations } from '#api/keys.ts'
import type { KubeObject } from '#api/meta.ts'
import { apiVersionOf, resources } from '#api/resources.ts'
import type { CanaryStep, Rollout } from '#api/rollout.ts'
import type { CreateWrite, DeleteWrite, PatchWrite } from '#engine/decision.ts'
import { refTo, unchanged } from '#engine/rollout/write.ts'
import { decodeJson } from '#lib/decode-json.ts'
import { matchesSelector } from '#lib/label-selector.ts'

/** `makeRollout`: a Rollout takes over the pods of a Deployment by `workloadRef`. `backToDeployment`: the way back. */
export type MigrationAction = 'makeRollout' | 'backToDeployment'

/** One namespace, as far as it matters here. */
export interface MigrationWorld {
  readonly deployment: Deployment | undefined
  readonly rollouts: readonly Rollout[]
  /** The cluster knows Rollouts. */
  readonly isServed: boolean
  readonly services: readonly Service[]
  readonly autoscalers: readonly HorizontalPodAutoscaler[]
  readonly budgets: readonly PodDisruptionBudget[]
  readonly ingresses: readonly KubeObject[]
  /** Kinds that may not be listed here: what they would tell is not known. */
  readonly unread: readonly string[]
  /** Whether an engine drives Rollouts here. */
  readonly driver: 'somebody' | 'nobody' | 'unknown'
}

/** What becomes of the Deployment once the Rollout has pods (API-13). */
export const scaleDownModes = ['onsuccess', 'progressively', 'never'] as const
export type ScaleDownMode = (typeof scaleDownModes)[number]

export interface MakeRolloutOptions {
  /** Of the Rollout; that of the Deployment when absent. */
  readonly name?: string | undefined
  readonly strategy:
    | { readonly kind: 'canary'; readonly steps: readonly CanaryStep[] }
    | { readonly kind: 'blueGreen'; readonly activeService: string }
  readonly scaleDown: ScaleDownMode
}

export type MigrationWrite = CreateWrite | PatchWrite | DeleteWrite

/** In order: none is taken before those in front of it are seen to be done. */
export interface MigrationStep {
  readonly summary: string
  readonly isDone: boolean
  /** Absent where there is only to wait, for an engine or for pods. */
  readonly write?: MigrationWrite | undefined
  /** How far what is waited for has come. */
  readonly progress?: string | undefined
}

export interface MigrationPlan {
  readonly steps: readonly MigrationStep[]
  readonly effects: readonly string[]
  readonly warnings: readonly string[]
  readonly message: string
}

/** What a Deployment was before a Rollout was made of it. */
export interface MadeFrom {
  readonly deployment: string
  readonly uid: string
  readonly replicas: number
  readonly autoscalers: readonly string[]
}

/** Kept on the Rollout, so that the way back is known on every machine. */
export const writeMadeFrom = (before: MadeFrom): string => JSON.stringify(before)

export function readMadeFrom({ metadata }: Rollout): MadeFrom | undefined {
  const text = metadata.annotations?.[annotations.madeFrom]
  const decoded = text === undefined ? undefined : decodeJson(text)
  const found = decoded?.ok === true ? (decoded.value as Partial<MadeFrom> | null) : undefined
  if (typeof found?.deployment !== 'string' || typeof found.replicas !== 'number') return undefined
  const { deployment, replicas, uid, autoscalers } = found
  return {
    deployment,
    replicas,
    uid: typeof uid === 'string' ? uid : '',
    autoscalers: Array.isArray(autoscalers) ? autoscalers.filter((name) => typeof name === 'string') : [],
  }
}

/** The Deployment that lends its template, if it is one. */
export function lenderOf({ spec }: Rollout): string | undefined {
  const { apiVersion = '', kind, name } = spec?.workloadRef ?? {}
  return kind === 'Deployment' && apiVersion.startsWith('apps/') ? name : undefined
}

export const targetDeployment = (name: string): ScaleTarget => ({
  apiVersion: apiVersionOf(resources.deployments),
  kind: 'Deployment',
  name,
})

export const targetRollout = (name: string): ScaleTarget => ({
  apiVersion: apiVersionOf(resources.rollouts),
  kind: 'Rollout',
  name,
})

const groupOf = ({ apiVersion = '' }: ScaleTarget): string => apiVersion.split('/')[0] ?? ''

export const scales = ({ spec }: HorizontalPodAutoscaler, target: ScaleTarget): boolean =>
  spec.scaleTargetRef.kind === target.kind &&
  spec.scaleTargetRef.name === target.name &&
  groupOf(spec.scaleTargetRef) === groupOf(target)

/** Who keeps an object as it is by writing it again and again, if it says so. */
export const keeperOf = ({ metadata }: KubeObject): string | undefined => {
  const owner = metadata.ownerReferences?.find(({ controller }) => controller === true)
  return owner && `${owner.kind} ${owner.name}`
}

/** Points what scales `from` at `to`; what somebody else keeps is left to them. */
export const retarget = (
  autoscalers: readonly HorizontalPodAutoscaler[],
  from: ScaleTarget,
  to: ScaleTarget,
): readonly MigrationStep[] =>
  autoscalers
    .filter((each) => keeperOf(each) === undefined && (scales(each, from) || scales(each, to)))
    .map((each) => {
      const summary = `Point HorizontalPodAutoscaler ${each.metadata.name} at ${to.kind} ${to.name}`
      const write: PatchWrite = {
        kind: 'patch',
        ref: refTo(resources.horizontalPodAutoscalers, each),
        patchType: 'merge',
        body: { spec: { scaleTargetRef: to } },
        precondition: unchanged(each),
        because: 'API-13',
        summary,
      }
      return { summary, isDone: scales(each, to), write }
    })

export function selectsPodsOf({ spec }: Service, { spec: { template } }: Deployment): boolean {
  const selector = spec?.selector ?? {}
  return Object.keys(selector).length > 0 && matchesSelector({ matchLabels: selector }, template.metadata?.labels)
}

/** The step to be taken, or waited for; `undefined` once all are done. */
export const nextStep = ({ steps }: MigrationPlan): MigrationStep | undefined => steps.find(({ isDone }) => !isDone)

export const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`
