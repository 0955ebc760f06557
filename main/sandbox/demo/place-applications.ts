import { resources } from '#api/resources.ts'
import type { RolloutStrategy } from '#api/rollout.ts'
import { aNamespace, type Manifest, place } from '../bootstrap.ts'
import type { SandboxStore } from '../store.ts'
import { requestsAnnotation } from '../traffic/observe-traffic.ts'
import { analysisTemplatesIn } from './analysis-templates.ts'
import { type DemoApplication, demoApplications, imageOf } from './applications.ts'

/** Fills a cluster with the demo's applications, as somebody would have applied them. Nothing acts on them yet. */
export function placeApplications(store: SandboxStore, position: number): void {
  for (const namespace of new Set(demoApplications.map((each) => each.namespace))) placeNamespace(store, namespace)
  for (const application of demoApplications) {
    const { versions } = application
    const version = versions[Math.min(position, versions.length - 1)]
    if (version === undefined) continue
    for (const service of servicesOf(application)) place(store, resources.services, service)
    for (const { resource, object } of application.routing?.objects ?? []) place(store, resource, object)
    place(store, resources.rollouts, rolloutOf(application, version, position))
  }
}

function placeNamespace(store: SandboxStore, namespace: string): void {
  place(store, resources.namespaces, aNamespace(namespace))
  for (const template of analysisTemplatesIn(namespace)) place(store, resources.analysisTemplates, template)
}

function servicesOf(application: DemoApplication): readonly Manifest[] {
  const { canary, blueGreen } = strategyOf(application)
  const main = blueGreen?.activeService ?? canary?.stableService ?? application.name
  const names = [main, blueGreen?.previewService, canary?.canaryService]
  return names.flatMap((name) => (name === undefined ? [] : [serviceOf(application, name)]))
}

const strategyOf = ({ strategy, routing }: DemoApplication): RolloutStrategy =>
  routing === undefined ? strategy : { canary: { ...strategy.canary, ...routing.strategy } }

const serviceOf = ({ name: app, namespace }: DemoApplication, name: string): Manifest => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace, labels: { app } },
  spec: { selector: { app }, ports: [{ name: 'http', port: 80, targetPort: 8080 }] },
})

function rolloutOf(application: DemoApplication, version: string, position: number): Manifest {
  const { name, namespace, replicas, requestsPerSecond, progressDeadlineSeconds } = application
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    metadata: {
      name,
      namespace,
      labels: { app: name },
      annotations: { [requestsAnnotation]: String(requestsPerSecond) },
    },
    spec: {
      replicas,
      revisionHistoryLimit: 5,
      ...(progressDeadlineSeconds !== undefined && { progressDeadlineSeconds }),
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: { containers: [containerOf(name, version, position)] },
      },
      strategy: strategyOf(application),
    },
  }
}

const containerOf = (name: string, version: string, position: number) => ({
  name,
  image: imageOf(name, version),
  ports: [{ name: 'http', containerPort: 8080 }],
  env: [{ name: 'REGION', value: ['eu-west', 'us-east', 'ap-south'][position % 3] }],
  resources: { requests: { cpu: '100m', memory: '128Mi' }, limits: { memory: '256Mi' } },
})
