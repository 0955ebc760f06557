import type { KubeObject, LabelSelector } from './meta.ts'

/** What a HorizontalPodAutoscaler scales. */
export interface ScaleTarget {
  readonly apiVersion?: string
  readonly kind: string
  readonly name: string
}

export interface HorizontalPodAutoscaler extends KubeObject {
  readonly spec: { readonly scaleTargetRef: ScaleTarget; readonly [field: string]: unknown }
}

export interface PodDisruptionBudget extends KubeObject {
  readonly spec?: { readonly selector?: LabelSelector }
}
