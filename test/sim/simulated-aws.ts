import type { KubeObject } from '#api/meta.ts'
import { routeKinds } from '#api/route-kinds.ts'
import type { AwsAnswers } from '#engine/traffic/alb/aws-answers.ts'
import { success } from '#lib/outcome.ts'
import type { AwsPort } from '#main/controller/aws-knowledge.ts'
import type { Random } from './random.ts'
import type { Change, SimulatedApi } from './simulated-api.ts'
import type { SimulatedTime } from './simulated-time.ts'

const by = 'aws'
const hostname = 'front.elb.example'
const tagKey = 'ingress.k8s.aws/resource'
/** How long a weight counts as heard of after another one has come: answers are kept for a while. */
const memoryMs = 15_000

/** Weights by Service, and since when. */
interface Balance {
  readonly weights: ReadonlyMap<string, number>
  readonly at: number
}

/** A load balancer that does what its Ingress says, after a while, and who may be asked what it does. */
export class SimulatedAws {
  readonly #api: SimulatedApi
  readonly #time: SimulatedTime
  readonly #random: Random
  /** The newest last. */
  readonly #balances: Balance[] = [{ weights: new Map(), at: 0 }]

  constructor(api: SimulatedApi, time: SimulatedTime, random: Random) {
    this.#api = api
    this.#time = time
    this.#random = random
    api.onChange((change) => this.#onChange(change))
  }

  readonly port: AwsPort = { tagKey, ask: async () => this.#answers }

  /** Just now, or a moment ago, that much went to the Service. */
  hasSent(service: string, weight: number): boolean {
    return this.#balances.some(({ weights }, index) => {
      const endedAt = this.#balances[index + 1]?.at ?? this.#time.now()
      return weights.get(service) === weight && this.#time.now() - endedAt < memoryMs
    })
  }

  #onChange({ resource, object, type, by: writer }: Change): void {
    if (resource !== routeKinds.ingresses || writer === by || type === 'DELETED') return
    if (type === 'ADDED') this.#time.after(this.#random.int(100, 3_000), () => this.#allocate(object))
    this.#time.after(this.#random.int(100, 12_000), () => this.#balance(object))
  }

  #allocate({ metadata }: KubeObject): void {
    const body = { status: { loadBalancer: { ingress: [{ hostname }] } } }
    this.#api.patch(routeKinds.ingresses, metadata, { type: 'merge', body, subresource: 'status' }, by)
  }

  #balance({ metadata }: KubeObject): void {
    const ingress = this.#api.read(routeKinds.ingresses, { namespace: 'shop', name: metadata.name })
    const action = ingress?.metadata.annotations?.['alb.ingress.kubernetes.io/actions.shop-root']
    const { ForwardConfig: forward } = JSON.parse(action ?? '{}') as {
      readonly ForwardConfig?: { readonly TargetGroups: readonly { ServiceName: string; Weight: number }[] }
    }
    const weights = new Map((forward?.TargetGroups ?? []).map((each) => [each.ServiceName, each.Weight]))
    this.#balances.push({ weights, at: this.#time.now() })
  }

  get #answers(): AwsAnswers {
    const groups = [...(this.#balances.at(-1)?.weights ?? [])].map(([service, weight]) => ({
      arn: `arn:${service}`,
      name: service,
      tags: { [tagKey]: `shop/front-${service}:80` },
      weight,
    }))
    const balancer = { arn: 'arn:front', name: 'front', targetGroups: success(groups) }
    return { loadBalancers: new Map([[hostname, success(balancer)]]), targets: new Map() }
  }
}
