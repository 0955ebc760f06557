import type { Value } from '#engine/expr/values.ts'
import type { EpochMs } from '#lib/clock.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import { type TextTemplate, textTemplate } from './template/template.ts'
import type { Shape } from './yaml-shape.ts'

/** What is said to one recipient, formatted: the message, and what single services say besides. */
export interface Notification {
  readonly message: string
  /** Texts of the blocks `email`, `slack`, `teams-workflows` and `desktop`, by block and field. */
  readonly blocks: Readonly<Record<string, Readonly<Record<string, string>>>>
  /** By the name of the service. */
  readonly webhooks: Readonly<Record<string, WebhookBlock>>
  readonly alert: Alert | undefined
}

export interface WebhookBlock {
  readonly method: string
  readonly path: string
  readonly body: string
}

export interface Alert {
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
  readonly generatorURL: string
  readonly startsAt: EpochMs
}

/** Fields of blocks that are templates. */
const templateFields: Readonly<Record<string, readonly string[]>> = {
  email: ['subject', 'body'],
  slack: ['username', 'icon', 'attachments', 'blocks', 'groupingKey'],
  'teams-workflows': [
    'template',
    'title',
    'summary',
    'text',
    'themeColor',
    'facts',
    'sections',
    'potentialAction',
    'adaptiveCard',
  ],
  desktop: ['title'],
}

/** Adds what one template says to what those before it said. */
export type NotificationTemplate = (before: Notification, data: Value, now: EpochMs) => Outcome<Notification, string>

export const emptyNotification: Notification = { message: '', blocks: {}, webhooks: {}, alert: undefined }

/** What is wrong with one template, and whether the language itself has it. */
export interface UnreadTemplate {
  readonly message: string
  readonly isUnsupported: boolean
}

type Render = (data: Value, now: EpochMs) => string
/** Thrown within this file only. */
class Unread extends Error {
  readonly fault: UnreadTemplate
  constructor(fault: UnreadTemplate) {
    super(fault.message)
    this.fault = fault
  }
}
class Unrendered extends Error {}

/** Reads a template of the configuration, every text of it (OPS-148, OPS-158). @throws ShapeError */
export function notificationTemplate(name: string, shape: Shape): Outcome<NotificationTemplate, UnreadTemplate> {
  try {
    const parts = [
      messagePart(shape),
      ...Object.entries(templateFields).flatMap(([block, fields]) =>
        shape.has(block) ? [textsPart(block, fields, shape.inner(block))] : [],
      ),
      ...(shape.has('webhook') ? [webhookPart(shape.inner('webhook'))] : []),
      ...(shape.has('alertmanager') ? [alertPart(name, shape.inner('alertmanager'))] : []),
    ]
    return success((before, data, now) => {
      try {
        return success(parts.reduce((notification, part) => part(notification, data, now), before))
      } catch (error) {
        if (error instanceof Unrendered) return failure(`template ${name}: ${error.message}`)
        throw error
      }
    })
  } catch (error) {
    if (error instanceof Unread) return failure({ ...error.fault, message: `template ${name}: ${error.fault.message}` })
    throw error
  }
}

type Part = (before: Notification, data: Value, now: EpochMs) => Notification

function compiled(source: string, where: string): Render {
  const read = textTemplate(source)
  if (!read.ok) throw new Unread({ ...read.error, message: `${where}: ${read.error.message}` })
  return rendering(read.value, where)
}

const rendering =
  (template: TextTemplate, where: string): Render =>
  (data, now) => {
    const text = template(data, now)
    if (!text.ok) throw new Unrendered(`${where}: ${text.error}`)
    return text.value
  }

function messagePart(shape: Shape): Part {
  const message = compiled(shape.text('message'), 'message')
  return (before, data, now) => ({ ...before, message: message(data, now) || before.message })
}

/** Flags and policies of slack are no templates; an empty text leaves what was said before, except in slack. */
function textsPart(block: string, fields: readonly string[], shape: Shape): Part {
  const renders = fields.map((field) => [field, compiled(shape.text(field), `${block}.${field}`)] as const)
  const fixed: Record<string, string> =
    block === 'slack'
      ? { notifyBroadcast: String(shape.flag('notifyBroadcast')), deliveryPolicy: shape.text('deliveryPolicy') }
      : {}
  return (before, data, now) => {
    const said = before.blocks[block] ?? {}
    const texts = renders.map(([field, render]) => {
      const text = render(data, now)
      return [field, block === 'slack' ? text : text || (said[field] ?? '')] as const
    })
    return { ...before, blocks: { ...before.blocks, [block]: { ...Object.fromEntries(texts), ...fixed } } }
  }
}

function webhookPart(shape: Shape): Part {
  const hooks = shape.names.map((name) => {
    const hook = shape.inner(name)
    const [body, path] = ['body', 'path'].map((field) => compiled(hook.text(field), `webhook.${name}.${field}`))
    return { name, method: hook.text('method'), body, path }
  })
  return (before, data, now) => ({
    ...before,
    webhooks: {
      ...before.webhooks,
      ...Object.fromEntries(
        hooks.map(({ name, method, body, path }) => [
          name,
          { method, body: body?.(data, now) ?? '', path: path?.(data, now) ?? '' },
        ]),
      ),
    },
  })
}

/** An alert needs a label; its name is that of the template unless said otherwise. */
function alertPart(name: string, shape: Shape): Part {
  const texts = (field: string) =>
    [...shape.textMap(field)].map(
      ([key, source]) => [key, source, compiled(source, `alertmanager.${field}.${key}`)] as const,
    )
  const [labels, annotations] = [texts('labels'), texts('annotations')]
  const generatorURL = compiled(shape.text('generatorURL'), 'alertmanager.generatorURL')
  return (before, data, now) => {
    if (labels.length === 0) throw new Unrendered('alertmanager: at least one label pair required')
    const all = (of: typeof labels) =>
      Object.fromEntries(of.map(([key, source, render]) => [key, render(data, now) || source]))
    return {
      ...before,
      alert: {
        labels: { alertname: name, ...all(labels) },
        annotations: all(annotations),
        generatorURL: webAddress(generatorURL(data, now) || (before.alert?.generatorURL ?? '')),
        startsAt: now,
      },
    }
  }
}

/** Of a Git address, `git@host:org/repo`, the one that a browser takes. */
const webAddress = (url: string): string => (url.startsWith('git@') ? `https://${url.slice(4).replace(':', '/')}` : url)
