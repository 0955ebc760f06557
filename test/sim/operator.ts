import type { Pod } from '#api/core.ts'
import { resources } from '#api/resources.ts'
import type { Rollout } from '#api/rollout.ts'
import type { ActionName } from '#contract/views.ts'
import { sendAction } from '#main/controller/send-action.ts'
import { aPodTemplate } from '#test/support/builders/rollout.ts'
import type { Surroundings } from './controller-process.ts'
import { Network } from './network.ts'
import type { Random } from './random.ts'
import { drawAmounts, drawSteps } from './scenario.ts'
import { SimulatedClient } from './simulated-client.ts'
import { ProcessClock } from './simulated-time.ts'

const at = { namespace: 'shop', name: 'web' }

/** Everything a person does to a Rollout: an action of the window, or an edit with kubectl. */
export type Act =
  | { readonly kind: 'action'; readonly action: ActionName }
  | { readonly kind: 'edit'; readonly what: string; readonly body: unknown }
  | { readonly kind: 'deletePods'; readonly count: number }

/** What a person may think of next. Broken images are rare, and never the very first. */
export function drawAct(random: Random, rollout: Rollout): Act {
  const kind = random.weighted({
    image: 10,
    promote: 6,
    promoteFull: 3,
    skipStep: 2,
    abort: 5,
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
  })
  switch (kind) {
    case 'image': {
      const image = random.chance(0.15) ? 'web:broken' : `web:${random.int(1, 4)}`
      return { kind: 'edit', what: `sets the image ${image}`, body: { spec: { template: aPodTemplate(image) } } }
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
        : { kind: 'edit', what: 'edits autoPromotionSeconds', body }
    }
    case 'deletePods':
      return { kind, count: random.int(1, 3) }
    default:
      return { kind: 'action', action: kind }
  }
}

function drawCanaryEdit(random: Random, { spec }: Rollout, kind: 'steps' | 'amounts'): Act {
  const canary = kind === 'steps' ? { steps: drawSteps(random) } : drawAmounts(random)
  return spec.strategy?.canary === undefined
    ? { kind: 'deletePods', count: 2 }
    : { kind: 'edit', what: `edits ${kind}: ${JSON.stringify(canary)}`, body: { spec: { strategy: { canary } } } }
}

/** A person at a window or a shell with a good connection: the real action code on a client without faults. */
export class Operator {
  readonly #surroundings: Surroundings
  readonly #random: Random
  readonly #clock: ProcessClock
  readonly #client: SimulatedClient

  constructor(surroundings: Surroundings, random: Random) {
    this.#surroundings = surroundings
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
      case 'edit':
        trace.add('operator', act.what)
        api.patch(resources.rollouts, at, { type: 'merge', body: act.body }, 'operator')
        return
      case 'deletePods':
        return this.#deletePods(act.count)
      case 'action':
        void this.#send(act.action)
    }
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
