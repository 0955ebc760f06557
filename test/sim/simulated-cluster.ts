import type { AnalysisRun } from '#api/analysis.ts'
import type { Deployment, ReplicaSet } from '#api/apps.ts'
import type { Lease, Pod, Service } from '#api/core.ts'
import { leaseName } from '#api/keys.ts'
import type { KubeObject } from '#api/meta.ts'
import { resources } from '#api/resources.ts'
import type { Rollout, RolloutSpec } from '#api/rollout.ts'
import { type RouteKind, routeKinds } from '#api/route-kinds.ts'
import type { RouteObject } from '#engine/traffic/routes.ts'
import type { RestSeen } from './checker.ts'
import { Network } from './network.ts'
import { Random } from './random.ts'
import type { Scenario } from './scenario.ts'
import { type Change, SimulatedApi } from './simulated-api.ts'
import { SimulatedAws } from './simulated-aws.ts'
import { isOfDeployment, SimulatedDeployments, shop } from './simulated-deployments.ts'
import { SimulatedTime } from './simulated-time.ts'
import type { SimulatedWatch } from './simulated-watch.ts'
import { imageOf, ownerOf, SimulatedWorkloads } from './simulated-workloads.ts'
import { Trace } from './trace.ts'

/** One cluster with one Rollout, its workloads alive, on a network that can be made bad. */
export class SimulatedCluster {
  readonly time = new SimulatedTime()
  readonly api = new SimulatedApi(this.time)
  readonly trace = new Trace(this.time)
  readonly watches = new Set<SimulatedWatch>()
  readonly network: Network
  readonly aws: SimulatedAws | undefined
  /** By generation, from 1. */
  readonly #specs: RolloutSpec[] = []

  constructor(scenario: Scenario, random: Random) {
    this.network = new Network(this.time, random.fork('network'))
    this.api.onChange((change) => this.#record(change))
    new SimulatedWorkloads(this.api, this.time, random.fork('workloads'))
    new SimulatedDeployments(this.api, this.time, random.fork('deployments'))
    this.aws = scenario.asksAws === true ? new SimulatedAws(this.api, this.time, random.fork('aws')) : undefined
    if (scenario.deployment !== undefined) this.api.create(resources.deployments, scenario.deployment, 'operator')
    for (const template of scenario.templates ?? []) this.api.create(resources.analysisTemplates, template, 'operator')
    for (const { kind, object } of scenario.routes ?? []) this.api.create(routeKinds[kind], object, 'operator')
    for (const service of scenario.services) this.api.create(resources.services, service, 'operator')
    this.api.create(resources.rollouts, scenario.rollout, 'operator')
  }

  get rollout(): Rollout {
    const found = this.api.read<Rollout>(resources.rollouts, { namespace: 'shop', name: 'web' })
    if (found === undefined) throw new Error('the Rollout is gone')
    return found
  }

  /** Those of the Rollout. */
  get replicaSets(): readonly ReplicaSet[] {
    return this.api.all<ReplicaSet>(resources.replicaSets).filter((rs) => !isOfDeployment(rs))
  }

  /** The one that lends its template, while it exists. */
  get deployment(): Deployment | undefined {
    return this.api.all<Deployment>(resources.deployments).find(({ metadata }) => metadata.namespace === shop)
  }

  get analysisRuns(): readonly AnalysisRun[] {
    return this.api.all<AnalysisRun>(resources.analysisRuns)
  }

  get services(): readonly Service[] {
    return this.api.all<Service>(resources.services)
  }

  /** A route object of the namespace, as it is now. */
  readonly routeObject = (kind: RouteKind, name: string): KubeObject | undefined =>
    this.api.read(routeKinds[kind], { namespace: shop, name })

  get leaseHolder(): string | undefined {
    const at = { namespace: 'argo-rollouts', name: leaseName }
    return holderOf(this.api.read(resources.leases, at))
  }

  /** Name of the controller that `addRival` put there. */
  get rival(): string | undefined {
    return this.api.read(resources.deployments, rivalAt)?.metadata.name
  }

  /** A reference controller that elects no leader, up and running (OPS-39). */
  addRival(): void {
    const args = ['--leader-elect=false']
    const template = { spec: { containers: [{ name: 'argo-rollouts', image: 'argo-rollouts', args }] } }
    const labels = { 'app.kubernetes.io/name': 'argo-rollouts' }
    const metadata = { ...rivalAt, labels }
    const deployment = { apiVersion: 'apps/v1', kind: 'Deployment', metadata, spec: { template } }
    this.api.create(resources.deployments, deployment, 'operator')
    const body = { status: { readyReplicas: 1 } }
    this.api.patch(resources.deployments, rivalAt, { type: 'merge', body, subresource: 'status' }, 'workloads')
  }

  removeRival(): void {
    if (this.rival !== undefined) this.api.delete(resources.deployments, rivalAt, 'operator')
  }

  get state(): RestSeen {
    const { rollout, replicaSets, services, deployment, analysisRuns } = this
    const names = new Set(replicaSets.map((rs) => rs.metadata.name))
    const pods = this.api.all<Pod>(resources.pods).filter((pod) => names.has(ownerOf(pod) ?? ''))
    const template = rollout.spec.workloadRef === undefined ? rollout.spec.template : deployment?.spec.template
    const { routeObject } = this
    return { rollout, replicaSets, services, routeObject, pods, deployment, template, analysisRuns }
  }

  /** Specs in force at some moment since that generation, the newest last. */
  specsSince(generation: number): readonly RolloutSpec[] {
    return this.#specs.slice(Math.max(0, generation - 1))
  }

  /** Every watch of a process breaks; of all without one. */
  breakWatches(process?: string): void {
    for (const watch of this.watches)
      if (process === undefined || watch.process === process)
        watch.fail({ kind: 'Unreachable', message: 'connection reset', since: this.time.now() })
  }

  #record(change: Change): void {
    const { resource, object, type, by, version } = change
    if (resource === resources.rollouts && object.metadata.generation === this.#specs.length + 1)
      this.#specs.push((object as Rollout).spec)
    if (resource === resources.leases && holderOf(change.before) === holderOf(object)) return
    const verb = { ADDED: 'created', MODIFIED: 'changed', DELETED: 'deleted' }[type]
    this.trace.add('api', `${object.metadata.name} ${verb} by ${by} → ${version} ${difference(change)}`)
  }
}

const rivalAt = { namespace: 'argo-rollouts', name: 'argo-rollouts' }

const holderOf = (lease: KubeObject | undefined): string | undefined =>
  (lease as Lease | undefined)?.spec?.holderIdentity

/** What a reader wants to know of a change: size, counts, step, selector. */
function difference({ before, object }: Change): string {
  const [from, to] = [facts(before), facts(object)]
  return Object.entries(to)
    .filter(([key, value]) => from[key] !== value)
    .map(([key, value]) => `${key}=${value}`)
    .join(' ')
}

function facts(object: KubeObject | undefined): Readonly<Record<string, string>> {
  if (object?.kind === 'ReplicaSet') {
    const { spec, status = {}, metadata } = object as ReplicaSet
    const { replicas = 0, availableReplicas = 0 } = status
    const annotations = Object.values(metadata.annotations ?? {}).join(',')
    return { size: String(spec.replicas), pods: `${replicas}/${availableReplicas}`, annotations }
  }
  if (object?.kind === 'Deployment') {
    const { spec, status = {} } = object as Deployment
    const pods = `${status.replicas ?? 0}/${status.availableReplicas ?? 0}`
    return { size: String(spec.replicas), pods, image: String(imageOf(spec.template)) }
  }
  if (object?.kind === 'AnalysisRun') {
    const { spec, status = {} } = object as AnalysisRun
    const measured = status.metricResults?.map(({ measurements = [] }) => measurements.map(({ phase }) => phase).join())
    return { run: String(status.phase), measured: String(measured), terminate: String(spec.terminate ?? false) }
  }
  if (object?.kind === 'Lease') return { holder: String(holderOf(object)) }
  if (object?.kind === 'Service') return { selector: JSON.stringify((object as Service).spec?.selector) }
  if (object?.kind === 'Rollout') return rolloutFacts(object as Rollout)
  return isRouteObject(object) ? routeFacts(object) : {}
}

const isRouteObject = (object: KubeObject | undefined): object is RouteObject =>
  object !== undefined && Object.values(routeKinds).some(({ kind }) => kind === object.kind)

const routeFacts = ({ metadata, spec }: RouteObject): Readonly<Record<string, string>> => ({
  annotations: JSON.stringify(metadata.annotations ?? {}),
  routes: JSON.stringify(spec),
})

function rolloutFacts({ status = {}, metadata }: Rollout): Readonly<Record<string, string>> {
  const { canary, blueGreen } = status
  const { currentPodHash, stableRS, currentStepIndex, phase, pauseConditions, abort, promoteFull, controllerPause } =
    status
  return {
    generation: String(metadata.generation),
    current: String(currentPodHash),
    stable: String(stableRS),
    step: String(currentStepIndex),
    runs: [
      canary?.currentStepAnalysisRunStatus,
      canary?.currentBackgroundAnalysisRunStatus,
      blueGreen?.prePromotionAnalysisRunStatus,
      blueGreen?.postPromotionAnalysisRunStatus,
    ]
      .flatMap((each) => (each === undefined ? [] : [`${each.name}:${each.status}`]))
      .join(),
    phase: phase === 'Degraded' ? `${phase}: ${status.message}` : String(phase),
    pauses: (pauseConditions ?? []).map((each) => `${each.reason}@${each.startTime}`).join(','),
    flags: Object.entries({ abort, promoteFull, controllerPause })
      .filter(([, value]) => value === true)
      .map(([key]) => key)
      .join(','),
  }
}
