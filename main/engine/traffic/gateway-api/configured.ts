import type { Rollout } from '#api/rollout.ts'
import { type Outcome, success } from '#lib/outcome.ts'
import { type GatewayApiConfig, gatewayApiPlugin, parseGatewayApi } from './config.ts'

export interface Configured {
  readonly config: GatewayApiConfig
  /** Of the routes. */
  readonly namespace: string
}

/** What a Rollout tells the plugin; the error is the plugin's (GW-3). */
export function configOf({ metadata, spec }: Rollout): Outcome<Configured, string> {
  const parsed = parseGatewayApi(spec.strategy?.canary?.trafficRouting?.plugins?.[gatewayApiPlugin])
  if (!parsed.ok) return parsed
  const config = parsed.value
  return success({ config, namespace: config.namespace === '' ? (metadata.namespace ?? '') : config.namespace })
}
