import type { AnalysisTemplate } from '#api/analysis.ts'
import { labels } from '#api/keys.ts'
import { resources } from '#api/resources.ts'
import type { CanaryStep, Rollout } from '#api/rollout.ts'
import type { Failure } from '#lib/failure.ts'
import type { Outcome } from '#lib/outcome.ts'
import type { ClusterClient } from '#main/cluster/client.ts'
import { loadKubeconfig } from '#main/cluster/kubeconfig.ts'
import { createClusterClient } from '#main/cluster/rest.ts'
import { systemClock } from '#main/system-clock.ts'
import { sleep } from './processes.ts'

/** What is put into a cluster: `count` canaries, some of which wait at their second step for a person. */
export interface Batch {
  readonly namespace: string
  readonly count: number
  /** Pods of each. */
  readonly replicas: number
  readonly waiting: number
  /** Only a controller with this id acts on them. */
  readonly instanceID?: string
  /** An analysis at the step after the first; absent: none. */
  readonly analysis?: BatchAnalysis
}

export interface BatchAnalysis {
  /** Of a server that answers `{"ok":1}`. */
  readonly url: string
  /** One a second. */
  readonly measurements: number
}

const steps: readonly CanaryStep[] = [20, 40, 60, 80, 100].map((setWeight) => ({ setWeight }))
const waitingSteps: readonly CanaryStep[] = [{ setWeight: 20 }, { pause: {} }, { setWeight: 50 }, { setWeight: 100 }]

export const versions = { first: '1.0.0', second: '2.0.0' } as const

/** `app-007`; the first ones are those that wait. */
export const appName = (index: number): string => `app-${String(index).padStart(3, '0')}`

/** The client the engine uses, with its limit of 40 requests a second. Whoever opens it closes it. */
export function openClient(kubeconfig: string, context: string): ClusterClient {
  const loaded = loadKubeconfig({ paths: [kubeconfig] })
  if (!loaded.ok) throw new Error(loaded.error.message)
  const access = loaded.value.access(context)
  if (access === undefined) throw new Error(`${kubeconfig} has no context ${context}`)
  return createClusterClient({ access, clock: systemClock, random: Math.random })
}

export async function createBatch(client: ClusterClient, batch: Batch): Promise<void> {
  const { namespace, count } = batch
  const created = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }
  mustSucceed(await client.create(resources.namespaces, created), `namespace ${namespace}`)
  if (batch.analysis !== undefined)
    mustSucceed(await client.create(resources.analysisTemplates, aTemplate(batch, batch.analysis)), 'the template')
  const apps = Array.from({ length: count }, (_, index) => aRollout(index, batch))
  await forEachOf(apps, async (app) => {
    const created = await answered(() => client.create(resources.rollouts, app))
    if (!created.ok && created.error.kind !== 'AlreadyExists') mustSucceed(created, `rollout ${app.metadata.name}`)
  })
}

/** The client lets 40 go in a second anyway; more at once only wait for a connection. */
const atOnce = 40

async function forEachOf<Item>(items: readonly Item[], run: (item: Item) => Promise<void>): Promise<void> {
  const left = items.values()
  const worker = async () => {
    for (const item of left) await run(item)
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
}

const inScope = ({ instanceID }: Batch) => (instanceID === undefined ? {} : { [labels.instanceID]: instanceID })

const templateName = 'smoke'

const aTemplate = (batch: Batch, { url, measurements }: BatchAnalysis): AnalysisTemplate => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'AnalysisTemplate',
  metadata: { name: templateName, namespace: batch.namespace, labels: inScope(batch) },
  spec: {
    metrics: [
      {
        name: 'answer',
        interval: '1s',
        count: measurements,
        successCondition: 'result == 1',
        provider: { web: { url, jsonPath: '{$.ok}' } },
      },
    ],
  },
})

function stepsOf(index: number, { waiting, analysis }: Batch): readonly CanaryStep[] {
  if (index < waiting) return waitingSteps
  return analysis === undefined ? steps : steps.toSpliced(1, 0, { analysis: { templates: [{ templateName }] } })
}

function aRollout(index: number, batch: Batch): Rollout {
  const { namespace, replicas } = batch
  const name = appName(index)
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    metadata: {
      name,
      namespace,
      labels: { app: name, ...inScope(batch) },
    },
    spec: {
      replicas,
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: { containers: [{ name: 'app', image: imageOf(versions.first) }] },
      },
      strategy: { canary: { steps: stepsOf(index, batch) } },
    },
  }
}

export const imageOf = (version: string): string => `registry.example/bench:${version}`

/** Sets the image of these rollouts, all at once. */
export async function setVersion(
  client: ClusterClient,
  namespace: string,
  names: readonly string[],
  version: string,
): Promise<void> {
  const containers = [{ name: 'app', image: imageOf(version) }]
  const body = { spec: { template: { spec: { containers } } } }
  await forEachOf(names, async (name) => {
    const at = { namespace, name }
    mustSucceed(await answered(() => client.patch(resources.rollouts, at, { type: 'merge', body })), name)
  })
}

/** The version is everywhere: the controller has seen it, and promoted it. */
export const isPromoted =
  (version: string) =>
  (rollout: Rollout): boolean => {
    const { status, spec, metadata } = rollout
    return (
      spec.template?.spec?.containers[0]?.image === imageOf(version) &&
      status?.observedGeneration === String(metadata.generation) &&
      status?.phase === 'Healthy' &&
      status.stableRS !== undefined &&
      status.stableRS === status.currentPodHash
    )
  }

export const isPausedAtStep =
  (index: number) =>
  (rollout: Rollout): boolean =>
    rollout.status?.phase === 'Paused' && rollout.status.currentStepIndex === index

const watchSeconds = 240

/** Follows the watch until each of the named rollouts has been as wanted. */
export async function untilEach(
  client: ClusterClient,
  namespace: string,
  names: readonly string[],
  isWanted: (rollout: Rollout) => boolean,
  timeoutMs: number,
): Promise<void> {
  const missing = new Set(names)
  const see = (rollout: Rollout) => isWanted(rollout) && missing.delete(rollout.metadata.name)
  const deadline = AbortSignal.timeout(timeoutMs)
  // A watch that ends or breaks is followed by another list.
  while (!deadline.aborted) {
    const listed = mustSucceed(await answered(() => client.list(resources.rollouts, { namespace })), 'rollouts')
    for (const each of listed.items) see(each as Rollout)
    if (missing.size === 0) return
    const options = { namespace, resourceVersion: listed.resourceVersion, timeoutSeconds: watchSeconds }
    for await (const event of client.watch(resources.rollouts, options, deadline)) {
      if (!event.ok) break
      if (event.value.type !== 'BOOKMARK') see(event.value.object as Rollout)
      if (missing.size === 0) return
    }
    await sleep(1000)
  }
  throw new Error(`${missing.size} of ${names.length} rollouts did not get there within ${timeoutMs / 1000} s`)
}

const triesMax = 8
const betweenTriesMs = 1000

/** A server that is at its limit, or closes an idle connection just when it is used again, is asked once more. */
export async function answered<Value>(ask: () => Promise<Outcome<Value, Failure>>): Promise<Outcome<Value, Failure>> {
  for (let tries = 1; ; tries++) {
    const answer = await ask()
    if (answer.ok || answer.error.kind !== 'Unreachable' || tries === triesMax) return answer
    await sleep(betweenTriesMs)
  }
}

/** The value, or an exception: a benchmark that cannot do what it is meant to do has no figures. */
export function mustSucceed<Value>(outcome: Outcome<Value, Failure>, what: string): Value {
  if (!outcome.ok) throw new Error(`${what}: ${outcome.error.kind} ${outcome.error.message}`)
  return outcome.value
}
