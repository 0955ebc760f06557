import type { KubeObject } from '#api/meta.ts'
import { matchesSelector } from '#lib/label-selector.ts'
import type { Configuration } from './configuration.ts'
import type { Destination } from './services/service.ts'
import { readYaml, type Shape, ShapeError, shapesIn } from './yaml-shape.ts'

const prefix = 'notifications.argoproj.io/subscribe.'
const listPrefix = 'notifications.argoproj.io/subscriptions'

/** By trigger. */
export type Destinations = ReadonlyMap<string, readonly Destination[]>

/** Who wants to hear of an object: by the configuration, then by its annotations; what is in both is there twice (OPS-149). */
export function destinationsOf(configuration: Configuration, object: KubeObject): Destinations {
  const found = new Map<string, Destination[]>()
  const add = (trigger: string, destination: Destination) => {
    const known = found.get(trigger)
    if (known === undefined) found.set(trigger, [destination])
    else known.push(destination)
  }
  addGlobal(configuration, object, add)
  for (const [name, value] of Object.entries(object.metadata.annotations ?? {}).toSorted(byName))
    for (const { triggers, service, recipients } of subscriptionsIn(name, value))
      for (const recipient of recipients)
        for (const trigger of triggers ?? defaultsFor(configuration, service)) add(trigger, { service, recipient })
  return found
}

/** Each destination of a trigger once. */
export const withoutDuplicates = (destinations: readonly Destination[]): readonly Destination[] =>
  destinations.filter(
    ({ service, recipient }, at) =>
      destinations.findIndex((each) => each.service === service && each.recipient === recipient) === at,
  )

const byName = ([a]: readonly [string, string], [b]: readonly [string, string]): number => (a < b ? -1 : 1)

type Add = (trigger: string, destination: Destination) => void

function addGlobal(configuration: Configuration, { metadata }: KubeObject, add: Add): void {
  for (const { recipients, triggers, selector } of configuration.subscriptions) {
    if (!matchesSelector(selector, metadata.labels ?? {})) continue
    for (const trigger of triggers.length === 0 ? configuration.defaultTriggers : triggers)
      for (const each of recipients) {
        const [service = '', recipient = ''] = each.split(':')
        add(trigger, { service, recipient })
      }
  }
}

const defaultsFor = (configuration: Configuration, service: string): readonly string[] =>
  configuration.serviceDefaultTriggers.get(service) ?? configuration.defaultTriggers

interface Subscription {
  /** Absent: the default ones. */
  readonly triggers: readonly string[] | undefined
  readonly service: string
  readonly recipients: readonly string[]
}

function subscriptionsIn(name: string, value: string): readonly Subscription[] {
  if (name.startsWith(prefix)) {
    const [first = '', second] = name.slice(prefix.length).split('.')
    const recipients = value === '' ? [''] : recipientsIn(value)
    return [{ triggers: second === undefined ? undefined : [first], service: second ?? first, recipients }]
  }
  return name.startsWith(listPrefix) ? listed(value) : []
}

const recipientsIn = (value: string): readonly string[] =>
  value
    .split(';')
    .map((each) => each.trim())
    .filter((each) => each !== '')

/** A list in YAML; one that cannot be read subscribes to nothing. */
function listed(value: string): readonly Subscription[] {
  try {
    return shapesIn(readYaml(value), 'subscriptions').flatMap((each) => {
      const triggers = each.texts('trigger')
      return each.list('destinations').map((to: Shape) => ({
        triggers: triggers.length === 0 ? undefined : triggers,
        service: to.text('service'),
        recipients: to.texts('recipients'),
      }))
    })
  } catch (error) {
    if (error instanceof ShapeError) return []
    throw error
  }
}
