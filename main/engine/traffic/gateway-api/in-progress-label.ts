import type { RouteObject } from '../routes.ts'
import type { GatewayApiConfig } from './config.ts'

/**
 * Marks a route while a canary gets traffic, so that whoever owns its manifest can leave it alone until then (GW-11): the label is there
 * exactly when the weight is not 0.
 */
export function withInProgressLabel(
  object: RouteObject,
  label: GatewayApiConfig['inProgressLabel'],
  weight: number,
): RouteObject {
  const { labels = {} } = object.metadata
  const current = label && Object.hasOwn(labels, label.key) ? labels[label.key] : undefined
  const wanted = weight === 0 ? undefined : label?.value
  if (label === undefined || current === wanted) return object
  const { [label.key]: _replaced, ...others } = labels
  const next = wanted === undefined ? others : { ...others, [label.key]: wanted }
  return { ...object, metadata: { ...object.metadata, labels: next } }
}
