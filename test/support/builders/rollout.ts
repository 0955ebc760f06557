import type { PodTemplateSpec } from '#api/core.ts'
import type {
  BlueGreenStrategy,
  CanaryStep,
  CanaryStrategy,
  Rollout,
  RolloutSpec,
  RolloutStatus,
} from '#api/rollout.ts'

interface RolloutOptions {
  readonly image?: string
  readonly replicas?: number
  readonly steps?: readonly CanaryStep[]
  readonly canary?: CanaryStrategy
  readonly blueGreen?: BlueGreenStrategy
  readonly spec?: Partial<RolloutSpec>
  readonly status?: RolloutStatus
  readonly annotations?: Readonly<Record<string, string>>
  readonly generation?: number
}

/** The Rollout `shop/web`: a canary without steps and one replica, unless said otherwise. */
export function aRollout(options: RolloutOptions = {}): Rollout {
  const { image = 'web:1', replicas = 1, steps, blueGreen } = options
  const canary = { ...options.canary, ...(steps !== undefined && { steps }) }
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    metadata: {
      name: 'web',
      namespace: 'shop',
      uid: 'uid-web',
      resourceVersion: '1',
      generation: options.generation ?? 1,
      creationTimestamp: '2026-01-15T09:00:00Z',
      ...(options.annotations !== undefined && { annotations: options.annotations }),
    },
    spec: {
      replicas,
      selector: { matchLabels: { app: 'web' } },
      template: aPodTemplate(image),
      strategy: blueGreen === undefined ? { canary } : { blueGreen },
      ...options.spec,
    },
    ...(options.status !== undefined && { status: options.status }),
  }
}

export const aPodTemplate = (image: string): PodTemplateSpec => ({
  metadata: { labels: { app: 'web' } },
  spec: { containers: [{ name: 'web', image }] },
})

export const setWeight = (weight: number): CanaryStep => ({ setWeight: weight })
export const pause = (duration?: number | string): CanaryStep => ({ pause: duration === undefined ? {} : { duration } })
