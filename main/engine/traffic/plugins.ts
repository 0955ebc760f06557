import type { TrafficRouting } from '#api/traffic-routing.ts'
import { gatewayApiPlugin } from './gateway-api/config.ts'

/** Names of the plugins in the order in which they act, by the alphabet; the reference has them in any order (TR-3). */
export const pluginNames = ({ plugins = {} }: TrafficRouting): readonly string[] => Object.keys(plugins).toSorted()

/**
 * Why a plugin cannot act: other plugins are programs of the reference's controller, which nothing here can run (PLG-2). Worded as if it were
 * missing in the ConfigMap of that controller; the pass fails before any router acts.
 */
export function pluginError(routing: TrafficRouting): string | undefined {
  const name = pluginNames(routing).find((each) => each !== gatewayApiPlugin)
  return name === undefined
    ? undefined
    : `failed to get traffic router plugin ${name}: unable to start plugin system: unable to find plugin (${name}): plugin ${name} not configured in configmap`
}
