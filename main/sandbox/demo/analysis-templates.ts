import type { AnalysisTemplateSpec, Metric } from '#api/analysis.ts'
import type { RolloutAnalysis } from '#api/rollout.ts'
import type { Manifest } from '../bootstrap.ts'

const address = 'http://prometheus.monitoring:9090'
/** Short, as all times of the demo are. */
const window = '10s'

const ofVersion = (metric: string, more = ''): string =>
  `rate(${metric}{service="{{args.service}}",rollouts_pod_template_hash="{{args.hash}}"${more}}[${window}])`

const measured = (metric: Omit<Metric, 'provider'>, query: string): Metric => ({
  initialDelay: '5s',
  interval: '5s',
  count: '{{args.measurements}}',
  ...metric,
  provider: { prometheus: { address, query } },
})

const args = [{ name: 'service' }, { name: 'hash' }, { name: 'measurements', value: '3' }]

const templates: Readonly<Record<string, AnalysisTemplateSpec>> = {
  /** Between the two conditions nobody can tell, and somebody is asked; once may be chance. */
  'success-rate': {
    args,
    metrics: [
      measured(
        {
          name: 'success-rate',
          successCondition: 'result[0] >= 0.99',
          failureCondition: 'result[0] < 0.92',
          inconclusiveLimit: 1,
        },
        `sum(${ofVersion('http_requests_total', ',code!~"5.."')}) / sum(${ofVersion('http_requests_total')})`,
      ),
    ],
  },
  'latency-p95': {
    args: [...args, { name: 'seconds', value: '1' }],
    metrics: [
      measured(
        { name: 'latency-p95', successCondition: 'result[0] < {{args.seconds}}', failureLimit: 1 },
        `histogram_quantile(0.95, sum by (le) (${ofVersion('http_request_duration_seconds_bucket')}))`,
      ),
    ],
  },
}

/** The templates of a namespace. */
export const analysisTemplatesIn = (namespace: string): readonly Manifest[] =>
  Object.entries(templates).map(([name, spec]) => ({
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AnalysisTemplate',
    metadata: { name, namespace },
    spec,
  }))

/** The new version, by its requests to a Service. */
export const analysisOf = (
  service: string,
  templateNames: readonly ('success-rate' | 'latency-p95')[],
  measurements?: number,
): RolloutAnalysis => ({
  templates: templateNames.map((templateName) => ({ templateName })),
  args: [
    { name: 'service', value: service },
    { name: 'hash', valueFrom: { podTemplateHashValue: 'Latest' } },
    ...(measurements === undefined ? [] : [{ name: 'measurements', value: String(measurements) }]),
  ],
})
