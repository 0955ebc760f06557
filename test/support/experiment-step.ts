import type { Experiment } from '#api/experiment.ts'
import type { CanaryStep, ExperimentStep, Rollout, RolloutSpec, RolloutStatus } from '#api/rollout.ts'
import { assess, hasCurrentRS, type Release } from '#engine/rollout/situation.ts'
import { assert } from '#lib/assert.ts'
import { aReplicaSet } from './builders/replica-set.ts'
import { aRollout } from './builders/rollout.ts'
import { aWorld } from './builders/world.ts'
import { T0 } from './virtual-clock.ts'

interface Standing {
  readonly step?: ExperimentStep
  readonly steps?: readonly CanaryStep[]
  readonly spec?: Partial<RolloutSpec>
  readonly status?: RolloutStatus
  readonly metadata?: Partial<Rollout['metadata']>
  /** Nothing has ever been promoted. */
  readonly isFirstDeploy?: boolean
}

export const twoTemplates: ExperimentStep = {
  templates: [
    { name: 'baseline', specRef: 'stable' },
    { name: 'canary', specRef: 'canary' },
  ],
}

/** `shop/web`, revision 2 of it at an experiment step, stable on `web:1`. */
export function atExperimentStep(standing: Standing = {}): Release {
  const { step = twoTemplates, steps = [{ experiment: step }], isFirstDeploy = false } = standing
  const rollout = aRollout({
    image: 'web:2',
    steps,
    spec: standing.spec ?? {},
    annotations: { 'rollout.argoproj.io/revision': '2' },
    status: {
      currentPodHash: 'v2',
      ...(!isFirstDeploy && { stableRS: 'v1' }),
      currentStepIndex: 0,
      ...standing.status,
    },
  })
  const replicaSets = [
    ...(isFirstDeploy ? [] : [aReplicaSet({ hash: 'v1', image: 'web:1', revision: 1 })]),
    aReplicaSet({ hash: 'v2', image: 'web:2', revision: 2, createdAt: '2026-01-15T09:30:00Z' }),
  ]
  const metadata = { ...rollout.metadata, ...standing.metadata }
  const situation = assess(aWorld({ rollout: { ...rollout, metadata }, replicaSets }), T0)
  assert(hasCurrentRS(situation), 'the current ReplicaSet is there')
  return situation
}

interface Known {
  readonly phase?: NonNullable<Experiment['status']>['phase']
  readonly message?: string
  readonly hash?: string
  readonly createdAt?: string
  readonly owner?: string
  readonly spec?: Partial<Experiment['spec']>
  readonly status?: Experiment['status']
}

/** An Experiment of `shop/web` for revision 2. */
export const aStepExperiment = (name: string, known: Known = {}): Experiment => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Experiment',
  metadata: {
    name,
    namespace: 'shop',
    uid: `uid-${name}`,
    resourceVersion: '1',
    creationTimestamp: known.createdAt ?? '2026-01-15T09:45:00Z',
    labels: { 'rollouts-pod-template-hash': known.hash ?? 'v2' },
    ownerReferences: [
      {
        apiVersion: 'argoproj.io/v1alpha1',
        kind: 'Rollout',
        name: 'web',
        uid: known.owner ?? 'uid-web',
        controller: true,
      },
    ],
  },
  spec: { templates: [], ...known.spec },
  status: {
    ...(known.phase !== undefined && { phase: known.phase }),
    ...(known.message !== undefined && { message: known.message }),
    ...known.status,
  },
})
