import type { AnalysisTemplateSpec, Metric } from '#api/analysis.ts'
import type { BlueGreenStrategy, CanaryStep, CanaryStrategy, RolloutSpec } from '#api/rollout.ts'
import type { Manifest } from './scenario.ts'
import { subject } from './state.ts'

/** What people apply in these scenarios. All of it is labelled `app: shop`. */

const labels = { app: subject }
export const image = (tag: string): string => `registry.example/shop:${tag}`

/** The tag says how its pods behave (docs/sandbox.md); `readyAfter` makes them ready after so many seconds, and one more. */
export const template = (tag: string, readyAfter?: number) => ({
  metadata: { labels },
  spec: {
    containers: [
      {
        name: subject,
        image: image(tag),
        ...(readyAfter !== undefined && {
          readinessProbe: { httpGet: { path: '/', port: 80 }, initialDelaySeconds: readyAfter },
        }),
      },
    ],
  },
})

export type RolloutManifest = Manifest & { readonly spec: RolloutSpec }

export const rollout = (
  tag: string,
  { readyAfter, ...spec }: Partial<RolloutSpec> & { readyAfter?: number },
): RolloutManifest => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Rollout',
  metadata: { name: subject, labels },
  spec: { replicas: 4, selector: { matchLabels: labels }, template: template(tag, readyAfter), ...spec },
})

/** One pod more while changing, none fewer, unless said otherwise. */
export const canary = (steps: readonly CanaryStep[], more: CanaryStrategy = {}) => ({
  strategy: { canary: { maxSurge: 1, maxUnavailable: 0, steps, ...more } },
})

export const blueGreen = (more: Partial<BlueGreenStrategy> = {}) => ({
  strategy: { blueGreen: { activeService: 'active', previewService: 'preview', ...more } },
})

export const service = (name: string) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, labels },
  spec: { selector: labels, ports: [{ port: 80 }] },
})

export const deployment = (tag: string, replicas: number, readyAfter?: number) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'base', labels },
  spec: { replicas, selector: { matchLabels: labels }, template: template(tag, readyAfter) },
})

/** Good below 5 % unless said otherwise: what Prometheus answers to the query of its name. */
export const share = (name: string, more: Partial<Metric> = {}): Metric => ({
  name,
  successCondition: 'result[0] < 0.05',
  provider: { prometheus: { query: name } },
  ...more,
})

export const analysisTemplate = (name: string, metrics: readonly Metric[], more: AnalysisTemplateSpec = {}) => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'AnalysisTemplate',
  metadata: { name, labels },
  spec: { metrics, ...more },
})

/** How a Rollout asks for it. */
export const analysisBy = (templateName: string) => ({ templates: [{ templateName }] })

/** As JSON patch. */
export const setImage = (tag: string): string =>
  `kubectl patch rollout shop --type json -p '[{"op":"replace","path":"/spec/template/spec/containers/0/image","value":"${image(tag)}"}]'`

export const scale = (replicas: number): string => `kubectl scale rollout shop --replicas ${replicas}`

/** As JSON merge patch. */
export const patch = (body: object): string => `kubectl patch rollout shop --type merge -p '${JSON.stringify(body)}'`

/** Promoted, all pods available, and the spec of now observed. */
export const healthyOn = (tag: string) => ({ phase: 'Healthy', current: tag, stable: tag, 'if Healthy': /^True/ })

/** Pods beyond it are not created, for as long as it is there. */
export const podQuota = (pods: number) => ({
  apiVersion: 'v1',
  kind: 'ResourceQuota',
  metadata: { name: 'shop' },
  spec: { hard: { pods: `${pods}` } },
})
