import type { AnalysisTemplate, Metric } from '#api/analysis.ts'
import type { Deployment } from '#api/apps.ts'
import type { Service } from '#api/core.ts'
import type { IntOrString } from '#api/meta.ts'
import { apiVersionOf, resources } from '#api/resources.ts'
import type { CanaryStep, Rollout, RolloutStrategy } from '#api/rollout.ts'
import { aPodTemplate, pause, setWeight } from '#test/support/builders/rollout.ts'
import type { Random } from './random.ts'
import type { RouteManifest } from './routed-scenario.ts'

/** The Rollout of a run and its Services, before anybody has looked at them. */
export interface Scenario {
  readonly rollout: Rollout
  readonly services: readonly Service[]
  /** Lends the Rollout its template; it was there before. */
  readonly deployment?: Deployment
  /** The person changes from one strategy to the other now and then, and has Services for both. */
  readonly changesStrategy?: boolean
  /** AWS is asked whether a weight has arrived. */
  readonly asksAws?: boolean
  /** What its router needs. */
  readonly routes?: readonly RouteManifest[]
  /** What its analyses refer to. */
  readonly templates?: readonly AnalysisTemplate[]
}

/** A Rollout as an operator would write it, of either strategy. */
export function drawScenario(random: Random): Scenario {
  const strategy = random.chance(0.6) ? drawCanary(random) : drawBlueGreen(random)
  return aScenario({
    replicas: random.int(0, 10),
    strategy,
    ...(random.chance(0.3) && { minReadySeconds: random.int(1, 4) }),
    ...(random.chance(0.3) && { revisionHistoryLimit: random.int(strategy.blueGreen === undefined ? 0 : 1, 3) }),
    ...(random.chance(0.15) && { rollbackWindow: { revisions: random.int(1, 2) } }),
    ...(random.chance(0.15) && { progressDeadlineAbort: true }),
  })
}

/**
 * Some borrow their template from a Deployment, in some the strategy changes. What is drawn for the others does not depend on this,
 * so that their stories stay.
 */
export function drawVariant(scenario: Scenario, random: Random): Scenario {
  const borrowing = random.chance(0.15) ? borrowed(scenario, drawLoan(random, scenario)) : scenario
  const changing = random.chance(0.15) ? { ...withAllServices(borrowing), changesStrategy: true } : borrowing
  return random.chance(0.25) ? analysed(changing, random) : changing
}

const smoke = { templates: [{ templateName: 'smoke' }] }
const watch = { templates: [{ templateName: 'watch' }] }

/** The same Rollout with analyses: at a step and beside the steps, or before and after the cut-over. */
export function analysed(scenario: Scenario, random: Random): Scenario {
  const { spec } = scenario.rollout
  const { canary, blueGreen } = spec.strategy ?? {}
  const isBefore = random.chance(0.7)
  const at = random.int(0, canary?.steps?.length ?? 0)
  const strategy: RolloutStrategy =
    canary === undefined
      ? {
          blueGreen: {
            ...blueGreen,
            ...(isBefore && { prePromotionAnalysis: smoke }),
            ...((!isBefore || random.chance(0.4)) && { postPromotionAnalysis: smoke }),
          },
        }
      : {
          canary: {
            ...canary,
            ...(isBefore && { steps: (canary.steps ?? []).toSpliced(at, 0, { analysis: smoke }) }),
            ...((!isBefore || random.chance(0.4)) && { analysis: watch }),
          },
        }
  return {
    ...scenario,
    rollout: { ...scenario.rollout, spec: { ...spec, strategy } },
    templates: [aTemplate('smoke', { count: 1 }), aTemplate('watch', { count: 3, interval: '5s' })],
  }
}

const aTemplate = (name: string, often: Pick<Metric, 'count' | 'interval'>): AnalysisTemplate => ({
  apiVersion: apiVersionOf(resources.analysisTemplates),
  kind: 'AnalysisTemplate',
  metadata: { name, namespace: 'shop' },
  spec: { metrics: [{ name: 'rate', provider: { web: { url: 'http://kpi' } }, consecutiveErrorLimit: 1, ...often }] },
})

/** With the Services of both strategies. */
export const withAllServices = (scenario: Scenario): Scenario => ({
  ...scenario,
  services: ['active', 'preview', 'stable', 'canary'].map(aService),
})

export const scaleDownModes = ['never', 'onsuccess', 'progressively'] as const

/** How many pods the Deployment has before the Rollout has any, and what becomes of them. */
interface Loan {
  readonly replicas: number
  readonly scaleDown: (typeof scaleDownModes)[number]
}

/** As many pods as the Rollout should get, or about as many. */
function drawLoan(random: Random, { rollout }: Scenario): Loan {
  const { replicas: size = 1 } = rollout.spec
  const replicas = random.chance(0.7) ? size : random.int(0, size + 2)
  return { replicas, scaleDown: random.weighted({ never: 1, onsuccess: 2, progressively: 4 }) }
}

/** The same Rollout with a template that is a Deployment's. */
export function borrowed(scenario: Scenario, { replicas, scaleDown }: Loan): Scenario {
  const { template = {}, selector = {}, ...spec } = scenario.rollout.spec
  const workloadRef = { apiVersion: apiVersionOf(resources.deployments), kind: 'Deployment', name: 'lent', scaleDown }
  return {
    ...scenario,
    rollout: { ...scenario.rollout, spec: { ...spec, workloadRef } },
    deployment: aDeployment({ replicas, selector, template }),
  }
}

export const aDeployment = (spec: Deployment['spec']): Deployment => ({
  apiVersion: apiVersionOf(resources.deployments),
  kind: 'Deployment',
  metadata: { name: 'lent', namespace: 'shop' },
  spec,
})

/** The Rollout `shop/web` with the Services its strategy names. Its progress deadline is a minute. */
export function aScenario(spec: Partial<Rollout['spec']> & { readonly strategy: RolloutStrategy }): Scenario {
  const { canary, blueGreen } = spec.strategy
  const names = [canary?.stableService, canary?.canaryService, blueGreen?.activeService, blueGreen?.previewService]
  return {
    rollout: {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Rollout',
      metadata: { name: 'web', namespace: 'shop' },
      spec: {
        replicas: 3,
        progressDeadlineSeconds: 60,
        selector: { matchLabels: { app: 'web' } },
        template: aPodTemplate('web:1'),
        ...spec,
      },
    },
    services: names.filter((name) => name !== undefined).map(aService),
  }
}

export const aService = (name: string): Service => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace: 'shop' },
  spec: { selector: { app: 'web' } },
})

export const drawAmounts = (random: Random): { readonly maxSurge: IntOrString; readonly maxUnavailable: IntOrString } =>
  random.pick([
    { maxSurge: '25%', maxUnavailable: '25%' },
    { maxSurge: 1, maxUnavailable: 0 },
    { maxSurge: 0, maxUnavailable: 1 },
    { maxSurge: 2, maxUnavailable: 1 },
    { maxSurge: '100%', maxUnavailable: 0 },
    { maxSurge: '10%', maxUnavailable: '30%' },
    { maxSurge: 0, maxUnavailable: '50%' },
  ])

export function drawSteps(random: Random): readonly CanaryStep[] {
  return Array.from({ length: random.int(0, 5) }, () => {
    if (random.chance(0.55)) return setWeight(random.int(0, 100))
    return random.chance(0.6) ? pause(random.int(1, 15)) : pause()
  })
}

export function drawCanary(random: Random): RolloutStrategy {
  const withServices = random.chance(0.4)
  return {
    canary: {
      steps: drawSteps(random),
      ...drawAmounts(random),
      ...(withServices && { stableService: 'stable', canaryService: 'canary' }),
    },
  }
}

export function drawBlueGreen(random: Random): RolloutStrategy {
  const isManual = random.chance(0.4)
  const isTimed = !isManual && random.chance(0.5)
  return {
    blueGreen: {
      activeService: 'active',
      ...(random.chance(0.6) && { previewService: 'preview' }),
      ...(isManual && { autoPromotionEnabled: false }),
      ...(isTimed && { autoPromotionSeconds: random.int(1, 20) }),
      ...(random.chance(0.3) && { previewReplicaCount: random.int(1, 3) }),
      ...(random.chance(0.5) && { scaleDownDelaySeconds: random.int(1, 40) }),
      ...(random.chance(0.2) && { scaleDownDelayRevisionLimit: random.int(0, 1) }),
      ...(random.chance(0.5) && { abortScaleDownDelaySeconds: random.int(1, 40) }),
    },
  }
}
