import type { AnalysisRun, Measurement, Metric } from '#api/analysis.ts'
import { success } from '#lib/outcome.ts'
import type { MeasureContext, Measuring, MetricSettings, Provider } from '#main/metrics/provider.ts'
import { FakeApi } from './fake-api.ts'
import { VirtualClock } from './virtual-clock.ts'

export const runUid = '0c5e1f5a-9f0e-4a53-9f6a-0d8f6a2d1b77'

export const aRun = (more: Partial<AnalysisRun> = {}): AnalysisRun => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'AnalysisRun',
  metadata: { name: 'web-2', namespace: 'prod', uid: runUid },
  spec: { metrics: [] },
  ...more,
})

export const aMetric = (provider: Metric['provider'], more: Partial<Metric> = {}): Metric => ({
  name: 'smoke',
  provider,
  ...more,
})

export const someSettings = (env: MetricSettings['env'] = {}): MetricSettings => ({
  controllerNamespace: 'argo-rollouts',
  env,
})

/** Secrets by `namespace/name`; what is asked besides goes to an API server without anything. */
export interface Surroundings extends Partial<Omit<MeasureContext, 'secret'>> {
  readonly secrets?: Readonly<Record<string, Readonly<Record<string, string>>>>
}

export function aMeasureContext({ secrets = {}, ...more }: Surroundings = {}): MeasureContext {
  const clock = more.clock ?? new VirtualClock()
  return {
    clock,
    http: () => Promise.reject(new Error('nothing was to be asked over HTTP')),
    client: new FakeApi().client(),
    run: aRun(),
    settings: someSettings(),
    secret: (namespace, name) => {
      const found = secrets[`${namespace}/${name}`]
      return Promise.resolve(found ? success(found) : { ok: false, error: `secrets "${name}" not found` })
    },
    ...more,
  }
}

/** The provider made ready; what it cannot be made of fails the test. */
export async function measuring(provider: Provider, metric: Metric, context: MeasureContext): Promise<Measuring> {
  const made = await provider(metric, context)
  if (!made.ok) throw new Error(made.error)
  return made.value
}

export const measureOnce = async (provider: Provider, metric: Metric, context: MeasureContext): Promise<Measurement> =>
  (await measuring(provider, metric, context)).run()
