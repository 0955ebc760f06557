import type { KubeObject } from '#api/meta.ts'
import { formatValue, type Value } from '#engine/expr/values.ts'
import type { EpochMs } from '#lib/clock.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import type { Variables } from './condition.ts'
import type { Condition, Configuration } from './configuration.ts'
import type { Delivery } from './delivery.ts'
import { triggerOfReason } from './event-trigger.ts'
import { type Memory, memoryKey, memoryOf } from './memory.ts'
import { emptyNotification, type Notification } from './notification.ts'
import type { Destination } from './services/service.ts'
import { destinationsOf, withoutDuplicates } from './subscriptions.ts'

/** What has to be said, to whom, and why. */
export interface Send {
  readonly trigger: string
  readonly templates: readonly string[]
  readonly destination: Destination
  /** Under which it is remembered; absent for what an Event fires. */
  readonly key?: string
}

/** What an Event about an object fires: conditions without `when` always, others when they are true (OPS-152). */
export function sendsOfEvent(
  configuration: Configuration,
  { regarding, reason }: { readonly regarding: KubeObject; readonly reason: string },
  variables: () => Variables,
  now: EpochMs,
): readonly Send[] {
  const trigger = triggerOfReason(reason)
  const conditions = configuration.triggers.get(trigger) ?? []
  const destinations = destinationsOf(configuration, regarding).get(trigger) ?? []
  if (conditions.length === 0 || destinations.length === 0) return []
  const known = conditions.some(({ isTrue }) => isTrue !== undefined) ? variables() : {}
  const firing = conditions.filter((each) => each.isTrue === undefined || isMet(each, known, now))
  return destinations.flatMap((destination) => firing.map(({ send }) => ({ trigger, templates: send, destination })))
}

/** What a Rollout has to be told about as it is, and what is remembered once it was (OPS-154). */
export interface ConditionPlan {
  readonly sends: readonly (Send & { readonly key: string })[]
  readonly before: Memory
  readonly after: Memory
}

/** `undefined` when nobody subscribed to a trigger that has a `when`: there is nothing to look at. */
export function planConditions(
  configuration: Configuration,
  rollout: KubeObject,
  variables: () => Variables,
  now: EpochMs,
): ConditionPlan | undefined {
  const subscribed = [...destinationsOf(configuration, rollout)].filter(([trigger]) =>
    configuration.triggers.get(trigger)?.some(({ isTrue }) => isTrue !== undefined),
  )
  if (subscribed.length === 0) return undefined
  const known = variables()
  const before = memoryOf(rollout)
  const after = new Map(before)
  const sends: (Send & { readonly key: string })[] = []
  for (const [trigger, destinations] of subscribed)
    for (const [at, condition] of (configuration.triggers.get(trigger) ?? []).entries()) {
      const isTriggered = isMet(condition, known, now)
      const oncePer = oncePerOf(condition, known, now)
      for (const destination of withoutDuplicates(destinations)) {
        const key = memoryKey(trigger, { at, when: condition.when }, destination, oncePer)
        if (!isTriggered && oncePer === '') after.delete(key)
        if (!isTriggered || after.has(key)) continue
        after.set(key, Math.floor(now / 1000))
        sends.push({ trigger, templates: condition.send, destination, key })
      }
    }
  return { sends, before, after }
}

function isMet({ isTrue }: Condition, variables: Variables, now: EpochMs): boolean {
  const outcome = isTrue?.(variables, now)
  return outcome?.ok === true && outcome.value === true
}

function oncePerOf({ oncePer }: Condition, variables: Variables, now: EpochMs): string {
  const outcome = oncePer?.(variables, now)
  return outcome?.ok === true ? formatValue(outcome.value) : ''
}

/** What the shell has to do for one send; the failure is told, and holds no secret of the configuration. */
export function deliveryOf(
  configuration: Configuration,
  { templates, destination }: Send,
  variables: Variables,
  now: EpochMs,
): Outcome<Delivery, string> {
  const service = configuration.services.get(destination.service)
  if (service === undefined) return failure(`notification service '${destination.service}' is not supported`)
  const { service: serviceType, recipient } = destination
  const data: Value = new Map(Object.entries({ ...variables, serviceType, recipient }))
  let notification: Outcome<Notification, string> = success(emptyNotification)
  for (const name of templates) {
    const template = configuration.templates.get(name)
    if (template === undefined) return failure(`template '${name}' is not supported`)
    if (!template.ok) return template
    notification = template.value(notification.value, data, now)
    if (!notification.ok) return notification
  }
  return service(notification.value, destination)
}
