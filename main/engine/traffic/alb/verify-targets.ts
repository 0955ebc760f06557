import type { ReplicaSet } from '#api/apps.ts'
import { labels } from '#api/keys.ts'
import type { KubeObject } from '#api/meta.ts'
import type { Rollout } from '#api/rollout.ts'
import { hasDeadline, isActive } from '#engine/rollout/replica-set/facts.ts'
import { fieldAt, listAt, textAt } from '../route-json.ts'
import type { RouterEvent } from '../router.ts'
import {
  findRoute,
  notFoundText,
  type RouteObject,
  type RouteQuery,
  type RouteRef,
  type Routes,
  routesMatching,
} from '../routes.ts'
import type { AwsVerification, Target } from './aws-answers.ts'
import { routingOf } from './config.ts'

/** Whether AWS sends to the pods that a Service selects. */
export interface TargetsVerification {
  /** Absent: there is nothing to verify, which counts as verified. False without an error is looked at again in a while (SVC-22). */
  readonly verified?: boolean
  /** AWS or the API server could not be asked; the pass ends. */
  readonly error?: string
  readonly events: readonly RouterEvent[]
  /** ARNs of target groups that AWS has to be asked for first; until then it is not verified. */
  readonly unanswered: readonly string[]
}

interface Subject {
  readonly rollout: Rollout
  /** Of the current pod template. */
  readonly currentHash: string
  readonly service: KubeObject
}

/** What is read to verify a Service (SVC-21). */
export const targetReads = ({ metadata }: Rollout, service: string): readonly (RouteRef | RouteQuery)[] => [
  bindingsOf(metadata.namespace),
  { kind: 'endpoints', namespace: metadata.namespace ?? '', name: service },
]

const bindingsOf = (namespace = ''): RouteQuery => ({ kind: 'targetGroupBindings', namespace })

/** A canary by an ALB is about to lose pods of old ReplicaSets whose delay does not run yet (SVC-25). */
export const verifiesBeforeScaleDown = (rollout: Rollout, others: readonly ReplicaSet[]): boolean =>
  routingOf(rollout).alb !== undefined && others.some((rs) => isActive(rs) && !hasDeadline(rs))

/**
 * Whether every pod behind a Service is registered in the target groups that load balancers reach it by (SVC-20…24). Whether it is healthy
 * there does not count: what is asked is if AWS has taken notice of a Service that selects other pods now.
 */
export function verifyTargets(
  subject: Subject,
  routes: Routes,
  { enabled, answers }: AwsVerification,
): TargetsVerification {
  const { rollout, service } = subject
  if (!enabled || !isSwitchedJustNow(subject)) return { events: [], unanswered: [] }
  const { namespace, name } = service.metadata
  const bindings = routesMatching(routes, bindingsOf(namespace)).filter((binding) => isFor(binding, service))
  if (bindings.length === 0) return { events: [], unanswered: [] }
  const ref = { kind: 'endpoints', namespace: rollout.metadata.namespace ?? '', name } as const
  const endpoints = findRoute(routes, ref)
  if (endpoints === undefined) return { verified: false, error: notFoundText(routes, ref), events: [], unanswered: [] }
  const groups = bindings.flatMap((binding) => groupOf(binding, service, endpoints))
  const unanswered = groups.map(({ arn }) => arn).filter((arn) => !answers.targets.has(arn))
  if (unanswered.length > 0) return { verified: false, events: [], unanswered }
  const events: RouterEvent[] = []
  for (const group of groups) {
    const targets = answers.targets.get(group.arn) ?? { ok: true, value: [] }
    const of = `Service ${name} (TargetGroup ${group.arn})`
    if (!targets.ok) {
      events.push(warning('TargetGroupVerifyError', `Failed to verify ${of}: ${targets.error}`))
      return { verified: false, error: targets.error, events, unanswered: [] }
    }
    const [registered, total] = [countRegistered(group, targets.value), group.addresses.size]
    if (registered < total) {
      const message = `${of} not verified: ${registered}/${total} endpoints registered`
      return { verified: false, events: [...events, warning('TargetGroupUnverified', message)], unanswered: [] }
    }
    const message = `${of} verified: ${registered} endpoints registered`
    events.push({ type: 'Normal', reason: 'TargetGroupVerified', message })
  }
  return { verified: true, events, unanswered: [] }
}

const warning = (reason: string, message: string): RouterEvent => ({ type: 'Warning', reason, message })

/** SVC-20: the active Service of a blue-green rollout in its update, the stable one of a canary after it. */
function isSwitchedJustNow({ rollout, currentHash, service }: Subject): boolean {
  const { status = {}, spec } = rollout
  const isStable = (status.stableRS ?? '') === currentHash
  if (spec.strategy?.blueGreen === undefined) return routingOf(rollout).alb !== undefined && isStable
  const selects = textAt(service, 'spec', 'selector', labels.podTemplateHash)
  return !isStable && selects === currentHash && status.blueGreen?.postPromotionAnalysisRunStatus === undefined
}

function isFor(binding: RouteObject, service: KubeObject): boolean {
  if (textAt(binding, 'spec', 'serviceRef', 'name') !== service.metadata.name) return false
  return portsOf(binding, service).length > 0
}

/** The ports of the Service that the binding names, by number or by name. */
function portsOf(binding: RouteObject, service: KubeObject): readonly unknown[] {
  const named = fieldAt(binding, 'spec', 'serviceRef', 'port')
  if (named === undefined || named === '') return []
  const field = typeof named === 'number' ? 'port' : 'name'
  return listAt(service, 'spec', 'ports').filter((port) => fieldAt(port, field) === named)
}

interface BoundGroup {
  readonly arn: string
  readonly port: number
  /** Of the pods that are ready. */
  readonly addresses: ReadonlySet<string>
}

/** None for groups of nodes, and where the port of the pods is not known. */
function groupOf(binding: RouteObject, service: KubeObject, endpoints: RouteObject): readonly BoundGroup[] {
  if (textAt(binding, 'spec', 'targetType') !== 'ip') return []
  const port = portsOf(binding, service)
    .map((each) => targetPort(fieldAt(each, 'targetPort'), endpoints))
    .find((each) => each !== undefined)
  if (port === undefined) return []
  const addresses = listAt(endpoints, 'subsets')
    .flatMap((subset) => listAt(subset, 'addresses'))
    .map((address) => textAt(address, 'ip'))
    .filter((ip) => ip !== '')
  return [{ arn: textAt(binding, 'spec', 'targetGroupARN'), port, addresses: new Set(addresses) }]
}

function targetPort(target: unknown, endpoints: RouteObject): number | undefined {
  if (typeof target === 'number') return target > 0 ? target : undefined
  const named = listAt(endpoints, 'subsets')
    .flatMap((subset) => listAt(subset, 'ports'))
    .find((port) => target !== undefined && fieldAt(port, 'name') === target)
  const port = fieldAt(named, 'port')
  return typeof port === 'number' ? port : undefined
}

const countRegistered = ({ port, addresses }: BoundGroup, targets: readonly Target[]): number =>
  new Set(targets.filter((target) => target.port === port && addresses.has(target.id)).map(({ id }) => id)).size
