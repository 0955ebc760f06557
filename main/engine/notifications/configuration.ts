import type { LabelSelector } from '#api/meta.ts'
import { isRecord } from '#engine/normalise/typed-value.ts'
import { parseSelector } from '#lib/label-selector.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import { type Expression, triggerExpression } from './condition.ts'
import { type NotificationTemplate, notificationTemplate } from './notification.ts'
import type { Service } from './services/service.ts'
import { isDelivered, serviceOf } from './services/services.ts'
import { readYaml, Shape, ShapeError, shapesIn, textsIn } from './yaml-shape.ts'

/** One condition of a trigger. */
export interface Condition {
  /** As written; it is part of what is remembered (OPS-155). */
  readonly when: string
  /** Absent: nothing is asked. */
  readonly isTrue: Expression | undefined
  readonly oncePer: Expression | undefined
  /** Names of templates. */
  readonly send: readonly string[]
}

export interface GlobalSubscription {
  /** `service:recipient`. */
  readonly recipients: readonly string[]
  /** Empty: the default ones. */
  readonly triggers: readonly string[]
  readonly selector: LabelSelector
}

/** What the ConfigMap and the Secret say (OPS-147, OPS-148). */
export interface Configuration {
  readonly services: ReadonlyMap<string, Service>
  readonly triggers: ReadonlyMap<string, readonly Condition[]>
  /** The failure is of a template that the language has and Argosy cannot read. */
  readonly templates: ReadonlyMap<string, Outcome<NotificationTemplate, string>>
  readonly subscriptions: readonly GlobalSubscription[]
  readonly defaultTriggers: readonly string[]
  readonly serviceDefaultTriggers: ReadonlyMap<string, readonly string[]>
  readonly secrets: Readonly<Record<string, string>>
  /** What does not disable the configuration, and has to be told once. */
  readonly notices: readonly string[]
}

type Texts = Readonly<Record<string, string>>

/**
 * Reads the configuration. What is wrong disables all of it (OPS-145); the failure names the key, and holds no value.
 * @param data of the ConfigMap
 * @param secrets of the Secret, decoded
 */
export function parseConfiguration(data: Texts, secrets: Texts): Outcome<Configuration, string> {
  const reader = new Reader(data, secrets)
  try {
    return success(reader.configuration())
  } catch (error) {
    if (error instanceof ShapeError) return failure(error.message)
    throw error
  }
}

class Reader {
  readonly #data: Texts
  readonly #secrets: Texts
  readonly #notices: string[] = []

  constructor(data: Texts, secrets: Texts) {
    this.#data = data
    this.#secrets = secrets
  }

  configuration(): Configuration {
    return {
      subscriptions: this.#one('subscriptions', (value) => shapesIn(value, 'subscriptions').map(subscription)) ?? [],
      defaultTriggers: this.#one('defaultTriggers', (value) => textsIn(value, 'defaultTriggers')) ?? [],
      serviceDefaultTriggers: this.#each('defaultTriggers.', (value, key) => textsIn(value, key)),
      triggers: this.#each('trigger.', (value, key) => shapesIn(value, key).map((each) => condition(each, key))),
      templates: this.#each('template.', (value, key, name) => this.#template(new Shape(value, key), name)),
      services: this.#services(),
      secrets: this.#secrets,
      notices: this.#notices,
    }
  }

  #one<T>(key: string, read: (value: unknown) => T): T | undefined {
    return Object.hasOwn(this.#data, key) ? read(this.#yaml(key)) : undefined
  }

  #each<T>(prefix: string, read: (value: unknown, key: string, name: string) => T): ReadonlyMap<string, T> {
    const keys = Object.keys(this.#data).filter((key) => key.startsWith(prefix))
    return new Map(
      keys.map((key) => {
        const name = key.slice(prefix.length)
        return [name, read(this.#yaml(key), key, name)] as const
      }),
    )
  }

  #yaml(key: string): unknown {
    try {
      return readYaml(this.#data[key] ?? '')
    } catch (error) {
      if (error instanceof ShapeError) throw new ShapeError(`${key}: ${error.message}`)
      throw error
    }
  }

  /** What Argosy cannot read is told, and fails when it would be sent; what nobody could read is an error (OPS-158). */
  #template(shape: Shape, name: string): Outcome<NotificationTemplate, string> {
    const read = notificationTemplate(name, shape)
    if (read.ok) return read
    if (!read.error.isUnsupported) throw new ShapeError(read.error.message)
    this.#notices.push(read.error.message)
    return failure(read.error.message)
  }

  #services(): ReadonlyMap<string, Service> {
    const keys = Object.keys(this.#data).filter((key) => key.startsWith('service.'))
    return new Map(
      keys.map((key) => {
        const [, type = '', name = type, ...more] = key.split('.')
        if (more.length > 0)
          throw new ShapeError(`invalid service key; expected 'service.<type>(.<name>)' but got '${key}'`)
        const service = serviceOf(type, new Shape(this.#withSecrets(this.#yaml(key), key), key))
        if (!isDelivered(type)) this.#notices.push(`${key}: service type ${type} is not delivered by Argosy yet`)
        return [name, service] as const
      }),
    )
  }

  /** `$key` in any text is what the Secret has there; an unknown key stays as it is. */
  #withSecrets(value: unknown, key: string): unknown {
    if (Array.isArray(value)) return value.map((each) => this.#withSecrets(each, key))
    if (isRecord(value))
      return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, this.#withSecrets(each, key)]))
    if (typeof value !== 'string') return value
    return value.replaceAll(/\$([\w-]+)/g, (whole, name: string) => {
      if (Object.hasOwn(this.#secrets, name)) return this.#secrets[name] ?? ''
      this.#notices.push(`${key}: the Secret has no such key as one that is named there`)
      return whole
    })
  }
}

function subscription(shape: Shape): GlobalSubscription {
  const selector = parseSelector(shape.text('selector'))
  if (!selector.ok) throw new ShapeError(`subscriptions: ${selector.error}`)
  return { recipients: shape.texts('recipients'), triggers: shape.texts('triggers'), selector: selector.value }
}

function condition(shape: Shape, key: string): Condition {
  const [when, oncePer] = [shape.text('when'), shape.text('oncePer')]
  return {
    when,
    isTrue: expression(when, `${key}: when`),
    oncePer: expression(oncePer, `${key}: oncePer`),
    send: shape.texts('send'),
  }
}

function expression(text: string, where: string): Expression | undefined {
  if (text.trim() === '') return undefined
  const read = triggerExpression(text)
  if (!read.ok) throw new ShapeError(`${where}: ${read.error}`)
  return read.value
}
