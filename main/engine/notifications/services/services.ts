import { failure } from '#lib/outcome.ts'
import { type Shape, ShapeError } from '../yaml-shape.ts'
import { alertmanager } from './alertmanager.ts'
import { desktop } from './desktop.ts'
import { email } from './email.ts'
import type { Service, ServiceReader } from './service.ts'
import { slack } from './slack.ts'
import { teamsWorkflows } from './teams-workflows.ts'
import { webhook } from './webhook.ts'

const readers: Readonly<Record<string, ServiceReader>> = {
  alertmanager,
  desktop,
  email,
  slack,
  'teams-workflows': teamsWorkflows,
  webhook,
}

/** Types of the reference that nothing here delivers by yet. */
const others: ReadonlySet<string> = new Set([
  'awssqs',
  'mattermost',
  'rocketchat',
  'grafana',
  'opsgenie',
  'telegram',
  'github',
  'teams',
  'googlechat',
  'pushover',
  'pagerduty',
  'pagerdutyv2',
  'newrelic',
  'webex',
  'nats',
  'gcppubsub',
])

export const isDelivered = (type: string): boolean => Object.hasOwn(readers, type)

/** OPS-170: a type that the reference does not know either is an error of the configuration. @throws ShapeError */
export function serviceOf(type: string, options: Shape): Service {
  const reader = isDelivered(type) ? readers[type] : undefined
  if (reader !== undefined) return reader(options)
  if (!others.has(type)) throw new ShapeError(`service type '${type}' is not supported`)
  return () => failure(`service type ${type} is not delivered by Argosy yet`)
}
