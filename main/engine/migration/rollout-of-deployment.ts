import type { Deployment } from '#api/apps.ts'
import { annotations } from '#api/keys.ts'
import { apiVersionOf, resources } from '#api/resources.ts'
import type { Rollout, RolloutStrategy } from '#api/rollout.ts'
import { type MadeFrom, type MakeRolloutOptions, targetDeployment, writeMadeFrom } from './migration.ts'

/**
 * The Rollout that takes template and selector from a Deployment (API-13). How many pods, how long until one counts as available and how
 * an update may swell come along; what GitOps tools and charts know their own by does not, or they would delete it.
 * @param before what the way back needs; absent in what is kept in Git
 */
export function rolloutOf(deployment: Deployment, options: MakeRolloutOptions, before?: MadeFrom): Rollout {
  const { namespace, labels = {}, name } = deployment.metadata
  const { replicas = 1, minReadySeconds, progressDeadlineSeconds, revisionHistoryLimit } = deployment.spec
  const kept = Object.fromEntries(Object.entries(labels).filter(([key]) => !isMarkOfTool(key)))
  return {
    apiVersion: apiVersionOf(resources.rollouts),
    kind: 'Rollout',
    metadata: {
      name: options.name ?? name,
      ...(namespace !== undefined && { namespace }),
      ...(Object.keys(kept).length > 0 && { labels: kept }),
      ...(before !== undefined && { annotations: { [annotations.madeFrom]: writeMadeFrom(before) } }),
    },
    spec: {
      replicas,
      workloadRef: { ...targetDeployment(name), scaleDown: options.scaleDown },
      ...(minReadySeconds !== undefined && { minReadySeconds }),
      ...(progressDeadlineSeconds !== undefined && { progressDeadlineSeconds }),
      ...(revisionHistoryLimit !== undefined && { revisionHistoryLimit }),
      strategy: strategyOf(deployment, options),
    },
  } as Rollout
}

const toolPrefixes = ['argocd.argoproj.io/', 'kustomize.toolkit.fluxcd.io/', 'helm.toolkit.fluxcd.io/', 'helm.sh/']
const toolMarks = new Set(['app.kubernetes.io/managed-by', 'app.kubernetes.io/instance'])

const isMarkOfTool = (key: string): boolean =>
  toolMarks.has(key) || toolPrefixes.some((prefix) => key.startsWith(prefix))

function strategyOf({ spec }: Deployment, { strategy }: MakeRolloutOptions): RolloutStrategy {
  // A person says when the new version takes over: that is what it was made for.
  if (strategy.kind === 'blueGreen')
    return { blueGreen: { activeService: strategy.activeService, autoPromotionEnabled: false } }
  const { maxSurge, maxUnavailable } = spec.strategy?.rollingUpdate ?? {}
  return {
    canary: {
      ...(maxSurge !== undefined && { maxSurge }),
      ...(maxUnavailable !== undefined && { maxUnavailable }),
      ...(strategy.steps.length > 0 && { steps: strategy.steps }),
    },
  }
}
