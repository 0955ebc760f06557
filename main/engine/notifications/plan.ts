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

interface Happened {
  readonly regarding: KubeObject
  readonly reason: string
}

/** Whether an Event tells anybody anything, before what its conditions speak of is gathered. */
export const isSubscribed = (configuration: Configuration, { regarding, reason }: Happened): boolean => {
  const trigger = triggerOfReason(reason)
  return configuration.triggers.has(trigger) && destinationsOf(configuration, regarding).has(trigger)
}

/** What an Event about an object fires: conditions without `when` always, others when they are true (OPS-152). */
export function sendsOfEvent(
  configuration: Configuration,
  { regarding, reason }: Happened,
  variables: Variables,
  now: EpochMs,
): readonly Send[] {
  const trigger = triggerOfReason(reason)
  const conditions = configuration.triggers.get(trigger) ?? []
  const destinations = destinationsOf(configuration, regarding).get(trigger) ?? []
  if (conditions.length === 0 || destinations.length === 0) return []
  const firing = conditions.filter((each) => each.isTrue === undefined || isMet(each, variables, now))
  return destinations.flatMap((destination) => firing.map(({ send }) => ({ trigger, templates: send, destination })))
}

/** What a Rollout has to be told about as it is, and what is remembered once it was (OPS-154). */
export interface ConditionPlan {
  readonly sends: readonly (Send & { readonly key: string })[]
  readonly before: Memory
  readonly after: Memory
}

const subscriptionsTo = (configuration: Configuration, rollout: KubeObject) =>
  [...destinationsOf(configuration, rollout)].filter(([trigger]) =>
    configuration.triggers.get(trigger)?.some(({ isTrue }) => isTrue !== undefined),
  )

/** False when nobody subscribed to a trigger that has a `when`: there is nothing to look at. */
export const isWatched = (configuration: Configuration, rollout: KubeObject): boolean =>
  subscriptionsTo(configuration, rollout).length > 0

export function planConditions(
  configuration: Configuration,
  rollout: KubeObject,
  variables: Variables,
  now: EpochMs,
): ConditionPlan {
  const before = memoryOf(rollout)
  const after = new Map(before)
  const sends: (Send & { readonly key: string })[] = []
  for (const [trigger, destinations] of subscriptionsTo(configuration, rollout))
    for (const [at, condition] of (configuration.triggers.get(trigger) ?? []).entries()) {
      const isTriggered = isMet(condition, variables, now)
      const oncePer = oncePerOf(condition, variables, now)
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
