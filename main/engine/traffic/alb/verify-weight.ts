import { currentStep } from '#engine/rollout/canary/steps.ts'
import { ingressNotFound, ingressRef } from '../ingress.ts'
import { listAt, textAt } from '../route-json.ts'
import type { RouterEvent, RouterRequest } from '../router.ts'
import { findRoute, type RouteObject, type Routes } from '../routes.ts'
import { type AlbStatus, readAlbStatus, targetGroupRef, withLoadBalancer } from './alb-status.ts'
import type { AwsVerification, TargetGroup } from './aws-answers.ts'
import { albIngresses, albOf } from './config.ts'

/** What came of looking whether AWS sends what was asked for. */
export interface WeightVerification {
  /** Absent: not looked at now. */
  readonly verified?: boolean
  /** It is not verified, for AWS could not be asked (TR-26). */
  readonly error?: string
  readonly events: readonly RouterEvent[]
  /** `status.alb` and `status.albs` from now on; `null`: neither. Absent: they stay as they are. */
  readonly status?: { readonly alb: AlbStatus; readonly albs: readonly AlbStatus[] } | null
  /** Host names that AWS has to be asked for first; until then it is not verified. */
  readonly unanswered: readonly string[]
}

/**
 * Whether the load balancers of a Rollout send the wanted weight to canary, and theirs to each destination (ALB-17…23). AWS is asked
 * only where something waits for it, and once after the install.
 *
 * Differs from the reference, which counts: one for each Ingress and one for each destination, so that a destination behind several Ingresses
 * is never verified, and one of two host names stands for both. Here each Ingress must have a load balancer with the canary and one with each
 * destination, and no load balancer may have another weight for them (ALB-22).
 */
export function verifyWeight(request: RouterRequest, routes: Routes, aws: AwsVerification): WeightVerification {
  const { rollout } = request
  if (!aws.enabled) return { events: [], status: null, unanswered: [] }
  const { alb, albs } = rollout.status ?? {}
  if (!isWaitedFor(request) && (alb ?? albs ?? null) !== null) return { events: [], unanswered: [] }
  const names = albIngresses(rollout)
  const known = (name: string) => findRoute(routes, ingressRef(rollout, name))
  const unanswered = names
    .flatMap(known)
    .flatMap(hostNames)
    .filter((name) => !aws.answers.loadBalancers.has(name))
  if (unanswered.length > 0) return { verified: false, events: [], unanswered }
  let state: State = { verified: true, events: [], alb: readAlbStatus(alb), albs: entriesOf(albs, names.length) }
  for (const [at, name] of names.entries()) {
    const ingress = known(name)
    if (ingress === undefined) return concluded({ ...state, verified: false }, ingressNotFound(routes, name))
    const looked = lookAt(ingress, request, aws)
    state = {
      verified: state.verified && looked.verified,
      events: [...state.events, ...looked.events],
      alb: looked.update(state.alb),
      albs: state.albs.map((entry, i) => (i === at ? looked.update(entry) : entry)),
    }
    if (looked.stops !== undefined) return concluded(state, looked.stops.error)
  }
  return concluded(state, undefined)
}

interface State {
  readonly verified: boolean
  readonly events: readonly RouterEvent[]
  readonly alb: AlbStatus
  readonly albs: readonly AlbStatus[]
}

const concluded = ({ verified, events, alb, albs }: State, error: string | undefined): WeightVerification => ({
  verified,
  events,
  status: { alb, albs },
  unanswered: [],
  ...(error !== undefined && { error }),
})

/** A `setWeight` step is at hand, or the end of the update (ALB-18). */
function isWaitedFor({ rollout, weight, maxWeight }: RouterRequest): boolean {
  const { status = {} } = rollout
  const { stableRS = '', currentPodHash = '' } = status
  if (stableRS === '' || stableRS === currentPodHash) return false
  const step = currentStep(rollout, status)
  return step === undefined ? weight === maxWeight : step.setWeight !== undefined
}

/** One for each Ingress; made anew when there are more or fewer of them (ALB-19). */
function entriesOf(albs: unknown, count: number): readonly AlbStatus[] {
  const stored = listAt({ albs }, 'albs')
  return Array.from({ length: count }, (_, at) => readAlbStatus(stored.length === count ? stored[at] : undefined))
}

const hostNames = (ingress: RouteObject | undefined): readonly string[] =>
  listAt(ingress, 'status', 'loadBalancer', 'ingress')
    .map((each) => textAt(each, 'hostname'))
    .filter((name) => name !== '')

interface Looked {
  readonly verified: boolean
  readonly events: readonly RouterEvent[]
  readonly update: (status: AlbStatus) => AlbStatus
  /** Nothing after this is looked at. */
  readonly stops?: { readonly error?: string }
}

/** Services of an Ingress by the name that the load balancer controller gives their target groups (ALB-20). */
interface Wanted {
  readonly canary: string
  readonly stable: string
  /** Canary first. */
  readonly weights: ReadonlyMap<string, { readonly service: string; readonly weight: number }>
}

function wantedOf(ingress: RouteObject, request: RouterRequest): Wanted {
  const { rollout, canaryService, stableService, weight, destinations } = request
  const idOf = (service: string): string =>
    `${rollout.metadata.namespace ?? ''}/${ingress.metadata.name}-${service}:${albOf(rollout).servicePort ?? 0}`
  const wanted = [
    ...destinations.map((each) => ({ service: each.serviceName ?? '', weight: each.weight })),
    { service: canaryService, weight },
  ]
  return {
    canary: idOf(canaryService),
    stable: idOf(stableService),
    weights: new Map(wanted.map((each) => [idOf(each.service), each])),
  }
}

/** All load balancers of an Ingress. Without any, "not yet allocated", it is not verified (ALB-23). */
function lookAt(ingress: RouteObject, request: RouterRequest, { tagKey, answers }: AwsVerification): Looked {
  const wanted = wantedOf(ingress, request)
  const events: RouterEvent[] = []
  const updates: ((status: AlbStatus) => AlbStatus)[] = []
  const update = (status: AlbStatus): AlbStatus => updates.reduce((changed, change) => change(changed), status)
  const stopped = (event: RouterEvent, error?: string): Looked => ({
    verified: false,
    events: [...events, event],
    update,
    stops: error === undefined ? {} : { error },
  })
  const seen: (readonly [string, boolean])[] = []
  for (const hostName of hostNames(ingress)) {
    const found = answers.loadBalancers.get(hostName)
    if (found?.ok === false) return stopped(notAsked(request, found.error), found.error)
    const balancer = found?.value
    if (balancer === undefined) return stopped(noLoadBalancer(hostName))
    updates.push((status) => withLoadBalancer(status, ingress.metadata.name, balancer))
    if (!balancer.targetGroups.ok)
      return stopped(notAsked(request, balancer.targetGroups.error), balancer.targetGroups.error)
    for (const group of balancer.targetGroups.value) {
      const id = Object.hasOwn(group.tags, tagKey) ? (group.tags[tagKey] ?? '') : ''
      updates.push((status) => withTargetGroup(status, id, wanted, group))
      const told = compare(group, wanted.weights.get(id))
      if (told === undefined) continue
      events.push(told.event)
      seen.push([id, told.isAsWanted])
    }
  }
  const isVerified = (id: string): boolean =>
    seen.some(([each]) => each === id) && seen.every(([each, isAsWanted]) => each !== id || isAsWanted)
  return { verified: [...wanted.weights.keys()].every(isVerified), events, update }
}

/** Nothing for a group that is not looked at, or that no action names. The weight of stable follows from the others (ALB-21). */
function compare(
  { arn, weight }: TargetGroup,
  wanted: { readonly service: string; readonly weight: number } | undefined,
) {
  if (wanted === undefined || weight === undefined) return undefined
  const isAsWanted = weight === wanted.weight
  const of = `Service ${wanted.service} (TargetGroup ${arn})`
  const event: RouterEvent = isAsWanted
    ? { type: 'Normal', reason: 'TargetGroupVerified', message: `${of} verified: canary weight ${weight} set` }
    : {
        type: 'Warning',
        reason: 'TargetGroupUnverified',
        message: `${of} not verified: canary weight ${wanted.weight} not yet set (current: ${weight})`,
      }
  return { isAsWanted, event }
}

function withTargetGroup(status: AlbStatus, id: string, { canary, stable }: Wanted, group: TargetGroup): AlbStatus {
  if (id === canary) return { ...status, canaryTargetGroup: targetGroupRef(group) }
  return id === stable ? { ...status, stableTargetGroup: targetGroupRef(group) } : status
}

const noLoadBalancer = (hostName: string): RouterEvent => ({
  type: 'Warning',
  reason: 'LoadBalancerNotFound',
  message: `Failed to find load balancer: ${hostName}`,
})

const notAsked = ({ canaryService }: RouterRequest, error: string): RouterEvent => ({
  type: 'Warning',
  reason: 'TargetGroupVerifyError',
  message: `Failed to verify Service ${canaryService} (TargetGroup unknown): ${error}`,
})
