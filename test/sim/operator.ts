import type { Deployment } from '#api/apps.ts'
import type { Pod } from '#api/core.ts'
import { resources } from '#api/resources.ts'
import type { Rollout, RolloutStrategy } from '#api/rollout.ts'
import type { ActionName } from '#contract/views.ts'
import { sendAction } from '#main/controller/send-action.ts'
import { aPodTemplate } from '#test/support/builders/rollout.ts'
import type { Surroundings } from './controller-process.ts'
import { Network } from './network.ts'
import type { Random } from './random.ts'
import { type RouteEdit, RouteEditor, routeEdits } from './route-editor.ts'
import { drawRoutedSteps, type RouteManifest } from './routed-scenario.ts'
import { aDeployment, drawAmounts, drawBlueGreen, drawCanary, drawSteps, scaleDownModes } from './scenario.ts'
import { SimulatedClient } from './simulated-client.ts'
import { ProcessClock } from './simulated-time.ts'
import { ownerOf } from './simulated-workloads.ts'

const at = { namespace: 'shop', name: 'web' }
const lent = { namespace: 'shop', name: 'lent' }

/** Everything a person does to a Rollout: an action of the window, or an edit with kubectl. */
export type Act =
  | { readonly kind: 'action'; readonly action: ActionName }
  | {
      readonly kind: 'edit'
      readonly what: string
      readonly body: unknown
      /** Left alone once the strategy is another one. */
      readonly of?: 'canary' | 'blueGreen'
    }
  /** Of the Deployment that lends its template; made anew when it is gone. */
  | { readonly kind: 'lend'; readonly what: string; readonly spec: Partial<Deployment['spec']> }
  | { readonly kind: 'deleteDeployment' }
  | { readonly kind: 'deletePods'; readonly count: number }
  /** All pods of one ReplicaSet are lost at once. */
  | { readonly kind: 'drain' }
  /** Of an object of the router. */
  | { readonly kind: 'route'; readonly edit: RouteEdit }

/** What a person may think of next. Broken images are rare, and never the very first. */
export function drawAct(random: Random, rollout: Rollout, changesStrategy = false): Act {
  const isBorrowing = rollout.spec.workloadRef !== undefined
  const routing = rollout.spec.strategy?.canary?.trafficRouting
  const kind = random.weighted({
    image: 10,
    promote: 6,
    promoteFull: 3,
    skipStep: 2,
    abort: routing === undefined ? 5 : 10,
    retry: 4,
    pause: 2,
    resume: 4,
    undo: 3,
    restart: 2,
    scale: 5,
    steps: 2,
    amounts: 2,
    autoPromotion: 1,
    deletePods: 6,
    lend: isBorrowing ? 5 : 0,
    deleteDeployment: isBorrowing ? 1 : 0,
    scaleDownMode: isBorrowing ? 2 : 0,
    strategy: changesStrategy ? 6 : 0,
    route: routing === undefined ? 0 : 16,
    drain: routing === undefined ? 0 : 6,
  })
  switch (kind) {
    case 'image': {
      const image = random.chance(0.15) ? 'web:broken' : `web:${random.int(1, 4)}`
      const template = aPodTemplate(image)
      if (isBorrowing) return { kind: 'lend', what: `sets the image ${image}`, spec: { template } }
      return { kind: 'edit', what: `sets the image ${image}`, body: { spec: { template } } }
    }
    case 'scale': {
      const replicas = random.int(0, 10)
      return { kind: 'edit', what: `scales to ${replicas}`, body: { spec: { replicas } } }
    }
    case 'steps':
    case 'amounts':
      return drawCanaryEdit(random, rollout, kind)
    case 'autoPromotion': {
      const body = { spec: { strategy: { blueGreen: { autoPromotionSeconds: random.int(0, 9) } } } }
      return rollout.spec.strategy?.blueGreen === undefined
        ? { kind: 'deletePods', count: 1 }
        : { kind: 'edit', what: 'edits autoPromotionSeconds', body, of: 'blueGreen' }
    }
    case 'deletePods':
      return { kind, count: random.int(1, 3) }
    case 'strategy':
      return drawStrategyChange(random, rollout)
    case 'lend': {
      const replicas = random.int(0, 10)
      return { kind, what: `wants ${replicas} pods of the Deployment`, spec: { replicas } }
    }
    case 'scaleDownMode': {
      const scaleDown = random.pick(scaleDownModes)
      return { kind: 'edit', what: `sets scaleDown ${scaleDown}`, body: { spec: { workloadRef: { scaleDown } } } }
    }
    case 'drain':
    case 'deleteDeployment':
      return { kind }
    case 'route':
      return { kind, edit: random.pick(routeEdits) }
    default:
      return { kind: 'action', action: kind }
  }
}

function drawStrategyChange(random: Random, { spec }: Rollout): Act {
  const isCanary = spec.strategy?.canary !== undefined
  const drawn = isCanary ? drawBlueGreen(random) : drawCanary(random)
  const strategy = { canary: null, blueGreen: null, ...drawn }
  const what = `changes the strategy: ${JSON.stringify(drawn)}`
  // Blue-green needs at least one ReplicaSet of the history (API-99e).
  const revisionHistoryLimit = isCanary && spec.revisionHistoryLimit === 0 ? { revisionHistoryLimit: 1 } : {}
  return { kind: 'edit', what, body: { spec: { ...revisionHistoryLimit, strategy } } }
}

function drawCanaryEdit(random: Random, { spec }: Rollout, kind: 'steps' | 'amounts'): Act {
  const routing = spec.strategy?.canary?.trafficRouting
  const newSteps = () => (routing === undefined ? drawSteps(random) : drawRoutedSteps(random, routing))
  const canary = kind === 'steps' ? { steps: newSteps() } : drawAmounts(random)
  return spec.strategy?.canary === undefined
    ? { kind: 'deletePods', count: 2 }
    : {
        kind: 'edit',
        what: `edits ${kind}: ${JSON.stringify(canary)}`,
        body: { spec: { strategy: { canary } } },
        of: 'canary',
      }
}

/** A person at a window or a shell with a good connection: the real action code on a client without faults. */
export class Operator {
  readonly #surroundings: Surroundings
  readonly #random: Random
  readonly #clock: ProcessClock
  readonly #client: SimulatedClient
  readonly #routes: RouteEditor
  /** What the Deployment is made anew of. */
  #lastLent: Deployment['spec'] = { selector: { matchLabels: { app: 'web' } }, template: aPodTemplate('web:1') }

  constructor(surroundings: Surroundings, random: Random, routes: readonly RouteManifest[] = []) {
    this.#surroundings = surroundings
    this.#routes = new RouteEditor(surroundings, routes, random.fork('routes'))
    this.#random = random
    this.#clock = new ProcessClock(surroundings.time)
    const network = new Network(surroundings.time, random.fork('network'))
    this.#client = new SimulatedClient({
      ...surroundings,
      network,
      process: 'operator',
      clock: this.#clock,
      onEffect: () => undefined,
    })
  }

  /** Edits are done when this returns, actions a few requests later. */
  perform(act: Act): void {
    const { api, trace } = this.#surroundings
    switch (act.kind) {
      case 'lend':
        return this.#lend(act.what, act.spec)
      case 'deleteDeployment':
        trace.add('operator', 'deletes the Deployment')
        api.delete(resources.deployments, lent, 'operator')
        return
      case 'edit':
        if (act.of !== undefined && this.#strategy?.[act.of] === undefined) return
        trace.add('operator', act.what)
        api.patch(resources.rollouts, at, { type: 'merge', body: act.body }, 'operator')
        return
      case 'deletePods':
        return this.#deletePods(act.count)
      case 'drain':
        return this.#drain()
      case 'route':
        return this.#routes.perform(act.edit)
      case 'action':
        void this.#send(act.action)
    }
  }

  /** Objects of routers that are gone come back. */
  bringRoutesBack(): void {
    this.#routes.bringBack()
  }

  get #strategy(): RolloutStrategy | undefined {
    return this.#surroundings.api.read<Rollout>(resources.rollouts, at)?.spec.strategy
  }

  #lend(what: string, spec: Partial<Deployment['spec']>): void {
    const { api, trace } = this.#surroundings
    trace.add('operator', what)
    const deployment = api.read<Deployment>(resources.deployments, lent)
    this.#lastLent = { ...this.#lastLent, ...deployment?.spec, ...spec }
    if (deployment === undefined) api.create(resources.deployments, aDeployment(this.#lastLent), 'operator')
    else api.patch(resources.deployments, lent, { type: 'merge', body: { spec } }, 'operator')
  }

  #deletePods(count: number): void {
    const { api, trace } = this.#surroundings
    for (let i = 0; i < count; i++) {
      const pods = api.all<Pod>(resources.pods)
      if (pods.length === 0) return
      const { metadata } = this.#random.pick(pods)
      trace.add('operator', `deletes pod ${metadata.name}`)
      api.delete(resources.pods, metadata, 'operator')
    }
  }

  #drain(): void {
    const { api, trace } = this.#surroundings
    const owners = [...new Set(api.all<Pod>(resources.pods).map(ownerOf))]
    if (owners.length === 0) return
    const owner = this.#random.pick(owners)
    trace.add('operator', `deletes all pods of ${owner}`)
    for (const pod of api.all<Pod>(resources.pods))
      if (ownerOf(pod) === owner) api.delete(resources.pods, pod.metadata, 'operator')
  }

  async #send(action: ActionName): Promise<void> {
    const { trace } = this.#surroundings
    const request = {
      cluster: { context: 'harbor', client: this.#client },
      clock: this.#clock,
      action,
      ...at,
      parameters: {},
    }
    const outcome = await sendAction(request)
    trace.add('operator', `${action}: ${outcome.ok ? outcome.value.message : `refused, ${outcome.error.kind}`}`)
  }
}
